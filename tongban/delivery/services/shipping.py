"""Send something (寄件): ordered here, told to the courier by the worker, or sent by hand with its waybill typed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.calls import GatewayDown, GatewayRefused
from tongban.delivery import permissions, rules
from tongban.delivery.events import ShipmentOrdered
from tongban.delivery.models import Shipment
from tongban.delivery.ports import CourierGateway, Parcel
from tongban.delivery.rules import Addressee, State
from tongban.jobs import services as jobs
from tongban.outbox import services as outbox
from tongban.rules.errors import Conflict, DomainError, Invalid

log = structlog.get_logger()
COURIER = Actor.system("物流平台")
MOST_TRIES = 30


@dataclass(frozen=True)
class Sending:
    """What is to be sent: for which purpose of which subject, from where, what, to whom."""

    subject_id: UUID
    purpose: str
    organisation: str
    contents: str
    to: Addressee
    subject_number: str = ""


@transaction.atomic
def ship(sending: Sending, *, by: Actor, waybill: str = "") -> Shipment:
    """Send something; the shipment that is already there is given back. With a waybill it was handed over by hand.

    The caller has decided that the actor may. Raises Invalid for the addressee, Conflict for a waybill used before.
    """
    to = rules.addressee(sending.to)
    found = _live(sending)
    if found is None:
        found = _opened(sending, to)
        audit.record("delivery.ordered", "shipment", found.pk, by=by, organisation=found.organisation)
        if not waybill:
            outbox.publish(ShipmentOrdered(str(found.pk)))
    if waybill:
        _keep_waybill(_locked(found.pk), rules.waybill(waybill), is_by_hand=True)
        found.refresh_from_db()
    return found


def _opened(sending: Sending, to: Addressee) -> Shipment:
    at = time.now()
    serial = jobs.next_serial(f"shipment:{time.day_of(at).isoformat()}")
    try:
        with transaction.atomic():
            return Shipment.objects.create(
                number=rules.shipment_number(time.day_of(at), serial), subject_id=sending.subject_id, purpose=sending.purpose,
                subject_number=sending.subject_number, organisation=sending.organisation, contents=sending.contents[:120],
                name=to.name, phone=to.phone, address=to.address, created_at=at,
            )  # fmt: skip
    except IntegrityError as problem:
        raise Conflict("delivery.ordered_before", "这件已经下单寄出，没有重复寄", remedy="刷新看最新状态") from problem


def _live(sending: Sending) -> Shipment | None:
    rows = Shipment.objects.filter(subject_id=sending.subject_id, purpose=sending.purpose)
    return rows.exclude(state=State.RETURNED.value).first()


@transaction.atomic
def enter_waybill(shipment_id: UUID, waybill: str, *, by: Actor) -> Shipment:
    """Enter the waybill of something that was handed to a courier by hand.

    Raises NotFound, NotAllowed, Invalid; Conflict when the number is used already, with where, or this one has another.
    """
    row = _locked(shipment_id)
    permissions.require(row, by=by)
    _keep_waybill(row, rules.waybill(waybill), is_by_hand=True)
    audit.record("delivery.waybill_entered", "shipment", row.pk, by=by, organisation=row.organisation)
    return row


def _keep_waybill(row: Shipment, waybill: str, *, is_by_hand: bool) -> None:
    if row.waybill == waybill:
        return
    if row.waybill:
        raise Conflict("delivery.has_waybill", f"这件已有运单号 {row.waybill}", remedy="核对面单；填错的请联系管理员")
    row.waybill, row.sent_at, row.is_by_hand = waybill, time.now(), is_by_hand
    try:
        with transaction.atomic():
            row.save(update_fields=["waybill", "sent_at", "is_by_hand"])
    except IntegrityError as problem:
        other = Shipment.objects.get(waybill=waybill)
        where = f"办件 {other.subject_number}" if other.subject_number else f"寄递 {other.number}"
        raise Conflict(
            "delivery.waybill_used", f"运单号 {waybill} 已经用在{where}（{time.day_of(other.created_at)}）",
            remedy="对照面单核对；一张运单只能用一次", number=other.number,
        ) from problem  # fmt: skip


def try_to_send(shipment_id: UUID) -> None:
    """Tell the courier of a shipment from the worker; when it does not answer, the worker comes again. No transaction."""
    try:
        send(shipment_id)
    except GatewayDown as refusal:
        log.warning("shipment_not_sent", shipment_id=str(shipment_id), code=refusal.code)
        _put_off(shipment_id)
    except (Conflict, Invalid, GatewayRefused) as refusal:
        log.error("shipment_refused", shipment_id=str(shipment_id), code=refusal.code)
        _note_refusal(shipment_id, refusal)


def send(shipment_id: UUID) -> Shipment:
    """Tell the courier of a shipment and keep its waybill. May be repeated. Network: not inside a transaction.

    Raises GatewayDown, GatewayRefused, Conflict where no courier is in use or its waybill is used already.
    """
    row = Shipment.objects.get(pk=shipment_id)
    if row.waybill or row.state != State.ORDERED:
        return row
    courier: CourierGateway = import_string(settings.COURIER_GATEWAY)()
    waybill = courier.take(Parcel(row.number, row.contents, Addressee(row.name, row.phone, row.address)))
    return _sent(shipment_id, rules.waybill(waybill))


@transaction.atomic
def _sent(shipment_id: UUID, waybill: str) -> Shipment:
    row = _locked(shipment_id)
    _keep_waybill(row, waybill, is_by_hand=False)
    audit.record("delivery.taken", "shipment", row.pk, by=COURIER, organisation=row.organisation)
    return row


@transaction.atomic
def _put_off(shipment_id: UUID) -> None:
    """Let the worker come again: after 2, 4, 8 … seconds, an hour at most, and not for ever."""
    row = _locked(shipment_id)
    row.tries += 1
    row.save(update_fields=["tries"])
    if row.tries < MOST_TRIES:
        message = outbox.message(ShipmentOrdered(str(shipment_id)))
        message.available_at = time.now() + timedelta(seconds=min(2**row.tries, 3600))
        message.save()


def _note_refusal(shipment_id: UUID, refusal: DomainError) -> None:
    audit.record("delivery.refused", "shipment", shipment_id, by=COURIER, reason=refusal.code)


def _locked(shipment_id: UUID) -> Shipment:
    row = Shipment.objects.select_for_update(of=("self",)).filter(pk=shipment_id).first()
    if row is None:
        raise permissions.hidden()
    return row
