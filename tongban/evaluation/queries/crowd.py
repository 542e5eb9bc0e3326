"""How many persons could have given a rating: where they are few, the matter alone would tell a unit who it was.

Source: assurance S34.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Count, Model, OuterRef, QuerySet, Subquery

from tongban.evaluation.models import Invitation

M = TypeVar("M", bound=Model)
HIDDEN = "（办这件事的人少，不显示是哪一项）"


def counted(rows: QuerySet[M], prefix: str) -> QuerySet[M]:
    """Return rows with `crowd`: how many applicants could have rated the same matter at the same unit then.

    `prefix` leads from a row to its rating.
    """
    at, invitation = f"{prefix}at", f"{prefix}invitation__"
    alike = Invitation.objects.filter(
        organisation=OuterRef(f"{prefix}organisation"), kind=OuterRef(f"{invitation}kind"), title=OuterRef(f"{invitation}title"),
        opened_at__lte=OuterRef(at), closes_on__gte=OuterRef(f"{invitation}opened_at__date"),
    )  # fmt: skip
    people = (
        alike.order_by().values("organisation").annotate(n=Count("joint_case__applicant", distinct=True)).values("n")
    )
    counted: QuerySet[M] = rows.annotate(crowd=Subquery(people))  # type: ignore[assignment]  # the stubs forget the model
    return counted


def shown(title: str, row: Model, *, least: int) -> str:
    """Return the name of a matter, or that it is not shown; rows that were not counted are for those who may see all."""
    crowd = getattr(row, "crowd", None)
    return title if crowd is None or crowd >= least else HIDDEN
