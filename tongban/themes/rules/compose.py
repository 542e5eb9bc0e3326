"""The composer: from items, answers and a calendar to one form, one set of materials, one schedule.

Pure and deterministic: the same input gives the same plan in every channel. Source: architecture 2.3; 国发〔2024〕3号.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tongban.cases.rules.plan import (
    Option,
    Plan,
    PlannedField,
    PlannedItem,
    PlannedMaterial,
    PlannedStep,
    Saving,
    Schedule,
)
from tongban.catalogue.rules.item import ItemSpec
from tongban.catalogue.rules.parts import FieldUse, MaterialUse
from tongban.orgs.rules import OrganisationSpec
from tongban.rules import clock, numbers
from tongban.rules.clock import WorkingCalendar
from tongban.rules.conditions import Facts, When, alternatives, holds
from tongban.themes.rules.guidance import facts_of_answers
from tongban.themes.rules.spec import Limit, Member, ThemeSpec
from tongban.vocabulary.rules import Element, MaterialType, Section

COUNTY_LEVEL = "4"  # 行使层级, GB/T 39046—2020
_NECESSITY = ("optional", "deferrable", "required")  # from mild to strict
_FORM = ("electronic", "copy", "original")


@dataclass(frozen=True)
class Catalogue:
    """All that the composer reads: items with version numbers, words, organisations."""

    items: Mapping[str, ItemSpec]
    versions: Mapping[str, int]
    sections: Mapping[str, Section]
    elements: Mapping[str, Element]
    materials: Mapping[str, MaterialType]
    organisations: Mapping[str, OrganisationSpec]


@dataclass(frozen=True)
class Bundle:
    """What is composed: a theme, or a single item as a theme of one."""

    theme: str | None
    item: str | None
    title: str
    lead: str
    limit: Limit
    visits: int
    members: tuple[Member, ...]


def of_theme(theme: ThemeSpec) -> Bundle:
    """Return the bundle of a theme."""
    return Bundle(theme.code, None, theme.name, theme.lead, theme.limit, theme.visits, theme.members)


def of_item(item: ItemSpec) -> Bundle:
    """Return the bundle of a single item: its own promised limit counts."""
    days = item.promised_days
    limit = Limit(text=f"{days} 个工作日", days=days) if days else Limit(text="即时办结", immediate=True)
    member = Member(item=item.code, name=item.name, limit_days=days)
    return Bundle(None, item.code, item.name, item.org, limit, item.visits, (member,))


def compose(
    bundle: Bundle, catalogue: Catalogue, *, answers: dict[str, str] | None, theme: ThemeSpec | None = None,
    start_on: date, calendar: WorkingCalendar,
) -> Plan:  # fmt: skip
    """Return the plan. `answers` None skips guidance: every member, whatever the questions.

    `answers` must have been checked by `guidance.checked`. A member or field whose condition asks something not
    answered yet stays in. `start_on` is the day of acceptance, which is not counted.
    """
    facts: Facts = {} if answers is None or theme is None else facts_of_answers(theme, answers)
    members = [m for m in bundle.members if answers is None or holds(m.when, facts) is not False]
    chosen = [m.item for m in members]
    uses = {m.item: _uses(catalogue.items[m.item], facts) for m in members}
    materials = _merge_materials(chosen, uses, catalogue)
    needs = {code: _needs(code, uses[code][1], materials) for code in chosen}
    waits = {m.item: tuple(w for w in chosen if w in {*m.waits_for, *needs[m.item]}) for m in members}
    ends = _ends(members, waits)
    critical = _critical(ends, waits)
    items = tuple(_item(m, catalogue, uses, waits, needs, ends, critical, start_on, calendar) for m in members)
    fields = _merge_fields(chosen, uses, catalogue, facts)
    schedule = _schedule(bundle, members, ends, critical, facts, catalogue, start_on, calendar)
    return Plan(
        theme=bundle.theme,
        item=bundle.item,
        title=bundle.title,
        lead=bundle.lead,
        lead_name=catalogue.organisations[bundle.lead].name,
        items=items,
        left_out=tuple(m.name for m in bundle.members if m not in members),
        fields=fields,
        materials=materials,
        dependencies=tuple((before, code) for code in chosen for before in waits[code]),
        schedule=schedule,
        savings=_savings(bundle, items, uses, fields, materials, schedule),
        answers=dict(sorted((answers or {}).items())),
    )


Uses = tuple[tuple[FieldUse, ...], tuple[MaterialUse, ...]]


def _uses(item: ItemSpec, facts: Facts) -> Uses:
    """Return the fields and materials of an item that are not excluded by what is known."""
    return (
        tuple(use for use in item.fields if holds(use.when, facts) is not False),
        tuple(use for use in item.materials if holds(use.when, facts) is not False),
    )


def _either(conditions: list[When], facts: Facts) -> When:
    """Return the condition that holds when one of them does; None when one always does or is known to hold."""
    if any(holds(when, facts) is True for when in conditions):
        return None
    found: list[dict[str, list[str]]] = []
    for when in conditions:
        found += [mapping for mapping in alternatives(when) if mapping not in found]
    return found or None


def _merge_fields(
    chosen: list[str], uses: Mapping[str, Uses], catalogue: Catalogue, facts: Facts
) -> tuple[PlannedField, ...]:
    """Return the one form: each data element once, in the order of sections and vocabulary."""
    by_element: dict[str, list[tuple[str, FieldUse]]] = {}
    for code in chosen:
        for use in uses[code][0]:
            by_element.setdefault(use.element, []).append((code, use))
    sections = list(catalogue.sections)
    order = {code: (sections.index(e.section), n) for n, (code, e) in enumerate(catalogue.elements.items())}
    return tuple(
        _field(catalogue.elements[code], by_element[code], catalogue, facts)
        for code in sorted(by_element, key=lambda code: order[code])
    )


def _field(element: Element, used: list[tuple[str, FieldUse]], catalogue: Catalogue, facts: Facts) -> PlannedField:
    hints = list(dict.fromkeys(use.hint for _, use in used if use.hint)) or ([element.hint] if element.hint else [])
    return PlannedField(
        element=element.code,
        name=element.name,
        kind=element.kind,
        section=element.section,
        section_name=catalogue.sections[element.section].name,
        required=any(use.required for _, use in used),
        items=tuple(code for code, _ in used),
        hint="；".join(hints),
        unit=element.unit,
        choices=tuple(Option(choice.value, choice.label, choice.hint) for choice in element.choices),
        max_length=element.max_length,
        min=element.min,
        max=element.max,
        mask=element.mask,
        prefill=element.prefill,
        when=_either([use.when for _, use in used], facts),
        answered=facts.get(element.code),
    )


def _merge_materials(chosen: list[str], uses: Mapping[str, Uses], catalogue: Catalogue) -> tuple[PlannedMaterial, ...]:
    """Return the one set: each material type once, with the strictest necessity, form and number of copies."""
    producers = {
        item.result.licence_type: code for code in chosen if (item := catalogue.items[code]).result.licence_type
    }
    by_type: dict[str, list[tuple[str, MaterialUse]]] = {}
    for code in chosen:
        for use in uses[code][1]:
            by_type.setdefault(use.type, []).append((code, use))
    return tuple(
        _material(catalogue.materials[code], by_type[code], producers)
        for code in catalogue.materials
        if code in by_type
    )


def _material(kind: MaterialType, used: list[tuple[str, MaterialUse]], producers: Mapping[str, str]) -> PlannedMaterial:
    necessity = max((use.necessity for _, use in used), key=_NECESSITY.index)
    producer = producers.get(kind.licence_type) if kind.licence_type else None
    if producer is not None and all(code == producer for code, _ in used):
        producer = None  # An item does not provide its own material (a renewal hands in the old licence).
    promised = all(use.commitment for _, use in used)
    return PlannedMaterial(
        type=kind.code,
        name=kind.name,
        necessity=necessity,
        form=max((use.form for _, use in used), key=_FORM.index),
        copies=max(use.copies for _, use in used),
        items=tuple(code for code, _ in used),
        why=kind.why,
        sample=kind.sample,
        notes=tuple(dict.fromkeys(use.note for _, use in used if use.note)),
        issuer=kind.issuer,
        defer_days=min((use.defer_days or 0 for _, use in used), default=0) if necessity == "deferrable" else None,
        commitment="；".join(dict.fromkeys(use.commitment for _, use in used)) if promised else "",
        licence_type=kind.licence_type,
        by_check=kind.by_check,
        checked_by=kind.checked_by,
        provided_by=producer,
        when=_either([use.when for _, use in used], {}),
    )


def _needs(code: str, used: tuple[MaterialUse, ...], materials: tuple[PlannedMaterial, ...]) -> tuple[str, ...]:
    """Return the members whose licence is a material of this one."""
    types = {use.type for use in used}
    return tuple(
        dict.fromkeys(m.provided_by for m in materials if m.type in types and m.provided_by and m.provided_by != code)
    )


def _ends(members: list[Member], waits: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Return for each member the working day after acceptance on which it is done. Raises ValueError for a circle."""
    limits = {m.item: m.limit_days for m in members}
    ends: dict[str, int] = {}
    while len(ends) < len(limits):
        ready = [code for code in limits if code not in ends and all(before in ends for before in waits[code])]
        if not ready:
            raise ValueError(f"members wait for one another: {sorted(set(limits) - set(ends))}")
        for code in ready:
            ends[code] = max((ends[before] for before in waits[code]), default=0) + limits[code]
    return ends


def _critical(ends: Mapping[str, int], waits: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the longest chain, first member first; of equal ones the first in the theme's order."""
    if not ends:
        return ()
    path = [max(ends, key=lambda code: ends[code])]
    while waits[path[0]]:
        path.insert(0, max(waits[path[0]], key=lambda code: ends[code]))
    return tuple(path)


def _item(
    member: Member, catalogue: Catalogue, uses: Mapping[str, Uses], waits: Mapping[str, tuple[str, ...]],
    needs: Mapping[str, tuple[str, ...]], ends: Mapping[str, int], critical: tuple[str, ...],
    start_on: date, calendar: WorkingCalendar,
) -> PlannedItem:  # fmt: skip
    spec = catalogue.items[member.item]
    org = catalogue.organisations[spec.org]
    due = clock.due(start_on, limit=ends[spec.code], unit="workday", calendar=calendar)
    return PlannedItem(
        code=spec.code,
        version=catalogue.versions[spec.code],
        name=member.name,
        type=spec.type,
        implementation_code=numbers.implementation_code(org.uscc, COUNTY_LEVEL, spec.catalog_code),
        org=spec.org,
        org_name=org.name,
        tracked_only=spec.tracked_only,
        limit_days=member.limit_days,
        alone_days=spec.promised_days,
        statutory_days=spec.statutory_days,
        waits_for=waits[spec.code],
        needs_from=needs[spec.code],
        starts_after_days=ends[spec.code] - member.limit_days,
        ends_after_days=ends[spec.code],
        due_on=due.due_on.isoformat(),
        provisional=due.provisional,
        is_critical=spec.code in critical,
        outside_limit=member.outside_limit,
        steps=tuple(
            PlannedStep(step.code, step.name, step.role, step.days, spec.waits(step.code), step.on_site)
            for step in spec.steps
        ),
        fields=tuple(use.element for use in uses[spec.code][0]),
        materials=tuple(use.type for use in uses[spec.code][1]),
        visits=spec.visits,
        fee=spec.fee.standard if spec.fee else "",
        result_kind=spec.result.kind,
        result_name=spec.result.name,
        licence_type=spec.result.licence_type,
        basis=tuple(f"《{basis.law}》{basis.article}" for basis in spec.basis),
    )


def combined_days(limit: Limit, facts: Facts) -> tuple[int | None, str]:
    """Return the combined limit that counts under these facts, in working days, and its words."""
    for other in limit.conditional:
        if holds(other.when, facts) is True and other.when:
            return other.days, other.label
    return (0 if limit.immediate else limit.days), limit.text


def _schedule(
    bundle: Bundle, members: list[Member], ends: Mapping[str, int], critical: tuple[str, ...], facts: Facts,
    catalogue: Catalogue, start_on: date, calendar: WorkingCalendar,
) -> Schedule:  # fmt: skip
    limit_days, text = combined_days(bundle.limit, facts)
    days = max(ends.values(), default=0)
    due = clock.due(start_on, limit=days, unit="workday", calendar=calendar)
    late = [m for m in members if not m.outside_limit and limit_days is not None and ends[m.item] > limit_days]
    breaks = tuple(
        f"{m.name}要到第 {ends[m.item]} 个工作日才能办好，超过联办时限“{text}”，由{catalogue.organisations[catalogue.items[m.item].org].name}调整"
        for m in late
    )
    return Schedule(start_on.isoformat(), days, due.due_on.isoformat(), due.provisional, critical, bundle.limit.text,
                    limit_days, not late, breaks)  # fmt: skip


def _savings(
    bundle: Bundle, items: tuple[PlannedItem, ...], uses: Mapping[str, Uses], fields: tuple[PlannedField, ...],
    materials: tuple[PlannedMaterial, ...], schedule: Schedule,
) -> tuple[Saving, ...]:  # fmt: skip
    """Compare with doing the items one by one. Five measures, each with its way of counting (standards 1.7)."""
    n = len(items)
    all_steps = [step for item in items for step in item.steps]
    joint = 3 + any(not step.on_site for step in all_steps) + any(step.on_site for step in all_steps)
    apart_steps = 3 * n + len(all_steps)
    return (
        Saving("days", "时间", "个工作日", sum(item.alone_days for item in items), schedule.days,
               "分开办：各事项承诺时限相加；一起办：最长的一条先后链"),
        Saving("materials", "材料", "份", sum(len(uses[item.code][1]) for item in items), len(materials),
               "分开办：各事项材料份数相加；一起办：同一种材料只算一份"),
        Saving("fields", "填表", "个空", sum(len(uses[item.code][0]) for item in items), len(fields),
               "分开办：各事项要填的空相加；一起办：同一内容只填一次"),
        Saving("steps", "环节", "个", apart_steps, min(joint, apart_steps) if n else 0,
               "分开办：每项的收件受理、审查各环节、决定、送达相加；一起办：收件、并联审查、联合核查、决定、送达各算一次"),
        Saving("visits", "跑大厅", "次", max(sum(item.visits for item in items), min(bundle.visits, n)),
               min(bundle.visits, n), "分开办：各事项到现场次数相加；一起办：本主题的到现场次数"),
    )  # fmt: skip
