"""What a campaign goes by (专项规则), version by version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects

from tongban.taskforce.models import Campaign, SchemeVersion
from tongban.taskforce.rules import schemes as rules
from tongban.taskforce.rules.schemes import Scheme


def versions(campaign: Campaign) -> list[SchemeVersion]:
    """Return the changes since the start, the oldest first. One query for a campaign, however often it is asked."""
    prefetch_related_objects([campaign], "schemes")
    return sorted(campaign.schemes.all(), key=lambda row: row.version)


def later(campaign: Campaign) -> list[tuple[str, Scheme]]:
    """Return from which month each change counts, and what counts then, the oldest change first."""
    return [(row.since, row.scheme) for row in versions(campaign)]


def of_month(campaign: Campaign, period: str) -> Scheme:
    """Return what counts for a month (YYYY-MM)."""
    return rules.of_month(campaign.scheme, later(campaign), period)


@dataclass(frozen=True)
class Latest:
    """The newest version, whether it counts already or from a window to come."""

    version: int
    scheme: Scheme
    since: str
    since_on: date | None  # None: from the start


def latest(campaign: Campaign) -> Latest:
    """Return the newest version of what a campaign goes by."""
    rows = versions(campaign)
    if not rows:
        return Latest(1, campaign.scheme, "", None)
    return Latest(rows[-1].version, rows[-1].scheme, rows[-1].since, rows[-1].since_on)
