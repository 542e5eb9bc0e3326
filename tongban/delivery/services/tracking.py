"""Take what the courier tells (轨迹、签收): believed only when signed, taken once, refused with an entry in the audit trail."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from tongban.audit import services as audit
from tongban.core import calls, time
from tongban.core.actor import Actor
from tongban.delivery import permissions, rules
from tongban.delivery.events import Delivered, Returned
from tongban.delivery.models import Shipment, Tracking
from tongban.delivery.rules import Notification, State
from tongban.outbox import services as outbox
from tongban.rules.errors import Conflict, DomainError, Invalid, NotFound
from tongban.rules.signing import Signed

log = structlog.get_logger()
TAKEN = "taken"


def take_tracking(body: bytes, signed: Signed, *, path: str, by: Actor) -> str:
    """Take a callback and return the answer; the same callback again gets the same answer and changes nothing.

    Raises NotAllowed for a wrong or old signature, Invalid, NotFound for an unknown shipment, Conflict for another waybill or
    for an id that was used with other words. What is refused changes nothing and is written into the audit trail.
    """
    number = ""
    try:
        calls.require_signature(signed, path, body, outside=settings.DELIVERY)
        told = rules.read_notification(body)
        number = told.number
        return _take(told, hashlib.sha256(body).hexdigest(), by=by)
    except DomainError as refusal:
        audit.record("delivery.callback_refused", "callback", number or "-", by=by, reason=refusal.code)
        log.warning("courier_callback_refused", code=refusal.code, number=number)
        raise


@transaction.atomic
def _take(told: Notification, digest: str, *, by: Actor) -> str:
    row = Shipment.objects.select_for_update(of=("self",)).filter(number=told.number).first()
    if row is None:
        raise NotFound("delivery.unknown", "没有这件寄递", remedy="核对寄递编号", number=told.number)
    # The courier may tell of the collection before its answer with the waybill was written down.
    if row.waybill and row.waybill != told.waybill:
        raise Conflict("delivery.other_waybill", "运单号对不上，没有处理", remedy="核对运单号", number=told.number)
    try:
        with transaction.atomic():
            Tracking.objects.create(
                shipment=row, dedupe_key=told.id, body_digest=digest, told=told.told.value, words=told.words, at=told.at,
                taken_at=time.now(),
            )  # fmt: skip
    except IntegrityError:
        return _again(told, digest)
    state = rules.after(told.told, State(row.state))
    if state != row.state:
        _move(row, state, at=told.at, signed_by=told.signed_by, proof=told.proof, by=by)
    return TAKEN


def _again(told: Notification, digest: str) -> str:
    known = Tracking.objects.get(dedupe_key=told.id)
    if known.body_digest != digest:
        raise Conflict("delivery.replayed", "这个回调编号已经用在另一份内容上", remedy="换一个编号", number=told.number)
    return TAKEN


def _move(row: Shipment, state: State, *, at: datetime, signed_by: str = "", proof: str = "", by: Actor) -> None:
    row.state = state.value
    ids = (str(row.pk), str(row.subject_id), row.purpose, at.isoformat())
    if state is State.DELIVERED:
        row.delivered_at, row.signed_by, row.proof = at, signed_by, proof
        outbox.publish(Delivered(*ids))
    if state is State.RETURNED:
        row.returned_at = at
        outbox.publish(Returned(*ids))
    row.save(update_fields=["state", "delivered_at", "signed_by", "proof", "returned_at"])
    audit.record(f"delivery.{state.value}", "shipment", row.pk, by=by, organisation=row.organisation)


@transaction.atomic
def sign_for(shipment_id: UUID, *, signed_by: str, at: datetime, proof: str = "", by: Actor) -> Shipment:
    """Write down by hand who signed for a shipment and when, where no courier tells. Raises NotFound, NotAllowed, Invalid, Conflict."""
    row = Shipment.objects.select_for_update(of=("self",)).filter(pk=shipment_id).first()
    if row is None:
        raise permissions.hidden()
    permissions.require(row, by=by)
    name = signed_by.strip()
    if not 1 <= len(name) <= 40:
        raise Invalid("delivery.signed_by", "有 1 处要改", fields={"signed_by": "请填签收人姓名，40 个字以内"})
    if not row.created_at <= at <= time.now():
        raise Invalid("delivery.signed_at", "有 1 处要改", fields={"at": "签收时间应在寄出以后、现在以前"})
    if row.state == State.DELIVERED:
        raise Conflict("delivery.ended", f"这件已由{row.signed_by}签收", remedy="刷新看最新状态")
    state = rules.after(State.DELIVERED, State(row.state))
    Tracking.objects.create(
        shipment=row, dedupe_key=f"hand-{row.pk}", body_digest="", told=state.value, words=f"{name}签收（人工登记）", at=at,
        taken_at=time.now(),
    )  # fmt: skip
    _move(row, state, at=at, signed_by=name, proof=proof.strip()[:100], by=by)
    return row
