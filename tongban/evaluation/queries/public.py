"""What everybody may see of ratings: averages of enough persons, distributions, what became of bad ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from tongban.core import time
from tongban.evaluation.models import BadRating
from tongban.evaluation.queries import figures
from tongban.evaluation.queries.terms import terms
from tongban.evaluation.rules.figures import Counts, is_shown
from tongban.evaluation.rules.grades import WORDS, Grade, stars
from tongban.evaluation.rules.handling import BRANCH_WORDS, Branch, State
from tongban.orgs import queries as orgs


@dataclass(frozen=True)
class Standing:
    """How a group was rated, where enough persons stand behind it: the mean of the stars, and each grade's count."""

    name: str
    rated: int
    average: str
    grades: tuple[tuple[str, int, int], ...]  # words, count, percent of all


def _standing(name: str, counts: Counts) -> Standing:
    rows = tuple(
        (WORDS[grade], counts.grades[grade - 1], round(100 * counts.grades[grade - 1] / counts.rated)) for grade in Grade
    )  # fmt: skip
    return Standing(name, counts.rated, f"{counts.average:.1f}", rows)


def of_item(pack: str, item_code: str) -> Standing | None:
    """Return how an item was rated, or None where fewer persons rated it than may be shown."""
    found = figures.of_item(pack, item_code)
    return _standing("", found) if is_shown(found, least_persons=terms(pack).least_persons) else None


def place(pack: str, *, since: date | None = None) -> Counts:
    """Return the counts of a whole place."""
    return figures.counts(pack, since=since).get("", Counts())


def organisations(pack: str, *, since: date | None = None) -> tuple[list[Standing], int]:
    """Return how the organisations were rated, in the order of the pack, and how many are left out for too few persons."""
    found, least = figures.counts(pack, since=since, by="organisation"), terms(pack).least_persons
    rated = {code: counts for code, counts in found.items() if counts.rated}
    rows = [
        _standing(org.name, rated[code]) for code, org in orgs.organisations(pack).items()
        if code in rated and is_shown(rated[code], least_persons=least)
    ]  # fmt: skip
    return rows, len(rated) - len(rows)


@dataclass(frozen=True)
class Published:
    """What became of a bad rating, as the public reads it. Months only: a day would lead to a case."""

    month: str
    organisation: str
    stars: int
    branch: str
    text: str
    published_on: date


def published(pack: str) -> QuerySet[BadRating]:
    """Return the bad ratings whose result is public, the newest first."""
    rows = BadRating.objects.filter(pack=pack, published_at__isnull=False, state=State.SETTLED)
    return rows.select_related("rating__invitation").order_by("-published_at", "pk")


def shown(rows: list[BadRating]) -> list[Published]:
    """Return published results as the page shows them."""
    return [
        Published(_month(row.opened_at), row.rating.invitation.organisation_name, stars(row.rating.grade),
                  BRANCH_WORDS[Branch(row.branch)], row.public_text, time.day_of(row.published_at or row.opened_at))
        for row in rows
    ]  # fmt: skip


def _month(at: datetime) -> str:
    on = time.day_of(at)
    return f"{on.year}年{on.month}月"
