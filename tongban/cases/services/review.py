"""Steps of review: claim a task, pass a step, open the next ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tongban.calendars import queries as calendars
from tongban.cases import permissions
from tongban.cases.models import Case, Task
from tongban.cases.rules import life
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import State
from tongban.cases.rules.plan import PlannedStep
from tongban.cases.rules.reasons import checked_reason
from tongban.cases.services.recording import (
    add_tasks,
    append,
    finish_tasks,
    forget_tasks,
    locked,
    open_task,
    record,
    require_free,
    require_seen,
    tasks_of,
)
from tongban.core import time
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.rules import clock
from tongban.rules.errors import Conflict, DomainError, Invalid, NotFound


@transaction.atomic
def claim(task_id: UUID, *, by: Actor) -> Task:
    """Take a task (认领): of several who try at once, one gets it. Raises NotFound, NotAllowed, Conflict."""
    case_id = Task.objects.filter(pk=task_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise permissions.hidden()
    case = locked(case_id)
    task = Task.objects.select_for_update(of=("self",)).get(pk=task_id)
    permissions.require_task(task, by=by)
    if task.done_at is not None:
        raise Conflict("case.task_done", f"“{task.name}”已由{task.done_by_name}办完", remedy="刷新待办列表")
    if task.claimed_by_id == by.account_id:
        return task
    if task.claimed_by is not None:
        raise Conflict(
            "case.task_claimed", f"“{task.name}”已由{task.claimed_by.name}认领", remedy="办别的，或请对方退回"
        )
    task.claimed_by_id, task.claimed_at = by.account_id, time.now()
    task.save(update_fields=["claimed_by", "claimed_at"])
    append(case, "claim", by=by, at=time.now(), facts={"task": task.name})
    case.save(update_fields=["event_count"])
    return task


@dataclass(frozen=True)
class Claims:
    """What came of claiming several tasks: how many are the actor's now, and the refusals in words."""

    taken: int
    refused: tuple[str, ...]


def claim_several(task_ids: Iterable[UUID], *, by: Actor) -> Claims:
    """Claim tasks one by one, each in its own transaction; those that cannot be had are named. Raises Invalid for none."""
    taken, refused = 0, []
    for task_id in dict.fromkeys(task_ids):
        try:
            claim(task_id, by=by)
            taken += 1
        except DomainError as refusal:
            refused.append(refusal.message)
    if not taken and not refused:
        raise Invalid("case.nothing_chosen", "没有选办件，没有认领", remedy="先在列表里勾选要认领的办件")
    return Claims(taken, tuple(refused))


@transaction.atomic
def release(task_id: UUID, *, by: Actor) -> Task:
    """Give a claimed task back; a head may take back what another holds. Raises NotFound, Conflict."""
    task = Task.objects.select_related("case").filter(pk=task_id, done_at=None).first()
    if task is None:
        raise NotFound("case.no_task", "这条待办已经办完或不存在")
    case = locked(task.case_id)
    task = Task.objects.select_for_update(of=("self",)).get(pk=task_id)
    if task.organisation not in by.seats:
        raise permissions.hidden()
    if task.done_at is not None:  # done while this waited for the lock
        raise NotFound("case.no_task", "这条待办已经办完或不存在")
    if task.claimed_by_id is None:
        raise Conflict("case.not_claimed", "这条待办没有人认领", remedy="刷新页面看最新进展")
    if task.claimed_by_id != by.account_id and not by.has_role(task.organisation, "head"):
        raise Conflict("case.not_claimed", "这条待办不是你认领的", remedy="请对方退回，或请负责人收回")
    task.claimed_by, task.claimed_at = None, None
    task.save(update_fields=["claimed_by", "claimed_at"])
    append(case, "release", by=by, at=time.now(), facts={"task": task.name})
    case.save(update_fields=["event_count"])
    return task


@transaction.atomic
def pass_step(case_id: UUID, code: str, *, by: Actor, opinion: str = "", seen: int | None = None) -> Case:
    """Pass a step of review with an opinion; steps that waited for it open. Raises NotFound, NotAllowed, Conflict."""
    case = locked(case_id)
    if case.desk not in by.seats:
        raise permissions.hidden()
    require_seen(case, seen)
    pass_one(case, code, by=by, opinion=opinion, at=time.now())
    return case


def pass_one(case: Case, code: str, *, by: Actor, opinion: str, at: datetime) -> None:
    """Pass one open step of a locked case."""
    task = next((t for t in tasks_of(case) if t.kind == "step" and t.code == code and t.done_at is None), None)
    if task is None:
        life.after("pass_step", State(case.state))
        raise Conflict("case.step_not_open", "这个环节还没有开始，或已经办完", remedy="刷新页面看最新进展")
    permissions.require_task(task, by=by)
    require_free(task, by=by)
    record(case, "pass_step", by=by, at=at, facts={"step": code, "name": task.name, "opinion": opinion})
    finish_tasks(case, by=by, at=at, code=code, opinion=opinion)
    open_next(case, by=by, at=at)


def open_next(case: Case, *, by: Actor, at: datetime) -> None:
    """Open the steps that can start now; when none is left, the decision."""
    steps = {step.code: step for step in plans.item_of(case.joint_case.plan, case.item_code).steps}
    tasks = [task for task in tasks_of(case) if task.kind == "step" and not task.is_undone]
    done = [task.code for task in tasks if task.done_at]
    waiting = {task.code for task in tasks if not task.done_at}
    ready = life.ready_steps([(step.code, step.waits_for) for step in steps.values()], done)
    add_tasks(case, [_step_task(case, steps[code], at=at) for code in ready if code not in waiting])
    if len(done) == len(steps):
        record(case, "send_to_decision", by=Actor.system(), at=at)
        role = "clerk" if case.is_tracked_only else "head"
        name = "登记对方办理结果" if case.is_tracked_only else "作出决定"
        add_tasks(case, [open_task(case, "decide", role=role, name=name, at=at)])


def _step_task(case: Case, step: PlannedStep, *, at: datetime) -> Task:
    """Return the task of a step, with the last day of the step's own limit (环节时限)."""
    task = open_task(
        case, "step", role="clerk" if case.is_tracked_only else step.role, name=step.name, at=at, code=step.code
    )
    if not case.is_tracked_only:
        calendar = calendars.calendar()
        task.step_due_on = clock.due(time.day_of(at), limit=step.days, unit="workday", calendar=calendar).due_on
    return task


@transaction.atomic
def step_back(case_id: UUID, code: str, *, reason: str, by: Actor, seen: int | None = None) -> Case:
    """Send the case back to a step that was done (退回上一步), with the reason; what followed it is done anew.

    The clock runs on. Raises Invalid, NotFound, NotAllowed, Conflict (the step was not done).
    """
    reason = checked_reason(reason)
    case = locked(case_id)
    permissions.require("step_back", case, by=by)
    require_seen(case, seen)
    life.after("step_back", State(case.state))
    done = {task.code: task.name for task in case.tasks.filter(kind="step", is_undone=False).exclude(done_at=None)}
    if code not in done:
        raise Conflict("case.step_not_done", "这个环节还没有办完，退不回去", remedy="选一个已经办完的环节")
    at = time.now()
    again = _followers(case, code)
    case.tasks.filter(done_at=None, kind__in=["step", "decide"]).filter(Q(kind="decide") | Q(code__in=again)).delete()
    case.tasks.filter(kind="step", code__in=again).update(is_undone=True)
    forget_tasks(case)
    record(case, "step_back", by=by, at=at, facts={"step": code, "name": done[code], "reason": reason})
    open_next(case, by=by, at=at)
    return case


def _followers(case: Case, code: str) -> set[str]:
    """Return a step and all steps that wait for it, however far behind."""
    steps = plans.item_of(case.joint_case.plan, case.item_code).steps
    found = {code}
    for step in steps:  # Each step stands behind those that it waits for.
        if set(step.waits_for) & found:
            found.add(step.code)
    return found


@transaction.atomic
def reassign(task_id: UUID, *, to: UUID, reason: str, by: Actor, is_shared_out: bool = False) -> Task:
    """Hand a task to a colleague with the role (转办), with the reason; a head may also share out what is another's role.

    Raises Invalid, NotFound, NotAllowed, Conflict.
    """
    reason = reason if is_shared_out else checked_reason(reason)
    case_id = Task.objects.filter(pk=task_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise permissions.hidden()
    case = locked(case_id)
    task = Task.objects.select_for_update(of=("self",)).get(pk=task_id)
    if not (is_shared_out and by.has_role(task.organisation, "head")):
        permissions.require_task(task, by=by)
    if task.done_at is not None:
        raise Conflict("case.task_done", f"“{task.name}”已由{task.done_by_name}办完", remedy="刷新待办列表")
    if task.claimed_by_id not in (None, by.account_id) and not by.has_role(task.organisation, "head"):
        require_free(task, by=by)
    colleagues = orgs.colleagues(task.organisation, task.role)
    if to not in colleagues:
        raise Invalid("case.reassign", "有 1 处要改", fields={"to": "请选本单位能办这一步的同事"})
    at = time.now()
    task.claimed_by_id, task.claimed_at = to, at
    task.save(update_fields=["claimed_by", "claimed_at"])
    append(case, "reassign", by=by, at=at, facts={"task": task.name, "name": colleagues[to], "reason": reason})
    case.save(update_fields=["event_count"])
    return task
