"""Where things stand in a month: the whole place, unit by unit, against the month before and the year so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tongban.cases.queries import tallying
from tongban.catalogue import queries as catalogue
from tongban.indicators.queries import rollups
from tongban.indicators.queries.rollups import COLUMNS
from tongban.orgs import queries as orgs
from tongban.themes.queries import composing

SERIES = 12
COUNTS = rollups.COUNTS
ALONE = "单独办理"  # not as part of a theme
ZERO: Mapping[str, int] = dict.fromkeys(COUNTS, 0)
CHANNELS = {"web": "网上", "window": "窗口", "api": "接口", "assist": "帮代办", "kiosk": "自助机", "system": "系统"}


@dataclass(frozen=True)
class Row:
    """A group with its counts of the month, its rate and that of the months before (None: nothing was closed)."""

    code: str
    name: str
    counts: Mapping[str, int]
    series: tuple[Fraction | None, ...]  # the last of them is this month

    @property
    def rate(self) -> Fraction | None:
        """按时办结率 of the month in percent."""
        return self.series[-1]

    @property
    def change(self) -> Fraction | None:
        """Percentage points against the month before."""
        before = self.series[-2] if len(self.series) > 1 else None
        return None if self.rate is None or before is None else self.rate - before

    @property
    def late(self) -> int:
        """Closed after the promise was over."""
        return self.counts["closed"] - self.counts["on_time"]


def rate(counts: Mapping[str, int]) -> Fraction | None:
    """Return 按时办结率 in percent: closed on time of all closed; None when nothing was closed."""
    return Fraction(counts["on_time"] * 100, counts["closed"]) if counts["closed"] else None


def before(month: date, *, months: int) -> date:
    """Return the first day of the month so many months before."""
    for _ in range(months):
        month = (month.replace(day=1) - timedelta(days=1)).replace(day=1)
    return month.replace(day=1)


def whole(pack: str, month: date) -> Row:
    """Return the place as one row. One small query."""
    return _rows(pack, month, "", {"": "全部"})[0]


def rows(pack: str, month: date, way: str) -> list[Row]:
    """Return the groups of a place that had anything in the month, the lowest rate first, those without one last."""
    found = [row for row in _rows(pack, month, way, names(pack, way)) if any(row.counts.values())]
    return sorted(found, key=lambda row: (row.rate is None, row.rate or 0, -row.counts["closed"], row.code))


def _rows(pack: str, month: date, way: str, known: Mapping[str, str]) -> list[Row]:
    months = [before(month, months=n) for n in reversed(range(SERIES))]
    found = rollups.by_month(pack, (months[0], months[-1]), group=COLUMNS[way] if way else "")
    codes = sorted({code for code, _ in found} | ({""} if not way else set()))
    return [
        Row(
            code, known.get(code, code or ALONE), found.get((code, months[-1]), ZERO),
            tuple(rate(found.get((code, each), ZERO)) for each in months),
        )
        for code in codes
    ]  # fmt: skip


def names(pack: str, way: str) -> Mapping[str, str]:
    """Return the names of the groups of a way by code."""
    if way == "organisation":
        return {code: org.name for code, org in orgs.organisations(pack).items()}
    if way == "theme":
        return {theme.code: theme.short_name for theme in composing.themes(pack)}
    if way == "item":
        return {code: item.name for code, item in catalogue.items(pack).items()}
    return CHANNELS if way == "channel" else {row.code: row.name for row in orgs.regions(pack)}


def overdue_by_organisation(pack: str, *, on: date) -> dict[str, int]:
    """Return how many open cases of each organisation are past their promise. One query."""
    return tallying.by_organisation(tallying.overdue(pack, on=on))


def parts_of(pack: str, month: date, way: str, code: str, *, by: str) -> list[Row]:
    """Return a group by another way, for instance the items of a unit: what had anything in the month, the lowest rate first.

    One query.
    """
    found = rollups.by_month(pack, (month, month), group=COLUMNS[by], within={COLUMNS[way]: code})
    known = names(pack, by)
    made = [Row(part, known.get(part, part or ALONE), counts, (rate(counts),)) for (part, _), counts in found.items()]
    return sorted(made, key=lambda row: (row.rate is None, row.rate or 0, -row.counts["received"], row.code))
