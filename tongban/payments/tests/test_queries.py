from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.core import time
from tongban.core.actor import Actor
from tongban.payments import queries
from tongban.payments.queries import Wanted
from tongban.payments.services import orders, refunds
from tongban.payments.tests.factories import charge, open_order, pay, staff
from tongban.rules.errors import NotAllowed, NotFound

pytestmark = pytest.mark.usefixtures("gateway")


def test_order_is_seen_by_its_organisation_its_payer_and_who_acts_for_the_payer() -> None:
    order = open_order()
    for by in (staff("clerk"), Actor(party_id=order.payer_id), Actor(person_id=order.payer_id)):
        assert queries.order(order.pk, by=by).order == order
    assert queries.order(order.pk, by=Actor(), parties={order.payer_id}).order == order


@pytest.mark.parametrize("by", [Actor(), staff("head", org="fire")])
def test_order_is_hidden_from_others(by: Actor) -> None:
    order = open_order()
    with pytest.raises(NotFound):
        queries.order(order.pk, by=by)
    assert queries.page(Wanted(), by=by).rows == ()


def test_view_says_whether_the_money_can_go_back() -> None:
    order, by = open_order(), staff("head")
    assert (queries.order(order.pk, by=by).is_open, queries.order(order.pk, by=by).may_refund) == (True, False)
    pay(order)
    view = queries.order(order.pk, by=by)
    assert (view.may_refund, view.words, view.amount, view.receipt_is_void) == (True, "已缴费", "80.00", False)
    assert view.receipt_number.endswith("00000001")
    refunds.ask_refund(order.pk, reason="申请人撤回", by=by)
    assert not queries.order(order.pk, by=by).may_refund


def test_list_is_narrowed_by_state_day_and_words() -> None:
    with time.moved(datetime(2026, 3, 6, 4, tzinfo=UTC)):
        old = pay(open_order())
    new = open_order()
    by, day = staff("clerk"), datetime(2026, 3, 6, tzinfo=UTC).date()

    def found(wanted: Wanted) -> list[object]:
        return [view.order.pk for view in queries.page(wanted, by=by).rows]

    assert found(Wanted()) == [new.pk, old.pk]
    assert found(Wanted(state="paid")) == [old.pk]
    assert found(Wanted(until=day)) == [old.pk]
    assert found(Wanted(since=day + timedelta(days=1))) == [new.pk]
    assert found(Wanted(since=day, until=day)) == [old.pk]
    assert found(Wanted(text=old.number.lower())) == [old.pk]
    assert found(Wanted(text="换证")) == [new.pk, old.pk]
    assert found(Wanted(text="张")) == [new.pk, old.pk]
    assert found(Wanted(text="没有")) == []
    assert [(s, n) for s, _, n in queries.counts(Wanted(), by=by) if n] == [("open", 1), ("paid", 1)]


def test_list_goes_on_after_its_last_row_in_three_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    numbers = [orders.order(charge(), by=Actor.system()).number for _ in range(3)][::-1]
    with CaptureQueriesContext(connection) as seen:
        first = queries.page(Wanted(), by=staff("clerk"))
    assert len(seen) == 2
    second = queries.page(Wanted(cursor=first.next_cursor), by=staff("clerk"))
    assert [view.order.number for view in (*first.rows, *second.rows)] == numbers
    assert second.next_cursor == ""


def test_orders_of_a_case_are_listed() -> None:
    order = open_order()
    assert [view.order.pk for view in queries.of_subjects([order.subject_id])] == [order.pk]


def test_days_are_for_who_keeps_the_books() -> None:
    for ask in (queries.days, queries.differences):
        with pytest.raises(NotAllowed):
            ask(by=staff("clerk"))
    assert queries.days(by=staff("admin")) == []
    assert queries.day(time.today(), by=staff("admin")) == (None, [])
