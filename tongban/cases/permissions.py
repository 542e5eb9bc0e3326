"""Who may do what with a case: a function of actor and case."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.models import Case, Task
from tongban.cases.rules.life import WHO
from tongban.core.actor import Actor
from tongban.identity import queries as identity
from tongban.rules.errors import NotAllowed, NotFound

ROLE_WORDS = {"clerk": "受理岗", "reviewer": "审查岗", "head": "负责人"}


def roles_for(verb: str, case: Case) -> tuple[str, ...]:
    """Return the roles that may make a move; an outside body's result is recorded by a clerk."""
    return ("clerk", "head") if case.is_tracked_only else WHO[verb]


def require(verb: str, case: Case, *, by: Actor) -> None:
    """Raise NotFound when the case is not the actor's to see, NotAllowed when the role is missing."""
    if case.desk not in by.seats:
        raise hidden()
    roles = roles_for(verb, case)
    if not by.has_role(case.desk, *roles):
        raise NotAllowed(
            "case.role", f"这一步由{case.organisation_name}的{ROLE_WORDS[roles[-1]]}办理，你没有这个权限",
            remedy="请有权限的同事办理", roles=list(roles),
        )  # fmt: skip


def require_task(task: Task, *, by: Actor) -> None:
    """Raise unless the actor holds the role of the task. Raises NotFound, NotAllowed."""
    if task.organisation not in by.seats:
        raise hidden()
    if not by.has_role(task.organisation, task.role):
        raise NotAllowed(
            "case.role", f"“{task.name}”由{ROLE_WORDS[task.role]}办理，你没有这个权限", remedy="请有权限的同事办理"
        )


def require_applicant(applicant_id: UUID, *, by: Actor) -> None:
    """Raise NotFound unless the actor may act for the applicant today."""
    if applicant_id not in identity.parties(by=by):
        raise hidden()


def hidden() -> NotFound:
    """Return the answer for a case that does not exist or is not the actor's: the two look alike."""
    return NotFound("case.none", "没有找到这件办件，或者它不归你办", remedy="检查编号；需要协助请联系办理部门")
