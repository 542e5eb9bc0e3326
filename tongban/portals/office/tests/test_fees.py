"""What officers notice on the pages of orders, refunds and reconciliation."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongban.core import time
from tongban.identity.tests.factories import citizen
from tongban.orgs.tests.factories import officer
from tongban.payments.models import Difference, Order
from tongban.payments.ports import MemoryGateway
from tongban.payments.tests import factories
from tongban.payments.tests.factories import line, open_order, pay, statement

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]
NOON = datetime(2026, 3, 6, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def gateway(settings: Any) -> MemoryGateway:
    settings.PAYMENT_GATEWAY = "tongban.payments.tests.factories.gateway"
    return factories.new_gateway()


def signed_in(post: str = "负责人", org: str = "market") -> Client:
    client = Client()
    client.force_login(officer(org, post))
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def test_list_shows_own_orders_and_keeps_its_filter_in_the_address() -> None:
    open_order()
    paid = pay(open_order())
    page = text(signed_in("受理岗").get("/work/fees?state=paid"))
    assert page.count("data-row") == 1
    assert paid.number in page
    assert "market-" in page
    assert "日对账" not in page
    assert "没有符合条件的缴费单" in text(signed_in().get("/work/fees?text=nobody"))
    assert "还没有缴费单" in text(signed_in(org="fire").get("/work/fees"))


@pytest.mark.parametrize("query", ["?state=no", "?since=x&until=9999-99-99", "?cursor=%27", "?text=%00x"[:6]])
def test_malformed_filter_is_no_filter(query: str) -> None:
    open_order()
    response = signed_in().get(f"/work/fees{query}")
    assert response.status_code == 200


def test_list_asks_the_same_however_long_it_is() -> None:
    client = signed_in()

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/work/fees")
        return len(seen)

    open_order()
    queries()
    few = queries()
    for _ in range(3):
        pay(open_order())
    assert queries() == few


@pytest.mark.parametrize("path", ["/work/fees", "/work/fees/days"])
def test_citizen_and_stranger_stay_outside(path: str) -> None:
    client = Client()
    assert client.get(path).status_code == 302
    client.force_login(citizen())
    assert client.get(path).status_code == 403


def test_order_of_another_department_is_not_found() -> None:
    order = open_order()
    for path in (f"/work/fees/{order.pk}", f"/work/fees/{order.pk}/refund", f"/work/fees/{uuid4()}"):
        assert signed_in(org="fire").get(path).status_code == 404


def test_head_refunds_with_a_reason() -> None:
    order, client = pay(open_order()), signed_in()
    assert "退款 <kbd>t</kbd>" in text(client.get(f"/work/fees/{order.pk}"))
    refused = client.post(f"/work/fees/{order.pk}/refund", {"reason": "退"})
    assert (refused.status_code, "请写 4 到 200 个字" in text(refused)) == (422, True)
    done = client.post(f"/work/fees/{order.pk}/refund", {"reason": "申请人撤回"}, follow=True)
    assert "已申请退款 80.00 元" in text(done)
    assert Order.objects.get(pk=order.pk).state == "refunding"
    assert client.get(f"/work/fees/{order.pk}/refund").status_code == 409
    assert client.post(f"/work/fees/{order.pk}/refund", {"reason": "申请人撤回"}).status_code == 409


def test_clerk_sees_the_order_but_does_not_refund() -> None:
    order, client = pay(open_order()), signed_in("受理岗")
    assert "退款 <kbd>t</kbd>" not in text(client.get(f"/work/fees/{order.pk}"))
    assert client.get(f"/work/fees/{order.pk}/refund").status_code == 403
    assert client.post(f"/work/fees/{order.pk}/refund", {"reason": "申请人撤回"}).status_code == 403


def test_day_is_compared_and_each_difference_settled(gateway: MemoryGateway) -> None:
    with time.moved(NOON):
        order = pay(open_order())
    gateway.statements[NOON.date()] = statement(line(order, amount_fen=1))
    client = signed_in()
    assert "还没有对账" in text(client.get("/work/fees/days/2026-03-06"))
    page = text(client.post("/work/fees/days", {"on": "2026-03-06"}, follow=True))
    assert "金额不同" in page
    assert "1 条差异没有处理" in page
    row = Difference.objects.get()
    refused = client.post(f"/work/fees/days/2026-03-06/{row.pk}", {"note": "好"})
    assert (refused.status_code, f'href="#note-{row.pk}"' in text(refused)) == (422, True)
    done = text(client.post(f"/work/fees/days/2026-03-06/{row.pk}", {"note": "对方次日更正"}, follow=True))
    assert "对方次日更正" in done
    assert "没有要处理的差异" in done
    assert "没有要处理的" in text(client.get("/work/fees/days"))


@pytest.mark.parametrize(("on", "words"), [("", "日期不对"), ("2026-13-01", "日期不对"), ("9999-01-01", "没有过完")])
def test_day_that_cannot_be_compared_says_why(on: str, words: str) -> None:
    response = signed_in().post("/work/fees/days", {"on": on})
    assert (response.status_code, words in text(response)) == (422, True)


def test_days_are_for_head_and_administrator() -> None:
    client = signed_in("受理岗")
    assert client.get("/work/fees/days").status_code == 403
    assert client.post("/work/fees/days", {"on": "2026-03-06"}).status_code == 403
    assert signed_in("管理员").get("/work/fees/days").status_code == 200
    assert signed_in().get("/work/fees/days/2026-03-99").status_code == 404
    assert signed_in().post(f"/work/fees/days/2026-03-06/{uuid4()}", {"note": "对方次日更正"}).status_code == 404
