"""Give money back (退款): asked for here, told to the gateway by the worker, finished by its callback."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.calls import GatewayDown, GatewayRefused
from tongban.outbox import services as outbox
from tongban.payments import permissions, rules
from tongban.payments.events import RefundAsked, Refunded
from tongban.payments.models import Order, Receipt, Refund
from tongban.payments.rules import State
from tongban.payments.services import gateway
from tongban.rules.errors import Conflict, Invalid, NotFound

log = structlog.get_logger()


@transaction.atomic
def ask_refund(order_id: UUID, *, reason: str, by: Actor) -> Refund:
    """Ask for the money of a paid order back. Only a head of the organisation. Raises NotFound, NotAllowed, Conflict, Invalid."""
    row = _locked(order_id)
    permissions.require_refund(row, by=by)
    wrong = rules.note_problem(reason.strip())
    if wrong:
        raise Invalid("payments.reason", "有 1 处要改", fields={"reason": wrong})
    return _ask(row, reason.strip(), by)


@transaction.atomic
def give_back(order_id: UUID, *, reason: str, by: Actor) -> Refund:
    """Give the money of a paid order back because a rule of the caller says so; who acts may be anybody. Raises Conflict."""
    return _ask(_locked(order_id), reason, by)


def _ask(row: Order, reason: str, by: Actor) -> Refund:
    row.state = rules.after("ask_refund", State(row.state)).value
    tried = row.refunds.count()
    if row.refunds.filter(failed_at=None).exists():
        raise Conflict("payments.refund_runs", "这张缴费单正在退款，没有重复退", remedy="等支付平台的结果")
    row.save(update_fields=["state"])
    refund = Refund.objects.create(
        order=row, number=rules.refund_number(row.number, tried + 1), amount_fen=row.amount_fen, reason=reason[:200],
        asked_at=time.now(), asked_by=by.account_id, asked_by_name=by.name[:40],
    )  # fmt: skip
    audit.record("payments.refund_asked", "order", row.pk, by=by, organisation=row.organisation)
    outbox.publish(RefundAsked(str(refund.pk)))
    return refund


def send(refund_id: UUID) -> None:
    """Tell the gateway of a refund; told again, nothing happens twice. Network: not inside a transaction.

    Raises GatewayDown, GatewayRefused, Conflict where no gateway is in use.
    """
    refund = Refund.objects.select_related("order").get(pk=refund_id)
    if refund.sent_at is None and refund.done_at is None and refund.failed_at is None:
        gateway.current().refund(
            refund.order.number, refund=refund.number, amount_fen=refund.amount_fen, reason=refund.reason
        )
        Refund.objects.filter(pk=refund_id, sent_at=None).update(sent_at=time.now())


def try_to_send(refund_id: UUID) -> None:
    """Tell the gateway of a refund from the worker; when it does not answer, the worker comes again. No transaction."""
    try:
        send(refund_id)
    except GatewayDown as refusal:
        log.warning("refund_not_sent", refund_id=str(refund_id), code=refusal.code)
        _put_off(refund_id)
    except Conflict as refusal:
        log.warning("refund_not_sent", refund_id=str(refund_id), code=refusal.code)
    except GatewayRefused as refusal:
        log.error("refund_refused_by_gateway", refund_id=str(refund_id), said=refusal.message)
        fail(Refund.objects.get(pk=refund_id).number, amount_fen=None, by=Actor.system("支付平台"))


@transaction.atomic
def _put_off(refund_id: UUID) -> None:
    row = Refund.objects.select_for_update(of=("self",)).get(pk=refund_id)
    row.tries += 1
    row.save(update_fields=["tries"])
    gateway.again(RefundAsked(str(refund_id)), row.tries)


@transaction.atomic
def finish(number: str, *, amount_fen: int, at: datetime, by: Actor) -> Refund:
    """Take note that the money went back, once: the receipt is void, an event is told. Raises NotFound, Conflict."""
    refund, row = _found(number)
    if amount_fen != refund.amount_fen:
        raise Conflict("payments.wrong_amount", "退款金额不一致，没有处理", remedy="核对金额后重新发送", number=number)
    if refund.done_at is not None:
        return refund
    if refund.failed_at is not None:
        raise Conflict(
            "payments.refund_failed", "这笔退款已经失败，不能再完成", remedy="核对后用新的退款单号", number=number
        )
    row.state = rules.after("finish_refund", State(row.state)).value
    row.refunded_at = refund.done_at = at
    row.save(update_fields=["state", "refunded_at"])
    refund.save(update_fields=["done_at"])
    Receipt.objects.filter(order=row).update(voided_at=time.now())
    audit.record("payments.refunded", "order", row.pk, by=by, organisation=row.organisation)
    outbox.publish(Refunded(str(row.pk), str(row.subject_id), row.purpose, at.isoformat()))
    return refund


@transaction.atomic
def fail(number: str, *, amount_fen: int | None, by: Actor) -> Refund:
    """Take note that the money could not go back: a head asks again. Raises NotFound, Conflict."""
    refund, row = _found(number)
    if amount_fen not in (None, refund.amount_fen):
        raise Conflict("payments.wrong_amount", "退款金额不一致，没有处理", remedy="核对金额后重新发送", number=number)
    if refund.failed_at is not None:
        return refund
    if refund.done_at is not None:
        raise Conflict(
            "payments.refund_done", "这笔退款已经完成，不会再失败", remedy="核对支付平台的记录", number=number
        )
    refund.failed_at = time.now()
    refund.save(update_fields=["failed_at"])
    audit.record("payments.refund_failed", "order", row.pk, by=by, organisation=row.organisation)
    return refund


def _found(number: str) -> tuple[Refund, Order]:
    """Return a refund with its order, the order locked first, as everywhere."""
    known = Refund.objects.filter(number=number).first()
    if known is None:
        raise NotFound("payments.no_refund", "没有这笔退款", remedy="核对退款单号", number=number)
    row = _locked(known.order_id)
    return Refund.objects.get(pk=known.pk), row


def _locked(order_id: UUID) -> Order:
    row = Order.objects.select_for_update(of=("self",)).filter(pk=order_id).first()
    if row is None:
        raise permissions.hidden()
    return row
