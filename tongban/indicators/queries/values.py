"""The indicators of a place with their values, targets and the rows behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from tongban.cases.queries import tallying
from tongban.cases.queries.tallying import Case
from tongban.core import specs as specs_db
from tongban.indicators.models import Choice, IndicatorVersion, Report
from tongban.indicators.queries import overview, rollups, splitting
from tongban.indicators.queries.measured import Measured, Scope
from tongban.indicators.queries.measures import MEASURES
from tongban.indicators.rules import figures
from tongban.indicators.rules.figures import NO_DATA, Figure
from tongban.indicators.rules.scopes import Within
from tongban.indicators.rules.spec import IndicatorSpec, Target
from tongban.rules.errors import NotFound

NOT_SPLIT = "不这样分"


def specs(pack: str) -> dict[str, IndicatorSpec]:
    """Return the indicators in force by code, in the order of the pack."""
    return {code: row.spec for code, row in specs_db.published(IndicatorVersion, IndicatorSpec, pack).items()}


def spec(pack: str, code: str) -> IndicatorSpec:
    """Return one indicator. Raises NotFound."""
    found = specs(pack).get(code)
    if found is None:
        raise NotFound("indicators.none", "没有这个指标", remedy="从指标体系里选择")
    return found


def version_of(pack: str, code: str) -> int:
    """Return the version of an indicator in force."""
    return specs_db.published(IndicatorVersion, IndicatorSpec, pack)[code].version


@dataclass(frozen=True)
class Value:
    """The value of an indicator in a month: computed with its rows, or as last reported, beside the target that counts.

    `is_apart`: it cannot be told for the parts of the place that were asked for.
    """

    spec: IndicatorSpec
    month: date
    within: tuple[Within, ...]
    target: Target
    measured: Measured | None = None
    reported: Report | None = None
    is_apart: bool = False

    @property
    def number(self) -> Fraction | None:
        """The value: percent of a ratio, or a count; None without data."""
        if self.measured is not None:
            return self.measured.figure.number
        return None if self.reported is None or self.reported.value is None else Fraction(self.reported.value)

    @property
    def percent(self) -> float | None:
        """The value of a ratio in percent."""
        is_ratio = self.spec.unit == "%" or (self.measured is not None and self.measured.figure.below is not None)
        return float(self.number) if is_ratio and self.number is not None else None

    @property
    def words(self) -> str:
        """The value as people read it."""
        if self.measured is not None:
            return self.measured.figure.words
        if self.reported is not None and self.reported.done_on is not None:
            return f"{self.reported.done_on:%Y-%m-%d} 完成"
        if self.is_apart:
            return NOT_SPLIT
        if self.number is None:
            return "未填报" if self.spec.way == "reported" else NO_DATA
        return f"{plain(self.number)} {self.spec.unit}".strip()

    @property
    def meets(self) -> bool | None:
        """Whether it reaches its target; None where that cannot be said."""
        if self.spec.way == "dated" and self.reported is not None and self.reported.done_on is not None:
            return self.spec.deadline is None or self.reported.done_on <= self.spec.deadline
        if self.is_beyond:
            return None
        return figures.meets(self.number, self.target.comparator, self.target.value)

    @property
    def is_beyond(self) -> bool:
        """Whether it is about a part of the place, and its target about the whole."""
        target = self.target
        return (
            bool(self.within)
            and self.measured is not None
            and figures.is_of_whole(self.measured.figure, target.comparator, target.value)
        )

    @property
    def missing(self) -> int | None:
        """How many rows more would reach the target."""
        if self.measured is None:
            return None
        return figures.missing(self.measured.figure, self.target.comparator, self.target.value)


def plain(number: Fraction) -> str:
    """Return a number without needless zeros."""
    text = figures.rounded(number, places="0.01")
    return text.rstrip("0").rstrip(".")


def unit(org: str) -> tuple[Within, ...]:
    """Return one organisation as the part of a place that a figure is about; "" for the whole place."""
    return (Within("organisation", org),) if org else ()


def value(pack: str, code: str, *, month: date, org: str = "", within: tuple[Within, ...] = ()) -> Value:
    """Return the value of an indicator in a month for a place, one organisation, or other parts of it. Raises NotFound."""
    (found,) = values(pack, month=month, org=org, within=within, codes=[code])
    return found


def values(
    pack: str, *, month: date, org: str = "", within: tuple[Within, ...] = (), codes: Iterable[str] | None = None
) -> list[Value]:
    """Return the values of all indicators of a place in a month. Parts that are asked for must all hold."""
    wanted = specs(pack) if codes is None else {code: spec(pack, code) for code in codes}
    parts, first = (*unit(org), *within), month.replace(day=1)
    chosen, reports = _chosen(pack), _reports(pack, month, parts, list(wanted))
    known: dict[str, Any] = {}
    return [_value(pack, row, first, parts, chosen, reports, known) for row in wanted.values()]


def _value(
    pack: str, row: IndicatorSpec, month: date, within: tuple[Within, ...], chosen: dict[str, int], reports: dict[str, Report],
    known: dict[str, Any],
) -> Value:  # fmt: skip
    target = row.targets[min(chosen.get(row.code, 0), len(row.targets) - 1)]
    if row.measure:
        measured = splitting.narrowed(pack, MEASURES[row.measure](Scope(pack, month, within, row.about, known)), within)
        return Value(row, month, within, target, measured, is_apart=measured is None)
    is_apart = any(part.way != "organisation" for part in within)  # Only units report.
    return Value(row, month, within, target, None, None if is_apart else reports.get(row.code), is_apart)


@dataclass(frozen=True)
class Group:
    """An indicator of one part of a place: its code and name, the figure, whether it reaches the target, how many rows are missing."""

    part: Within
    name: str
    figure: Figure
    meets: bool | None
    missing: int | None


def groups(pack: str, found: Value, way: str) -> list[Group]:
    """Return a computed value part by part, those that miss the target and the farthest from it first, without data last."""
    if found.measured is None:
        return []
    target, names = found.target, overview.names(pack, way)
    is_beyond = figures.is_of_whole(found.measured.figure, target.comparator, target.value)
    rows = [
        Group(
            Within(way, code), names.get(code, code or overview.ALONE), figure,
            None if is_beyond else figures.meets(figure.number, target.comparator, target.value),
            figures.missing(figure, target.comparator, target.value),
        )
        for code, figure in splitting.split(pack, found.month, found.measured, way).items()
    ]  # fmt: skip
    sign = 1 if target.comparator == ">=" else -1
    return sorted(rows, key=lambda row: (row.figure.number is None, sign * (row.figure.number or 0), row.part.code))


def _chosen(pack: str) -> dict[str, int]:
    rows = Choice.objects.filter(pack=pack).order_by("at", "pk").values_list("indicator", "position")
    return dict(rows)


def _reports(pack: str, month: date, within: Iterable[Within], codes: list[str]) -> dict[str, Report]:
    """Return the last report of each indicator up to a month: what was reported stands until it is reported anew."""
    rows = Report.objects.filter(pack=pack, indicator__in=codes, month__lte=month)
    for part in within:
        rows = rows.filter(organisation=part.code) if part.way == "organisation" else rows
    return {row.indicator: row for row in rows.order_by("month", "at", "pk")}


def cases_behind(pack: str, found: Value, *, missing: bool = False) -> QuerySet[Case] | None:
    """Return the cases above the line of a figure, or those that it misses; None where it is not made of cases."""
    wanted = None if found.measured is None else found.measured.missing if missing else found.measured.behind
    if found.measured is None or wanted is None:
        return None
    return tallying.behind(pack, rollups.months_of(found.month, year=found.measured.year_to_date), wanted)
