"""What campaigns do when an hour comes: the reminders of a reporting window."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.core import time
from tongban.jobs.services import timer
from tongban.taskforce.services import campaigns, reminding


@timer(campaigns.REMIND)
def remind(subject: UUID, occurrence: str, at: datetime) -> datetime | None:
    """A step of the ladder of a month has come."""
    reminding.remind(subject, occurrence, on=time.day_of(at))
    return None
