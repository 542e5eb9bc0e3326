"""Read drafts: the plan as it stands, what is filled in and from where, what is left to do."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from tongban.cases.queries import applicant as cases
from tongban.cases.queries import counter
from tongban.cases.rules.plan import Plan, PlannedField
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity import queries as identity
from tongban.licences import queries as licences
from tongban.rules.errors import NotFound
from tongban.themes.models import Draft
from tongban.themes.queries import composing
from tongban.themes.rules import form, guidance, materials
from tongban.themes.rules.materials import Given, Standing


@dataclass(frozen=True)
class Prefill:
    """A value that need not be typed, and where it is from, in Chinese."""

    value: str
    source: str


def visible_to(by: Actor) -> QuerySet[Draft]:
    """Return the actor's open drafts for parties for whom the actor may still act.

    Begun online, continued at the window, and the other way round: at a window these are all drafts of the party
    whom the person present acts for; online one's own, and those that a window began.
    """
    return _of(by).filter(joint_case=None)


def _of(by: Actor) -> QuerySet[Draft]:
    rows = Draft.objects.select_related("applicant", "joint_case")
    if by.presence_id is not None:
        return rows.filter(applicant_id=by.party_id)
    own = Q(owner_id=by.account_id) | Q(owner__kind="staff")
    return rows.filter(own, applicant_id__in=identity.parties(by=by))


def drafts(*, by: Actor) -> list[Draft]:
    """Return the actor's drafts, the last changed first."""
    return list(visible_to(by).order_by("-updated_at"))


def draft(draft_id: UUID, *, by: Actor) -> Draft:
    """Return an own draft, also one that was submitted. Raises NotFound."""
    row = _of(by).filter(pk=draft_id).first()
    if row is None:
        raise NotFound("themes.no_draft", "没有找到这份草稿，可能已经删除", remedy="从“我的空间”里继续，或重新开始")
    return row


def plan_of(row: Draft) -> Plan:
    """Return the plan of a draft under the catalogue in force."""
    if row.theme_code:
        return composing.compose_theme(row.pack, row.theme_code, row.answers)
    return composing.compose_item(row.pack, row.item_code)


def answered(row: Draft) -> dict[str, str]:
    """Return the facts that guidance gave."""
    if not row.theme_code:
        return {}
    return dict(guidance.facts_of_answers(composing.theme(row.pack, row.theme_code), row.answers))


def prefills(plan: Plan, *, applicant_id: UUID, by: Actor) -> dict[str, Prefill]:
    """Return what is already known about the fields of a plan (国务院令第716号 art. 7: 能共享的不重复提交)."""
    person = identity.person_of(by)
    party = identity.party(applicant_id)
    whose = "登记信息" if by.presence_id else "你的注册信息"
    held = licences.usable(applicant_id, on=time.today())
    found: dict[str, Prefill] = {}
    for planned in plan.fields:
        source, _, rest = planned.prefill.partition(".") if "." in planned.prefill else planned.prefill.partition(":")
        value = ""
        words = ""
        if source == "person" and person is not None:
            value, words = str(getattr(person, rest)), f"来自{whose}" + ("" if person.verified_at else "（未核验）")
        elif source == "party" and party.kind == "firm":
            value, words = str(getattr(party, rest)), "来自单位登记信息" + ("" if party.verified_at else "（未核验）")
        elif source == "licence":
            kind, _, key = rest.partition(":")
            if kind in held:
                value = next((line["value"] for line in held[kind].face if line["key"] == key), "")
                words = f"来自{held[kind].name}，{held[kind].issued_on}"
        if value:
            found[planned.element] = Prefill(value, words)
    return found if by.presence_id is None else _earlier(plan, applicant_id) | found


def _earlier(plan: Plan, applicant_id: UUID) -> dict[str, Prefill]:
    """Return what the party filled in last time and what still fits the plan: the clerk reads it out, the party nods."""
    found = {}
    before = counter.earlier_values(applicant_id)
    for planned in plan.fields:
        if planned.element in before and planned.required and planned.answered is None:
            value, on = before[planned.element]
            _, problem = form.clean(planned, value, on=time.today(), demonstration=settings.DEMONSTRATION)
            if problem is None:
                found[planned.element] = Prefill(value, f"上次办件，{on}")
    return found


def standings(row: Draft, plan: Plan, *, at_window: bool = False) -> list[Standing]:
    """Return where each material of a draft stands."""
    given = {
        code: Given(
            m.get("way", ""), tuple(f["id"] for f in m.get("files", []) if not f.get("problem")), m.get("text", "")
        )
        for code, m in row.materials.items()
    }
    held = {kind: str(licence.pk) for kind, licence in licences.usable(row.applicant_id, on=time.today()).items()}
    facts = form.facts(plan, row.values, answered(row))
    earlier = cases.earlier_files(row.applicant_id)
    may_promise = cases.may_promise(row.applicant_id)
    return materials.standings(
        plan, given, licences=held, earlier=earlier, facts=facts, at_window=at_window, may_promise=may_promise
    )


def sections(row: Draft, plan: Plan) -> list[tuple[str, str, list[PlannedField]]]:
    """Return (code, name, fields still asked) of each section; what guidance answered is never asked again."""
    facts = form.facts(plan, row.values, answered(row))
    grouped: dict[str, tuple[str, list[PlannedField]]] = {}
    for planned in plan.fields:
        if planned.answered is None and planned.applies(facts):
            grouped.setdefault(planned.section, (planned.section_name, []))[1].append(planned)
    return [(code, name, fields) for code, (name, fields) in grouped.items()]


def problems(row: Draft, plan: Plan) -> dict[str, str]:
    """Return what is wrong with the form as a whole, by element."""
    _, found = form.check(
        plan, row.values, answered=answered(row), on=time.today(), demonstration=settings.DEMONSTRATION
    )
    return found | {element: fault[1] for element, fault in row.faults.items()}


def is_guided(row: Draft) -> bool:
    """Return whether all guidance questions that apply are answered."""
    if not row.theme_code:
        return True
    return guidance.next_question(composing.theme(row.pack, row.theme_code), row.answers) is None
