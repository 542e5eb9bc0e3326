"""A new calendar notice: the clocks of open cases are computed anew from their events; what moved is listed.

Closed cases keep their days; the old day stays in the event. Source: standards reference 7.2 rule 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tongban.calendars import queries as calendars
from tongban.cases.models import Case, JointCase
from tongban.cases.queries import timing
from tongban.cases.rules import life
from tongban.cases.services import timers
from tongban.cases.services.recording import append, locked, project, put_off_tasks
from tongban.core import time
from tongban.core.actor import Actor
from tongban.notices import services as notices
from tongban.rules import clock


@dataclass(frozen=True)
class Moved:
    """A day that moved: of which case or joint case, what day it is, and from when to when."""

    number: str
    name: str
    what: str
    was: date | None
    now: date | None


def recalculate(year: int, *, by: Actor) -> list[Moved]:
    """Recompute the open cases whose days reach into a year; each in its own transaction. Return what moved."""
    first = date(year, 1, 1)
    reaching = Case.objects.filter(state__in=[s.value for s in life.OPEN]).filter(
        Q(due_on__gte=first) | Q(accepted_at=None, accept_by_on__gte=first)
    )
    moved: list[Moved] = []
    for case_id in list(reaching.order_by("number").values_list("pk", flat=True)):
        moved += _recalculate_one(case_id, by=by)
    for joint_id in list(JointCase.objects.filter(closed_at=None, promised_on__gte=first).values_list("pk", flat=True)):
        moved += _joint(joint_id)
    return moved


@transaction.atomic
def _recalculate_one(case_id: UUID, *, by: Actor) -> list[Moved]:
    case = locked(case_id)
    was = {"受理答复": case.accept_by_on, "承诺到期": case.due_on, "法定到期": case.statutory_due_on}
    was_provisional = case.is_provisional
    project(case, timing.clocks(case))
    now = {"受理答复": case.accept_by_on, "承诺到期": case.due_on, "法定到期": case.statutory_due_on}
    moved = [Moved(case.number, case.name, what, was[what], now[what]) for what in was if was[what] != now[what]]
    if not moved and was_provisional == case.is_provisional:
        return []
    at = time.now()
    days = {row.what: [str(row.was), str(row.now)] for row in moved}
    append(case, "recalculate", by=by, at=at, facts={"days": days, "provisional": case.is_provisional})
    case.save()
    if case.accepted_at is None and case.accept_by_on:
        case.tasks.filter(done_at=None, kind="intake").update(due_on=case.accept_by_on)
    put_off_tasks(case)
    timers.keep(case)
    if moved:
        words = "；".join(f"{row.what}由 {row.was} 改为 {row.now}" for row in moved)
        joint = case.joint_case
        notices.notify([joint.applicant_id, joint.agent_id], title=f"日期按新的放假安排重算：{case.name}", text=words,
                       link=f"/me/cases/{joint.pk}")  # fmt: skip
    return moved


@transaction.atomic
def _joint(joint_id: UUID) -> list[Moved]:
    joint = JointCase.objects.select_for_update(of=("self",)).get(pk=joint_id)
    schedule = joint.plan["schedule"]
    due = clock.due(
        date.fromisoformat(schedule["start_on"]), limit=schedule["days"], unit="workday", calendar=calendars.calendar()
    )
    if (due.due_on, due.provisional) == (joint.promised_on, joint.is_provisional):
        return []
    was, joint.promised_on, joint.is_provisional = joint.promised_on, due.due_on, due.provisional
    joint.save(update_fields=["promised_on", "is_provisional"])
    return [Moved(joint.number, joint.title, "整件承诺", was, due.due_on)] if was != due.due_on else []
