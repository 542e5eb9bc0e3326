"""Record what happens: event, projection, audit and outbox rows, all in the transaction of the move."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from tongban.audit import services as audit
from tongban.calendars import queries as calendars
from tongban.cases import permissions
from tongban.cases.events import CaseMoved
from tongban.cases.models import NO_LIMIT, Case, Event, Finding, JointCase, Task
from tongban.cases.queries import timing
from tongban.cases.rules import life
from tongban.cases.rules.life import State
from tongban.cases.rules.timeline import ACCEPTANCE_DAYS, CLOCK_VERBS, Clocks, Happened
from tongban.cases.services import fees, timers
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.outbox import services as outbox
from tongban.rules import clock
from tongban.rules.errors import Conflict


def locked(case_id: UUID) -> Case:
    """Return a case with its joint case locked first, then itself: every writer takes them in this order."""
    found = db.select(Case, id=case_id)
    if not found:
        raise permissions.hidden()
    (joint,) = db.select(JointCase, id=found[0].joint_case_id, for_update=True)
    # One writer at a time (SQLite) reads what nobody changes; with row locks the case may have changed until it is ours.
    (case,) = found if db.has_one_writer() else db.select(Case, id=case_id, for_update=True)
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
    """Make a move of the table: append the event, fold it into the row, audit, publish. Raises Conflict.

    The clocks follow from the events: where the move starts, stops or stretches one, they are computed anew.
    """
    before = State(case.state)
    state = life.after(verb, before)
    may_move_timers = verb in CLOCK_VERBS or state != before or verb == "supply"
    had = timers.wanted(case) if may_move_timers else {}
    facts = facts or {}
    if verb in CLOCK_VERBS:
        found = timing.clocks(case, Happened(case.event_count + 1, verb, time.day_of(at), facts))
        project(case, found)
        facts = (
            {**facts, "due_on": str(case.due_on), "provisional": case.is_provisional} if found.accepted_on else facts
        )
    case.state = state.value
    case.closed_at = (case.closed_at or at) if state in life.CLOSED else None
    append(case, verb, by=by, at=at, facts=facts)
    db.update(case)
    if verb in CLOCK_VERBS and before in life.WORKING:
        put_off_tasks(case)
    if may_move_timers:
        # What is supplied was written before the move: what was wanted before cannot be told any more.
        timers.keep(case, had=None if verb == "supply" else had)
    if state != before:
        fees.follow(case, by=by)
    outbox.publish(CaseMoved(str(case.pk), str(case.joint_case_id), verb, case.state, at.isoformat()))


def project(case: Case, found: Clocks) -> None:
    """Write where the clocks stand into the row."""
    case.accept_by_on = found.accept_by_on
    case.due_on, case.is_provisional = found.due_on, found.is_provisional
    case.statutory_due_on, case.extension_days, case.paused = found.statutory_due_on, found.extension_days, found.paused
    case.stops = [
        {"seq": s.seq, "kind": s.kind, "start_on": str(s.start_on), "expected_on": str(s.expected_on),
         "end_on": str(s.end_on) if s.end_on else None}
        for s in found.stops
    ]  # fmt: skip


def put_off_tasks(case: Case) -> None:
    """Let the open tasks of the work show the last day that counts now; while all clocks stand still, none does."""
    for task in tasks_of(case):
        if task.done_at is None and task.organisation == case.desk and task.kind != "intake":
            task.due_on = task_day(case)
            db.update(task)


def task_day(case: Case) -> date:
    """Return the last day of a case's work: the promise; the statutory day while only the promise stands still."""
    if case.paused:
        return (case.statutory_due_on if case.paused == "promise" else None) or NO_LIMIT
    return case.due_on or NO_LIMIT


def find(case: Case, kind: str, words: str, *, occurrence: str, at: datetime) -> None:
    """Write down what a supervisor must see (监察发现), once for each occurrence. The caller saves the case."""
    if Finding.objects.filter(case=case, kind=kind, occurrence=occurrence).exists():
        return
    db.insert_many(Finding, [Finding(case=case, kind=kind, occurrence=occurrence, words=words, at=at)])
    append(case, "find", by=Actor.system(), at=at, facts={"kind": kind, "reason": words})


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
    due_on = (case.accept_by_on or NO_LIMIT) if kind == "intake" else task_day(case)
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
    require_free(next((task for task in tasks_of(case) if task.kind == kind and not task.done_at), None), by=by)


def tasks_of(case: Case) -> list[Task]:
    """Return the tasks of a locked case as they stand in this transaction, the first opened first. Read once."""
    known: list[Task] | None = getattr(case, "known_tasks", None)
    if known is None:
        known = sorted(db.select(Task, case_id=case.pk), key=lambda task: (task.opened_at, task.name))
        case.known_tasks = known  # type: ignore[attr-defined]  # lives as long as the locked row
    return known


def forget_tasks(case: Case) -> None:
    """Let the tasks of a case be read again: they were changed by a statement of their own."""
    case.known_tasks = None  # type: ignore[attr-defined]


def add_tasks(case: Case, tasks: list[Task]) -> None:
    """Insert tasks of a locked case."""
    known = tasks_of(case)
    db.insert_many(Task, tasks)
    known.extend(tasks)


def finish_tasks(
    case: Case, *, by: Actor, at: datetime, kind: str = "", code: str | None = None, opinion: str = ""
) -> None:
    """Close the open tasks of a case, or only those of a kind, or only the one of a step."""
    for task in tasks_of(case):
        is_meant = (not kind or task.kind == kind) and (code is None or (task.kind == "step" and task.code == code))
        if is_meant and task.done_at is None:
            task.done_at, task.done_by_name, task.opinion = at, by.name or "系统", opinion[:500]
            db.update(task)


def begin(case: Case, *, at: datetime) -> None:
    """Receive a case now: its acceptance clock starts with the move that the caller records next; intake opens."""
    case.received_at = at
    case.accept_by_on = clock.due(
        time.day_of(at), limit=ACCEPTANCE_DAYS, unit="workday", calendar=calendars.calendar()
    ).due_on
    add_tasks(case, [open_task(case, "intake", role="clerk", name="预审受理", at=at)])
