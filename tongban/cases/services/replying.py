"""Answer an applicant in writing (办件答复书) without moving the case."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from tongban.cases import permissions
from tongban.cases.models import Case
from tongban.cases.rules.reasons import checked_reason
from tongban.cases.services import papers
from tongban.cases.services.recording import append, locked, require_seen
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.notices import services as notices
from tongban.rules.errors import NotAllowed


@transaction.atomic
def reply(case_id: UUID, *, text: str, by: Actor, seen: int | None = None) -> Case:
    """Answer what an applicant asked about a case: a numbered paper and a message. Raises Invalid, NotFound, NotAllowed, Conflict."""
    text = checked_reason(text, "reason", "答复内容")
    case = locked(case_id)
    if case.desk not in by.seats:
        raise permissions.hidden()
    if not by.has_role(case.desk, "clerk", "reviewer", "head"):
        raise NotAllowed("case.role", "答复由本单位办理人员出具，你没有这个权限", remedy="请有权限的同事办理")
    require_seen(case, seen)
    paper = papers.reply(case, text)
    append(case, "reply", by=by, at=time.now(), facts={"reason": text, "paper": paper.number})
    db.update(case)
    joint = case.joint_case
    notices.notify(
        [joint.applicant_id, joint.agent_id], title=f"答复：{case.name}", text=text, link=f"/me/cases/{joint.pk}"
    )
    return case
