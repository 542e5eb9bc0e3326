"""Read shipments and their way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from tongban.core.actor import Actor
from tongban.delivery import permissions
from tongban.delivery.models import Shipment, Tracking
from tongban.delivery.rules import LAMPS, WORDS, State


def visible_to(by: Actor) -> QuerySet[Shipment]:
    """Return the shipments of the actor's organisations."""
    return Shipment.objects.filter(organisation__in=list(by.seats))


@dataclass(frozen=True)
class ShipmentView:
    """A shipment with its words and its way, the newest line first."""

    shipment: Shipment
    words: str
    lamp: str
    lines: tuple[Tracking, ...]


def _view(row: Shipment) -> ShipmentView:
    lines = sorted(row.trackings.all(), key=lambda line: (line.at, line.pk), reverse=True)
    return ShipmentView(row, WORDS[State(row.state)], LAMPS[State(row.state)], tuple(lines))


def shipment(shipment_id: UUID, *, by: Actor) -> ShipmentView:
    """Return a shipment. Raises NotFound when it is not the actor's to see."""
    row = visible_to(by).prefetch_related("trackings").filter(pk=shipment_id).first()
    if row is None:
        raise permissions.hidden()
    return _view(row)


def of_subjects(subjects: Iterable[UUID]) -> list[ShipmentView]:
    """Return the shipments of some subjects, oldest first; the caller knows that the actor may see the subjects. Two queries."""
    rows = Shipment.objects.filter(subject_id__in=list(subjects)).prefetch_related("trackings").order_by("number")
    return [_view(row) for row in rows]
