"""The decision: grant (准予) with the licence, or refuse (不予) with reasons."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongban.cases import permissions
from tongban.cases.models import Case
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import State
from tongban.cases.services import ending, papers, review
from tongban.cases.services.acceptance import checked_reason, latest_materials
from tongban.cases.services.recording import finish_tasks, locked, record, require_free_case, require_seen
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
    _pass_own_steps(case, by=by, opinion=opinion, at=at)
    missing = [row.name for row in latest_materials(case) if row.way == "defer"]
    if missing and case.state == State.DECIDING:
        raise Conflict("case.deferred", f"容缺的材料还没有补交：{'、'.join(missing)}", remedy="等申请人补交后再准予")
    plan = plans.read(case.joint_case.plan)
    item = plan.item_of(case.item_code)
    record(case, "grant", by=by, at=at, facts={"opinion": opinion, "result": item.result_name})
    finish_tasks(case, by=by, at=at, opinion=opinion)
    licence = _issue(case, item.licence_type, plan, by=by)
    if not case.is_tracked_only:
        papers.grant(case, f"{item.result_name} {licence.number}" if licence else item.result_name)
    link = f"/me/licences/{licence.pk}" if licence else f"/me/cases/{case.joint_case_id}"
    joint = case.joint_case
    notices.notify(
        [joint.applicant_id, joint.agent_id],
        title=f"已办好：{case.name}",
        text=f"结果：{item.result_name}。",
        link=link,
    )
    ending.settle(case, by=by, at=at)
    return case


def _pass_own_steps(case: Case, *, by: Actor, opinion: str, at: datetime) -> None:
    while case.state == State.ACCEPTED:
        tasks = list(case.tasks.filter(kind="step", done_at=None).order_by("opened_at", "name"))
        mine = [
            task
            for task in tasks
            if by.has_role(task.organisation, task.role) and task.claimed_by_id in (None, by.account_id)
        ]
        if not mine:
            names = "、".join(f"“{task.name}”" for task in tasks)
            raise Conflict("case.steps_open", f"还有环节没有办完：{names}", remedy="等这些环节办完再决定")
        review.pass_one(case, mine[0].code, by=by, opinion=opinion or "与决定一并通过", at=at)


def _issue(case: Case, licence_type: str | None, plan: plans.Plan, *, by: Actor) -> licences.Licence | None:
    if licence_type is None:
        return None
    joint = case.joint_case
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
    _pass_own_steps(case, by=by, opinion=reason, at=at)
    case.reason = reason
    record(case, "refuse", by=by, at=at, facts={"reason": reason})
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
    return case
