"""From receipt to acceptance: pre-review, accept, ask once for all that is missing, resubmit, refuse to accept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongban.cases import permissions
from tongban.cases.models import Case, Material
from tongban.cases.rules import asking, life
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import State
from tongban.cases.rules.reasons import LONGEST_REASON, checked_reason
from tongban.cases.services import ending, papers, review, shadow, timers
from tongban.cases.services.intake import HandedIn
from tongban.cases.services.recording import begin, find, finish_tasks, locked, record, require_free_case, require_seen
from tongban.cases.services.telling import tell
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.rules.errors import Conflict, Invalid


@transaction.atomic
def pass_pre_review(case_id: UUID, *, by: Actor, seen: int | None = None) -> Case:
    """Say that the papers look complete (预审通过); acceptance follows. Raises NotFound, NotAllowed, Conflict."""
    case = locked(case_id)
    permissions.require("pass_pre_review", case, by=by)
    require_seen(case, seen)
    require_free_case(case, "intake", by=by)
    record(case, "pass_pre_review", by=by, at=time.now())
    return case


@transaction.atomic
def accept(case_id: UUID, *, by: Actor, seen: int | None = None) -> Case:
    """Accept an application (受理) and start its clock; the first steps open. Raises NotFound, NotAllowed, Conflict."""
    case = locked(case_id)
    permissions.require("accept", case, by=by)
    require_seen(case, seen)
    require_free_case(case, "intake", by=by)
    accepted(case, "accept", by=by, at=time.now())
    return case


def accepted(case: Case, verb: str, *, by: Actor, at: datetime, facts: dict[str, str] | None = None) -> None:
    """Start the clock with the move, issue the notice, open the first steps, tell the applicant."""
    is_deemed = verb == "deem_accepted"
    case.accepted_at = case.received_at if is_deemed else at
    record(case, verb, by=by, at=at, facts=dict(facts or {}))
    finish_tasks(case, by=by, at=at)
    if not case.is_tracked_only:
        papers.acceptance(case, is_deemed=is_deemed)
        late = still_to_follow(case)
        if late:
            papers.deferred(case, late)
    review.open_next(case, by=by, at=at)
    due = f"，{case.due_on:%Y年%-m月%-d日}前办结" if case.due_on else ""
    how = "没有在期限内答复，依法视为受理" if is_deemed else "已受理"
    tell(case, f"已受理：{case.name}", f"{case.organisation_name}{how}{due}。")


@transaction.atomic
def deem_accepted(case_id: UUID, *, effective_at: datetime) -> Case:
    """Count as accepted from the day of receipt what nobody answered in five working days; a red finding follows.

    Source: 行政许可法 art. 32(4); standards reference 7.2 rule 2. Raises Conflict when it was answered.
    """
    case = locked(case_id)
    life.after("deem_accepted", State(case.state))
    assert case.received_at is not None and case.accept_by_on is not None
    at, received_on = time.now(), time.day_of(case.received_at)
    if at < timers.end_of(case.accept_by_on):
        raise Conflict("case.not_due", f"答复期限到 {case.accept_by_on} 才满，还不能视为受理")
    by = Actor.system("系统（逾期视为受理）")
    find(
        case, "deemed_acceptance", f"{case.organisation_name}在 {case.accept_by_on} 前没有答复是否受理，自收到之日起视为受理",
        occurrence=str(case.accept_by_on), at=at,
    )  # fmt: skip
    accepted(case, "deem_accepted", by=by, at=at,
             facts={"received_on": str(received_on), "effective_at": effective_at.isoformat()})  # fmt: skip
    return case


@transaction.atomic
def ask_for_more(case_id: UUID, items: list[dict[str, str]], *, by: Actor, seen: int | None = None) -> Case:
    """Tell the applicant once all that is missing (一次性告知, 行政许可法 art. 32(4)).

    `items` are {"kind": "field" | "material", "code", "remark"}. Raises Invalid for an item that the case does not
    have or a remark that says nothing, Conflict for a second notice.
    """
    case = locked(case_id)
    permissions.require("ask_for_more", case, by=by)
    require_seen(case, seen)
    require_free_case(case, "intake", by=by)
    if case.asked_at is not None:
        raise Conflict(
            "case.asked_before",
            "已经告知过一次补正，不能再要求补正",
            remedy="材料齐了就受理；仍不符合的，不予受理并说明理由；确需再次告知的，写明原因，会记入监察",
        )
    _ask(case, "ask_for_more", items, by=by)
    return case


@transaction.atomic
def ask_again(case_id: UUID, items: list[dict[str, str]], *, reason: str, by: Actor, seen: int | None = None) -> Case:
    """Tell the applicant a second time what is missing: only with a recorded reason, and counted as a finding.

    Source: 行政许可法 art. 32(4) allows one notice; standards reference 7.3. Raises as `ask_for_more`.
    """
    reason = checked_reason(reason)
    case = locked(case_id)
    permissions.require("ask_again", case, by=by)
    require_seen(case, seen)
    require_free_case(case, "intake", by=by)
    life.after("ask_again", State(case.state))
    occurrence = str(case.event_count + 1)
    _ask(case, "ask_again", items, by=by, reason=reason)
    find(
        case,
        "second_notice",
        f"{case.organisation_name}再次告知补正，原因：{reason}"[:300],
        occurrence=occurrence,
        at=time.now(),
    )
    case.save(update_fields=["event_count"])
    return case


def _ask(case: Case, verb: str, items: list[dict[str, str]], *, by: Actor, reason: str = "") -> None:
    named = asking.named(plans.read(case.joint_case.plan), case.item_code, items)
    at = time.now()
    case.asked_at, case.asked = at, named
    record(case, verb, by=by, at=at, facts={"items": named, **({"reason": reason} if reason else {})})
    finish_tasks(case, by=by, at=at)
    papers.correction(case, named)
    shadow.sent_back(case)
    tell(
        case,
        f"请补正：{case.name}",
        f"{case.organisation_name}请你补正 {len(named)} 处：{'、'.join(i['name'] for i in named)}。",
    )


@transaction.atomic
def resubmit(
    case_id: UUID, *, values: Mapping[str, str], materials: list[HandedIn], by: Actor, seen: int | None = None
) -> Case:
    """Hand in all that was asked for (补正). Values were checked by the caller. Raises Invalid naming what is open."""
    case = locked(case_id)
    permissions.require_applicant(case.joint_case.applicant_id, by=by)
    require_seen(case, seen)
    life.after("resubmit", State(case.state))  # before anything is written: a second click finds the case moved on
    at = time.now()
    facts = take_corrections(case, values, materials, at=at)
    begin(case, at=at)
    record(case, "resubmit", by=by, at=at, facts=facts)
    return case


def take_corrections(
    case: Case, values: Mapping[str, str], materials: list[HandedIn], *, at: datetime
) -> dict[str, object]:
    """Keep what was handed in on a notice, and return the facts of it. Raises Invalid naming what is still open."""
    handed = {("material", m.type) for m in materials} | {("field", code) for code in values}
    asked = {(row["kind"], row["code"]) for row in case.asked}
    missing = {f"{kind}:{code}": "这一处还没有补" for kind, code in asked - handed}
    if missing:
        raise Invalid("case.incomplete", f"还有 {len(missing)} 处没有补", remedy="全部补齐后一次提交", fields=missing)
    before = {code: case.joint_case.values.get(code, "") for code in values}
    case.joint_case.values = {**case.joint_case.values, **{c: v for c, v in values.items() if ("field", c) in asked}}
    case.joint_case.save(update_fields=["values"])
    add_materials(case, [m for m in materials if ("material", m.type) in asked], at=at)
    return {"values": dict(values), "values_before": before, "materials": [m.type for m in materials]}


def add_materials(case: Case, materials: list[HandedIn], *, at: datetime) -> None:
    """Add newer versions of materials to the joint case; the older ones stay."""
    versions = dict(case.joint_case.materials.order_by("version").values_list("type_code", "version"))
    names = {m["type"]: m["name"] for m in case.joint_case.plan["materials"]}
    db.insert_many(Material, [
        Material(joint_case=case.joint_case, type_code=m.type, name=names[m.type], version=versions.get(m.type, 0) + 1,
                 way=m.way, files=list(m.files), licence_id=UUID(m.licence_id) if m.licence_id else None, text=m.text, at=at)
        for m in materials if m.type in names
    ])  # fmt: skip


@transaction.atomic
def supply(case_id: UUID, materials: list[HandedIn], *, by: Actor) -> Case:
    """Hand in a material that was to follow (容缺后补). Raises Invalid when nothing of it was open."""
    case = locked(case_id)
    permissions.require_applicant(case.joint_case.applicant_id, by=by)
    open_types = {row.type_code for row in still_to_follow(case)}
    wanted = [m for m in materials if m.type in open_types]
    if not wanted:
        raise Invalid("case.nothing_open", "没有要补交的材料")
    at = time.now()
    add_materials(case, wanted, at=at)
    record(case, "supply", by=by, at=at, facts={"materials": [m.type for m in wanted]})
    return case


def still_to_follow(case: Case) -> list[Material]:
    """Return the materials of the case's item that were accepted as to follow (容缺) and have not come yet."""
    if not any(m["defer_days"] for m in plans.of_materials(case.joint_case.plan, case.item_code)):
        return []
    return [row for row in latest_materials(case) if row.way == "defer"]


def latest_materials(case: Case) -> list[Material]:
    """Return the newest version of each material of the case's own item."""
    found = sorted(db.select(Material, joint_case_id=case.joint_case_id), key=lambda row: row.version)
    rows = {row.type_code: row for row in found}
    codes = [m["type"] for m in plans.of_materials(case.joint_case.plan, case.item_code)]
    return [rows[code] for code in codes if code in rows]


@transaction.atomic
def refuse_acceptance(case_id: UUID, *, reason: str, by: Actor, seen: int | None = None, go_to: str = "") -> Case:
    """Refuse to accept (不予受理) with the reason, in writing; `go_to` says which body is competent (不属本机关).

    Source: 行政许可法 art. 32(1)(2). Raises Invalid, NotFound, NotAllowed, Conflict.
    """
    reason = checked_reason(reason)
    if go_to:
        reason = f"{reason}（不属于本机关职权范围，请向{go_to[:60]}申请）"[:LONGEST_REASON]
    case = locked(case_id)
    permissions.require("refuse_acceptance", case, by=by)
    require_seen(case, seen)
    require_free_case(case, "intake", by=by)
    at = time.now()
    case.reason = reason
    record(
        case, "refuse_acceptance", by=by, at=at, facts={"reason": reason, **({"go_to": go_to[:60]} if go_to else {})}
    )
    finish_tasks(case, by=by, at=at)
    if not case.is_tracked_only:
        papers.not_accepted(case, reason)
    shadow.settle(case, granted=False)
    tell(case, f"不予受理：{case.name}", f"{case.organisation_name}没有受理。理由：{reason}")
    ending.settle(case, by=by, at=at)
    return case
