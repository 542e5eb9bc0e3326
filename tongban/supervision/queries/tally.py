"""Count cards by unit, rule and month. Issued and cancelled are told apart; points are those of cards that count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from tongban.core.actor import Actor
from tongban.supervision.models import Card, Standing
from tongban.supervision.queries import cards
from tongban.supervision.queries.cards import CardView, Wanted
from tongban.supervision.rules.flow import LIVE, Appeal, State
from tongban.supervision.rules.kinds import KINDS, LEVEL_WORDS, Level

BY = {"unit": "单位", "rule": "规则", "month": "月份"}


@dataclass(frozen=True)
class Row:
    """How many cards of each level were issued, how many cancelled, upheld on appeal, still open; the points that count."""

    code: str
    name: str
    blue: int
    yellow: int
    red: int
    cancelled: int
    upheld: int
    waiting: int
    points: int

    @property
    def issued(self) -> int:
        """How many cards were issued in all (发牌数), the cancelled ones among them."""
        return self.blue + self.yellow + self.red


def _counted() -> dict[str, Count | Sum]:
    return {
        **{level.value: Count("pk", filter=Q(level=level.value)) for level in Level},
        "cancelled": Count("pk", filter=Q(standing__state=State.CANCELLED.value)),
        "upheld": Count("pk", filter=Q(standing__appeal=Appeal.UPHELD.value)),
        "waiting": Count("pk", filter=Q(standing__state__in=LIVE)),
        "score": Sum("points", filter=Q(standing__counts=True), default=0),
    }


_NUMBERS = ("blue", "yellow", "red", "cancelled", "upheld", "waiting", "score")


def table(pack: str, wanted: Wanted, *, by: Actor, group: str = "unit") -> list[Row]:
    """Return the cards of a filter counted by unit, rule or month; most points first, months in their order. One query."""
    rows = cards.narrowed(pack, wanted, by=by).order_by()
    if group == "month":
        found = _grouped(rows.annotate(month=TruncMonth("issued_on")), "month")
        table = [_row(f"{row['month']:%Y-%m}", f"{row['month']:%Y-%m}", row) for row in found]
        return sorted(table, key=lambda row: row.code)
    if group == "rule":
        table = [_row(row["rule"], KINDS[row["rule"]].name, row) for row in _grouped(rows, "rule")]
        return sorted(table, key=lambda row: KINDS[row.code].number)
    found = _grouped(rows, "organisation", "organisation_name")
    table = [_row(row["organisation"], row["organisation_name"], row) for row in found]
    return sorted(table, key=lambda row: (-row.points, -row.issued, row.name))


def _grouped(rows: QuerySet[Card], *names: str) -> list[dict[str, Any]]:
    return list(rows.values(*names).annotate(**_counted()))


def _row(code: str, name: str, found: Mapping[str, Any]) -> Row:
    return Row(code, name, *(found[number] for number in _NUMBERS))


def total(rows: list[Row]) -> Row:
    """Return the sums of a table."""
    return Row(
        "", "合计", *(sum(getattr(row, name) for row in rows) for name in ("blue", "yellow", "red", "cancelled", "upheld", "waiting", "points"))
    )  # fmt: skip


@dataclass(frozen=True)
class Month:
    """The list of a month (月通报清单): the table of units, its sums, the red and yellow cards, and how many more there are."""

    first_on: date
    rows: tuple[Row, ...]
    total: Row
    cards: tuple[CardView, ...]
    more: int = 0


def month(pack: str, first_on: date, *, by: Actor, most: int | None = None) -> Month:
    """Return the list of the month that begins on a day, red cards first, in their order; at most so many. Two queries."""
    wanted = Wanted(since=first_on, until=last_of(first_on))
    rows = table(pack, wanted, by=by)
    sums = total(rows)
    grave = cards.ordered(cards.narrowed(pack, wanted, by=by).exclude(level=Level.BLUE.value))
    red_first = grave.order_by("level", "issued_on", "year", "serial")  # as words, red comes before yellow
    shown = tuple(cards.view(row) for row in red_first[:most])
    return Month(first_on, tuple(rows), sums, shown, sums.yellow + sums.red - len(shown))


def last_of(first_on: date) -> date:
    """Return the last day of the month of a day."""
    year, at = divmod(first_on.year * 12 + first_on.month, 12)
    return date.fromordinal(date(year, at + 1, 1).toordinal() - 1)


def waiting(pack: str) -> list[tuple[str, str, int]]:
    """Return (level, words, how many) of the cards of a place that are neither settled nor cancelled, red first. One query."""
    left = Standing.objects.filter(state__in=LIVE).values("card_id")
    counted = Card.objects.filter(pk__in=left, pack=pack).order_by().values_list("level").annotate(n=Count("pk"))
    rows = dict(counted)
    return [(level.value, LEVEL_WORDS[level], rows.get(level.value, 0)) for level in reversed(Level)]
