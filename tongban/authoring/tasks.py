"""What happens when the hour of a publication comes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.authoring.services import publishing
from tongban.jobs.services import timer


@timer(publishing.TAKE_EFFECT)
def take_effect(subject: UUID, occurrence: str, at: datetime) -> datetime | None:
    """A scheduled publication takes effect."""
    publishing.take_effect(subject, at=at)
    return None
