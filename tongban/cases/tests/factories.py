"""Make joint cases straight from a plan, and let departments work on them.

Whole applications with answers and forms come from `tongban.themes.tests.factories` (`submit_hotel`, `submit`):
cases may not know of themes.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.apps import apps

from tongban.cases.models import Case, JointCase
from tongban.cases.rules.plan import Plan, PlannedField, PlannedItem, PlannedMaterial, PlannedStep, Schedule
from tongban.cases.services import acceptance, decision, intake
from tongban.cases.services.intake import HandedIn, Submission
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules.item import ItemSpec
from tongban.core import time
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.orgs.tests.factories import at_desk
from tongban.rules.specs import canonical, digest
from tongban.vocabulary import queries as vocabulary

PACK = "honghu"
LICENCE, FIRE, TRADE = "business-licence", "fire-safety-opening-check", "hotel-special-trade-licence"
FOOD, QUERY = "food-business-licence", "signboard-rules-query"
# Who waits for whom: fire and food for the business licence, the trade licence for that and for fire.
HOTEL: Mapping[str, tuple[str, ...]] = {
    LICENCE: (),
    QUERY: (),
    FIRE: (LICENCE,),
    FOOD: (LICENCE,),
    TRADE: (LICENCE, FIRE),
}
DESKS = {LICENCE: "market", FIRE: "fire", TRADE: "police", FOOD: "market", QUERY: "urban-management"}


def plan(
    members: Mapping[str, tuple[str, ...]] = HOTEL, *, limit_days: int = 5, ways: Mapping[str, HandedIn] | None = None
) -> Plan:
    """Return a plan of published items, with one field and the materials that each demands without condition.

    What is handed in later or promised (`ways`) may be: the plan says so, as the items' specs would.
    """
    late = {kind for kind, handed in (ways or {}).items() if handed.way == "defer"}
    promised = {kind: handed.text or "属实" for kind, handed in (ways or {}).items() if handed.way == "commit"}
    specs = {code: catalogue.item(PACK, code) for code in members}
    words, organisations = vocabulary.words(PACK), orgs.organisations(PACK)
    makers = {row.spec.result.licence_type: code for code, row in specs.items() if row.spec.result.licence_type}
    uses: dict[str, list[str]] = {}
    for code, row in specs.items():
        for use in row.spec.materials:
            if not use.when:
                uses.setdefault(use.type, []).append(code)
    materials = tuple(
        PlannedMaterial(type=kind, name=words.materials[kind].name, necessity="required", form="copy", copies=1,
                        items=tuple(codes), licence_type=words.materials[kind].licence_type,
                        defer_days=10 if kind in late else None, commitment=promised.get(kind, ""),
                        provided_by=makers.get(words.materials[kind].licence_type or ""))
        for kind, codes in uses.items()
    )  # fmt: skip
    fields = tuple(
        PlannedField(element=e, name=words.elements[e].name, kind="text", section="s", section_name="部分", required=True,
                     items=tuple(members))
        for e in ("premises-name", "premises-address", "contact-phone")
    )  # fmt: skip
    items = tuple(_item(row.spec, row.version, members[code], materials, limit_days) for code, row in specs.items())
    schedule = Schedule("2026-03-06", limit_days, "2026-03-13", False, (), "5个工作日", limit_days, True, ())
    return Plan("honghu-12", None, "我要开酒店", "police", organisations["police"].name, items, (), fields, materials, (),
                schedule, (), {})  # fmt: skip


def _item(
    spec: ItemSpec, version: int, waits: tuple[str, ...], materials: tuple[PlannedMaterial, ...], limit_days: int
) -> PlannedItem:
    org = orgs.organisations(PACK)[spec.org]
    own = [m for m in materials if spec.code in m.items]
    return PlannedItem(
        code=spec.code, version=version, name=spec.name, type=spec.type, org=spec.org, org_name=org.name,
        implementation_code=f"{org.uscc}4{spec.catalog_code}", tracked_only=spec.tracked_only, limit_days=limit_days,
        alone_days=spec.promised_days, statutory_days=spec.statutory_days, waits_for=waits,
        needs_from=tuple(m.provided_by for m in own if m.provided_by and m.provided_by != spec.code), starts_after_days=0,
        ends_after_days=limit_days, due_on="2026-03-13", provisional=False, is_critical=False, outside_limit=False,
        steps=tuple(PlannedStep(s.code, s.name, s.role, s.days, spec.waits(s.code), s.on_site) for s in spec.steps),
        fields=("premises-name", "premises-address", "contact-phone"), materials=tuple(m.type for m in own), visits=0,
        fee=spec.fee.standard if spec.fee else "",
        result_kind=spec.result.kind, result_name=spec.result.name, licence_type=spec.result.licence_type, basis=("《法》第一条",),
    )  # fmt: skip


VALUES = {"premises-name": "湖岸", "premises-address": "新堤街道示例路 1 号", "contact-phone": "13900001234"}


def open_hotel(
    by: Actor, *, members: Mapping[str, tuple[str, ...]] = HOTEL, ways: Mapping[str, HandedIn] | None = None
) -> JointCase:
    """Open a joint case of the hotel: all materials at the counter, but for those in `ways` and those of members."""
    planned = plan(members, ways=ways)
    handed = [
        (ways or {}).get(m.type, HandedIn(m.type, "member" if m.provided_by else "counter")) for m in planned.materials
    ]
    return intake.open(planned, Submission(PACK, VALUES, tuple(handed), {"way": "electronic"}), by=by)


def case_of(joint: JointCase, item_code: str) -> Case:
    """Return a member as it stands now."""
    return Case.objects.get(joint_case=joint, item_code=item_code)


def head_of(item_code: str) -> Actor:
    """Return a new head of the department that does an item: holds every role there."""
    return at_desk(DESKS[item_code])


def grant(joint: JointCase, *item_codes: str) -> None:
    """Let the heads accept and grant members, one after the other."""
    for code in item_codes:
        case, by = case_of(joint, code), head_of(code)
        acceptance.accept(case.pk, by=by)
        decision.grant(case.pk, by=by)


def vary(item_code: str, **changes: object) -> None:
    """Publish a version of an item that differs in some of its spec. The test uses `own_caches`."""
    row = catalogue.item(PACK, item_code)
    spec = ItemSpec.model_validate({**row.spec.model_dump(mode="json"), **changes})
    apps.get_model("catalogue", "ItemVersion").objects.create(
        pack=PACK, code=item_code, version=row.version + 1, file=row.file, position=row.position, body=canonical(spec),
        digest=digest(spec), effective_from=time.now(),
    )  # fmt: skip
