"""The decision: grant (准予) with the licence, refuse (不予) with reasons, by an officer or when the time is over."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongban.cases import permissions
from tongban.cases.models import Case
from tongban.cases.queries import fees
from tongban.cases.rules import life
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import State
from tongban.cases.rules.reasons import checked_reason
from tongban.cases.services import consulting, ending, papers, promises, review, shadow, timers
from tongban.cases.services.acceptance import still_to_follow
from tongban.cases.services.recording import (
    find,
    finish_tasks,
    locked,
    record,
    require_free_case,
    require_seen,
    tasks_of,
)
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.licences import services as licences
from tongban.notices import services as notices
from tongban.orgs import queries as orgs
from tongban.rules.errors import Conflict


@transaction.atomic
def grant(case_id: UUID, *, by: Actor, opinion: str = "", seen: int | None = None) -> Case:
    """Grant (准予): the decision is issued, and the licence where the item gives one; members that waited start.

    Open steps for which the actor holds the role are passed by the decision itself and recorded as such.
    Raises NotFound, NotAllowed, Conflict (steps of others open, a material still to follow).
    """
    case = locked(case_id)
    permissions.require("grant", case, by=by)
    require_seen(case, seen)
    require_free_case(case, "decide", by=by)
    at = time.now()
    _check_may_end(case)
    fees.require_before_decision(case)
    _pass_own_steps(case, by=by, opinion=opinion, at=at)
    missing = [row.name for row in still_to_follow(case)]
    if missing and case.state == State.DECIDING:
        raise Conflict("case.deferred", f"容缺的材料还没有补交：{'、'.join(missing)}", remedy="等申请人补交后再准予")
    granted(case, "grant", by=by, at=at, opinion=opinion)
    shadow.settle(case, granted=True)
    return case


def _check_may_end(case: Case) -> None:
    """Raise Conflict while a stop of the clock or a 会签 is open: their result belongs into the decision."""
    running = [stop["kind"] for stop in case.stops if stop["end_on"] is None]
    if running:
        raise Conflict("case.stopped", "计时还停着，特别程序或补正没有结束，不能作决定", remedy="先恢复计时，写明结论")
    consulting.require_answered(case)


def granted(
    case: Case, verb: str, *, by: Actor, at: datetime, opinion: str, facts: dict[str, str] | None = None
) -> None:
    """Write a grant with all that follows: paper, licence, checks of promises, notice, the members that waited."""
    item = plans.item_of(case.joint_case.plan, case.item_code)
    record(case, verb, by=by, at=at, facts={"opinion": opinion, "result": item.result_name, **(facts or {})})
    finish_tasks(case, by=by, at=at, opinion=opinion)
    licence = _issue(case, item.licence_type, by=by)
    if not case.is_tracked_only:
        result = f"{item.result_name} {licence.number}" if licence else item.result_name
        table = (facts or {}).get("table", "")
        papers.grant(case, result, is_default=verb == "grant_by_default", table=table)
    promises.open_checks(case, at=at)
    link = f"/me/licences/{licence.pk}" if licence else f"/me/cases/{case.joint_case_id}"
    joint = case.joint_case
    notices.notify(
        [joint.applicant_id, joint.agent_id],
        title=f"已办好：{case.name}",
        text=f"结果：{item.result_name}。",
        link=link,
    )
    ending.settle(case, by=by, at=at)


@transaction.atomic
def grant_by_default(case_id: UUID, *, effective_at: datetime) -> Case:
    """Grant what was not decided when its time was over (超时默认、自动用印), where the item's spec quotes the document.

    `effective_at` is the legal moment; the event carries both it and the moment of writing. A finding follows for the
    unit. Raises Conflict when it was decided, when a clock stands still, or a material is still to follow.
    """
    case = locked(case_id)
    spec = catalogue.version(case.joint_case.pack, case.item_code, case.item_version)
    if spec.on_timeout is None:
        raise Conflict("case.no_default", "这个事项没有引用可以超时默认的文件，不能默认准予")
    life.after("grant_by_default", State(case.state))
    if case.due_on is None or time.now() < timers.end_of(case.due_on):
        raise Conflict("case.not_due", f"承诺时限到 {case.due_on} 才满，还不能默认准予")
    _check_may_end(case)
    fees.require_before_decision(case)
    if still_to_follow(case):
        raise Conflict("case.deferred", "容缺的材料还没有补交，不能默认准予")
    at = time.now()
    words = f"{case.organisation_name}到 {case.due_on} 没有作出决定，按《{spec.on_timeout.document}》默认准予"
    find(case, "default_grant", words, occurrence=str(case.due_on), at=at)
    facts = {
        "document": spec.on_timeout.document,
        "quote": spec.on_timeout.quote,
        "effective_at": effective_at.isoformat(),
    }
    granted(
        case,
        "grant_by_default",
        by=Actor.system("系统（超时默认）"),
        at=at,
        opinion="到期未决定，依文件默认准予",
        facts=facts,
    )
    return case


def _pass_own_steps(case: Case, *, by: Actor, opinion: str, at: datetime) -> None:
    while case.state == State.ACCEPTED:
        tasks = [task for task in tasks_of(case) if task.kind == "step" and task.done_at is None]
        mine = [
            task
            for task in tasks
            if by.has_role(task.organisation, task.role) and task.claimed_by_id in (None, by.account_id)
        ]
        if not mine:
            names = "、".join(f"“{task.name}”" for task in tasks)
            raise Conflict("case.steps_open", f"还有环节没有办完：{names}", remedy="等这些环节办完再决定")
        review.pass_one(case, mine[0].code, by=by, opinion=opinion or "与决定一并通过", at=at)


def _issue(case: Case, licence_type: str | None, *, by: Actor) -> licences.Licence | None:
    if licence_type is None:
        return None
    joint, plan = case.joint_case, plans.read(case.joint_case.plan)
    org = orgs.organisations(joint.pack)[case.organisation]
    issuer = licences.Issuer(case.organisation, org.full_name, org.uscc, orgs.place(joint.pack).definer)
    ground = licences.Ground(
        pack=joint.pack, holder_id=joint.applicant_id, case_id=case.pk, case_number=case.number,
        issuer=issuer,
        values={f.element: f.words(joint.values.get(f.element, "")) for f in plan.fields},
    )  # fmt: skip
    return licences.issue(licence_type, ground, by=by)


@transaction.atomic
def refuse(case_id: UUID, *, reason: str, by: Actor, seen: int | None = None) -> Case:
    """Refuse (不予) with reasons and remedies in writing (行政许可法 art. 38(2)). Raises Invalid, NotFound, NotAllowed, Conflict."""
    reason = checked_reason(reason)
    case = locked(case_id)
    permissions.require("refuse", case, by=by)
    require_seen(case, seen)
    require_free_case(case, "decide", by=by)
    at = time.now()
    _check_may_end(case)
    _pass_own_steps(case, by=by, opinion=reason, at=at)
    refused(case, "refuse", reason, by=by, at=at)
    shadow.settle(case, granted=False)
    return case


def refused(case: Case, verb: str, reason: str, *, by: Actor, at: datetime) -> None:
    """Write a refusal with all that follows: paper, notice, the members that waited."""
    case.reason = reason
    record(case, verb, by=by, at=at, facts={"reason": reason})
    finish_tasks(case, by=by, at=at, opinion=reason)
    if not case.is_tracked_only:
        papers.refusal(case, reason)
    joint = case.joint_case
    notices.notify(
        [joint.applicant_id, joint.agent_id],
        title=f"没有准予：{case.name}",
        text=f"理由：{reason}",
        link=f"/me/cases/{joint.pk}",
    )
    ending.settle(case, by=by, at=at)
