"""Send results on paper (寄递): ordered when a case is granted and paid for, or handed to a courier by hand.

What happens on the way is written down on the case, once.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from tongban.cases import permissions
from tongban.cases.models import Case
from tongban.cases.queries import fees, mailing
from tongban.cases.queries.mailing import PURPOSE
from tongban.cases.services.recording import append, locked
from tongban.cases.services.telling import tell
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.delivery.queries import ShipmentView
from tongban.delivery.rules import Addressee
from tongban.delivery.services import shipping
from tongban.delivery.services.shipping import Sending
from tongban.rules.errors import Conflict, Invalid, NotAllowed

log = structlog.get_logger()
COURIER = Actor.system("物流平台")


@transaction.atomic
def send_result(case_id: UUID) -> None:
    """Order the shipment of a result that is to be mailed, when the case is granted and its fee paid. Idempotent.

    An address that no courier takes is left to the office, which sends it by hand.
    """
    found = Case.objects.select_related("joint_case").filter(pk=case_id).first()
    if found is None or not mailing.is_to_be_sent(found) or not fees.is_settled(found):
        return
    case = locked(case_id)
    if mailing.shipments([case.pk]):
        return
    try:
        row = shipping.ship(_sending(case, mailing.addressee(case)), by=Actor.system("系统（结果寄递）"))
    except Invalid as refusal:
        log.warning("result_not_sent", case_id=str(case.pk), code=refusal.code)
        return
    _note(case, "ship", {"shipment": row.number, "name": f"寄递 {row.number}"}, by=Actor.system())


@transaction.atomic
def send_by_hand(case_id: UUID, *, to: Addressee, waybill: str, by: Actor) -> None:
    """Write down that a result was handed to a courier by hand, under its waybill.

    Raises NotFound, NotAllowed, Invalid; Conflict when nothing is to be sent, when it is on its way, unpaid, or the waybill was used.
    """
    case = locked(case_id)
    if case.desk not in by.seats:
        raise permissions.hidden()
    if not by.has_role(case.desk, "clerk", "head"):
        raise NotAllowed("case.role", "寄件由受理岗或负责人办理，你没有这个权限", remedy="请有权限的同事办理")
    if not mailing.has_result(case):
        raise Conflict("case.nothing_to_send", "这件还没有可以寄的结果", remedy="准予以后再寄")
    fees.require_settled(case)
    if not waybill.strip():
        raise Invalid("delivery.waybill", "有 1 处要改", fields={"waybill": "请填运单号，对照面单核对"})
    running = [view for view in mailing.shipments([case.pk]) if view.shipment.state != "returned"]
    if running:
        raise Conflict("delivery.ordered_before", "这件已经下单寄出，没有重复寄", remedy="刷新看最新状态")
    row = shipping.ship(_sending(case, to), by=by, waybill=waybill)
    _note(case, "ship", {"shipment": row.number, "waybill": row.waybill, "name": f"运单号 {row.waybill}"}, by=by)


def _sending(case: Case, to: Addressee) -> Sending:
    return Sending(
        subject_id=case.pk, purpose=PURPOSE, organisation=case.desk, contents=mailing.contents(case), to=to,
        subject_number=case.number,
    )  # fmt: skip


@transaction.atomic
def delivered(case_id: UUID, shipment_id: UUID, purpose: str) -> ShipmentView | None:
    """Write down on the case that its result was signed for, once. Return the shipment, or None where it is no result of a case."""
    view = _shipment(case_id, shipment_id, purpose)
    if view is None:
        return None
    row = view.shipment
    facts = {"shipment": row.number, "waybill": row.waybill, "name": f"{row.signed_by}签收，运单号 {row.waybill}"}
    case = locked(case_id)
    if _note(case, "deliver", facts, by=COURIER):
        tell(case, f"结果已签收：{case.name}", f"{row.signed_by}已签收，运单号 {row.waybill}。", page="/fees")
    return view


@transaction.atomic
def returned(case_id: UUID, shipment_id: UUID, purpose: str) -> None:
    """Write down on the case that its result came back, once; the office sends it again."""
    view = _shipment(case_id, shipment_id, purpose)
    if view is None:
        return
    row = view.shipment
    case = locked(case_id)
    if _note(case, "send_back", {"shipment": row.number, "name": f"运单号 {row.waybill}"}, by=COURIER):
        said = f"结果没有送到，已退回{case.organisation_name}，请联系{case.organisation_name}核对地址。"
        tell(case, f"寄件退回：{case.name}", said, page="/fees")


def _shipment(case_id: UUID, shipment_id: UUID, purpose: str) -> ShipmentView | None:
    if purpose != PURPOSE or not Case.objects.filter(pk=case_id).exists():
        return None
    return next((view for view in mailing.shipments([case_id]) if view.shipment.pk == shipment_id), None)


def _note(case: Case, verb: str, facts: dict[str, Any], *, by: Actor) -> bool:
    if case.events.filter(verb=verb, facts__shipment=facts["shipment"]).exists():
        return False
    append(case, verb, by=by, at=time.now(), facts=facts)
    db.update(case)
    return True
