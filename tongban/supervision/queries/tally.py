"""Count cards by unit, rule and month. Issued and cancelled are told apart; points are those of cards that count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

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


# What is told by the cards alone, and what by the standings of the few that are not simply settled.
_BY_CARD: dict[str, Count | Sum] = {
    **{level.value: Count("pk", filter=Q(level=level.value)) for level in Level}, "given": Sum("points"),
}  # fmt: skip
_BY_STANDING: dict[str, Count | Sum] = {
    "cancelled": Count("pk", filter=Q(standing__state=State.CANCELLED.value)),
    "upheld": Count("pk", filter=Q(standing__appeal=Appeal.UPHELD.value)),
    "waiting": Count("pk", filter=Q(standing__state__in=LIVE)),
    "taken_back": Sum("points", filter=Q(standing__counts=False)),
}
_NOT_SETTLED = Q(state__in=[*LIVE, State.CANCELLED.value]) | Q(appeal=Appeal.UPHELD.value) | Q(counts=False)


def table(pack: str, wanted: Wanted, *, by: Actor, group: str = "unit") -> list[Row]:
    """Return the cards of a filter counted by unit, rule or month; most points first, months in their order. Two queries."""
    rows = cards.narrowed(pack, wanted, by=by).order_by()
    if group == "month":
        found = _grouped(rows, "issued_on", key=lambda row: (f"{row['issued_on']:%Y-%m}",) * 2)
        return sorted(found, key=lambda row: row.code)
    if group == "rule":
        found = _grouped(rows, "rule", key=lambda row: (row["rule"], KINDS[row["rule"]].name))
        return sorted(found, key=lambda row: KINDS[row.code].number)
    found = _grouped(
        rows, "organisation", "organisation_name", key=lambda row: (row["organisation"], row["organisation_name"])
    )
    return sorted(found, key=lambda row: (-row.points, -row.issued, row.name))


def _grouped(rows: QuerySet[Card], *names: str, key: Callable[[dict[str, Any]], tuple[str, str]]) -> list[Row]:
    """Return the counts of some cards by what `key` makes of some columns: code and name."""
    apart = rows.filter(pk__in=Standing.objects.filter(_NOT_SETTLED).values("card_id"))
    sums: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for some, counts in ((rows, _BY_CARD), (apart, _BY_STANDING)):
        for row in some.values(*names).annotate(**counts):
            sums[key(row)].update({name: row[name] or 0 for name in counts})
    return [
        Row(code, name, n["blue"], n["yellow"], n["red"], n["cancelled"], n["upheld"], n["waiting"], n["given"] - n["taken_back"])
        for (code, name), n in sums.items()
    ]  # fmt: skip


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
