from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tongban.core import time
from tongban.payments.models import Callback, Order, Receipt, Refund
from tongban.payments.tests.factories import open_order, pay

pytestmark = pytest.mark.usefixtures("gateway")


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_fen": 0}, {"amount_fen": -1}, {"basis": ""}, {"state": "paid"}, {"state": "closed"}, {"state": "refunded"},
    ],
)  # fmt: skip
def test_open_order_cannot_hold_what_is_never_true(wrong: dict[str, object]) -> None:
    order = open_order()
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**wrong)


def test_paid_order_has_moment_and_trade() -> None:
    order = pay(open_order())
    for wrong in ({"paid_at": None}, {"trade_no": ""}, {"state": "open"}, {"refunded_at": time.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**wrong)


def test_purpose_has_one_order_that_is_open_or_paid() -> None:
    one, other = open_order(), open_order()
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=other.pk).update(subject_id=one.subject_id)


def test_number_of_a_receipt_is_given_once() -> None:
    first, second = (pay(open_order()).receipt for _ in range(2))
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.filter(pk=second.pk).update(serial=first.serial)


def test_order_has_one_refund_that_has_not_failed() -> None:
    order = pay(open_order())
    row = {"order": order, "amount_fen": 1, "reason": "x", "asked_at": time.now()}
    Refund.objects.create(number="R1", failed_at=time.now(), **row)
    Refund.objects.create(number="R2", **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.create(number="R3", **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(number="R1").update(done_at=time.now())


def test_callback_key_is_used_once() -> None:
    order = open_order()
    row = {"dedupe_key": uuid4().hex, "body_digest": "x", "told": "paid", "order": order, "at": time.now()}
    Callback.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Callback.objects.create(**row)
