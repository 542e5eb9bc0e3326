"""What the courier notices at POST /callbacks/delivery."""

from __future__ import annotations

import pytest
from django.test import Client

from tongban.delivery.models import Shipment
from tongban.delivery.tests.factories import PATH, shipped, signed, told

pytestmark = [pytest.mark.usefixtures("courier"), pytest.mark.filterwarnings("ignore:No directory at")]


def test_callback_is_taken_without_session() -> None:
    row = shipped()
    body = told(row)
    client = Client(enforce_csrf_checks=True)
    answer = client.post(PATH, body, content_type="application/json", headers=signed(body).headers())
    assert (answer.status_code, answer.json()) == (200, {"code": "taken"})
    assert Shipment.objects.get(pk=row.pk).state == "collected"


def test_unsigned_callback_is_refused() -> None:
    body = told(shipped())
    answer = Client().post(PATH, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "callback.key")
    assert Client().get(PATH).status_code == 405
