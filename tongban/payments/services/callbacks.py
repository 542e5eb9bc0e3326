"""Take what the gateway tells (回调): believed only when signed, taken once, refused with an entry in the audit trail."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from tongban.audit import services as audit
from tongban.core import calls, time
from tongban.core.actor import Actor
from tongban.core.calls import GatewayDown, GatewayRefused
from tongban.payments import rules
from tongban.payments.models import Callback, Order, Refund
from tongban.payments.rules import Notification, State, Told
from tongban.payments.services import gateway, orders, refunds
from tongban.rules.errors import Conflict, DomainError, NotFound
from tongban.rules.signing import Signed

log = structlog.get_logger()
TAKEN = "taken"


def take_callback(body: bytes, signed: Signed, *, path: str, by: Actor) -> str:
    """Take a callback and return the answer; the same callback again gets the same answer and changes nothing.

    Raises NotAllowed for a wrong or old signature, Invalid, NotFound for an unknown order, Conflict for a wrong amount or
    for an id that was used with other words. What is refused changes nothing and is written into the audit trail.
    """
    number = ""
    try:
        calls.require_signature(signed, path, body, outside=settings.PAYMENTS)
        told = rules.read_notification(body)
        number = told.number
        return _take(told, hashlib.sha256(body).hexdigest(), by=by)
    except DomainError as refusal:
        audit.record("payments.callback_refused", "callback", number or "-", by=by, reason=refusal.code)
        log.warning("payment_callback_refused", code=refusal.code, number=number)
        raise


@transaction.atomic
def _take(told: Notification, digest: str, *, by: Actor) -> str:
    order = Order.objects.filter(number=told.number).first()
    if order is None:
        raise NotFound("payments.unknown_order", "没有这张缴费单", remedy="核对缴费单号", number=told.number)
    try:
        with transaction.atomic():
            Callback.objects.create(
                dedupe_key=told.id, body_digest=digest, told=told.told.value, order=order, at=time.now()
            )
    except IntegrityError:
        return _again(told, digest)
    _apply(told, order, by=by)
    return TAKEN


def _again(told: Notification, digest: str) -> str:
    known = Callback.objects.get(dedupe_key=told.id)
    if known.body_digest != digest:
        raise Conflict("payments.replayed", "这个回调编号已经用在另一份内容上", remedy="换一个编号", number=told.number)
    return TAKEN


def _apply(told: Notification, order: Order, *, by: Actor) -> None:
    if told.told is Told.PAID:
        paid = orders.take_payment(order.pk, amount_fen=told.amount_fen, trade_no=told.trade_no, at=told.at, by=by)
        if paid.state == State.REFUNDING and not paid.refunds.exists():
            refunds.give_back(paid.pk, reason="缴费单关闭后才缴的，自动退回", by=by)
        return
    if not Refund.objects.filter(number=told.refund, order=order).exists():
        raise NotFound("payments.no_refund", "这张缴费单没有这笔退款", remedy="核对退款单号", number=told.refund)
    if told.told is Told.REFUNDED:
        refunds.finish(told.refund, amount_fen=told.amount_fen, at=told.at, by=by)
    else:
        refunds.fail(told.refund, amount_fen=told.amount_fen, by=by)


def check(order: Order) -> Order:
    """Ask the gateway where an order stands, for a callback that was lost, and take what it says.

    Network: not inside a transaction. Raises GatewayDown, GatewayRefused, Conflict.
    """
    if order.state == State.OPEN and order.sent_at is not None:
        found = gateway.current().query(order.number)
        if found.state == "done" and found.at is not None:
            orders.take_payment(
                order.pk, amount_fen=found.amount_fen, trade_no=found.trade_no, at=found.at, by=orders.GATEWAY
            )
    return Order.objects.get(pk=order.pk)


def check_refund(refund: Refund) -> Refund:
    """Ask the gateway where a refund stands, for a callback that was lost, and take what it says.

    Network: not inside a transaction. Raises GatewayDown, GatewayRefused, Conflict.
    """
    found = gateway.current().query_refund(refund.number)
    if found.state == "done" and found.at is not None:
        return refunds.finish(refund.number, amount_fen=found.amount_fen, at=found.at, by=orders.GATEWAY)
    if found.state == "failed":
        return refunds.fail(refund.number, amount_fen=found.amount_fen, by=orders.GATEWAY)
    return refund


def check_waiting(*, most: int = 200) -> int:
    """Ask after orders and refunds that wait, for lost callbacks; called hourly. Return how many had moved."""
    waiting = Order.objects.filter(state=State.OPEN.value, sent_at__isnull=False).order_by("-number")[:most]
    sent = Refund.objects.filter(done_at=None, failed_at=None, sent_at__isnull=False).order_by("-number")[:most]
    asks: list[Callable[[], bool]] = [partial(_was_paid, order) for order in waiting]
    asks += [partial(_has_ended, refund) for refund in sent]
    moved = 0
    for ask in asks:
        try:
            moved += ask()
        except GatewayDown:
            break
        except (Conflict, GatewayRefused) as refusal:
            log.warning("order_not_checked", code=refusal.code)
    return moved


def _was_paid(order: Order) -> bool:
    return check(order).state == State.PAID


def _has_ended(refund: Refund) -> bool:
    found = check_refund(refund)
    return found.done_at is not None or found.failed_at is not None
