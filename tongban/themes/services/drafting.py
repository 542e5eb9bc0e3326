"""Drafts: an application on its way, saved at every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tongban.attachments import services as files
from tongban.audit import services as audit
from tongban.cases.rules.plan import Plan, PlannedField
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity import queries as identity
from tongban.orgs import queries as orgs
from tongban.rules import masking
from tongban.rules.errors import Conflict, DomainError, Invalid, NotFound, TooLarge
from tongban.themes.models import Draft
from tongban.themes.queries import composing, drafts
from tongban.themes.rules import form, guidance

KEPT = timedelta(days=90)
MOST_FILES = 10
DELIVERIES = {"electronic": "只要电子证照和电子文书", "pickup": "到大厅领纸质的", "mail": "把纸质的寄给我"}


@transaction.atomic
def start(
    pack: str, *, by: Actor, theme: str = "", item: str = "", answers: Mapping[str, str] | None = None,
    party_id: UUID | None = None,
) -> Draft:  # fmt: skip
    """Start a draft for a party for whom the actor may act; what is known is filled in. Raises NotFound, Invalid."""
    orgs.require_presence(by)
    acting = identity.acting_for(party_id or _own_party(by), by=by)
    assert acting.party_id is not None
    checked = guidance.checked(composing.theme(pack, theme), answers or {}) if theme else {}
    at = time.now()
    draft = Draft(pack=pack, theme_code=theme, item_code=item, owner_id=by.account, applicant_id=acting.party_id,
                  mandate_id=acting.mandate_id, answers=checked, created_at=at, updated_at=at)  # fmt: skip
    plan = drafts.plan_of(draft)
    if item:
        catalogue.require_open(catalogue.item(pack, item).spec, on=time.day_of(at))
    draft.title = plan.title
    _prefill(draft, by)
    draft.save(force_insert=True)
    audit.record("themes.draft", "draft", draft.pk, by=acting)
    return draft


def _own_party(by: Actor) -> UUID:
    if by.person_id is None:
        raise Invalid("themes.no_person", "这个账号不能申办", remedy="请用个人账号登录后申办")
    return by.person_id


def _prefill(draft: Draft, by: Actor) -> None:
    known = drafts.prefills(drafts.plan_of(draft), applicant_id=draft.applicant_id, by=by)
    draft.values = {**{element: found.value for element, found in known.items()}, **draft.values}


@transaction.atomic
def answer(draft_id: UUID, answers: Mapping[str, str], *, by: Actor) -> Draft:
    """Replace the guidance answers; what was filled in stays. Raises NotFound, Invalid, Conflict."""
    draft = _open(draft_id, by)
    draft.answers = guidance.checked(composing.theme(draft.pack, draft.theme_code), answers)
    _prefill(draft, by)
    _touch(draft)
    return draft


def _open(draft_id: UUID, by: Actor) -> Draft:
    Draft.objects.select_for_update(of=("self",)).filter(pk=draft_id).first()
    draft = drafts.draft(draft_id, by=by)
    if draft.joint_case_id is not None:
        raise Conflict("themes.submitted", "这份申请已经提交，不能再改", remedy="在办件进度里看，或撤回后重新申请")
    return draft


def _touch(draft: Draft) -> None:
    draft.updated_at = time.now()
    draft.save()


def _finish(draft: Draft, part: str) -> None:
    if part not in draft.done:
        draft.done = [*draft.done, part]


@transaction.atomic
def save_section(draft_id: UUID, section: str, raw: Mapping[str, str], *, by: Actor) -> dict[str, str]:
    """Keep what was typed in a section; return what is wrong, by element. Wrong input is kept as typed."""
    draft = _open(draft_id, by)
    plan = drafts.plan_of(draft)
    problems = _take(draft, plan, [f for f in plan.fields if f.section == section and f.answered is None], raw)
    if not problems:
        _finish(draft, f"section:{section}")
    _touch(draft)
    return problems


def _take(draft: Draft, plan: Plan, fields: Sequence[PlannedField], raw: Mapping[str, str]) -> dict[str, str]:
    """Take what was typed for some fields into the draft; return what is wrong, by element."""
    typed = {f.element: raw[f.element] for f in fields if f.element in raw}
    known = form.facts(plan, {**draft.values, **typed}, drafts.answered(draft))
    problems: dict[str, str] = {}
    for planned in fields:
        if planned.element not in typed or not planned.applies(known):
            draft.faults.pop(planned.element, None)
            continue
        value, problem = form.clean(
            planned, typed[planned.element], on=time.today(), demonstration=settings.DEMONSTRATION
        )
        draft.faults.pop(planned.element, None)
        draft.values.pop(planned.element, None)
        if problem:
            problems[planned.element] = problem
            draft.faults[planned.element] = [typed[planned.element], problem]
        elif value:
            draft.values[planned.element] = value
    return problems


@dataclass(frozen=True)
class Sheet:
    """A whole application as one screen sends it: guidance answers, typed fields, ways of materials, delivery."""

    answers: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    ways: Mapping[str, str] = field(default_factory=dict)
    delivery: str = ""
    address: str = ""


@transaction.atomic
def save_sheet(draft_id: UUID, sheet: Sheet, *, by: Actor) -> dict[str, str]:
    """Keep a whole sheet (收件登记); return what is wrong by element. Wrong input is kept as typed.

    A promise chosen at the window counts as agreed: the paper is signed there. Raises NotFound, Invalid, Conflict.
    """
    draft = _open(draft_id, by)
    if draft.theme_code:
        answers = guidance.checked(composing.theme(draft.pack, draft.theme_code), sheet.answers)
        if answers != draft.answers:
            draft.answers = answers
            _prefill(draft, by)
    plan = drafts.plan_of(draft)
    problems = _take(draft, plan, [f for f in plan.fields if f.answered is None], sheet.typed)
    # What is still blank is no fault while the clerk goes on; the submission names it.
    draft.faults = {element: fault for element, fault in draft.faults.items() if fault[0].strip()}
    for code, way in sheet.ways.items():
        text = "agreed" if way == "commit" else ""
        draft.materials[code] = {**draft.materials.get(code, {}), "way": way, "text": text}
    if sheet.delivery in DELIVERIES:
        address = masking.normal(sheet.address)[:200] if sheet.delivery == "mail" else ""
        draft.delivery = {"way": sheet.delivery, "address": address}
        if sheet.delivery == "mail" and len(address) < 6:
            problems["address"] = "请填写收件人、电话和详细地址"
    _touch(draft)
    return problems


@transaction.atomic
def choose_way(draft_id: UUID, choices: Mapping[str, tuple[str, str]], *, by: Actor) -> Draft:
    """Keep by which way each material is handed in: type -> (way, "agreed" where a promise was agreed to)."""
    draft = _open(draft_id, by)
    for code, (way, text) in choices.items():
        if way:
            draft.materials[code] = {**draft.materials.get(code, {}), "way": way, "text": text}
    _touch(draft)
    return draft


def add_file(draft_id: UUID, code: str, upload: files.Upload, *, by: Actor) -> Draft:
    """Check and keep one uploaded file of a material. A refused file is listed with its problem. Raises NotFound.

    The file is checked before the transaction begins: parsing must not hold the database.
    """
    draft = drafts.draft(draft_id, by=by)
    if code not in {material.type for material in drafts.plan_of(draft).materials}:
        raise NotFound("themes.no_material", "这次申请不要这份材料", remedy="返回材料页")
    try:
        _check_room(draft, code, upload.size or 0)
        stored = files.store(upload, by=by)
        row: dict[str, Any] = {
            "id": str(stored.pk),
            "name": stored.name,
            "size": stored.size_bytes,
            "pages": stored.pages,
        }
    except DomainError as refusal:
        row = {"id": "", "name": (upload.name or "")[:100], "problem": f"{refusal.message}。{refusal.remedy}"}
    with transaction.atomic():
        draft = _open(draft_id, by)
        entry = draft.materials.setdefault(code, {})
        entry["files"] = [*[f for f in entry.get("files", []) if not f.get("problem")], row]
        entry["way"] = "upload"
        _touch(draft)
    return draft


def _check_room(draft: Draft, code: str, size: int) -> None:
    everything = [f for entry in draft.materials.values() for f in entry.get("files", []) if not f.get("problem")]
    here = [f for f in draft.materials.get(code, {}).get("files", []) if not f.get("problem")]
    if len(here) >= MOST_FILES:
        raise TooLarge("themes.files", f"每份材料最多 {MOST_FILES} 个文件", remedy="请合成一个 PDF，或先删掉不要的")
    if sum(f["size"] for f in everything) + size > settings.APPLICATION_LIMIT_BYTES:
        raise TooLarge("themes.files", "全部文件合起来超过 200 MB", remedy="请压缩后再上传")


@transaction.atomic
def remove_file(draft_id: UUID, code: str, file_id: str, *, by: Actor) -> Draft:
    """Take a file out of a material; an empty id removes those that were refused."""
    draft = _open(draft_id, by)
    entry = draft.materials.get(code, {})
    entry["files"] = [f for f in entry.get("files", []) if f["id"] != file_id]
    if not entry["files"] and entry.get("way") == "upload":
        entry["way"] = ""
    _touch(draft)
    return draft


@transaction.atomic
def choose_delivery(draft_id: UUID, way: str, *, address: str, by: Actor) -> Draft:
    """Say how results are delivered. Raises Invalid with the fields."""
    draft = _open(draft_id, by)
    address = masking.normal(address)
    problems: dict[str, str] = {}
    if way not in DELIVERIES:
        problems["way"] = "请选择结果怎么给你"
    elif way == "mail" and len(address) < 6:
        problems["address"] = "请填写收件人、电话和详细地址"
    if problems:
        raise Invalid("themes.delivery", f"有 {len(problems)} 处要改", fields=problems)
    draft.delivery = {"way": way, "address": address[:200] if way == "mail" else ""}
    _finish(draft, "delivery")
    _touch(draft)
    return draft


@transaction.atomic
def discard(draft_id: UUID, *, by: Actor) -> None:
    """Delete an own draft."""
    _open(draft_id, by).delete()
    audit.record("themes.draft_discarded", "draft", draft_id, by=by)


def forget_old() -> int:
    """Delete drafts that nobody changed for 90 days; return how many. For the worker."""
    return Draft.objects.filter(joint_case=None, updated_at__lt=time.now() - KEPT).delete()[0]
