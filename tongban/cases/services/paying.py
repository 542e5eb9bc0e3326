"""What is written down on a case when its fee was asked for, paid or given back. Each may be told twice.

A stop of the promise clock for the payment is made only where the item's spec quotes a basis for it.
Source: standards reference 7.2 rule 5.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from tongban.cases.models import Case
from tongban.cases.queries import fees
from tongban.cases.queries.fees import PURPOSE
from tongban.cases.rules import life
from tongban.cases.rules.life import State
from tongban.cases.services import fees as asking
from tongban.cases.services import special
from tongban.cases.services.recording import append, locked
from tongban.cases.services.telling import tell
from tongban.catalogue import queries as catalogue
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.payments.queries import OrderView
from tongban.payments.rules import State as Paying

STOP = "payment"
PAYER = Actor.system("支付平台")


@transaction.atomic
def asked(case_id: UUID, order_id: UUID) -> None:
    """Stop the promise clock for a payment that was asked for, where the item's spec allows it (缴费)."""
    case = locked(case_id)
    spec = catalogue.version(case.joint_case.pack, case.item_code, case.item_version)
    use = next((use for use in spec.stops if use.kind == STOP), None)
    view = _order(case, order_id)
    if use is None or view is None or view.order.state != Paying.OPEN or State(case.state) not in life.WORKING:
        return
    if any(stop["kind"] == STOP and stop["end_on"] is None for stop in case.stops):
        return
    special.paused(
        case, STOP, days=use.days, reason=f"等申请人缴费 {view.amount} 元，缴费单 {view.order.number}",
        by=Actor.system("系统（缴费）"),
    )  # fmt: skip


@transaction.atomic
def paid(case_id: UUID, order_id: UUID, purpose: str) -> bool:
    """Write down that the fee of a case was paid, once; a stop for it ends. Return whether it was the fee of a case."""
    case = _case(case_id) if purpose == PURPOSE else None
    view = _order(case, order_id) if case else None
    if case is None or view is None:
        return False
    facts = {"order": view.order.number, "amount_fen": view.order.amount_fen, "receipt": view.receipt_number}
    if not _note(case, "pay", facts | {"name": f"{view.amount} 元，电子票据 {view.receipt_number}"}):
        return True
    running = [stop["seq"] for stop in case.stops if stop["kind"] == STOP and stop["end_on"] is None]
    if running and State(case.state) in life.WORKING:
        special.ended(case, running[0], evidence=f"已缴费 {view.amount} 元（电子票据 {view.receipt_number}）", by=PAYER)
    asking.follow(case, by=PAYER)
    tell(case, f"已缴费：{case.name}", f"{view.amount} 元已收到，电子票据 {view.receipt_number}。", page="/fees")
    return True


@transaction.atomic
def refunded(case_id: UUID, order_id: UUID, purpose: str) -> None:
    """Write down that the fee of a case went back, once."""
    case = _case(case_id) if purpose == PURPOSE else None
    view = _order(case, order_id) if case else None
    if case is None or view is None:
        return
    facts = {"order": view.order.number, "amount_fen": view.order.amount_fen, "name": f"{view.amount} 元"}
    if _note(case, "refund", facts):
        tell(case, f"已退款：{case.name}", f"{view.amount} 元已退回原来的付款账户。", page="/fees")


def _case(case_id: UUID) -> Case | None:
    return locked(case_id) if Case.objects.filter(pk=case_id).exists() else None


def _order(case: Case, order_id: UUID) -> OrderView | None:
    return next((view for view in fees.orders([case.pk]) if view.order.pk == order_id), None)


def _note(case: Case, verb: str, facts: dict[str, Any]) -> bool:
    """Append a note about an order, once; return whether it is new."""
    if case.events.filter(verb=verb, facts__order=facts["order"]).exists():
        return False
    append(case, verb, by=PAYER, at=time.now(), facts=facts)
    db.update(case)
    return True
