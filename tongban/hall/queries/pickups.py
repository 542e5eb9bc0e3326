"""Paper results that wait at the hall (待领), and what was handed out (出件签收)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from tongban.cases.queries import counter
from tongban.cases.queries.counter import HANDED_OUT, Case, JointCase
from tongban.cases.rules.life import WORDS, State
from tongban.hall import permissions, rules
from tongban.hall.models import Collection, Pickup
from tongban.hall.rules import Collector
from tongban.orgs.queries import Presence, Window

MOST = 200


def hands_out(window: Window) -> bool:
    """Return whether results are fetched at a window: one of the place's own hall."""
    return window.level == "hall" and permissions.is_of_place(window)


def visible_to(windows: Iterable[Window]) -> QuerySet[Pickup]:
    """Return the results that can be handed out at some windows now; a decision that was reopened is not among them."""
    packs = {window.pack for window in windows if hands_out(window)}
    return Pickup.objects.filter(
        collection=None, case__pack__in=packs, case__state__in=[s.value for s in HANDED_OUT],
        case__closed_at=F("decided_at"),
    )  # fmt: skip


@dataclass(frozen=True)
class WaitingResult:
    """An application with results that wait: what, since when, whether the applicant was reminded."""

    joint: JointCase
    names: tuple[str, ...]
    since: datetime
    reminded_at: datetime | None


def waiting(windows: Iterable[Window], *, most: int = MOST) -> list[WaitingResult]:
    """Return the applications with results that wait, the longest waiting first. One query."""
    rows = visible_to(windows).select_related("case", "case__joint_case", "case__joint_case__applicant")
    by_joint: dict[UUID, list[Pickup]] = {}
    for row in rows.order_by("decided_at")[:most]:
        by_joint.setdefault(row.case.joint_case_id, []).append(row)
    return [
        WaitingResult(
            found[0].case.joint_case, tuple(row.case.name for row in found), found[0].decided_at,
            max((row.reminded_at for row in found if row.reminded_at), default=None),
        )
        for found in by_joint.values()
    ]  # fmt: skip


def waiting_of(party_id: UUID, windows: Iterable[Window]) -> int:
    """Return how many results of a party wait at some windows."""
    return visible_to(windows).filter(case__joint_case__applicant_id=party_id).count()


@dataclass(frozen=True)
class Result:
    """A decided case at the counter: its state in words, who collected it when, if somebody did."""

    case: Case
    words: str
    collection: Collection | None


def results(joint_id: UUID) -> list[Result]:
    """Return the decided cases of a joint case that are fetched at the hall. The caller knows that the actor may see them."""
    cases = counter.decided(joint_id)
    rows = Pickup.objects.filter(case__in=cases).exclude(collection=None)
    taken = {
        (row.case_id, row.decided_at): row.collection
        for row in rows.select_related("collection", "collection__collector", "collection__handed_by")
    }
    return [Result(case, WORDS[State(case.state)], taken.get((case.pk, decided_at(case)))) for case in cases]


def decided_at(case: Case) -> datetime:
    """Return when a decided case was decided."""
    assert case.closed_at is not None
    return case.closed_at


def authority(joint: JointCase, here: Presence, *, has_letter: bool) -> str:
    """Return by which right the person at the window collects (a key of `rules.AUTHORITIES`), or an empty text."""
    acts = here.applicant_id == joint.applicant_id
    return rules.authority(
        Collector(
            is_applicant=here.person_id == joint.applicant_id,
            is_representative=acts and joint.applicant.representative_id == here.person_id,
            acts_for_applicant=acts,
            has_letter=has_letter,
        )
    )


def collection(collection_id: UUID, *, joint_id: UUID) -> Collection | None:
    """Return a collection of a joint case that the actor may see, for the slip."""
    rows = Collection.objects.select_related("collector", "handed_by", "window", "presence")
    return rows.filter(pk=collection_id, joint_case_id=joint_id).first()


def names_of(collection: Collection) -> list[Case]:
    """Return the cases that a collection handed out."""
    return [row.case for row in collection.pickups.select_related("case").order_by("case__position")]
