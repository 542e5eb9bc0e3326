"""Open an order (缴费单), tell the gateway of it, take its payment, close it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.calls import GatewayDown, GatewayRefused
from tongban.jobs import services as jobs
from tongban.outbox import services as outbox
from tongban.payments import permissions, rules
from tongban.payments.events import OrderOpened, Paid
from tongban.payments.models import Order, Receipt
from tongban.payments.ports import Asked
from tongban.payments.rules import FeeSpec, State
from tongban.payments.services import gateway
from tongban.rules.errors import Conflict

log = structlog.get_logger()
GATEWAY = Actor.system("支付平台")


@dataclass(frozen=True)
class Charge:
    """What is to be paid: for which purpose of which subject, by whom, to whom, and on what basis."""

    subject_id: UUID
    purpose: str
    payer_id: UUID
    payer_name: str
    organisation: str
    title: str
    fee: FeeSpec | None
    subject_number: str = ""
    page: str = ""


@transaction.atomic
def order(charge: Charge, *, by: Actor) -> Order:
    """Ask a party to pay a published fee; the order that is already there is given back.

    Source: 行政许可法 art. 58, 59. Raises Conflict for an item that charges nothing (不收费), Invalid.
    """
    amount_fen = rules.payable(charge.fee)
    assert charge.fee is not None
    found = _live(charge)
    if found is not None:
        return found
    at = time.now()
    serial = jobs.next_serial(f"order:{time.day_of(at).isoformat()}")
    try:
        with transaction.atomic():
            row = Order.objects.create(
                number=rules.order_number(time.day_of(at), serial), subject_id=charge.subject_id, purpose=charge.purpose,
                subject_number=charge.subject_number, page=charge.page, payer_id=charge.payer_id, payer_name=charge.payer_name,
                organisation=charge.organisation, title=charge.title, amount_fen=amount_fen, standard=charge.fee.standard,
                basis=charge.fee.basis, created_at=at,
            )  # fmt: skip
    except IntegrityError:  # Somebody else opened it at the same moment.
        found = _live(charge)
        if found is None:
            raise
        return found
    audit.record("payments.ordered", "order", row.pk, by=by, organisation=row.organisation)
    outbox.publish(OrderOpened(str(row.pk)))
    return row


def _live(charge: Charge) -> Order | None:
    live = Order.objects.filter(state__in=[State.OPEN.value, State.PAID.value])
    return live.filter(subject_id=charge.subject_id, purpose=charge.purpose).first()


def send(order_id: UUID) -> Order:
    """Tell the gateway of an open order and keep the address of its cashier. May be repeated.

    Network: not to be called inside a transaction. Raises GatewayDown, GatewayRefused, Conflict where no gateway is in use.
    """
    row = Order.objects.get(pk=order_id)
    if row.sent_at is not None or row.state != State.OPEN:
        return row
    # The gateway takes the path as the way back; it knows neither case nor payer.
    asked = Asked(row.number, row.amount_fen, row.title, f"/me/orders/{row.pk}")
    return _sent(order_id, gateway.current().create(asked))


@transaction.atomic
def _sent(order_id: UUID, cashier: str) -> Order:
    row = _locked(order_id)
    if row.sent_at is None:
        row.sent_at, row.cashier = time.now(), cashier
        row.save(update_fields=["sent_at", "cashier"])
        audit.record("payments.order_sent", "order", row.pk, by=GATEWAY, organisation=row.organisation)
        if row.state == State.CLOSED:  # Closed while the gateway was asked.
            outbox.publish(OrderOpened(str(row.pk)))
    return row


def try_to_send(order_id: UUID) -> None:
    """Tell the gateway of an order from the worker; when it does not answer, the worker comes again. No transaction."""
    try:
        send(order_id)
    except GatewayDown as refusal:
        log.warning("order_not_sent", order_id=str(order_id), code=refusal.code)
        _put_off(order_id)
    except Conflict as refusal:
        log.warning("order_not_sent", order_id=str(order_id), code=refusal.code)
    except GatewayRefused as refusal:
        log.error("order_refused_by_gateway", order_id=str(order_id), code=refusal.code)


@transaction.atomic
def _put_off(order_id: UUID) -> None:
    row = _locked(order_id)
    row.tries += 1
    row.save(update_fields=["tries"])
    gateway.again(OrderOpened(str(order_id)), row.tries)


@transaction.atomic
def take_payment(order_id: UUID, *, amount_fen: int, trade_no: str, at: datetime, by: Actor) -> Order:
    """Take note that an order was paid, once: receipt, event. Told again, nothing changes.

    Raises Conflict for another amount or a second payment. Paid after it was closed, the money is on its way back.
    """
    row = _locked(order_id)
    if amount_fen != row.amount_fen:
        raise Conflict(
            "payments.wrong_amount", "金额和缴费单不一致，没有处理", remedy="核对金额后重新发送", number=row.number
        )
    if row.paid_at is not None:
        if row.trade_no != trade_no:
            raise Conflict(
                "payments.paid_twice", "这张缴费单已经缴过，这是另一笔钱", remedy="请支付平台退回多缴的一笔", number=row.number
            )  # fmt: skip
        return row
    was_closed = row.state == State.CLOSED
    row.state = rules.after("pay", State(row.state)).value
    row.paid_at, row.trade_no = at, trade_no
    row.save(update_fields=["state", "paid_at", "trade_no"])
    _issue_receipt(row)
    audit.record("payments.paid", "order", row.pk, by=by, organisation=row.organisation)
    if not was_closed:
        outbox.publish(Paid(str(row.pk), str(row.subject_id), row.purpose, at.isoformat()))
    return row


def _issue_receipt(row: Order) -> None:
    at = time.now()
    year = time.day_of(at).year
    serial = jobs.next_serial(f"receipt:{row.organisation}:{year}")
    Receipt.objects.create(
        order=row, number=rules.receipt_number(row.organisation, year, serial), organisation=row.organisation, year=year,
        serial=serial, issued_at=at,
    )  # fmt: skip


def close(order_id: UUID, *, reason: str, by: Actor) -> Order:
    """Close an open order, because nothing is to be paid any more; the gateway is told afterwards by the worker.

    The caller has decided that the actor may. Raises Conflict for an order that was paid. May be repeated.
    """
    with transaction.atomic():
        row = _locked(order_id)
        if row.state == State.CLOSED:
            return row
        row.state = rules.after("close", State(row.state)).value
        row.closed_at, row.closed_reason = time.now(), reason[:200]
        row.save(update_fields=["state", "closed_at", "closed_reason"])
        audit.record("payments.closed", "order", row.pk, by=by, organisation=row.organisation)
        outbox.publish(OrderOpened(str(row.pk)))
    return row


def try_to_close(order_id: UUID) -> None:
    """Tell the gateway from the worker that an order is closed; a payment that still comes is given back. No transaction."""
    row = Order.objects.get(pk=order_id)
    if row.state != State.CLOSED or row.sent_at is None:
        return
    try:
        gateway.current().close(row.number)
    except GatewayDown:
        _put_off(order_id)
    except Conflict as refusal:
        log.warning("order_not_closed", order_id=str(order_id), code=refusal.code)
    except GatewayRefused:  # Paid a moment ago: the callback says so.
        log.warning("order_closed_too_late", order_id=str(order_id))


def _locked(order_id: UUID) -> Order:
    row = Order.objects.select_for_update(of=("self",)).filter(pk=order_id).first()
    if row is None:
        raise permissions.hidden()
    return row
