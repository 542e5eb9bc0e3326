"""The one timer of supervision: each midnight a place is looked at. It comes again by itself. Hourly: the morning's digest."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from tongban.core import time
from tongban.jobs.services import timer
from tongban.outbox.services import hourly
from tongban.supervision.services import digest, sweeping


@timer(sweeping.SWEEP)
def sweep(subject: UUID, occurrence: str, at: datetime) -> datetime | None:
    """Issue what is due this morning; the next look is at the next midnight."""
    sweeping.sweep(occurrence)
    return time.at_china(time.today() + timedelta(days=1), 0)


@hourly
def remind() -> int:
    """Send the digest of the day when it is time."""
    return digest.tell(settings.PLACE)
