"""Open a joint case from a plan: the one write of a submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from tongban.audit import services as audit
from tongban.calendars import queries as calendars
from tongban.cases.events import JointCaseOpened
from tongban.cases.models import Case, Event, JointCase, Material, Task
from tongban.cases.rules.life import State
from tongban.cases.rules.plan import Plan, PlannedItem
from tongban.cases.rules.timeline import ACCEPTANCE_DAYS
from tongban.cases.services import fees, papers, timers
from tongban.cases.services.recording import event, open_task
from tongban.catalogue import queries as catalogue
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.identity import queries as identity
from tongban.jobs import services as jobs
from tongban.notices import services as notices
from tongban.orgs import queries as orgs
from tongban.outbox import services as outbox
from tongban.rules import clock, numbers


@dataclass(frozen=True)
class HandedIn:
    """A material as the applicant hands it in: by which way, with which files, licence, promise or later day."""

    type: str
    way: str  # upload, licence, reuse, check, member, defer, commit, counter
    files: tuple[str, ...] = ()
    licence_id: str | None = None
    text: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class Submission:
    """What a submission brings besides the plan."""

    pack: str
    values: Mapping[str, str]
    materials: tuple[HandedIn, ...]
    delivery: Mapping[str, str] = field(default_factory=dict)


def require_open(plan: Plan, pack: str, *, on: date) -> None:
    """Raise Conflict when an item of a plan cannot be applied for on a day: nothing outside the list is filed (清单之外无审批)."""
    for item in plan.items:
        catalogue.require_open(catalogue.version(pack, item.code, item.version), on=on)


@transaction.atomic
def open(plan: Plan, submission: Submission, *, by: Actor) -> JointCase:  # noqa: A001  # the domain's verb (立案)
    """Open a joint case (联办件) with a case for each member, for the party the actor acts for.

    Members that wait for nothing start at once; the others when those are decided. The plan is kept frozen.
    """
    at = time.now()
    require_open(plan, submission.pack, on=time.day_of(at))
    joint = _joint(plan, submission, by=by, at=at)
    db.insert_many(JointCase, [joint])
    cases = _cases(plan, joint, submission, at=at)
    db.insert_many(Case, cases)
    names = {material.type: material.name for material in plan.materials}
    handed = [
        Material(joint_case=joint, type_code=m.type, name=names[m.type], way=m.way, files=list(m.files),
                 licence_id=UUID(m.licence_id) if m.licence_id else None, text=m.text, due_on=m.due_on, at=at)
        for m in submission.materials
    ]  # fmt: skip
    db.insert_many(Material, handed)
    _record_opening(joint, cases, by=by, at=at)
    papers.receipt(joint, cases)
    for case in cases:
        promised = [m for m in handed if m.way == "commit" and m.type_code in plan.item_of(case.item_code).materials]
        if promised and not case.is_tracked_only:
            papers.commitment(case, promised)
    for case in cases:
        fees.follow(case, by=by)
    notices.notify(
        [joint.applicant_id, joint.agent_id],
        title=f"已提交：{joint.title}",
        text=f"办件编号 {joint.number}，共 {len(cases)} 项。各部门在 {ACCEPTANCE_DAYS} 个工作日内答复是否受理。",
        link=f"/me/cases/{joint.pk}",
    )
    return joint


def _joint(plan: Plan, submission: Submission, *, by: Actor, at: datetime) -> JointCase:
    on = time.day_of(at)
    assert by.party_id is not None
    applicant = identity.party(by.party_id)
    place = orgs.place(submission.pack)
    serial = jobs.next_serial(f"joint:{place.region}:{on}")
    return JointCase(
        number=numbers.joint_number(place.region, on, serial),
        pack=submission.pack,
        region=place.region,
        theme_code=plan.theme or "",
        item_code=plan.item or "",
        title=plan.title,
        lead=plan.lead,
        applicant=applicant,
        applicant_name=applicant.name,
        agent_id=by.person_id if by.person_id != by.party_id else None,
        mandate_id=by.mandate_id,
        contact_phone=submission.values.get("contact-phone", "") or applicant.phone,
        channel=by.channel,
        plan=plan.as_json(),
        values=dict(submission.values),
        delivery=dict(submission.delivery),
        event_count=1,
        submitted_at=at,
        promised_on=date.fromisoformat(plan.schedule.due_on),
        is_provisional=plan.schedule.provisional,
    )


def _cases(plan: Plan, joint: JointCase, submission: Submission, *, at: datetime) -> list[Case]:
    on = time.day_of(at)
    serials = jobs.next_serials(f"case:{item.implementation_code}:{on}" for item in plan.items)
    accept_by = clock.due(on, limit=ACCEPTANCE_DAYS, unit="workday", calendar=calendars.calendar()).due_on
    organisations = orgs.organisations(submission.pack)
    cases = []
    for position, item in enumerate(plan.items):
        case = _case(item, joint, position, is_external=organisations[item.org].external)
        case.number = numbers.case_number(
            item.implementation_code, on, serials[f"case:{item.implementation_code}:{on}"]
        )
        if not item.waits_for:
            case.received_at, case.accept_by_on = at, accept_by
        cases.append(case)
    return cases


def _case(item: PlannedItem, joint: JointCase, position: int, *, is_external: bool) -> Case:
    return Case(
        joint_case=joint,
        position=position,
        pack=joint.pack,
        region=joint.region,
        item_code=item.code,
        item_version=item.version,
        name=item.name,
        organisation=item.org,
        organisation_name=item.org_name,
        desk=joint.lead if is_external else item.org,
        is_tracked_only=item.tracked_only,
        applicant_name=joint.applicant_name,
        state=(State.WAITING if item.waits_for else State.PRE_REVIEW).value,
        event_count=1,
        limit_days=item.limit_days,
        statutory_days=item.statutory_days,
    )


def _record_opening(joint: JointCase, cases: list[Case], *, by: Actor, at: datetime) -> None:
    facts: dict[str, Any] = {"number": joint.number, "answers": joint.plan["answers"]}
    events = [event(joint, None, "submit", by=by, at=at, seq=1, facts=facts)]
    events += [
        event(joint, case, "submit" if case.received_at else "submit_waiting", by=by, at=at, seq=1,
              facts={"number": case.number, "limit_days": case.limit_days, "item_version": case.item_version})
        for case in cases
    ]  # fmt: skip
    db.insert_many(Event, events)
    db.insert_many(Task, [
        open_task(case, "intake", role="clerk", name="预审受理", at=at) for case in cases if case.received_at
    ])  # fmt: skip
    jobs.schedule(row for case in cases if case.received_at for row in timers.received(case))
    audit.record_all(
        [audit.entry("cases.submit", "joint_case", joint.pk, by=by)]
        + [audit.entry("cases.submit", "case", case.pk, by=by) for case in cases]
    )
    outbox.publish(JointCaseOpened(str(joint.pk), at.isoformat()))
