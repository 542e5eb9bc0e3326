"""Record what happens: event, projection, audit and outbox rows, all in the transaction of the move."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tongban.audit import services as audit
from tongban.calendars import queries as calendars
from tongban.cases import permissions
from tongban.cases.events import CaseMoved
from tongban.cases.models import NO_LIMIT, Case, Event, JointCase, Task
from tongban.cases.rules import life
from tongban.cases.rules.life import State
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.outbox import services as outbox
from tongban.rules import clock
from tongban.rules.errors import Conflict

ACCEPTANCE_DAYS = 5  # working days to say whether it is accepted, 行政许可法 art. 32(4)


def locked(case_id: UUID) -> Case:
    """Return a case with its joint case locked first, then itself: every writer takes them in this order."""
    joint_id = Case.objects.filter(pk=case_id).values_list("joint_case_id", flat=True).first()
    if joint_id is None:
        raise permissions.hidden()
    joint = JointCase.objects.select_for_update(of=("self",)).get(pk=joint_id)
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    case.joint_case = joint
    return case


def require_seen(case: Case, seen: int | None) -> None:
    """Raise Conflict, saying what happened, when more events than the page showed have come since.

    It tells who did what, so the caller has checked before that the actor may know of the case.
    """
    if seen is not None and seen != case.event_count:
        last = case.events.order_by("-seq").first()
        said = (
            f"{last.by_name}在 {last.at.astimezone(time.CHINA):%H:%M} 已经“{life.VERB_WORDS.get(last.verb, last.verb)}”"
            if last
            else ""
        )
        raise Conflict(
            "case.stale", f"你打开这一页之后，{said}，刚才的操作没有执行", remedy="重新打开这件办件，看最新进展再办"
        )


def record(case: Case, verb: str, *, by: Actor, at: datetime, facts: dict[str, Any] | None = None) -> None:
    """Make a move of the table: append the event, fold it into the row, audit, publish. Raises Conflict."""
    state = life.after(verb, State(case.state))
    case.state = state.value
    if state in life.CLOSED:
        case.closed_at = at
    append(case, verb, by=by, at=at, facts=facts)
    case.save()
    outbox.publish(CaseMoved(str(case.pk), str(case.joint_case_id), verb, case.state, at.isoformat()))


def append(case: Case, verb: str, *, by: Actor, at: datetime, facts: dict[str, Any] | None = None) -> None:
    """Append an event that does not move the case (claim, release); the caller saves the row."""
    case.event_count += 1
    db.insert_many(Event, [event(case.joint_case, case, verb, by=by, at=at, facts=facts, seq=case.event_count)])
    audit.record(f"cases.{verb}", "case", case.pk, by=by, organisation=case.desk if by.is_staff else "")


def event(
    joint: JointCase,
    case: Case | None,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    seq: int,
    facts: dict[str, Any] | None = None,
) -> Event:
    """Return the row of an event."""
    behalf = by.party_id if by.party_id != by.person_id else None
    return Event(
        joint_case=joint, case=case, seq=seq, verb=verb, facts=facts or {}, at=at, account_id=by.account_id,
        by_name=by.name or "系统", on_behalf_of=behalf, channel=by.channel,
    )  # fmt: skip


def open_task(case: Case, kind: str, *, role: str, name: str, at: datetime, code: str = "") -> Task:
    """Return the row of a task; intake is due by the acceptance limit, the rest by the case's own."""
    due_on = (case.accept_by_on if kind == "intake" else case.due_on) or NO_LIMIT
    return Task(
        case=case, organisation=case.desk, role=role, kind=kind, code=code, name=name, due_on=due_on, opened_at=at
    )


def require_free(task: Task | None, *, by: Actor) -> None:
    """Raise Conflict when a task is claimed by another: what one has taken, nobody else does."""
    if task is not None and task.claimed_by is not None and task.claimed_by_id != by.account_id:
        raise Conflict(
            "case.task_claimed",
            f"“{task.name}”已由{task.claimed_by.name}认领",
            remedy="请对方办理或退回，负责人可以收回",
        )


def require_free_case(case: Case, kind: str, *, by: Actor) -> None:
    """Raise Conflict when the open task of a kind is claimed by another."""
    require_free(case.tasks.select_related("claimed_by").filter(done_at=None, kind=kind).first(), by=by)


def finish_tasks(case: Case, *, by: Actor, at: datetime, code: str | None = None, opinion: str = "") -> None:
    """Close the open tasks of a case, or only the one of a step."""
    tasks = case.tasks.filter(done_at=None)
    if code is not None:
        tasks = tasks.filter(kind="step", code=code)
    tasks.update(done_at=at, done_by_name=by.name or "系统", opinion=opinion[:500])


def begin(case: Case, *, at: datetime) -> None:
    """Start the acceptance clock of a case that was received now, and open its intake task; the caller records."""
    case.received_at = at
    case.accept_by_on = clock.due(
        time.day_of(at), limit=ACCEPTANCE_DAYS, unit="workday", calendar=calendars.calendar()
    ).due_on
    db.insert_many(Task, [open_task(case, "intake", role="clerk", name="预审受理", at=at)])
