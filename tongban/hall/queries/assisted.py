"""帮代办: what helpers did for whom, and what people said of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Avg, Count

from tongban.cases.queries.counter import JointCase
from tongban.core.actor import Actor
from tongban.hall.models import HelperScore, Reception
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.rules.errors import NotAllowed

MOST = 100


def reception_for(joint_id: UUID, *, by: Actor) -> Reception | None:
    """Return how a helper applied for the actor as a person, or None. Never for the helper who acts at a window."""
    if by.person_id is None or by.presence_id is not None:
        return None
    return Reception.objects.filter(joint_case_id=joint_id, presence__assistance__person_id=by.person_id).first()


@dataclass(frozen=True)
class Helped:
    """An application that a helper made for a person."""

    joint: JointCase
    helper: str
    score: HelperScore | None


def helped(*, by: Actor) -> list[Helped]:
    """Return the applications that helpers made for the actor as a person, the newest first."""
    if by.person_id is None:
        return []
    rows = Reception.objects.select_related("joint_case", "received_by", "joint_case__helper_score")
    found = rows.filter(presence__assistance__person_id=by.person_id).order_by("-at")[:MOST]
    return [Helped(r.joint_case, r.received_by.name, getattr(r.joint_case, "helper_score", None)) for r in found]


@dataclass(frozen=True)
class HelperRow:
    """A helper as the service bureau sees him: applications made, scores given, their mean, the latest remarks."""

    name: str
    username: str
    applications: int
    scored: int
    average: float | None
    remarks: tuple[HelperScore, ...]


def helpers(*, by: Actor) -> list[HelperRow]:
    """Return the helpers at the windows of the organisations that the actor administers. Three queries. Raises NotAllowed."""
    own = [row.pk for row in orgs.administered(by=by)]
    if not by.organisations_as(Role.ADMIN.value):
        raise NotAllowed("orgs.not_admin", "只有主管窗口的单位能看帮代办的评价", remedy="请联系本单位管理员")
    receptions = Reception.objects.filter(presence__assistance__isnull=False, window__organisation_id__in=own)
    counted = receptions.values("received_by_id", "received_by__name", "received_by__username").annotate(n=Count("pk"))
    scores = HelperScore.objects.filter(joint_case__reception__window__organisation_id__in=own)
    means = {
        row["helper_id"]: (row["n"], row["mean"])
        for row in scores.values("helper_id").order_by().annotate(n=Count("pk"), mean=Avg("score"))
    }
    remarks: dict[UUID, list[HelperScore]] = {}
    for remark in scores.exclude(text="").order_by("-at")[:MOST]:
        remarks.setdefault(remark.helper_id, []).append(remark)
    return [
        HelperRow(
            row["received_by__name"], row["received_by__username"], row["n"], *means.get(row["received_by_id"], (0, None)),
            tuple(remarks.get(row["received_by_id"], [])[:5]),
        )
        for row in counted.order_by("received_by__name")
    ]  # fmt: skip
