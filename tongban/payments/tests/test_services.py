from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from tongban.audit.models import Entry
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.calls import GatewayDown, GatewayRefused
from tongban.outbox import services as outbox
from tongban.outbox.models import Message
from tongban.payments import queries
from tongban.payments.models import Callback, Difference, Order, Receipt, Reconciliation, Refund
from tongban.payments.ports import Asked, MemoryGateway, Standing
from tongban.payments.rules import FeeSpec, State
from tongban.payments.services import callbacks, orders, reconciliation, refunds
from tongban.payments.tests import factories
from tongban.payments.tests.factories import FEE, charge, line, open_order, pay, signed, staff, statement, take, told
from tongban.rules.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.usefixtures("gateway")
Capture = Callable[..., AbstractContextManager[list[Callable[[], None]]]]


def published(topic: str) -> list[dict[str, str]]:
    return [json.loads(text) for text in Message.objects.filter(topic=topic).values_list("payload", flat=True)]


def refusals() -> list[str]:
    return list(
        Entry.objects.filter(action="payments.callback_refused").order_by("pk").values_list("reason", flat=True)
    )


def work(capture: Capture) -> None:
    """Let the worker deliver what waits, with what it does after each commit."""
    with capture(execute=True):
        outbox.deliver()


# Orders


@pytest.mark.parametrize("fee", [None, FeeSpec("按标准", "某号文", None)])
def test_item_that_charges_nothing_gets_no_order(fee: FeeSpec | None) -> None:
    with pytest.raises(Conflict, match="不收费"):
        orders.order(charge(fee), by=Actor.system())
    assert not Order.objects.exists()
    assert published("OrderOpened") == []


def test_order_carries_what_the_item_publishes() -> None:
    order = orders.order(charge(), by=Actor.system())
    assert (order.amount_fen, order.basis, order.standard, order.state) == (80_00, FEE.basis, FEE.standard, "open")
    assert order.number.startswith(f"TB{time.today():%Y%m%d}")
    assert [e["order_id"] for e in published("OrderOpened")] == [str(order.pk)]


def test_ordering_again_gives_the_order_that_is_there() -> None:
    wanted = charge()
    first = orders.order(wanted, by=Actor.system())
    assert orders.order(wanted, by=Actor.system()).pk == first.pk
    assert Order.objects.count() == 1


def test_worker_tells_the_gateway_after_the_commit_and_once(
    gateway: MemoryGateway, django_capture_on_commit_callbacks: Capture
) -> None:
    order = orders.order(charge(), by=Actor.system())
    work(django_capture_on_commit_callbacks)
    work(django_capture_on_commit_callbacks)
    order.refresh_from_db()
    assert gateway.calls == [("create", order.number)]
    assert order.cashier.endswith(order.number)
    assert gateway.orders[order.number] == Asked(order.number, 80_00, order.title, f"/me/orders/{order.pk}")


def test_gateway_is_never_called_inside_a_transaction_of_ours(
    gateway: MemoryGateway, django_capture_on_commit_callbacks: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside, depths = len(connection.atomic_blocks), []
    create = gateway.create
    monkeypatch.setattr(gateway, "create", lambda asked: depths.append(len(connection.atomic_blocks)) or create(asked))
    orders.order(charge(), by=Actor.system())
    work(django_capture_on_commit_callbacks)
    assert depths == [outside]


class Down(MemoryGateway):
    def create(self, asked: Asked) -> str:
        raise GatewayDown("outside.down", "没有回应")

    def refund(self, number: str, *, refund: str, amount_fen: int, reason: str) -> None:
        raise GatewayDown("outside.down", "没有回应")

    def query(self, number: str) -> Standing:
        raise GatewayDown("outside.down", "没有回应")


def test_gateway_that_is_down_is_asked_again_later(django_capture_on_commit_callbacks: Capture) -> None:
    factories._gateway[0] = Down()
    order = orders.order(charge(), by=Actor.system())
    work(django_capture_on_commit_callbacks)
    work(django_capture_on_commit_callbacks)
    order.refresh_from_db()
    assert (order.tries, order.sent_at) == (1, None)
    mended = factories.new_gateway()
    with time.moved(time.now() + timedelta(seconds=3)):
        work(django_capture_on_commit_callbacks)
    assert mended.calls == [("create", order.number)]


def test_without_a_gateway_the_order_waits_and_says_where_to_pay(
    settings: Any, django_capture_on_commit_callbacks: Capture
) -> None:
    settings.PAYMENT_GATEWAY = "tongban.payments.adapters.http.gateway"
    order = orders.order(charge(), by=Actor.system())
    work(django_capture_on_commit_callbacks)
    with pytest.raises(Conflict, match="还没有开通网上缴费"):
        orders.send(order.pk)


# Callbacks that are believed


def test_paid_order_has_receipt_and_tells_it() -> None:
    order = pay(open_order())
    assert (order.state, order.receipt.number) == ("paid", f"market-{time.today().year}-00000001")
    assert [e["order_id"] for e in published("Paid")] == [str(order.pk)]
    assert published("Paid")[0]["subject_id"] == str(order.subject_id)


def test_receipts_of_an_organisation_follow_without_gap() -> None:
    paid, refused = [open_order(), open_order()], open_order()
    pay(paid[0])
    with pytest.raises(Conflict):
        take(told(refused, amount_fen=1))
    pay(paid[1])
    assert sorted(Receipt.objects.values_list("serial", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (lambda body: signed(body, secret="x" * 40), "callback.signature"),
        (lambda body: signed(body + b" "), "callback.signature"),
        (lambda body: signed(body, path="/callbacks/delivery"), "callback.signature"),
        (lambda body: signed(body, late_s=301), "callback.time"),
        (lambda body: signed(body, late_s=-301), "callback.time"),
    ],
)  # fmt: skip
def test_callback_that_was_not_signed_a_moment_ago_changes_nothing(given: Callable[[bytes], object], code: str) -> None:
    order = open_order()
    body = told(order)
    with pytest.raises(NotAllowed):
        take(body, given(body))  # type: ignore[arg-type]
    assert Order.objects.get(pk=order.pk).state == State.OPEN
    assert refusals() == [code]
    assert (published("Paid"), Callback.objects.count()) == ([], 0)


@pytest.mark.parametrize("amount_fen", [1, 79_99, 80_01, 0, -80_00])
def test_callback_with_another_amount_changes_nothing(amount_fen: int) -> None:
    order = open_order()
    with pytest.raises(Conflict, match="金额"):
        take(told(order, amount_fen=amount_fen))
    assert Order.objects.get(pk=order.pk).state == State.OPEN
    assert refusals() == ["payments.wrong_amount"]
    assert not Callback.objects.exists()


def test_right_callback_after_a_wrong_one_is_taken() -> None:
    order = open_order()
    with pytest.raises(Conflict):
        take(told(order, id="p1", amount_fen=1))
    take(told(order, id="p1"))
    assert Order.objects.get(pk=order.pk).state == State.PAID


def test_unknown_order_and_unreadable_body_are_refused_and_audited() -> None:
    order = open_order()
    with pytest.raises(NotFound):
        take(told(order, number="TB999"))
    with pytest.raises(Invalid):
        take(b"{}")
    assert refusals() == ["payments.unknown_order", "payments.unreadable"]


def test_same_callback_again_gets_the_same_answer_and_no_second_effect() -> None:
    order = open_order()
    body = told(order)
    assert [take(body), take(body), take(body)] == ["taken"] * 3
    assert Receipt.objects.count() == Callback.objects.count() == len(published("Paid")) == 1
    assert refusals() == []


def test_used_id_with_other_words_is_refused() -> None:
    one, other = open_order(), open_order()
    take(told(one, id="p1"))
    with pytest.raises(Conflict, match="另一份内容"):
        take(told(other, id="p1"))
    assert Order.objects.get(pk=other.pk).state == State.OPEN
    assert refusals() == ["payments.replayed"]


def test_same_payment_told_under_another_id_counts_once() -> None:
    order = open_order()
    take(told(order, trade_no="T1"))
    take(told(order, trade_no="T1"))
    assert Receipt.objects.count() == len(published("Paid")) == 1


def test_second_payment_of_one_order_is_refused_loudly() -> None:
    order = pay(open_order(), trade_no="T1")
    with pytest.raises(Conflict, match="另一笔"):
        take(told(order, trade_no="T2"))
    assert refusals() == ["payments.paid_twice"]


def test_payment_that_comes_after_closing_goes_back() -> None:
    order = open_order()
    orders.close(order.pk, reason="撤回", by=Actor.system())
    order = pay(order)
    assert order.state == State.REFUNDING
    assert order.refunds.get().reason == "缴费单关闭后才缴的，自动退回"
    assert published("Paid") == []


def test_closed_order_is_closed_at_the_gateway_too(
    gateway: MemoryGateway, django_capture_on_commit_callbacks: Capture
) -> None:
    order = open_order()
    for _ in range(2):
        orders.close(order.pk, reason="撤回", by=Actor.system())
    work(django_capture_on_commit_callbacks)
    assert gateway.standings[order.number].state == "closed"
    with pytest.raises(Conflict, match="已缴费"):
        orders.close(pay(open_order()).pk, reason="撤回", by=Actor.system())


def test_lost_callback_is_made_up_for_by_asking(gateway: MemoryGateway) -> None:
    order, waiting = open_order(), open_order()
    gateway.standings[order.number] = Standing("done", 80_00, "T1", time.now())
    assert callbacks.check_waiting() == 1
    assert {o.pk: o.state for o in Order.objects.all()} == {order.pk: "paid", waiting.pk: "open"}
    take(told(order, trade_no="T1"))  # It comes after all.
    assert Receipt.objects.count() == 1


def test_gateway_that_is_down_does_not_stop_the_hourly_work() -> None:
    open_order()
    factories._gateway[0] = Down()
    assert callbacks.check_waiting() == 0


# Refunds


def refund_told(refund: Refund, **changes: object) -> bytes:
    return told(refund.order, told="refunded", refund=refund.number, **changes)


def test_head_asks_and_the_callback_finishes() -> None:
    order = pay(open_order())
    refund = refunds.ask_refund(order.pk, reason="申请人撤回，没有开始办", by=staff("head"))
    assert Order.objects.get(pk=order.pk).state == State.REFUNDING
    body = refund_told(refund)
    assert [take(body), take(body)] == ["taken", "taken"]
    order.refresh_from_db()
    assert (order.state, order.receipt.voided_at is not None) == ("refunded", True)
    assert len(published("Refunded")) == 1


@pytest.mark.parametrize(
    ("by", "kind"),
    [(staff("clerk", "reviewer"), NotAllowed), (staff("head", org="fire"), NotFound), (Actor(), NotFound)],
)
def test_only_the_head_of_the_organisation_refunds(by: Actor, kind: type[DomainError]) -> None:
    order = pay(open_order())
    with pytest.raises(kind):
        refunds.ask_refund(order.pk, reason="申请人撤回", by=by)
    assert Order.objects.get(pk=order.pk).state == State.PAID


def test_refund_needs_a_reason_and_a_paid_order() -> None:
    with pytest.raises(Invalid) as refused:
        refunds.ask_refund(pay(open_order()).pk, reason=" 退 ", by=staff("head"))
    assert "reason" in refused.value.fields
    with pytest.raises(Conflict, match="待缴费"):
        refunds.ask_refund(open_order().pk, reason="申请人撤回", by=staff("head"))
    with pytest.raises(NotFound):
        refunds.ask_refund(uuid4(), reason="申请人撤回", by=staff("head"))


def test_refund_runs_once_at_a_time() -> None:
    order = pay(open_order())
    refunds.give_back(order.pk, reason="撤回", by=Actor.system())
    with pytest.raises(Conflict, match="正在退款"):
        refunds.give_back(order.pk, reason="撤回", by=Actor.system())
    assert Refund.objects.count() == 1


def test_refund_callback_for_an_order_that_nobody_refunds_is_refused() -> None:
    order = pay(open_order())
    with pytest.raises(NotFound, match="没有这笔退款"):
        take(told(order, told="refunded", refund=f"{order.number}R1"))
    assert Order.objects.get(pk=order.pk).state == State.PAID
    assert refusals() == ["payments.no_refund"]


def test_refund_callback_with_another_amount_is_refused() -> None:
    refund = refunds.give_back(pay(open_order()).pk, reason="撤回", by=Actor.system())
    for words in ({}, {"told": "refund_failed"}):
        with pytest.raises(Conflict, match="金额"):
            take(
                refund_told(refund, amount_fen=1, **words)
                if not words
                else told(refund.order, refund=refund.number, amount_fen=1, **words)
            )
    assert Order.objects.get(pk=refund.order_id).state == State.REFUNDING


def test_failed_refund_is_asked_again_under_another_number() -> None:
    order = pay(open_order())
    first = refunds.ask_refund(order.pk, reason="申请人撤回", by=staff("head"))
    failed = told(order, told="refund_failed", refund=first.number)
    assert [take(failed), take(failed)] == ["taken", "taken"]
    second = refunds.ask_refund(order.pk, reason="申请人撤回", by=staff("head"))
    assert (first.number[-2:], second.number[-2:]) == ("R1", "R2")
    with pytest.raises(Conflict, match="已经失败"):
        take(refund_told(first))
    take(refund_told(second))
    with pytest.raises(Conflict, match="已经完成"):
        take(told(order, told="refund_failed", refund=second.number))
    assert Order.objects.get(pk=order.pk).state == State.REFUNDED


def test_worker_tells_the_gateway_of_a_refund_and_comes_again_when_it_is_down(
    gateway: MemoryGateway, django_capture_on_commit_callbacks: Capture
) -> None:
    refund = refunds.give_back(pay(open_order()).pk, reason="撤回", by=Actor.system())
    factories._gateway[0] = Down()
    work(django_capture_on_commit_callbacks)
    factories._gateway[0] = gateway
    with time.moved(time.now() + timedelta(seconds=3)):
        work(django_capture_on_commit_callbacks)
        work(django_capture_on_commit_callbacks)
    assert gateway.calls.count(("refund", refund.number)) == 1


class No(MemoryGateway):
    def refund(self, number: str, *, refund: str, amount_fen: int, reason: str) -> None:
        raise GatewayRefused("outside.refused", "对方不同意：超过期限")


def test_refund_that_the_gateway_refuses_has_failed(django_capture_on_commit_callbacks: Capture) -> None:
    order = pay(open_order())
    refund = refunds.give_back(order.pk, reason="撤回", by=Actor.system())
    factories._gateway[0] = No()
    work(django_capture_on_commit_callbacks)
    refund.refresh_from_db()
    assert refund.failed_at is not None
    assert queries.order(order.pk, by=staff("head")).may_refund


@pytest.mark.parametrize(("state", "ends"), [("done", "refunded"), ("failed", "refunding")])
def test_lost_callback_of_a_refund_is_made_up_for_by_asking(gateway: MemoryGateway, state: str, ends: str) -> None:
    order = pay(open_order())
    refund = refunds.give_back(order.pk, reason="撤回", by=Actor.system())
    refunds.send(refund.pk)
    assert callbacks.check_waiting() == 0
    gateway.refunds[refund.number] = Standing(state, 80_00, "T9", time.now())
    assert callbacks.check_waiting() == 1
    assert Order.objects.get(pk=order.pk).state == ends


def test_payment_told_late_does_not_bring_a_refunded_order_back() -> None:
    order = pay(open_order(), trade_no="T1")
    refund = refunds.give_back(order.pk, reason="撤回", by=Actor.system())
    take(refund_told(refund))
    assert take(told(order, trade_no="T1")) == "taken"
    assert Order.objects.get(pk=order.pk).state == State.REFUNDED


# Reconciliation

NOON = datetime(2026, 3, 6, 4, tzinfo=UTC)
DAY = NOON.date()


def paid_at_noon() -> Order:
    with time.moved(NOON):
        return pay(open_order())


def kinds() -> list[tuple[str, str, str]]:
    return [(d.kind, d.sort, d.number) for d in Difference.objects.order_by("kind")]


def test_equal_ledgers_have_no_difference(gateway: MemoryGateway) -> None:
    order = paid_at_noon()
    with time.moved(NOON):
        refund = refunds.give_back(order.pk, reason="撤回", by=Actor.system())
        take(refund_told(refund))
    back = line(order, sort="refund", number=refund.number, trade_no="T2")
    gateway.statements[DAY] = statement(line(order), back)
    run = reconciliation.reconcile(DAY, by=staff("head"))
    assert (run.ours_lines, run.ours_fen, run.theirs_lines, run.theirs_fen) == (2, 160_00, 2, 160_00)
    assert kinds() == []


def test_each_kind_of_difference_is_listed(gateway: MemoryGateway) -> None:
    ours, amount, good = paid_at_noon(), paid_at_noon(), paid_at_noon()
    with time.moved(NOON):
        lost = open_order()
    gateway.statements[DAY] = statement(
        line(amount, amount_fen=1), line(good), line(lost, trade_no="T-LOST", at=NOON), line(good, number="TB404", trade_no="T-X")
    )  # fmt: skip
    reconciliation.reconcile(DAY, by=staff("head"))
    assert kinds() == [
        ("amount", "payment", amount.number), ("ours_only", "payment", ours.number), ("state", "payment", lost.number),
        ("theirs_only", "payment", "TB404"),
    ]  # fmt: skip
    assert Difference.objects.get(kind="theirs_only").organisation == ""
    assert Difference.objects.get(kind="state").organisation == "market"


def test_midnight_of_china_parts_the_days(gateway: MemoryGateway) -> None:
    with time.moved(datetime(2026, 3, 6, 15, 59, 59, tzinfo=UTC)):
        before = pay(open_order())
    with time.moved(datetime(2026, 3, 6, 16, 0, 0, tzinfo=UTC)):
        pay(open_order())
    gateway.statements[DAY] = statement(line(before))
    assert reconciliation.reconcile(DAY, by=staff("head")).ours_lines == 1
    assert kinds() == []


def test_reconciling_again_keeps_what_was_settled_and_drops_what_is_gone(gateway: MemoryGateway) -> None:
    order = paid_at_noon()
    gateway.statements[DAY] = statement(line(order, number="TB404", trade_no="T-X"))
    reconciliation.reconcile(DAY, by=staff("head"))
    stranger = Difference.objects.get(kind="theirs_only")
    reconciliation.settle(stranger.pk, note="对方测试单，已核对", by=staff("admin"))
    gateway.statements[DAY] = statement(line(order, number="TB404", trade_no="T-X"), line(order))
    reconciliation.reconcile(DAY, by=staff("head"))
    assert [(d.pk, d.note) for d in Difference.objects.all()] == [(stranger.pk, "对方测试单，已核对")]
    assert Reconciliation.objects.count() == 1


def test_difference_is_settled_once_with_a_note_by_who_keeps_the_books(gateway: MemoryGateway) -> None:
    paid_at_noon()
    gateway.statements[DAY] = statement()
    reconciliation.reconcile(DAY, by=staff("head"))
    row = Difference.objects.get()
    for by, kind in ((staff("clerk"), NotAllowed), (staff("head", org="fire"), NotFound)):
        with pytest.raises(kind):
            reconciliation.settle(row.pk, note="对方次日补记", by=by)
    with pytest.raises(Invalid):
        reconciliation.settle(row.pk, note="好", by=staff("head"))
    reconciliation.settle(row.pk, note="对方次日补记", by=staff("head"))
    with pytest.raises(Conflict, match="王示例"):
        reconciliation.settle(row.pk, note="对方次日补记", by=staff("head"))
    with pytest.raises(NotFound):
        reconciliation.settle(uuid4(), note="对方次日补记", by=staff("head"))
    assert queries.differences(by=staff("head"), open_only=True) == []


def test_day_that_is_not_over_and_clerk_are_refused() -> None:
    with pytest.raises(Invalid, match="没有过完"):
        reconciliation.reconcile(time.today(), by=staff("head"))
    with pytest.raises(NotAllowed):
        reconciliation.reconcile(DAY, by=staff("clerk"))


def test_broken_file_changes_nothing(gateway: MemoryGateway) -> None:
    gateway.statements[DAY] = b"sort,number"
    with pytest.raises(Invalid):
        reconciliation.reconcile(DAY, by=staff("head"))
    assert not Reconciliation.objects.exists()


def test_worker_compares_yesterday_once(gateway: MemoryGateway) -> None:
    gateway.statements[DAY] = b"broken"
    with time.moved(NOON + timedelta(days=1)):
        assert reconciliation.reconcile_yesterday() == 0
        gateway.statements[DAY] = statement()
        assert reconciliation.reconcile_yesterday() == 1
        assert reconciliation.reconcile_yesterday() == 0
