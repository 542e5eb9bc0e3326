"""Acts on many tasks at once, named views of the list, and sharing work out evenly (均衡分派)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from tongban.audit import services as audit
from tongban.cases.models import SavedView, Task
from tongban.cases.queries import desk
from tongban.cases.rules.reasons import checked_reason
from tongban.cases.services import review
from tongban.core import time
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.rules import masking
from tongban.rules.errors import DomainError, Invalid, NotAllowed, NotFound

MOST_VIEWS = 20
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Candidate:
    """A task that was chosen for an act on many, and why it is left out, if so."""

    task: Task
    left_out: str


def candidates(task_ids: Iterable[UUID], act: str, *, by: Actor) -> list[Candidate]:
    """Return the chosen tasks in the order of their deadlines, with why each cannot take part. Raises Invalid for none.

    `act` is `pass` (通过环节) or `reassign` (转办). Tasks that are not the actor's to see are left away silently.
    """
    wanted = list(dict.fromkeys(task_ids))[:MOST_AT_ONCE]
    rows = desk.tasks_for(by).filter(pk__in=wanted).select_related("case", "claimed_by").order_by("due_on", "pk")
    found = [Candidate(task, _left_out(task, act, by)) for task in rows]
    if not found:
        raise Invalid("case.nothing_chosen", "没有选办件，没有执行", remedy="先在列表里勾选")
    return found


def _left_out(task: Task, act: str, by: Actor) -> str:
    if task.claimed_by is not None and task.claimed_by_id != by.account_id:
        return f"已由{task.claimed_by.name}认领"
    if act == "pass" and task.kind != "step":
        return f"“{task.name}”要打开办件单独办"
    if act == "pass" and task.case.paused:
        return "计时停着，要打开办件单独办"
    return ""


@dataclass(frozen=True)
class Outcome:
    """What came of an act on many: how many were done, and the refusals in words."""

    done: int
    refused: tuple[str, ...]


def pass_several(task_ids: Iterable[UUID], *, opinion: str, by: Actor) -> Outcome:
    """Pass the steps of several tasks with one opinion, each in its own transaction. Raises Invalid."""
    opinion = checked_reason(opinion, "text", "意见")
    rows = [row.task for row in candidates(task_ids, "pass", by=by) if not row.left_out]
    return _each(rows, lambda task: review.pass_step(task.case_id, task.code, by=by, opinion=opinion))


def reassign_several(task_ids: Iterable[UUID], *, to: UUID, reason: str, by: Actor) -> Outcome:
    """Hand several tasks to a colleague, each in its own transaction. Raises Invalid."""
    reason = checked_reason(reason, "text", "理由")
    rows = [row.task for row in candidates(task_ids, "reassign", by=by) if not row.left_out]
    return _each(rows, lambda task: review.reassign(task.pk, to=to, reason=reason, by=by))


def _each(tasks: Iterable[Task], act: Callable[[Task], object]) -> Outcome:
    done, refused = 0, []
    for task in tasks:
        try:
            act(task)
            done += 1
        except DomainError as refusal:
            refused.append(f"{task.case.name}（…{task.case.number[-12:]}）：{refusal.message}")
    return Outcome(done, tuple(refused))


def share_out(organisation: str, role: str, *, by: Actor) -> Outcome:
    """Share the unclaimed tasks of a post out among those who sit there, so that all hold about as many. By a head.

    Each goes to whoever holds the fewest then, the nearest deadline first. Raises NotAllowed, Invalid.
    """
    if not by.has_role(organisation, "head"):
        raise NotAllowed("case.role", "均衡分派由负责人来做", remedy="请负责人办理")
    crew = orgs.colleagues(organisation, role)
    if not crew:
        raise Invalid("case.no_crew", "这个岗位上没有人", remedy="请管理员先安排人员到岗")
    held = dict.fromkeys(crew, 0)
    claimed = Task.objects.filter(organisation=organisation, role=role, done_at=None, claimed_by_id__in=list(crew))
    held |= dict(claimed.order_by().values_list("claimed_by_id").annotate(n=Count("pk")))
    free = Task.objects.filter(organisation=organisation, role=role, done_at=None, claimed_by=None)

    def give(task: Task) -> None:
        to = min(held, key=lambda account: (held[account], crew[account]))
        review.reassign(task.pk, to=to, reason="均衡分派", by=by, is_shared_out=True)
        held[to] += 1

    return _each(free.select_related("case").order_by("due_on", "pk")[:MOST_AT_ONCE], give)


@transaction.atomic
def save_view(name: str, query: str, *, by: Actor) -> SavedView:
    """Keep the filter of an address under a name; the same name again replaces it. Raises Invalid."""
    name = masking.normal(name)
    problems: dict[str, str] = {}
    if not 1 <= len(name) <= 20 or masking.has_odd(name):
        problems["name"] = "请起个名字，20 个字以内"
    if not query.strip("?") or len(query) > 500:
        problems["query"] = "先选好筛选条件，再保存"
    own = SavedView.objects.filter(account_id=by.account)
    if not problems and own.exclude(name=name).count() >= MOST_VIEWS:
        problems["name"] = f"最多保存 {MOST_VIEWS} 个，先删掉不用的"
    if problems:
        raise Invalid("case.view", next(iter(problems.values())), fields=problems)
    row, _ = SavedView.objects.update_or_create(
        account_id=by.account, name=name, defaults={"query": query.lstrip("?"), "created_at": time.now()}
    )
    return row


@transaction.atomic
def delete_view(view_id: UUID, *, by: Actor) -> None:
    """Delete an own view. Raises NotFound."""
    if not SavedView.objects.filter(pk=view_id, account_id=by.account).delete()[0]:
        raise NotFound("case.no_view", "没有找到这个常用筛选，可能已经删除")
    audit.record("cases.view_deleted", "view", view_id, by=by)
