"""What halls do when a case is decided: a paper result that is fetched is announced."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.events import CaseMoved
from tongban.cases.queries.counter import HANDED_OUT
from tongban.hall.services import collecting
from tongban.outbox.services import on


@on(CaseMoved)
def announce(event: CaseMoved) -> None:
    """Tell the applicant that a result waits at the hall. The event may come twice."""
    if event.state in HANDED_OUT:
        collecting.announce(UUID(event.joint_case_id))
