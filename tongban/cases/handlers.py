"""What cases do when a member begins that had waited for others: a decision table may look at it."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.events import CaseStarted
from tongban.cases.services import instant
from tongban.outbox.services import on


@on(CaseStarted)
def look(event: CaseStarted) -> None:
    """Let the table look at a member that began. The event may come twice: who was taken up is left alone."""
    instant.consider(UUID(event.case_id))
