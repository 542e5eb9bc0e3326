"""What halls do when an hour comes: remind of a result that nobody collected."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.hall.services import collecting
from tongban.jobs.services import timer


@timer(collecting.REMINDER)
def remind(subject: UUID, occurrence: str, at: datetime) -> datetime | None:
    """A result has waited for some working days."""
    collecting.remind(subject)
    return None
