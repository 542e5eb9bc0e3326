"""What a window sees of cases: the matters of the person present, what an application still lacks, what was typed before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tongban.cases import permissions
from tongban.cases.models import Case, JointCase, Material
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import OPEN, State
from tongban.cases.rules.plan import PlannedMaterial
from tongban.core import db, time
from tongban.rules import numbers

MOST_EARLIER = 10
MOST_FOUND = 50


def case(case_id: UUID) -> Case:
    """Return a case for services of other apps; who may act on it is answered there. Raises NotFound."""
    row = Case.objects.select_related("joint_case").filter(pk=case_id).first()
    if row is None:
        raise permissions.hidden()
    return row


def cases_of(joint_id: UUID) -> list[Case]:
    """Return the cases of a joint case in the order of its plan, for services of other apps."""
    return list(Case.objects.select_related("joint_case").filter(joint_case_id=joint_id).order_by("position"))


def joint(joint_id: UUID) -> JointCase:
    """Return a joint case for services of other apps. Raises NotFound."""
    row = JointCase.objects.select_related("applicant", "agent").filter(pk=joint_id).first()
    if row is None:
        raise permissions.hidden()
    return row


def joint_with(number: str) -> JointCase | None:
    """Return the joint case of a joint number or of one of its case numbers, for services of other apps."""
    rows = JointCase.objects.select_related("applicant", "agent")
    if numbers.is_joint_number(number):
        return rows.filter(number=number).first()
    return rows.filter(cases__number=number).first()


def of_party(party_id: UUID, *, most: int = 20) -> list[JointCase]:
    """Return the joint cases of a party with their cases, the open ones first, newest first. Two queries."""
    rows = JointCase.objects.filter(applicant_id=party_id).defer("values").order_by("-submitted_at")
    found = list(rows.prefetch_related("cases")[:most])
    return sorted(found, key=lambda row: row.closed_at is not None)


def of_code(code: str) -> list[JointCase]:
    """Return the joint cases of the party with an identity number or credit code, newest first."""
    rows = JointCase.objects.select_related("applicant").filter(applicant__code=code).order_by("-submitted_at")
    return list(rows[:MOST_FOUND]) if code else []


def open_count(party_id: UUID) -> int:
    """Return how many cases of a party run."""
    return Case.objects.filter(joint_case__applicant_id=party_id, state__in=[s.value for s in OPEN]).count()


def lacking(row: Case) -> list[PlannedMaterial]:
    """Return the materials that the case's item demands and nobody has handed in, brought or promised."""
    plan = plans.read(row.joint_case.plan)
    facts = plan.answers | row.joint_case.values
    handed = set(row.joint_case.materials.values_list("type_code", flat=True))
    wanted = plan.item_of(row.item_code).materials
    return [
        m for m in plan.materials
        if m.type in wanted and m.type not in handed and m.necessity != "optional" and not m.is_free and m.applies(facts)
    ]  # fmt: skip


def earlier_values(party_id: UUID) -> dict[str, tuple[str, date]]:
    """Return what a party filled in before, the latest of each element, with the day of that application."""
    rows = JointCase.objects.filter(applicant_id=party_id).order_by("-submitted_at")
    found: dict[str, tuple[str, date]] = {}
    for values, at in reversed(list(rows.values_list("values", "submitted_at")[:MOST_EARLIER])):
        found |= {element: (value, time.day_of(at)) for element, value in values.items() if value}
    return found


@dataclass(frozen=True)
class PaperAt:
    """A paper that was brought to a window: how many copies, and the cases that use it in the order of the plan."""

    material: Material
    copies: int
    users: tuple[Case, ...]


def papers_at(joint_ids: Iterable[UUID]) -> list[PaperAt]:
    """Return the papers that were brought to a window for some joint cases, the newest of each kind. Three queries."""
    joints = {row.pk: row for row in JointCase.objects.filter(pk__in=list(joint_ids)).defer("values")}
    cases: dict[UUID, list[Case]] = {pk: [] for pk in joints}
    for row in Case.objects.filter(joint_case_id__in=joints).order_by("position"):
        row.joint_case = joints[row.joint_case_id]
        cases[row.joint_case_id].append(row)
    newest: dict[tuple[UUID, str], Material] = {}
    for material in Material.objects.filter(joint_case_id__in=joints).order_by("version"):
        newest[material.joint_case_id, material.type_code] = material
    found = []
    for (joint_id, code), material in newest.items():
        if material.way != "counter":
            continue
        plan = joints[joint_id].plan
        users = {item["code"] for item in plan["items"] if code in item["materials"]}
        copies = next((int(m["copies"]) for m in plan["materials"] if m["type"] == code), 1)
        found.append(PaperAt(material, max(1, copies), tuple(c for c in cases[joint_id] if c.item_code in users)))
    return found


# What a decision leaves to be handed out on paper.
HANDED_OUT = (State.GRANTED, State.REFUSED)


def delivery_way(joint_id: UUID) -> str:
    """Return how the applicant of a joint case wants results: electronic, pickup or mail; "" when there is none."""
    kept = db.select_values(JointCase, "delivery", id=joint_id)
    return str(kept[0][0].get("way", "")) if kept else ""


def decided(joint_id: UUID) -> list[Case]:
    """Return the decided cases of a joint case whose result the applicant wants on paper at the hall (到大厅领取)."""
    if delivery_way(joint_id) != "pickup":
        return []
    rows = Case.objects.select_related("joint_case").filter(
        joint_case_id=joint_id, is_tracked_only=False,
        state__in=[s.value for s in HANDED_OUT],
    )  # fmt: skip
    return list(rows.order_by("position"))
