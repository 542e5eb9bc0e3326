"""What lawfully stops or stretches a clock: special procedures (特别程序), other stops, extension (延期).

Source: 行政许可法 art. 42, 45; standards reference 7.2 rules 4–6.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from tongban.calendars import queries as calendars
from tongban.cases import permissions
from tongban.cases.models import Case
from tongban.cases.rules import asking, life, timeline
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import State
from tongban.cases.rules.reasons import checked_reason
from tongban.cases.services import papers
from tongban.cases.services.acceptance import take_corrections
from tongban.cases.services.intake import HandedIn
from tongban.cases.services.recording import add_tasks, finish_tasks, locked, open_task, record, require_seen
from tongban.cases.services.telling import tell
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.rules.errors import Conflict


@transaction.atomic
def pause(
    case_id: UUID, kind: str, *, days: int, reason: str, by: Actor, items: list[dict[str, str]] | None = None,
    seen: int | None = None,
) -> Case:  # fmt: skip
    """Stop the clock for a procedure that the item's spec names; the applicant is told in writing how long it takes.

    `days` are working days, at most those of the spec; a `correction` (受理后补正) also names `items` as a notice does.
    The kinds of 行政许可法 art. 45 stop both clocks, the others the promise alone.
    Raises Invalid, NotFound, NotAllowed, Conflict (not allowed for this item, the same stop already runs).
    """
    reason = checked_reason(reason)
    case = locked(case_id)
    permissions.require("pause", case, by=by)
    require_seen(case, seen)
    life.after("pause", State(case.state))
    name, most, _ = _procedure(case, kind)
    timeline.check_stop_days(days, name=name, most=most)
    if any(stop["kind"] == kind and stop["end_on"] is None for stop in case.stops):
        raise Conflict("case.stop_runs", f"{name}已经在进行，计时已停", remedy="等它结束，先恢复计时")
    named = asking.named(plans.read(case.joint_case.plan), case.item_code, items or []) if kind == "correction" else []
    paused(case, kind, days=days, reason=reason, by=by, named=named)
    return case


def paused(
    case: Case, kind: str, *, days: int, reason: str, by: Actor, named: list[dict[str, str]] | None = None
) -> None:
    """Write a stop with all that follows: notice, event, message."""
    name, _, basis = _procedure(case, kind)
    named = named or []
    at = time.now()
    expected_on = timeline.expected_end(time.day_of(at), days, calendars.calendar())
    paper = papers.special(case, name=name, days=days, expected_on=expected_on, reason=reason, basis=basis, items=named,
                           is_statutory=kind in timeline.STATUTORY_STOPS)  # fmt: skip
    if named:
        case.asked_at, case.asked = at, named
    record(case, "pause", by=by, at=at, facts={
        "kind": kind, "name": name, "days": days, "expected_on": str(expected_on), "reason": reason, "basis": basis,
        "notice": paper.number, "items": named,
    })  # fmt: skip
    tell(case, f"暂停计时：{case.name}", f"需要{name}，大约 {days} 个工作日，这段时间不计入办理时限。{reason}")


def _procedure(case: Case, kind: str) -> tuple[str, int, str]:
    spec = catalogue.version(case.joint_case.pack, case.item_code, case.item_version)
    found = spec.procedures().get(kind)
    if found is None:
        names = "、".join(name for name, _, _ in spec.procedures().values()) or "没有"
        raise Conflict(
            "case.no_such_stop", "这个事项的清单里没有这种停止计时的程序，不能停",
            remedy=f"清单里可以停止计时的：{names}", kind=kind,
        )  # fmt: skip
    name, most, basis = found
    return name, most, f"《{basis.law}》{basis.article}"


@transaction.atomic
def resume(case_id: UUID, stop: int, *, evidence: str, by: Actor, seen: int | None = None) -> Case:
    """End a stop with the evidence of its result (结论文书); the clock goes on. Raises Invalid, NotFound, NotAllowed, Conflict."""
    evidence = checked_reason(evidence, "evidence", "结论和依据的文书")
    case = locked(case_id)
    permissions.require("resume", case, by=by)
    require_seen(case, seen)
    ended(case, stop, evidence=evidence, by=by)
    return case


def ended(case: Case, stop: int, *, evidence: str, by: Actor) -> None:
    """Write the end of a stop of a locked case. Raises Conflict when it does not run."""
    life.after("resume", State(case.state))
    running = next((row for row in case.stops if row["seq"] == stop and row["end_on"] is None), None)
    if running is None:
        raise Conflict("case.no_stop", "这次停止计时已经结束，或没有开始", remedy="刷新页面看计时")
    at = time.now()
    record(case, "resume", by=by, at=at, facts={"stop": stop, "kind": running["kind"], "evidence": evidence})
    due = f"，{case.due_on:%Y年%-m月%-d日}前办结" if case.due_on and not case.paused else ""
    tell(case, f"恢复计时：{case.name}", f"{evidence}{due}。")


@transaction.atomic
def correct(
    case_id: UUID, *, values: Mapping[str, str], materials: list[HandedIn], by: Actor, seen: int | None = None
) -> Case:
    """Hand in what was asked for after acceptance (受理后补正): the stop that asked for it ends.

    Values were checked by the caller. Raises NotFound, Invalid naming what is open, Conflict when nothing was asked.
    """
    case = locked(case_id)
    permissions.require_applicant(case.joint_case.applicant_id, by=by)
    require_seen(case, seen)
    life.after("correct", State(case.state))
    running = next((row for row in case.stops if row["kind"] == "correction" and row["end_on"] is None), None)
    if running is None:
        raise Conflict("case.nothing_asked", "现在没有要你补正的内容", remedy="在办件进度里看最新进展")
    at = time.now()
    record(case, "correct", by=by, at=at, facts=take_corrections(case, values, materials, at=at))
    ended(case, running["seq"], evidence="申请人已补正", by=Actor.system())
    return case


@transaction.atomic
def request_extension(case_id: UUID, *, days: int, reason: str, by: Actor, seen: int | None = None) -> Case:
    """Ask the head for an extension (延期). Raises Invalid, NotFound, NotAllowed, Conflict (twice, after expiry)."""
    reason = checked_reason(reason)
    case = locked(case_id)
    permissions.require("request_extension", case, by=by)
    require_seen(case, seen)
    life.after("request_extension", State(case.state))
    _check_extension(case, days)
    if case.tasks.filter(kind="extend", done_at=None).exists():
        raise Conflict("case.extension_asked", "已经申请过延期，等负责人批", remedy="请负责人在待办里批准或不同意")
    at = time.now()
    task = open_task(case, "extend", role="head", name="审批延期", at=at, code=str(days))
    task.asks = f"申请延长 {days} 个工作日：{reason}"[:500]
    add_tasks(case, [task])
    record(case, "request_extension", by=by, at=at, facts={"days": days, "reason": reason})
    return case


def _check_extension(case: Case, days: int) -> None:
    timeline.check_extension_days(days)
    if case.extension_days:
        raise Conflict("case.extended", "这件办件已经延期过一次，不能再延", remedy="在现在的时限内作出决定")
    if case.due_on is None:
        raise Conflict("case.no_clock", "这件办件没有在走的时限，不用延期")
    if time.today() > case.due_on:
        raise Conflict("case.expired", "时限已经过了，不能延期", remedy="尽快作出决定；超期会记入监察")


@transaction.atomic
def extend(case_id: UUID, *, days: int, reason: str, by: Actor, seen: int | None = None) -> Case:
    """Approve an extension, once and before expiry; the applicant is told the reason in writing.

    Source: 行政许可法 art. 42. Raises Invalid, NotFound, NotAllowed, Conflict.
    """
    reason = checked_reason(reason)
    case = locked(case_id)
    permissions.require("extend", case, by=by)
    require_seen(case, seen)
    life.after("extend", State(case.state))
    _check_extension(case, days)
    at = time.now()
    record(case, "extend", by=by, at=at, facts={"days": days, "reason": reason})
    finish_tasks(case, by=by, at=at, kind="extend", opinion=reason)
    paper = papers.extension(case, days=days, reason=reason)
    due = f"{case.due_on:%Y年%-m月%-d日}" if case.due_on else ""
    tell(case, f"延期：{case.name}", f"经批准延长 {days} 个工作日，{due}前办结。理由：{reason}（{paper.number}）")
    return case


@transaction.atomic
def decline_extension(case_id: UUID, *, reason: str, by: Actor, seen: int | None = None) -> Case:
    """Decline an extension that was asked for. Raises Invalid, NotFound, NotAllowed, Conflict."""
    reason = checked_reason(reason)
    case = locked(case_id)
    permissions.require("decline_extension", case, by=by)
    require_seen(case, seen)
    life.after("decline_extension", State(case.state))
    if not case.tasks.filter(kind="extend", done_at=None).exists():
        raise Conflict("case.no_request", "没有等着审批的延期申请", remedy="刷新页面看最新进展")
    at = time.now()
    finish_tasks(case, by=by, at=at, kind="extend", opinion=reason)
    record(case, "decline_extension", by=by, at=at, facts={"reason": reason})
    return case
