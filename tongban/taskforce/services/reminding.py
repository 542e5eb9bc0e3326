"""Remind units of a reporting window: it opens, some days are left, it is over. Units that reported are left in peace."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from tongban.core import time
from tongban.taskforce.models import Assignment, Campaign
from tongban.taskforce.queries import ledger
from tongban.taskforce.rules import periods
from tongban.taskforce.rules.moves import State
from tongban.taskforce.services import campaigns


def owing(campaign: Campaign, period: str, *, on: date) -> dict[str, int]:
    """Return how many reports each unit still owes for a month as of a day. Two queries."""
    window = periods.window_of(ledger.calendar_of(campaign), period)
    last = ledger.reports_of(campaign, [period])
    reported = {pk for pk, report in last.items() if report.review != "returned"}
    rows = Assignment.objects.filter(task__campaign=campaign).exclude(organisation="")
    counts: dict[str, int] = {}
    for row in rows.exclude(state=State.PLANNED.value).order_by("organisation"):
        if row.pk not in reported and periods.owes(window, assigned_on=row.assigned_on, closed_on=row.closed_on):
            counts[row.organisation] = counts.get(row.organisation, 0) + 1
    return counts


@transaction.atomic
def remind(campaign_id: UUID, occurrence: str, *, on: date) -> int:
    """Put a step of the ladder (month:step) before the units that owe reports; return how many. Once an occurrence.

    A worker that stood still until another month's window opened does not remind of the one before.
    """
    campaign = Campaign.objects.get(pk=campaign_id)
    period, _, step = occurrence.partition(":")
    window = periods.window_of(ledger.calendar_of(campaign), period)
    said = next((each.words for each in periods.ladder(ledger.calendar_of(campaign), window) if each.step == step), "")
    now = ledger.window_now(campaign, time.today())
    if campaign.closed_at is not None or not said or (now is not None and now.period > period):
        return 0
    counts = owing(campaign, period, on=on)
    campaigns.tell(
        campaign,
        {code: f"《{campaign.name}》{said}，还有 {count} 项没有填报" for code, count in counts.items()},
        occurrence,
    )
    return len(counts)
