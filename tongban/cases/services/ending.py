"""How cases end: withdrawal, what a decision means for the members that waited, closing of the joint case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongban.audit import services as audit
from tongban.cases import permissions
from tongban.cases.events import CaseStarted, JointCaseClosed
from tongban.cases.models import Case, Event, JointCase
from tongban.cases.rules import life
from tongban.cases.rules.life import State
from tongban.cases.rules.reasons import checked_reason
from tongban.cases.services import papers, shadow
from tongban.cases.services.recording import begin, event, finish_tasks, locked, record, require_seen
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.licences import queries as licences
from tongban.notices import services as notices
from tongban.outbox import services as outbox


@transaction.atomic
def withdraw(case_id: UUID, *, by: Actor, reason: str = "") -> Case:
    """Withdraw one case (撤回); those already decided stay as they are. Raises NotFound, Conflict."""
    case = locked(case_id)
    permissions.require_applicant(case.joint_case.applicant_id, by=by)
    at = time.now()
    case.reason = reason.strip()[:500]
    record(case, "withdraw", by=by, at=at, facts={"reason": case.reason})
    finish_tasks(case, by=by, at=at)
    settle(case, by=by, at=at)
    return case


@transaction.atomic
def terminate(case_id: UUID, *, reason: str, by: Actor, seen: int | None = None) -> Case:
    """End a case without decision (终止办理), with reason, clause and remedies in writing.

    For a subject that is gone, an applicant who cannot be reached, a law that changed. Raises Invalid, NotFound, NotAllowed, Conflict.
    """
    reason = checked_reason(reason)
    case = locked(case_id)
    permissions.require("terminate", case, by=by)
    require_seen(case, seen)
    terminated(case, reason, by=by, at=time.now())
    return case


def terminated(case: Case, reason: str, *, by: Actor, at: datetime) -> None:
    """Write a termination with all that follows."""
    case.reason = reason
    record(case, "terminate", by=by, at=at, facts={"reason": reason})
    finish_tasks(case, by=by, at=at, opinion=reason)
    if not case.is_tracked_only:
        papers.terminated(case, reason)
    joint = case.joint_case
    notices.notify([joint.applicant_id, joint.agent_id], title=f"已终止：{case.name}", text=f"理由：{reason}",
                   link=f"/me/cases/{joint.pk}")  # fmt: skip
    settle(case, by=by, at=at)


def settle(case: Case, *, by: Actor, at: datetime) -> None:
    """After a case closed: start or end the members that waited for it, and close the joint case with its last member."""
    joint = case.joint_case
    is_alone = len(joint.plan["items"]) == 1
    rows = [] if is_alone else db.select(Case, joint_case_id=joint.pk, for_update=True)
    others = {row.item_code: row for row in rows}
    others[case.item_code] = case
    changed = True
    while changed:  # Ending one member may end those that waited for it.
        changed = any([_settle_one(row, others, joint, at=at) for row in others.values() if row.state == State.WAITING])
    if all(State(row.state) in life.CLOSED for row in others.values()):
        _close(joint, by=by, at=at)


def _settle_one(case: Case, others: dict[str, Case], joint: JointCase, *, at: datetime) -> bool:
    planned = next(item for item in joint.plan["items"] if item["code"] == case.item_code)
    before = [others[code] for code in planned["waits_for"]]
    if any(State(row.state) in life.OPEN for row in before):
        return False
    case.joint_case = joint
    failed = [row.name for row in before if row.item_code in planned["needs_from"] and row.state != State.GRANTED]
    if failed:
        case.reason = f"“{'、'.join(failed)}”没有准予，办这一项要用它的证照"
        record(case, "lapse", by=Actor.system(), at=at, facts={"before": failed})
        notices.notify(
            [joint.applicant_id, joint.agent_id],
            title=f"已终止：{case.name}",
            text=case.reason,
            link=f"/me/cases/{joint.pk}",
        )
        return True
    _use_licences(case, planned, before, at=at)
    begin(case, at=at)
    record(case, "start", by=Actor.system(), at=at, facts={"before": [row.name for row in before]})
    if shadow.use_of(case) is not None:
        outbox.publish(CaseStarted(str(case.pk), at.isoformat()))
    return True


def _use_licences(case: Case, planned: dict[str, list[str]], before: list[Case], *, at: datetime) -> None:
    """Put the licences that the earlier members brought in the place of the materials that waited for them."""
    issued = {row.type_code: row for row in licences.of_cases([row.pk for row in before]).values()}
    kinds = {m["type"]: m["licence_type"] for m in case.joint_case.plan["materials"] if m["provided_by"]}
    waiting = case.joint_case.materials.filter(way="member", licence_id=None, type_code__in=planned["materials"])
    for row in waiting:
        licence = issued.get(kinds.get(row.type_code, ""))
        if licence is not None:
            row.licence_id, row.at = licence.pk, at
            row.save(update_fields=["licence_id", "at"])


def _close(joint: JointCase, *, by: Actor, at: datetime) -> None:
    joint.closed_at = at
    joint.event_count += 1
    joint.save(update_fields=["closed_at", "event_count"])
    db.insert_many(Event, [event(joint, None, "close", by=Actor.system(), at=at, seq=joint.event_count)])
    audit.record("cases.close", "joint_case", joint.pk, by=by)
    outbox.publish(JointCaseClosed(str(joint.pk), at.isoformat()))
    notices.notify([joint.applicant_id, joint.agent_id], title=f"全部办结：{joint.title}", text=f"办件编号 {joint.number} 的各项都已办结。",
                   link=f"/me/cases/{joint.pk}")  # fmt: skip
