"""超时默认 in public: how many cases each unit let run into a default, month by month. No personal data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tongban.cases.models import Event
from tongban.core import time


@dataclass(frozen=True)
class Row:
    """A unit's count in a month, and how many of them were undone (撤回) later."""

    month: str
    organisation: str
    defaults: int
    undone: int


def monthly(pack: str) -> list[Row]:
    """Return the counts by month (newest first) and unit, of the months in which there were any. One query."""
    events = Event.objects.filter(verb__in=["grant_by_default", "undo_default"], joint_case__pack=pack)
    counts: Counter[tuple[str, str, str]] = Counter()
    for verb, at, name in events.values_list("verb", "at", "case__organisation_name"):
        counts[f"{time.day_of(at):%Y-%m}", name, verb] += 1
    keys = sorted({(month, name) for month, name, _ in counts}, key=lambda key: key[1])
    rows = [
        Row(month, name, counts[month, name, "grant_by_default"], counts[month, name, "undo_default"])
        for month, name in keys
    ]
    return sorted(rows, key=lambda row: row.month, reverse=True)
