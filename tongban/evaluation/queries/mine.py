"""我的评价: what the actor, or a firm for which he acts, rated, what came of it, and what can still be rated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from tongban.core import time
from tongban.core.actor import Actor
from tongban.evaluation.models import Appeal, BadRating, Invitation, Rating
from tongban.evaluation.queries import inviting
from tongban.evaluation.queries.inviting import Asked
from tongban.evaluation.rules import telling
from tongban.evaluation.rules.grades import WORDS, Grade, stars
from tongban.evaluation.rules.handling import State
from tongban.evaluation.rules.telling import Standing


@dataclass(frozen=True)
class OpenRow:
    """A matter that is finished and not rated yet; `of_firm` names the firm it was for, "" for the person's own."""

    asked: Asked
    of_firm: str


@dataclass(frozen=True)
class Outcome:
    """What came of a bad rating, as its giver may know it."""

    words: str
    lines: tuple[str, ...]
    reply: str
    is_over: bool


@dataclass(frozen=True)
class OwnRow:
    """An own rating: the matter, what was said, whether something can be added, what came of it (None for a good one)."""

    asked: Asked
    of_firm: str
    rated_on: date
    words: str
    stars: int
    options: tuple[str, ...]
    text: str
    supplement: str
    may_add: bool
    outcome: Outcome | None


def _read(by: Actor) -> QuerySet[Invitation]:
    rows = inviting.visible_to(by).select_related("window", "joint_case")
    return rows.defer("joint_case__plan", "joint_case__values")


def unrated(*, by: Actor, on: date) -> list[OpenRow]:
    """Return what the actor may still rate on a day, what ends first, first: at most 50."""
    rows = _read(by).filter(rated_at=None, closes_on__gte=on).order_by("closes_on", "title", "pk")[:50]
    return [OpenRow(inviting.of_row(row), _firm(row, by)) for row in rows]


def rated(*, by: Actor) -> QuerySet[Invitation]:
    """Return what the actor, or a firm for which he acts today, rated, the latest first; for `shown`, a page at a time."""
    decided = Appeal.objects.exclude(decided_at=None).order_by("decided_at")
    rows = _read(by).filter(rating__isnull=False).select_related("rating__supplement", "rating__bad")
    rows = rows.prefetch_related(Prefetch("rating__bad__appeals", queryset=decided, to_attr="decided"))
    return rows.order_by("-rated_at", "pk")


def shown(rows: Sequence[Invitation], *, by: Actor, on: date) -> list[OwnRow]:
    """Return own ratings as the page shows them."""
    return [_shown(row, by, on) for row in rows]


def _shown(row: Invitation, by: Actor, on: date) -> OwnRow:
    rating: Rating = row.rating
    added, bad = getattr(rating, "supplement", None), getattr(rating, "bad", None)
    return OwnRow(
        asked=inviting.of_row(row), of_firm=_firm(row, by), rated_on=time.day_of(rating.at), words=WORDS[Grade(rating.grade)],
        stars=stars(rating.grade), options=tuple(words for _, words in rating.options), text=rating.text,
        supplement=added.text if added else "", may_add=added is None, outcome=_outcome(bad, on) if bad else None,
    )  # fmt: skip


def _firm(row: Invitation, by: Actor) -> str:
    return "" if row.joint_case.applicant_id == by.person_id else row.joint_case.applicant_name


def _outcome(bad: BadRating, on: date) -> Outcome:
    appeal = bad.decided[-1] if bad.decided else None  # type: ignore[attr-defined]  # set by the prefetch of `rated`

    def day(name: str) -> date | None:
        at = getattr(bad, name)
        return time.day_of(at) if at else None

    standing = Standing(
        State(bad.state), bad.verify_by_on, bad.settle_by_on, bad.branch, day("verified_at"), day("settled_at"),
        day("called_back_at"), appeal.is_upheld if appeal else None,
        time.day_of(appeal.decided_at) if appeal and appeal.decided_at else None,
    )  # fmt: skip
    return Outcome(
        telling.state_words(standing),
        tuple(telling.lines(standing, on=on)),
        bad.result if bad.settled_at else "",
        standing.state in (State.SETTLED, State.EXCLUDED),
    )
