"""What a simulation needs to see of open work, in few and narrow queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tongban.cases.models import Case, Event, JointCase, Material, Task
from tongban.cases.rules.life import WORKING, State
from tongban.catalogue import queries as catalogue
from tongban.core import db


@dataclass(frozen=True)
class OpenTask:
    """An open task with what decides when and how it is taken up."""

    case_id: UUID
    number: str
    kind: str
    code: str
    organisation: str
    role: str
    opened_at: datetime
    limit_days: int
    steps: int
    asked: bool
    is_paused: bool
    had_stop: bool
    is_extended: bool
    may_follow: bool
    last_on: date  # of the step's own limit, else of the task
    account: UUID


def tasks() -> list[OpenTask]:
    """Return the open tasks, oldest first. One query."""
    rows = Task.objects.filter(done_at=None).order_by("opened_at", "id").values_list(
        "case_id", "case__number", "kind", "code", "organisation", "role", "opened_at", "case__limit_days", "case__asked_at",
        "case__paused", "case__stops", "case__extension_days", "case__joint_case__applicant__accounts__id",
        "case__joint_case__applicant__representative__accounts__id", "case__item_code", "case__item_version", "case__pack", "due_on",
        "step_due_on",
    )  # fmt: skip
    return [
        OpenTask(case_id, number, kind, code, organisation, role, opened_at, limit,
                 len(catalogue.version(pack, item, version).steps), asked is not None, bool(paused), bool(stops), bool(extension),
                 any(use.defer_days for use in catalogue.version(pack, item, version).materials), step_due_on or due_on,
                 account or other)
        for case_id, number, kind, code, organisation, role, opened_at, limit, asked, paused, stops, extension, account, other,
        item, version, pack, due_on, step_due_on in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Returned:
    """A case that waits for its applicant."""

    case_id: UUID
    number: str
    organisation: str
    asked_at: datetime
    account: UUID


def returned() -> list[Returned]:
    """Return the cases that wait for their applicants. One query."""
    rows = Case.objects.filter(state=State.RETURNED.value, asked_at__isnull=False).values_list(
        "pk", "number", "desk", "asked_at", "joint_case__applicant__accounts__id",
        "joint_case__applicant__representative__accounts__id",
    )  # fmt: skip
    return [
        Returned(pk, number, desk, asked_at, account or other)
        for pk, number, desk, asked_at, account, other in rows if asked_at and (account or other)
    ]  # fmt: skip


def asked_values(case_id: UUID) -> dict[str, str]:
    """Return what an applicant was asked to mend, as it stands."""
    case = Case.objects.select_related("joint_case").get(pk=case_id)
    return {row["code"]: case.joint_case.values.get(row["code"], "") for row in case.asked}


@dataclass(frozen=True)
class OpenStop:
    """A stop of a clock that still runs."""

    case_id: UUID
    number: str
    organisation: str
    seq: int
    start_on: date


def stops() -> list[OpenStop]:
    """Return the stops that still run. One query."""
    rows = Case.objects.filter(state__in=[s.value for s in WORKING]).exclude(paused="")
    return [
        OpenStop(pk, number, desk, stop["seq"], date.fromisoformat(stop["start_on"]))
        for pk, number, desk, kept in rows.values_list("pk", "number", "desk", "stops")
        for stop in kept if stop["end_on"] is None
    ]  # fmt: skip


def field_of(case_id: UUID) -> str:
    """Return a field that the case's item asks for."""
    case = Case.objects.select_related("joint_case").get(pk=case_id)
    return next(str(item["fields"][0]) for item in case.joint_case.plan["items"] if item["code"] == case.item_code)


def procedures(case_id: UUID) -> dict[str, int]:
    """Return what may stop the clock of a case: kind -> working days at most."""
    item, version, pack = Case.objects.values_list("item_code", "item_version", "pack").get(pk=case_id)
    return {kind: days for kind, (_, days, _) in catalogue.version(pack, item, version).procedures().items()}


def last_step(case_id: UUID) -> str:
    """Return the code of the step done last."""
    steps = Task.objects.filter(case_id=case_id, kind="step", is_undone=False).exclude(done_at=None)
    return str(steps.order_by("-done_at").values_list("code", flat=True)[0])


def deferred(case_id: UUID) -> list[str]:
    """Return the types of the materials of a case that are still to follow."""
    ((joint, code),) = db.select_values(Case, "joint_case_id", "item_code", id=case_id)
    rows = sorted(db.select_values(Material, "version", "type_code", "way", joint_case_id=joint))
    missing = [kind for kind, way in {kind: way for _, kind, way in rows}.items() if way == "defer"]
    if not missing:
        return []
    ((plan,),) = db.select_values(JointCase, "plan", id=joint)
    own = next(item["materials"] for item in plan["items"] if item["code"] == code)
    return [kind for kind in own if kind in missing]


def counted() -> tuple[int, int, int]:
    """Return how many joint cases, cases and events there are."""
    return JointCase.objects.count(), Case.objects.count(), Event.objects.count()
