"""The sandbox over real HTTP, with the platform's own adapters on the other side."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from tongban.core import calls, time
from tongban.core.actor import Actor
from tongban.core.calls import GatewayDown, GatewayRefused
from tongban.delivery.models import Shipment
from tongban.delivery.services import shipping
from tongban.delivery.tests.factories import sending
from tongban.payments.models import Callback, Difference, Order, Receipt
from tongban.payments.services import callbacks, orders, reconciliation, refunds
from tongban.payments.tests.factories import charge, staff
from tongban.rules import signing
from tongban.rules.errors import Conflict
from tongban.sandbox import services
from tongban.sandbox.tests.factories import Running

pytestmark = pytest.mark.filterwarnings("ignore:No directory at")
Start = Callable[..., Running]


def opened() -> Order:
    return orders.send(orders.order(charge(), by=Actor.system()).pk)


def state(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def test_order_pay_callback_receipt_refund_reconciliation(start: Start) -> None:
    sandbox, order = start(), opened()
    assert "80.00 元" in sandbox.ask("GET", order.cashier.removeprefix(sandbox.url))[2]
    assert sandbox.press(order.cashier)[0] == 303
    assert sandbox.tell() == ["200"]
    assert Receipt.objects.get(order=order).serial == 1

    refund = refunds.ask_refund(order.pk, reason="申请人撤回，没有开始办", by=staff("head"))
    refunds.send(refund.pk)
    assert sandbox.tell() == ["200"]
    assert state(order) == "refunded"

    on = time.today()
    with time.moved(time.now() + timedelta(days=1)):
        run = reconciliation.reconcile(on, by=staff("head"))
    assert (run.ours_lines, run.theirs_lines, run.theirs_fen, run.differences.count()) == (2, 2, 160_00, 0)


def test_duplicates_and_a_failing_first_time_change_nothing_in_the_end(start: Start) -> None:
    sandbox = start(duplicate=True, fail_first=True)
    first = orders.order(charge(), by=Actor.system())
    with pytest.raises(GatewayDown):
        orders.send(first.pk)
    order = orders.send(first.pk)
    sandbox.press(order.cashier)
    assert sandbox.tell() == []  # Lost on the way.
    assert sandbox.tell() == ["200", "200"]
    assert (state(order), Callback.objects.count(), Receipt.objects.count()) == ("paid", 1, 1)


def test_late_callback_is_not_missed_when_a_person_asks(start: Start) -> None:
    sandbox, order = start(delay_s=3600), opened()
    sandbox.press(order.cashier)
    assert sandbox.sender.send_due(at_s=calls.seconds()) == 0
    assert callbacks.check(order).state == "paid"
    assert sandbox.tell() == ["200"]
    assert Receipt.objects.count() == 1


def test_planted_differences_are_found(start: Start) -> None:
    sandbox, paid = start(plant_differences=True), [opened() for _ in range(3)]
    for order in paid:
        sandbox.press(order.cashier)
    sandbox.tell()
    on = time.today()
    with time.moved(time.now() + timedelta(days=1)):
        reconciliation.reconcile(on, by=staff("head"))
    assert {(d.kind, d.number) for d in Difference.objects.all()} == {
        ("ours_only", paid[0].number), ("amount", paid[1].number), ("theirs_only", f"TB{on:%Y%m%d}99999999X"),
    }  # fmt: skip


def test_order_is_paid_once_and_not_after_closing(start: Start) -> None:
    sandbox, paid, closed = start(), opened(), opened()
    assert sandbox.press(paid.cashier)[0] == 303
    status, _, page = sandbox.press(paid.cashier)
    assert (status, "过期" in page or "不能再付" in page) == (403, True)
    orders.close(closed.pk, reason="撤回", by=Actor.system())
    orders.try_to_close(closed.pk)
    assert "已关闭" in sandbox.ask("GET", closed.cashier.removeprefix(sandbox.url))[2]
    with pytest.raises(Conflict):
        services.pay(sandbox.box, closed.number)


def test_paid_at_the_last_moment_goes_back(start: Start) -> None:
    sandbox, order = start(), opened()
    sandbox.press(order.cashier)
    orders.close(order.pk, reason="撤回", by=Actor.system())
    orders.try_to_close(order.pk)  # The gateway says no: it was paid.
    assert sandbox.tell() == ["200"]
    refunds.send(Order.objects.get(pk=order.pk).refunds.get().pk)
    assert sandbox.tell() == ["200"]
    assert state(order) == "refunded"


def test_same_number_is_the_same_order_and_another_amount_is_refused(start: Start) -> None:
    sandbox, order = start(), opened()
    asked = {"number": order.number, "amount_fen": 80_00, "title": "x", "return_path": "/x"}
    assert calls.post(sandbox.outside("payments"), "/api/orders", asked) == {"cashier": order.cashier}
    with pytest.raises(GatewayRefused, match="金额不能变"):
        calls.post(sandbox.outside("payments"), "/api/orders", {**asked, "amount_fen": 1})


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/api/orders", {}), ("/api/orders", {"number": "N1", "amount_fen": 0, "title": "x", "return_path": "/"}),
        ("/api/orders", {"number": "N1", "amount_fen": 1, "title": "x", "return_path": "//evil"}),
        ("/api/refunds", {"number": "R1", "order": "none", "amount_fen": 1, "reason": "x"}), ("/api/shipments", {"number": "K1", "contents": "x"}),
        ("/api/orders/none/close", {}),
    ],
)  # fmt: skip
def test_malformed_questions_are_refused(start: Start, path: str, sent: dict[str, object]) -> None:
    side = "delivery" if "shipments" in path else "payments"
    with pytest.raises(GatewayRefused):
        calls.post(start().outside(side), path, sent)


def test_refund_of_what_was_not_paid_is_refused(start: Start) -> None:
    sandbox, order = start(), opened()
    with pytest.raises(GatewayRefused, match="没有付过"):
        calls.post(
            sandbox.outside("payments"), "/api/refunds", {"number": "R1", "order": order.number, "amount_fen": 80_00, "reason": "x"}
        )  # fmt: skip


def test_unsigned_replayed_and_wrong_key_are_refused(start: Start) -> None:
    sandbox = start()
    assert sandbox.ask("GET", "/api/orders/x")[0] == 403
    assert sandbox.ask("GET", "/nothing")[0] == 404
    wrong = sandbox.outside("payments")
    with pytest.raises(GatewayDown):  # Its answer is signed with another secret.
        calls.get(signing.Outside(wrong.url, wrong.key, "x" * 40), "/api/orders/x")
    assert services.is_fresh(sandbox.box, "n1", 10)
    assert not services.is_fresh(sandbox.box, "n1", 10)


def test_form_without_its_token_pays_nothing(start: Start) -> None:
    sandbox, order = start(), opened()
    status, _, _ = sandbox.ask("POST", order.cashier.removeprefix(sandbox.url), {"csrf_token": "guess"})
    assert (status, services.order(sandbox.box, order.number)["state"]) == (403, "open")


def shipped() -> Shipment:
    return shipping.send(shipping.ship(sending(), by=Actor.system()).pk)


def page_of(sandbox: Running, row: Shipment) -> str:
    return f"/parcels/{services.parcel(sandbox.box, row.number)['token']}"


def test_parcel_is_taken_carried_and_signed_for(start: Start) -> None:
    sandbox, row = start(duplicate=True), shipped()
    assert re.fullmatch(r"SBX\d{9}", row.waybill)
    for _ in range(4):
        assert sandbox.press(page_of(sandbox, row), "next")[0] == 303
    assert sandbox.tell() == ["200"] * 8
    row.refresh_from_db()
    assert (row.state, row.signed_by, row.trackings.count()) == ("delivered", "张示例", 4)
    assert "拒收" not in sandbox.ask("GET", page_of(sandbox, row))[2]
    with pytest.raises(Conflict):
        services.advance(sandbox.box, row.number)


def test_parcel_that_is_refused_comes_back(start: Start) -> None:
    sandbox, row = start(), shipped()
    sandbox.press(page_of(sandbox, row), "return")
    assert sandbox.tell() == ["200"]
    row.refresh_from_db()
    assert row.state == "returned"


def test_parcels_go_by_themselves_where_a_step_time_is_set(start: Start) -> None:
    by_hand, row = start(), shipped()
    services.advance_due(by_hand.box)
    assert by_hand.tell() == []
    by_hand.box.store.change("UPDATE parcels SET next_s = 0")
    timed = start(step_s=60)
    services.advance_due(timed.box)
    services.advance_due(timed.box)  # The next step is not due yet.
    assert services.parcel(timed.box, row.number)["steps"] == 1


def test_overview_lists_what_came(start: Start) -> None:
    sandbox, order, row = start(), opened(), shipped()
    status, _, page = sandbox.ask("GET", "/")
    assert status == 200
    assert order.number in page
    assert row.waybill in page
    assert "演示沙箱" in page
    assert sandbox.ask("GET", "/sandbox.css")[0] == 200
