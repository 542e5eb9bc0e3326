"""From receipt to acceptance: pre-review, accept, ask once for all that is missing, resubmit, refuse to accept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tongban.cases import permissions
from tongban.cases.models import Case, Material
from tongban.cases.queries import timing
from tongban.cases.rules import asking, life
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import State
from tongban.cases.services import ending, papers, review
from tongban.cases.services.intake import HandedIn
from tongban.cases.services.recording import begin, finish_tasks, locked, record, require_free_case, require_seen
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.notices import services as notices
from tongban.rules import masking
from tongban.rules.errors import Conflict, Invalid

LONGEST_REASON = 500


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
    at = time.now()
    case.accepted_at = at
    _set_clock(case, at)
    record(case, "accept", by=by, at=at, facts={"due_on": str(case.due_on), "provisional": case.is_provisional})
    finish_tasks(case, by=by, at=at)
    if not case.is_tracked_only:
        papers.acceptance(case)
    review.open_next(case, by=by, at=at)
    due = f"，{case.due_on:%Y年%-m月%-d日}前办结" if case.due_on else ""
    _tell(case, f"已受理：{case.name}", f"{case.organisation_name}已受理{due}。")
    return case


def _set_clock(case: Case, at: datetime) -> None:
    """Set the promised and the statutory last day, counted from acceptance. Work of outside bodies has no clock here."""
    promised = timing.promise(case, on=time.day_of(at))
    case.due_on, case.is_provisional = promised.due_on, promised.is_provisional
    case.statutory_due_on = promised.statutory_due_on


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
            remedy="材料齐了就受理；仍不符合的，不予受理并说明理由",
        )
    named = asking.named(plans.read(case.joint_case.plan), case.item_code, items)
    at = time.now()
    case.asked_at, case.asked = at, named
    record(case, "ask_for_more", by=by, at=at, facts={"items": named})
    finish_tasks(case, by=by, at=at)
    papers.correction(case, named)
    _tell(
        case,
        f"请补正：{case.name}",
        f"{case.organisation_name}请你补正 {len(named)} 处：{'、'.join(i['name'] for i in named)}。",
    )
    return case


@transaction.atomic
def resubmit(
    case_id: UUID, *, values: Mapping[str, str], materials: list[HandedIn], by: Actor, seen: int | None = None
) -> Case:
    """Hand in all that was asked for (补正). Values were checked by the caller. Raises Invalid naming what is open."""
    case = locked(case_id)
    permissions.require_applicant(case.joint_case.applicant_id, by=by)
    require_seen(case, seen)
    life.after("resubmit", State(case.state))  # before anything is written: a second click finds the case moved on
    handed = {("material", m.type) for m in materials} | {("field", code) for code in values}
    asked = {(row["kind"], row["code"]) for row in case.asked}
    missing = {f"{kind}:{code}": "这一处还没有补" for kind, code in asked - handed}
    if missing:
        raise Invalid("case.incomplete", f"还有 {len(missing)} 处没有补", remedy="全部补齐后一次提交", fields=missing)
    at = time.now()
    before = {code: case.joint_case.values.get(code, "") for code in values}
    case.joint_case.values = {**case.joint_case.values, **{c: v for c, v in values.items() if ("field", c) in asked}}
    case.joint_case.save(update_fields=["values"])
    add_materials(case, [m for m in materials if ("material", m.type) in asked], at=at)
    begin(case, at=at)
    facts = {"values": dict(values), "values_before": before, "materials": [m.type for m in materials]}
    record(case, "resubmit", by=by, at=at, facts=facts)
    return case


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
    open_types = {row.type_code for row in latest_materials(case) if row.way == "defer"}
    wanted = [m for m in materials if m.type in open_types]
    if not wanted:
        raise Invalid("case.nothing_open", "没有要补交的材料")
    at = time.now()
    add_materials(case, wanted, at=at)
    record(case, "supply", by=by, at=at, facts={"materials": [m.type for m in wanted]})
    return case


def latest_materials(case: Case) -> list[Material]:
    """Return the newest version of each material of the case's own item."""
    planned = next(item for item in case.joint_case.plan["items"] if item["code"] == case.item_code)
    rows = {row.type_code: row for row in case.joint_case.materials.order_by("version")}
    return [rows[code] for code in planned["materials"] if code in rows]


@transaction.atomic
def refuse_acceptance(case_id: UUID, *, reason: str, by: Actor, seen: int | None = None) -> Case:
    """Refuse to accept (不予受理) with the reason, in writing. Raises Invalid, NotFound, NotAllowed, Conflict."""
    reason = checked_reason(reason)
    case = locked(case_id)
    permissions.require("refuse_acceptance", case, by=by)
    require_seen(case, seen)
    require_free_case(case, "intake", by=by)
    at = time.now()
    case.reason = reason
    record(case, "refuse_acceptance", by=by, at=at, facts={"reason": reason})
    finish_tasks(case, by=by, at=at)
    if not case.is_tracked_only:
        papers.not_accepted(case, reason)
    _tell(case, f"不予受理：{case.name}", f"{case.organisation_name}没有受理。理由：{reason}")
    ending.settle(case, by=by, at=at)
    return case


def checked_reason(reason: str) -> str:
    """Return a reason that says something. Raises Invalid. Source: 行政许可法 art. 38(2)."""
    reason = reason.strip()
    if not 5 <= len(reason) <= LONGEST_REASON:
        raise Invalid(
            "case.reason", "有 1 处要改", fields={"reason": f"请写明理由，5 至 {LONGEST_REASON} 个字，要说清事实和依据"}
        )
    if masking.has_odd(reason):
        raise Invalid(
            "case.reason", "有 1 处要改", fields={"reason": "里面有表情符号或看不见的特殊字符，请删掉后重新输入"}
        )
    return reason


def _tell(case: Case, title: str, text: str) -> None:
    joint = case.joint_case
    notices.notify([joint.applicant_id, joint.agent_id], title=title, text=text, link=f"/me/cases/{joint.pk}")
