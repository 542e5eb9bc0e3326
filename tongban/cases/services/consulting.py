"""Ask other organisations: 会签 (the decision waits for the answer) and 征求意见 (it does not)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from tongban.calendars import queries as calendars
from tongban.cases import permissions
from tongban.cases.models import Case, Task
from tongban.cases.rules import life
from tongban.cases.rules.life import State
from tongban.cases.rules.reasons import checked_reason
from tongban.cases.services.recording import add_tasks, locked, open_task, record, require_free, require_seen, tasks_of
from tongban.core import time
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.rules import clock
from tongban.rules.errors import Conflict, Invalid

WORDS = {"cosign": "会签", "consult": "征求意见"}
LONGEST_DAYS = 20  # working days for an answer


@transaction.atomic
def consult(
    case_id: UUID,
    organisations: Sequence[str],
    *,
    mode: str,
    question: str,
    days: int,
    by: Actor,
    seen: int | None = None,
) -> Case:
    """Ask organisations of the place for their opinion within some working days; mode `cosign` or `consult`.

    The clock runs on: an opinion asked for is no reason to stop it. Raises Invalid, NotFound, NotAllowed, Conflict.
    """
    question = checked_reason(question, "question", "要问的事")
    case = locked(case_id)
    permissions.require("consult", case, by=by)
    require_seen(case, seen)
    life.after("consult", State(case.state))
    _check(case, organisations, mode, days)
    at = time.now()
    names = orgs.organisations(case.joint_case.pack)
    answer_by = clock.due(time.day_of(at), limit=days, unit="workday", calendar=calendars.calendar()).due_on
    tasks = []
    for code in dict.fromkeys(organisations):
        task = open_task(case, mode, role="reviewer", name=f"{WORDS[mode]}：答复意见", at=at, code=code)
        task.organisation, task.asks, task.step_due_on = code, question, answer_by
        task.due_on = min(task.due_on, answer_by)
        tasks.append(task)
    add_tasks(case, tasks)
    asked = [names[task.code].name for task in tasks]
    record(
        case,
        "consult",
        by=by,
        at=at,
        facts={"mode": mode, "organisations": asked, "reason": question, "answer_by": str(answer_by)},
    )
    return case


def _check(case: Case, organisations: Sequence[str], mode: str, days: int) -> None:
    known = orgs.organisations(case.joint_case.pack)
    problems: dict[str, str] = {}
    if mode not in WORDS:
        problems["mode"] = "请选会签或征求意见"
    if not organisations:
        problems["organisations"] = "请至少选一个单位"
    elif wrong := [code for code in organisations if code not in known or known[code].external or code == case.desk]:
        problems["organisations"] = (
            f"不能问“{'、'.join(known[c].name if c in known else c for c in wrong)}”，请选本地的其他部门"
        )
    if not 1 <= days <= LONGEST_DAYS:
        problems["days"] = f"答复期限写 1 至 {LONGEST_DAYS} 个工作日"
    if problems:
        raise Invalid("case.consult", f"有 {len(problems)} 处要改", fields=problems)
    open_to = set(case.tasks.filter(kind__in=WORDS, done_at=None).values_list("code", flat=True)) & set(organisations)
    if open_to:
        raise Conflict(
            "case.asked_already",
            f"已经问过“{'、'.join(known[c].name for c in sorted(open_to))}”，还没有答复",
            remedy="等对方答复",
        )


@transaction.atomic
def answer(task_id: UUID, *, agrees: bool, opinion: str, by: Actor) -> Case:
    """Answer as the organisation that was asked. Raises Invalid, NotFound, NotAllowed, Conflict."""
    opinion = checked_reason(opinion, "opinion", "意见")
    case_id = Task.objects.filter(pk=task_id, kind__in=list(WORDS)).values_list("case_id", flat=True).first()
    if case_id is None:
        raise permissions.hidden()
    case = locked(case_id)
    task = Task.objects.select_for_update(of=("self",)).get(pk=task_id)
    permissions.require_task(task, by=by)
    require_free(task, by=by)
    if task.done_at is not None:
        raise Conflict("case.task_done", f"“{task.name}”已由{task.done_by_name}办完", remedy="刷新待办列表")
    at = time.now()
    name = orgs.organisations(case.joint_case.pack)[task.code].name
    record(case, "answer_consult", by=by, at=at, facts={"name": name, "agrees": agrees, "opinion": opinion})
    task.done_at, task.done_by_name = at, by.name
    task.opinion = f"{'同意' if agrees else '不同意'}：{opinion}"[:500]
    task.save(update_fields=["done_at", "done_by_name", "opinion"])
    return case


def require_answered(case: Case) -> None:
    """Raise Conflict while a 会签 is still open: the decision waits for it."""
    state = State(case.state)
    waiting = [
        task.code for task in tasks_of(case) if task.kind == "cosign" and task.done_at is None and state in life.WORKING
    ]
    if waiting:
        known = orgs.organisations(case.joint_case.pack)
        names = "、".join(known[code].name for code in waiting)
        raise Conflict("case.cosign_open", f"还在等{names}会签", remedy="等会签单位答复后再决定")
