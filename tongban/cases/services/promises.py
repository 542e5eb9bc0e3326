"""告知承诺: what was promised in place of a paper is checked after the grant; a false promise has consequences.

Source: 行政许可法 art. 69; 国办发〔2020〕42 号 (证明事项和涉企经营许可事项告知承诺制).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from tongban.calendars import queries as calendars
from tongban.cases import permissions
from tongban.cases.models import BrokenPromise, Case, Task
from tongban.cases.rules import life
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import State
from tongban.cases.rules.reasons import checked_reason
from tongban.cases.services.acceptance import latest_materials
from tongban.cases.services.recording import add_tasks, locked, open_task, record, require_free, require_seen
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.notices import services as notices
from tongban.orgs import queries as orgs
from tongban.rules import clock
from tongban.rules.errors import Conflict


def open_checks(case: Case, *, at: datetime) -> None:
    """Open a check (承诺核查) for each promise that the grant rested on, due within the days of the item's spec."""
    may_promise = any(m["commitment"] for m in plans.of_materials(case.joint_case.plan, case.item_code))
    promised = [row for row in latest_materials(case) if row.way == "commit"] if may_promise else []
    if not promised or case.is_tracked_only:
        return
    spec = catalogue.version(case.joint_case.pack, case.item_code, case.item_version)
    days = {use.type: use.check_days for use in spec.materials}
    tasks = []
    for row in promised:
        due = clock.due(
            time.day_of(at), limit=days.get(row.type_code, 30), unit="workday", calendar=calendars.calendar()
        )
        task = open_task(case, "promise", role="reviewer", name=f"核查承诺：{row.name}"[:60], at=at, code=row.type_code)
        task.due_on, task.asks = due.due_on, row.text[:500]
        tasks.append(task)
    add_tasks(case, tasks)


@transaction.atomic
def confirm(case_id: UUID, code: str, *, opinion: str, by: Actor, seen: int | None = None) -> Case:
    """Find a promise true (承诺属实). `code` is the type of the material. Raises Invalid, NotFound, NotAllowed, Conflict."""
    opinion = checked_reason(opinion, "opinion", "核查情况")
    case, task = _task(case_id, code, by=by, seen=seen, verb="confirm_promise")
    at = time.now()
    record(case, "confirm_promise", by=by, at=at, facts={"material": code, "name": task.name, "opinion": opinion})
    _done(task, by=by, at=at, opinion=f"属实：{opinion}")
    return case


@transaction.atomic
def deny(case_id: UUID, code: str, *, reason: str, by: Actor, seen: int | None = None) -> Case:
    """Find a promise false: the head decides about revocation, and this road is closed to the party for its time.

    Raises Invalid, NotFound, NotAllowed, Conflict.
    """
    reason = checked_reason(reason)
    case, task = _task(case_id, code, by=by, seen=seen, verb="deny_promise")
    at = time.now()
    on = time.day_of(at)
    until = on + timedelta(days=orgs.place(case.joint_case.pack).broken_promise_days)
    record(
        case,
        "deny_promise",
        by=by,
        at=at,
        facts={"material": code, "name": task.name, "reason": reason, "until": str(until)},
    )
    _done(task, by=by, at=at, opinion=f"不实：{reason}")
    joint = case.joint_case
    BrokenPromise.objects.create(
        party_id=joint.applicant_id, case=case, material_type=code, words=reason[:300], at=at, until=until
    )
    if not case.tasks.filter(kind="revoke", done_at=None).exists():
        wanted = open_task(case, "revoke", role="head", name="决定是否撤销", at=at)
        wanted.due_on = clock.due(on, limit=5, unit="workday", calendar=calendars.calendar()).due_on
        wanted.asks = f"{task.name}：不实。{reason}"[:500]
        add_tasks(case, [wanted])
    notices.notify(
        [joint.applicant_id, joint.agent_id], title=f"承诺核查不实：{case.name}",
        text=f"{reason}。{until:%Y年%-m月%-d日}前不能再用告知承诺；是否撤销由{case.organisation_name}决定，你可以陈述申辩。",
        link=f"/me/cases/{joint.pk}",
    )  # fmt: skip
    return case


def _task(case_id: UUID, code: str, *, by: Actor, seen: int | None, verb: str) -> tuple[Case, Task]:
    case = locked(case_id)
    permissions.require(verb, case, by=by)
    require_seen(case, seen)
    life.after(verb, State(case.state))
    task = case.tasks.select_related("claimed_by").filter(kind="promise", code=code, done_at=None).first()
    if task is None:
        raise Conflict("case.no_check", "没有等着核查的这项承诺", remedy="刷新页面看最新进展")
    require_free(task, by=by)
    return case, task


def _done(task: Task, *, by: Actor, at: datetime, opinion: str) -> None:
    task.done_at, task.done_by_name, task.opinion = at, by.name, opinion[:500]
    task.save(update_fields=["done_at", "done_by_name", "opinion"])
