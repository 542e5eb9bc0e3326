"""Visits as desks and applicants see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from tongban.cases.queries import desk
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import WORKING
from tongban.core import time
from tongban.core.actor import Actor
from tongban.rules.errors import NotFound
from tongban.visits.models import Part, Shot, Visit
from tongban.visits.rules import State


def visible_to(by: Actor) -> QuerySet[Visit]:
    """Return the visits in which the actor's organisations take part or which they arranged."""
    seats = list(by.seats)
    return Visit.objects.filter(Q(organisation__in=seats) | Q(parts__organisation__in=seats)).distinct()


def visit(visit_id: UUID, *, by: Actor) -> Visit:
    """Return a visit with its parts and shots. Raises NotFound."""
    rows = visible_to(by).select_related("joint_case").prefetch_related("parts__shots", "parts__case")
    row = rows.filter(pk=visit_id).first()
    if row is None:
        raise NotFound("visits.none", "没有找到这次踏勘，或者它不归你单位", remedy="回到踏勘列表")
    return row


def part(part_id: UUID, *, by: Actor) -> Part:
    """Return the part of the actor's own organisation. Raises NotFound."""
    rows = Part.objects.select_related("visit", "visit__joint_case", "case").prefetch_related("shots")
    row = rows.filter(pk=part_id, organisation__in=list(by.seats)).first()
    if row is None:
        raise NotFound("visits.none", "没有找到这次踏勘，或者它不归你单位", remedy="回到踏勘列表")
    return row


def agenda(*, by: Actor, view: str) -> list[Visit]:
    """Return the visits to come (`planned`, the next first) or the others (`done`, the last first), 200 at most."""
    rows = visible_to(by).select_related("joint_case").prefetch_related("parts")
    if view == "done":
        return list(rows.exclude(state=State.PLANNED.value).order_by("-planned_at")[:200])
    return list(rows.filter(state=State.PLANNED.value).order_by("planned_at")[:200])


def of_joint(joint_id: UUID) -> list[Visit]:
    """Return the visits of a joint case for its page, whoever may see that: the last arranged first."""
    rows = Visit.objects.filter(joint_case_id=joint_id).exclude(state=State.CANCELLED.value)
    return list(rows.prefetch_related("parts").order_by("-planned_at"))


@dataclass(frozen=True)
class Step:
    """An on-site step of a joint case that a visit can serve, and why it cannot, if so."""

    case_id: UUID
    case_name: str
    code: str
    name: str
    organisation: str
    organisation_name: str
    is_own: bool
    busy: str


def steps(case_id: UUID, *, by: Actor) -> list[Step]:
    """Return the on-site steps of the joint case that are still to be done: own first, then of the other departments.

    Source: product guide 7.3; one visit for several departments. Raises NotFound.
    """
    own = desk.case(case_id, by=by).case
    taken = set(
        Part.objects.filter(case__joint_case=own.joint_case_id, done_at=None, is_off=False).values_list(
            "case_id", "step"
        )
    )
    rows = []
    for case in own.joint_case.cases.filter(state__in=[s.value for s in WORKING], is_tracked_only=False).order_by(
        "position"
    ):
        done = set(case.tasks.filter(kind="step", is_undone=False).exclude(done_at=None).values_list("code", flat=True))
        for step in plans.item_of(own.joint_case.plan, case.item_code).steps:
            if step.on_site and step.code not in done:
                busy = "已经约了踏勘" if (case.pk, step.code) in taken else ""
                rows.append(
                    Step(
                        case.pk,
                        case.name,
                        step.code,
                        step.name,
                        case.desk,
                        case.organisation_name,
                        case.pk == own.pk,
                        busy,
                    )
                )
    return sorted(rows, key=lambda row: not row.is_own)


def may_open(file_id: UUID, *, by: Actor) -> bool:
    """Return whether the actor may open a file of a visit: a desk that takes part."""
    return Shot.objects.filter(file_id=file_id, part__visit__in=visible_to(by)).exists()


def upcoming(*, by: Actor) -> int:
    """Return how many visits lie ahead in the next seven days."""
    at: datetime = time.now()
    ahead = visible_to(by).filter(state=State.PLANNED.value, planned_at__lte=at + timedelta(days=7))
    return ahead.count()
