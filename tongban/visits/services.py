"""Arrange a visit for several departments, keep what was seen with time, place and digest, bring the result into the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from tongban.attachments import rules as kinds
from tongban.attachments import services as attachments
from tongban.audit import services as audit
from tongban.cases.queries import desk
from tongban.cases.rules.reasons import checked_reason
from tongban.cases.services import noting, review
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.notices import services as notices
from tongban.rules import masking
from tongban.rules.errors import Conflict, DomainError, Invalid, NotAllowed
from tongban.visits import queries, rules
from tongban.visits.models import Part, Shot, Visit
from tongban.visits.rules import State

ROLES = ("reviewer", "head")


@dataclass(frozen=True)
class Wanted:
    """A visit as it is wanted: how, when, where, by which officers of the own department, for which steps."""

    kind: str
    planned_at: datetime
    place: str
    officers: str
    steps: Sequence[tuple[UUID, str]]  # (case, code of the on-site step)
    note: str = ""


@transaction.atomic
def schedule(case_id: UUID, wanted: Wanted, *, by: Actor) -> Visit:
    """Arrange one visit for on-site steps of a joint case, also of other departments, and tell the applicant.

    The others are told on their case and name their own officers. Raises Invalid, NotFound, NotAllowed, Conflict.
    """
    own = desk.case(case_id, by=by).case
    _require(own.desk, by=by)
    names = _check(wanted)
    offered = {(step.case_id, step.code): step for step in queries.steps(case_id, by=by)}
    chosen = [offered.get(key) for key in dict.fromkeys(wanted.steps)]
    if not chosen or None in chosen:
        raise Invalid("visits.steps", "有 1 处要改", fields={"steps": "请至少选一个要到现场的环节"})
    busy = [step.name for step in chosen if step and step.busy]
    if busy:
        raise Conflict("visits.busy", f"“{'、'.join(busy)}”已经约了踏勘", remedy="去掉它，或改那一次的时间")
    at = time.now()
    visit = Visit.objects.create(
        joint_case=own.joint_case, organisation=own.desk, kind=wanted.kind, planned_at=wanted.planned_at, place=wanted.place,
        note=wanted.note[:300], created_by_name=by.name, created_at=at,
    )  # fmt: skip
    for step in chosen:
        assert step is not None
        _add(visit, step, names if step.organisation == own.desk else [], by=by)
    audit.record("visits.schedule", "visit", visit.pk, by=by, organisation=own.desk)
    _tell(visit, "约定踏勘", _words(visit))
    return visit


def _require(organisation: str, *, by: Actor) -> None:
    if not by.has_role(organisation, *ROLES):
        raise NotAllowed("visits.role", "踏勘由审查岗或负责人安排和记录", remedy="请有权限的同事办理")


def _check(wanted: Wanted) -> list[str]:
    problems: dict[str, str] = {}
    if wanted.kind not in rules.KINDS:
        problems["kind"] = "请选到现场或远程视频"
    if len(wanted.place.strip()) < 4 or masking.has_odd(wanted.place):
        problems["place"] = "请写清地址，远程的写怎么接通"
    if problems:
        raise Invalid("visits.wanted", f"有 {len(problems)} 处要改", fields=problems)
    rules.check_time(wanted.planned_at, at=time.now())
    return rules.officers(wanted.officers, kind=wanted.kind)


def _add(visit: Visit, step: queries.Step, officers: list[str], *, by: Actor) -> None:
    case = visit.joint_case.cases.get(pk=step.case_id)
    spec = catalogue.version(visit.joint_case.pack, case.item_code, case.item_version)
    Part.objects.create(
        visit=visit, case=case, step=step.code, step_name=step.name, organisation=step.organisation,
        organisation_name=step.organisation_name, officers=officers,
        lines=[line.as_json() for line in rules.checklist(spec.conditions)],
    )  # fmt: skip
    when = f"{visit.planned_at.astimezone(time.CHINA):%Y-%m-%d %H:%M}"
    noting.note(
        case.pk,
        "visit",
        {"name": step.name, "reason": f"约定 {when} {rules.KINDS[visit.kind]}踏勘，{visit.place}"},
        by=by,
    )


def _words(visit: Visit) -> str:
    at = visit.planned_at.astimezone(time.CHINA)
    names = "、".join(dict.fromkeys(visit.parts.filter(is_off=False).values_list("organisation_name", flat=True)))
    return f"{names}定于 {at:%-m月%-d日 %H:%M} {rules.KINDS[visit.kind]}核查，{visit.place}。请派人在场。"


def _tell(visit: Visit, title: str, text: str) -> None:
    joint = visit.joint_case
    notices.notify(
        [joint.applicant_id, joint.agent_id], title=f"{title}：{joint.title}", text=text, link=f"/me/cases/{joint.pk}"
    )


@transaction.atomic
def reschedule(visit_id: UUID, planned_at: datetime, *, reason: str, by: Actor) -> Visit:
    """Move a visit to another time, with the reason; everybody is told. Raises Invalid, NotFound, NotAllowed, Conflict."""
    reason = checked_reason(reason)
    visit = _planned(visit_id, by=by)
    rules.check_time(planned_at, at=time.now())
    visit.planned_at, visit.reason = planned_at, reason[:300]
    visit.save(update_fields=["planned_at", "reason"])
    audit.record("visits.reschedule", "visit", visit.pk, by=by, organisation=visit.organisation)
    _tell(visit, "踏勘改期", f"{_words(visit)}改期原因：{reason}")
    return visit


@transaction.atomic
def cancel(visit_id: UUID, *, reason: str, by: Actor) -> Visit:
    """Cancel a visit; its steps wait for another. Raises Invalid, NotFound, NotAllowed, Conflict."""
    reason = checked_reason(reason)
    visit = _planned(visit_id, by=by)
    visit.state, visit.reason = State.CANCELLED.value, reason[:300]
    visit.save(update_fields=["state", "reason"])
    visit.parts.filter(done_at=None).update(is_off=True)
    audit.record("visits.cancel", "visit", visit.pk, by=by, organisation=visit.organisation)
    _tell(
        visit, "踏勘取消", f"原定 {visit.planned_at.astimezone(time.CHINA):%-m月%-d日 %H:%M} 的踏勘取消。原因：{reason}"
    )
    return visit


def _planned(visit_id: UUID, *, by: Actor) -> Visit:
    queries.visit(visit_id, by=by)
    visit = Visit.objects.select_for_update(of=("self",)).select_related("joint_case").get(pk=visit_id)
    _require(visit.organisation, by=by)
    if visit.state != State.PLANNED:
        raise Conflict("visits.over", f"这次踏勘{rules.WORDS[State(visit.state)]}，不能再改", remedy="需要时另约一次")
    return visit


@transaction.atomic
def name_officers(part_id: UUID, names: str, *, by: Actor) -> Part:
    """Name the officers who come for a department. Raises Invalid, NotFound, NotAllowed, Conflict."""
    part = _open_part(part_id, by=by)
    part.officers = rules.officers(names, kind=part.visit.kind)
    part.save(update_fields=["officers"])
    audit.record("visits.officers", "visit", part.visit_id, by=by, organisation=part.organisation)
    return part


def _open_part(part_id: UUID, *, by: Actor) -> Part:
    queries.part(part_id, by=by)
    part = (
        Part.objects.select_for_update(of=("self",))
        .select_related("visit", "visit__joint_case", "case")
        .get(pk=part_id)
    )
    _require(part.organisation, by=by)
    if part.done_at is not None or part.is_off:
        raise Conflict("visits.part_over", "这一项踏勘已经有结论，或已取消，不能再改", remedy="刷新页面看最新进展")
    return part


@dataclass(frozen=True)
class Seen:
    """Where and when something was seen. Coordinates are WGS 84 degrees, or None where the phone gave none."""

    taken_at: datetime
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    place: str = ""


def add_shot(part_id: UUID, upload: attachments.Upload, seen: Seen, *, by: Actor) -> Shot:
    """Keep a photo with its time, place and digest. The file is checked before the transaction begins.

    Raises TooLarge, Unsupported, Invalid, NotFound, NotAllowed, Conflict.
    """
    part = queries.part(part_id, by=by)
    _require(part.organisation, by=by)
    if part.shots.count() >= rules.MOST_SHOTS:
        raise Conflict("visits.full", f"一次踏勘最多 {rules.MOST_SHOTS} 张照片", remedy="先删掉不要的")
    if seen.taken_at > time.now():
        raise Invalid("visits.taken", "有 1 处要改", fields={"taken_at": "拍摄时间不能在现在以后"})
    stored = attachments.store(upload, by=by, kinds=kinds.SHOTS)
    with transaction.atomic():
        _open_part(part_id, by=by)
        shot = Shot.objects.create(
            part=part, file_id=stored.pk, sha256=stored.sha256, media_type=stored.media_type, taken_at=seen.taken_at,
            latitude=seen.latitude, longitude=seen.longitude, place=masking.normal(seen.place)[:100], by_name=by.name,
        )  # fmt: skip
        audit.record("visits.shot", "visit", part.visit_id, by=by, organisation=part.organisation)
    return shot


@transaction.atomic
def record(
    part_id: UUID, answers: Mapping[int, tuple[bool | None, str]], *, conclusion: str, remark: str, by: Actor
) -> Part:
    """Record what was found; a good result passes the step where the actor may, a bad one is written into the case.

    `answers` are by line: (fits or not, what was seen). Raises Invalid at each line, NotFound, NotAllowed, Conflict.
    """
    part = _open_part(part_id, by=by)
    if part.visit.kind == "onsite" and len(part.officers) < rules.FEWEST_OFFICERS:
        rules.officers("、".join(part.officers), kind="onsite")
    lines = [
        replace(line, ok=answers.get(n, (None, ""))[0], remark=masking.normal(answers.get(n, (None, ""))[1])[:200])
        for n, line in enumerate(rules.lines_of(part.lines))
    ]
    remark = masking.normal(remark)[:500]
    rules.answered(lines, conclusion, remark)
    part.lines, part.conclusion, part.remark = [line.as_json() for line in lines], conclusion, remark
    part.done_at, part.done_by_name = time.now(), by.name
    part.save()
    _into_case(part, by=by)
    visit = part.visit
    if not visit.parts.filter(done_at=None, is_off=False).exists():
        visit.state = State.DONE.value
        visit.save(update_fields=["state"])
    audit.record("visits.record", "visit", visit.pk, by=by, organisation=part.organisation)
    return part


def _into_case(part: Part, *, by: Actor) -> None:
    officers = "、".join(part.officers)
    words = f"踏勘{rules.CONCLUSIONS[part.conclusion]}（{officers}）" + (f"：{part.remark}" if part.remark else "")
    noting.note(part.case_id, "visit", {"name": part.step_name, "reason": words[:500]}, by=by)
    if part.conclusion == "pass":
        try:
            with transaction.atomic():
                review.pass_step(part.case_id, part.step, by=by, opinion=words[:500])
        except DomainError:
            return  # The step is another's, or not open yet: the result stands in the case, the step is passed by its post.
