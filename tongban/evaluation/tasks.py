"""What ratings do when an hour comes: a bad rating was not verified, or not settled, within its working days.

Each runs inside the transaction that marks its timer done, once in effect. Source: assurance R05.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.evaluation.services import handling
from tongban.jobs.services import timer


@timer(handling.VERIFY)
def verify_by(subject: UUID, occurrence: str, at: datetime) -> datetime | None:
    """Nobody verified the bad rating in time."""
    handling.miss(subject, "verify", effective_at=at)
    return None


@timer(handling.SETTLE)
def settle_by(subject: UUID, occurrence: str, at: datetime) -> datetime | None:
    """Nobody settled the bad rating in time."""
    handling.miss(subject, "settle", effective_at=at)
    return None
