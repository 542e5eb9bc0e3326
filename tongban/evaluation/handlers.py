"""What ratings do with news of cases: invite. Every event may come twice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban.cases.events import CaseMoved, JointCaseOpened
from tongban.evaluation.services import inviting
from tongban.outbox.services import on


@on(CaseMoved)
def invite(event: CaseMoved) -> None:
    """Invite to rate a case that was closed by a decision."""
    if event.state in inviting.DECIDED:
        inviting.invite_case(UUID(event.case_id), at=datetime.fromisoformat(event.at))


@on(JointCaseOpened)
def invite_visitor(event: JointCaseOpened) -> None:
    """Invite to rate the visit, where a window received the application."""
    inviting.invite_visit(UUID(event.joint_case_id))
