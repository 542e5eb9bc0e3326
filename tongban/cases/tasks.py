"""What cases do when an hour comes: deemed acceptance, default approval and its warnings, 容缺, overrun stops.

Each runs inside the transaction that marks its timer done (`jobs.services.fire_due`), once in effect. The legal moment is
the timer's own; the event also keeps the moment of writing. Source: assurance R04, R05, R16.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from tongban.cases.services import acceptance, decision, deferring, timers, warnings
from tongban.core import time
from tongban.jobs.services import timer
from tongban.rules.errors import Conflict


@timer(timers.ACCEPT_BY)
def accept_by(subject: UUID, occurrence: str, at: datetime) -> datetime | None:
    """Nobody answered in five working days: accepted from the day of receipt."""
    acceptance.deem_accepted(subject, effective_at=at)
    return None


@timer(timers.OVERRUN)
def stop_overrun(subject: UUID, occurrence: str, at: datetime) -> datetime | None:
    """A stop of the clock lasts longer than the applicant was told."""
    warnings.stop_overrun(subject, int(occurrence))
    return None


@timer(timers.DEFER_REMIND)
def defer_remind(subject: UUID, occurrence: str, at: datetime) -> datetime | None:
    """A material that was to follow is due in two working days."""
    deferring.remind(subject, occurrence)
    return None


@timer(timers.DEFER_LAPSE)
def defer_lapse(subject: UUID, occurrence: str, at: datetime) -> datetime | None:
    """A material that was to follow did not come."""
    deferring.lapse(subject, occurrence)
    return None


@timer(timers.DEFAULT_WARN)
def default_warn(subject: UUID, occurrence: str, at: datetime) -> datetime | None:
    """The case will be granted by default soon: three days, one day, two hours before."""
    warnings.default_ahead(subject, occurrence.partition(":")[2])
    return None


@timer(timers.DEFAULT_GRANT)
def default_grant(subject: UUID, occurrence: str, at: datetime) -> datetime | None:
    """The time is over: granted by default, where the item's spec quotes the document.

    While another unit's 会签 or a paper is still to come there is nothing to grant yet: it is looked at again every hour.
    """
    try:
        decision.grant_by_default(subject, effective_at=at)
    except Conflict as refusal:
        if refusal.code not in ("case.cosign_open", "case.deferred", "case.unpaid"):
            raise
        return time.now() + timedelta(hours=1)
    return None
