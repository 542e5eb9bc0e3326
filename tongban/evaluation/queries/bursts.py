"""Ratings by source, for who looks for praise in bursts: digests of address and device only, nothing leads to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongban.evaluation.models import Rating


@dataclass(frozen=True)
class Sourced:
    """A rating with the digests of where it came from."""

    rating_id: UUID
    organisation: str
    item_code: str
    grade: int
    channel: str
    at: datetime
    address: str
    device: str


def sourced(pack: str, since: datetime, until: datetime) -> list[Sourced]:
    """Return the ratings of some time in their order. One query."""
    rows = Rating.objects.filter(pack=pack, at__gte=since, at__lt=until).order_by("at", "pk")
    names = ("pk", "organisation", "item_code", "grade", "channel", "at", "address", "device")
    return [Sourced(*row) for row in rows.values_list(*names)]
