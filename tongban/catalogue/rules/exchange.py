"""An implementation list (实施清单) as other systems read it: every element under the field name of the exchange tables.

Codes are those of GB/T 39046—2020. What an item leaves to its body or its place (telephone, address, hours) is filled in.
Source: standards reference 1.2, 1.3, 1.4.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel

from tongban.catalogue.rules.item import ItemSpec
from tongban.catalogue.rules.parts import MaterialUse
from tongban.orgs.rules import OrganisationSpec, PlaceSpec, level_of
from tongban.vocabulary.rules import MaterialType

# 服务对象: our two kinds of applicant as codes of the standard.
SERVER_TYPES = {"person": ("1",), "firm": ("2", "3", "4", "6")}
IN_USE, PAUSED, CANCELLED = "1", "2", "3"  # 事项状态
TASK_STATES = {IN_USE: "在用", PAUSED: "暂停", CANCELLED: "取消"}
WORKDAY = "工作日"


class Law(BaseModel):
    """A legal basis (设定依据)."""

    law: str
    article: str


class HandleItem(BaseModel):
    """A granule (业务办理项) with its code of 33 digits."""

    task_handle_item: str
    name: str


class FlowStep(BaseModel):
    """A step (环节); `days` are working days, `after` the steps it waits for."""

    code: str
    name: str
    days: int
    after: list[str]
    on_site: bool


class Procedure(BaseModel):
    """A special procedure (特别程序); `days` are working days at most, not counted into the limit."""

    name: str
    days: int
    basis: Law


class FeeRow(BaseModel):
    """A fee (收费); an amount that depends on the single case is null. `when`: before_acceptance, before_decision, before_result."""

    standard: str
    basis: str
    amount_yuan: float | None
    when: str
    refund: str


class Named(BaseModel):
    """A service of a third party (中介服务) with its basis."""

    name: str
    basis: Law


class MaterialRow(BaseModel):
    """A material (申请材料). `necessity`: required, optional, deferrable; `source`: applicant, government, other."""

    code: str
    name: str
    issuer: str
    source: str
    form: str
    copies: int
    necessity: str
    defer_days: int | None
    is_commitment: bool
    commitment: str
    licence_type: str | None
    is_checked_by_department: bool
    is_conditional: bool
    accept_rule: str
    note: str
    sample: str
    basis: Law | None


class Asked(BaseModel):
    """A frequent question."""

    question: str
    answer: str


class Elements(BaseModel):
    """All elements of an implementation list. Limits are working days; what is not set is null or empty."""

    row_guid: str
    code: str
    task_name: str
    aliases: list[str]
    summary: str
    catalog_code: str
    local_catalog_code: list[str]
    task_code: str
    local_task_code: list[str]
    task_handle_items: list[HandleItem]
    task_type: str
    by_law: list[Law]
    power_source: str
    use_level: str
    dept_type: str
    dept_name: str
    dept_code: str
    entrust_name: str
    central_dept: str
    task_state: str
    task_version: int
    anticipate_day: int | None
    anticipate_day_type: str
    anticipate_explain: str
    promise_day: int
    promise_day_type: str
    project_type: str
    accept_condition: list[str]
    handle_flow: list[FlowStep]
    special_procedure: list[Procedure]
    is_fee: bool
    fee: FeeRow | None
    server_type: list[str]
    handle_type: list[str]
    limit_scene_num: int
    limit_scene_explain: str
    link_way: str
    supervise_way: str
    transact_addr: str
    transact_time: str
    traffic_guide: str
    plan_effective_date: date | None
    plan_cancel_date: date | None
    right_and_duty: str
    is_entry_center: bool
    handle_area: str
    other_dept: list[str]
    service_type: list[Named]
    limit_explain: str
    result_type: str
    result_name: str
    result_sample: str
    result_licence_type: str | None
    is_pay_online: bool
    is_express: bool
    is_service_terminals: bool
    stations: list[str]
    user_topic_type: list[str]
    corp_topic_type: list[str]
    is_online: bool
    online_handle_depth: list[str]
    online_grade: int
    is_inform_promise: bool
    materials: list[MaterialRow]
    faq: list[Asked]
    keywords: list[str]
    is_prepared: bool
    is_tracked_only: bool
    note: str
    published_at: datetime


@dataclass(frozen=True)
class Around:
    """What an item is written out with: its body, its place, the words of materials, the day."""

    organisation: OrganisationSpec
    place: PlaceSpec
    materials: Mapping[str, MaterialType]
    on: date


def task_code(item: ItemSpec, organisation: OrganisationSpec) -> str:
    """Return the implementation code (实施编码): 18 of the body's credit code, 1 of the level, 12 of the basic code."""
    return f"{organisation.uscc}{level(item, organisation)}{item.catalog_code}"


def level(item: ItemSpec, organisation: OrganisationSpec) -> str:
    """Return the level at which the power is exercised (行使层级): the item's own, else that of the body's region."""
    return item.level or level_of(organisation.region)


def task_state(item: ItemSpec, on: date, *, is_retired: bool = False) -> str:
    """Return the state (事项状态) on a day: in use only where it can be applied for."""
    if is_retired or (item.until_on is not None and on >= item.until_on):
        return CANCELLED
    return PAUSED if item.closed_words(on) else IN_USE


def elements(
    item: ItemSpec, around: Around, *, version: int, published_at: datetime, is_retired: bool = False
) -> Elements:
    """Return all elements of one version of an item."""
    organisation, code = around.organisation, task_code(item, around.organisation)
    return Elements(
        row_guid=uuid.uuid5(uuid.NAMESPACE_URL, f"tongban:{around.place.code}:{item.code}").hex,
        code=item.code, task_name=item.name, aliases=list(item.aliases), summary=item.summary, catalog_code=item.catalog_code,
        local_catalog_code=[old for old in item.old_codes if len(old) == 10], task_code=code,
        local_task_code=[old for old in item.old_codes if len(old) == 24],
        task_handle_items=[HandleItem(task_handle_item=code + row.code, name=row.name) for row in item.variants],
        task_type=item.type, by_law=[Law(law=row.law, article=row.article) for row in item.basis], power_source=item.power_source,
        use_level=level(item, organisation), dept_type=item.body, dept_name=organisation.full_name, dept_code=organisation.uscc,
        entrust_name=item.entrusted_by, central_dept=item.guided_by,
        task_state=task_state(item, around.on, is_retired=is_retired), task_version=version,
        anticipate_day=item.statutory_days, anticipate_day_type=WORKDAY, anticipate_explain=_anticipate(item),
        promise_day=item.promised_days, promise_day_type=WORKDAY, project_type="1" if item.is_on_the_spot else "2",
        accept_condition=list(item.conditions), handle_flow=_flow(item), special_procedure=_procedures(item),
        is_fee=item.fee is not None, fee=_fee(item), server_type=[each for who in item.audience for each in SERVER_TYPES[who]],
        handle_type=list(item.ways), limit_scene_num=item.visits, limit_scene_explain=item.visit_reason,
        link_way=item.phone or organisation.phone, supervise_way=item.supervision_phone or around.place.phone,
        transact_addr=item.address or organisation.address, transact_time=item.hours or around.place.hours, traffic_guide=item.traffic,
        plan_effective_date=item.from_on, plan_cancel_date=item.until_on, right_and_duty=item.rights, is_entry_center=item.in_hall,
        handle_area=item.reach, other_dept=list(item.joint_with),
        service_type=[Named(name=row.name, basis=Law(law=row.basis.law, article=row.basis.article)) for row in item.intermediaries],
        limit_explain=item.limit_note, result_type=item.result.kind, result_name=item.result.name, result_sample=item.result.sample,
        result_licence_type=item.result.licence_type, is_pay_online=item.pay_online, is_express="4" in item.ways,
        is_service_terminals=item.kiosk, stations=list(item.stations), user_topic_type=list(item.person_topics),
        corp_topic_type=list(item.firm_topics), is_online=item.is_online, online_handle_depth=list(item.online),
        online_grade=item.reached_depth, is_inform_promise=any(use.commitment for use in item.materials),
        materials=[_material(use, around.materials.get(use.type)) for use in item.materials],
        faq=[Asked(question=row.ask, answer=row.answer) for row in item.faq], keywords=list(item.keywords),
        is_prepared=item.prepared, is_tracked_only=item.tracked_only, note=item.note, published_at=published_at,
    )  # fmt: skip


def _anticipate(item: ItemSpec) -> str:
    return item.long_limit or ("" if item.statutory_days is not None else "法律没有规定办理时限")


def _flow(item: ItemSpec) -> list[FlowStep]:
    return [
        FlowStep(code=step.code, name=step.name, days=step.days, after=list(item.waits(step.code)), on_site=step.on_site)
        for step in item.steps
    ]  # fmt: skip


def _procedures(item: ItemSpec) -> list[Procedure]:
    special = {use.kind for use in item.special}
    rows = {kind: row for kind, row in item.procedures().items() if kind in special or kind == "hearing"}
    return [
        Procedure(name=name, days=days, basis=Law(law=basis.law, article=basis.article))
        for name, days, basis in rows.values()
    ]


def _fee(item: ItemSpec) -> FeeRow | None:
    if item.fee is None:
        return None
    amount = item.fee.amount_fen
    return FeeRow(
        standard=item.fee.standard, basis=item.fee.basis, amount_yuan=None if amount is None else amount / 100, when=item.fee.when,
        refund=item.fee.refund,
    )  # fmt: skip


def _material(use: MaterialUse, kind: MaterialType | None) -> MaterialRow:
    return MaterialRow(
        code=use.type, name=kind.name if kind else use.type, issuer=kind.issuer if kind else "", source=use.source, form=use.form,
        copies=use.copies, necessity=use.necessity, defer_days=use.defer_days, is_commitment=bool(use.commitment),
        commitment=use.commitment, licence_type=kind.licence_type if kind else None,
        is_checked_by_department=kind.by_check if kind else False, is_conditional=use.when is not None,
        accept_rule=use.accept_rule, note=use.note, sample=kind.sample if kind else "",
        basis=Law(law=use.basis.law, article=use.basis.article) if use.basis else None,
    )  # fmt: skip
