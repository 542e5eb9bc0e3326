"""How many persons could have given a rating: where they are few, the matter alone would tell a unit who it was.

Source: assurance S34.
"""

from __future__ import annotations

from tongban.core import time
from tongban.evaluation.models import Invitation, Rating

HIDDEN = "（办这件事的人少，不显示是哪一项）"


def is_few(rating: Rating, *, least: int) -> bool:
    """Return whether fewer than `least` applicants could have rated the same matter at the same unit then.

    One query, which looks at no more applicants than that. Not as a condition within another query: SQLite forgets
    DISTINCT in EXISTS and where one row is wanted.
    """
    invitation = rating.invitation
    alike = Invitation.objects.filter(
        organisation=rating.organisation, kind=invitation.kind, title=invitation.title, opened_at__lte=rating.at,
        closes_on__gte=time.day_of(invitation.opened_at),
    )  # fmt: skip
    people = alike.order_by().values_list("joint_case__applicant", flat=True).distinct()[:least]
    return len(people) < least


def shown(title: str, *, is_few: bool) -> str:
    """Return the name of a matter, or that it is not shown."""
    return HIDDEN if is_few else title
