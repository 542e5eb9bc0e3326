"""What the gateway notices at POST /callbacks/payments."""

from __future__ import annotations

import pytest
from django.test import Client

from tongban.payments.models import Order
from tongban.payments.tests.factories import PATH, open_order, signed, told

pytestmark = [pytest.mark.usefixtures("gateway"), pytest.mark.filterwarnings("ignore:No directory at")]


def post(body: bytes, *, kind: str = "application/json", **headers: str) -> object:
    client = Client(enforce_csrf_checks=True)
    return client.post(PATH, body, content_type=kind, headers={**signed(body).headers(), **headers})


def test_callback_is_taken_without_session_and_answered_alike_each_time() -> None:
    order = open_order()
    body = told(order)
    answers = [post(body) for _ in range(2)]
    assert [(a.status_code, a.json()) for a in answers] == [(200, {"code": "taken"})] * 2  # type: ignore[attr-defined]
    assert Order.objects.get(pk=order.pk).state == "paid"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [({"amount_fen": 1}, 409, "payments.wrong_amount"), ({"number": "TB1"}, 404, "payments.unknown_order"), ({"at": ""}, 422, "payments.unreadable")],
)  # fmt: skip
def test_refusal_is_said_to_a_program(changes: dict[str, object], status: int, code: str) -> None:
    answer = post(told(open_order(), **changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code)  # type: ignore[attr-defined]


def test_unsigned_wrong_kind_and_large_are_refused() -> None:
    body = told(open_order())
    assert Client().post(PATH, body, content_type="application/json").status_code == 403
    assert post(body, kind="text/plain").status_code == 415  # type: ignore[attr-defined]
    assert post(b" " * 65_537).status_code == 413  # type: ignore[attr-defined]
    assert Client().post(PATH, {"a": "1"}).status_code == 415


def test_only_post_is_answered() -> None:
    assert Client().get(PATH).status_code == 405
