"""The indicators of a place with their values, targets and the rows behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import QuerySet

from tongban.cases.queries import tallying
from tongban.cases.queries.tallying import Case
from tongban.core import specs as specs_db
from tongban.indicators.models import Choice, IndicatorVersion, Report, Snapshot
from tongban.indicators.queries import rollups
from tongban.indicators.queries.measured import Measured, Scope
from tongban.indicators.queries.measures import MEASURES
from tongban.indicators.rules import figures
from tongban.indicators.rules.figures import NO_DATA, Part
from tongban.indicators.rules.spec import IndicatorSpec, Target
from tongban.rules.errors import NotFound


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
    """The value of an indicator in a month: computed with its rows, or as last reported, beside the target that counts."""

    spec: IndicatorSpec
    month: date
    organisation: str
    target: Target
    measured: Measured | None = None
    reported: Report | None = None

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
        if self.number is None:
            return "未填报" if self.spec.way == "reported" else NO_DATA
        return f"{plain(self.number)} {self.spec.unit}".strip()

    @property
    def meets(self) -> bool | None:
        """Whether it reaches its target; None where that cannot be said."""
        if self.spec.way == "dated" and self.reported is not None and self.reported.done_on is not None:
            return self.spec.deadline is None or self.reported.done_on <= self.spec.deadline
        return figures.meets(self.number, self.target.comparator, self.target.value)

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


def value(pack: str, code: str, *, month: date, org: str = "") -> Value:
    """Return the value of an indicator for a place or one organisation in a month. Raises NotFound."""
    return _value(pack, spec(pack, code), month.replace(day=1), org, _chosen(pack), _reports(pack, month, org, [code]))


def values(pack: str, *, month: date, org: str = "", codes: Iterable[str] | None = None) -> list[Value]:
    """Return the values of all indicators of a place in a month."""
    wanted = specs(pack) if codes is None else {code: spec(pack, code) for code in codes}
    chosen, reports = _chosen(pack), _reports(pack, month, org, list(wanted))
    return [_value(pack, row, month.replace(day=1), org, chosen, reports) for row in wanted.values()]


def _value(
    pack: str, row: IndicatorSpec, month: date, org: str, chosen: dict[str, int], reports: dict[str, Report]
) -> Value:
    target = row.targets[min(chosen.get(row.code, 0), len(row.targets) - 1)]
    measured = MEASURES[row.measure](Scope(pack, month, org, row.about)) if row.measure else None
    return Value(row, month, org, target, measured, None if measured else reports.get(row.code))


def _chosen(pack: str) -> dict[str, int]:
    rows = Choice.objects.filter(pack=pack).order_by("at", "pk").values_list("indicator", "position")
    return dict(rows)


def _reports(pack: str, month: date, org: str, codes: list[str]) -> dict[str, Report]:
    """Return the last report of each indicator up to a month: what was reported stands until it is reported anew."""
    rows = Report.objects.filter(pack=pack, indicator__in=codes, month__lte=month)
    rows = rows.filter(organisation=org) if org else rows
    return {row.indicator: row for row in rows.order_by("month", "at", "pk")}


def cases_behind(pack: str, found: Value, *, missing: bool = False) -> QuerySet[Case] | None:
    """Return the cases above the line of a figure, or those that it misses; None where it is not made of cases."""
    wanted = None if found.measured is None else found.measured.missing if missing else found.measured.behind
    if found.measured is None or wanted is None:
        return None
    return tallying.behind(pack, rollups.months_of(found.month, year=found.measured.year_to_date), wanted)


def rows_digest(pack: str, found: Value) -> str:
    """Return the digest of the rows behind a computed value, cases by their numbers; "" for a reported one."""
    if found.measured is None:
        return ""
    above, missing = cases_behind(pack, found), cases_behind(pack, found, missing=True)
    if above is None:
        return figures.digest(found.measured.parts)
    rows = [Part(number, "", 1, 1) for number in above.values_list("number", flat=True)]
    rows += [] if missing is None else [Part(number, "", 0, 1) for number in missing.values_list("number", flat=True)]
    return figures.digest(rows)


@dataclass(frozen=True)
class Frozen:
    """A frozen value beside what the same rule gives now: they differ when rows were corrected after the freezing."""

    snapshot: Snapshot
    now: Value
    is_same: bool

    @property
    def words(self) -> str:
        """The frozen value as people read it."""
        return frozen_words(self.snapshot, self.now.spec)


def frozen_words(row: Snapshot, spec: IndicatorSpec) -> str:
    """Return a frozen value as people read it."""
    if row.value is None:
        return NO_DATA
    return f"{plain(Fraction(row.value))} {'%' if row.below is not None else spec.unit}".strip()


def _is_same(pack: str, kept: Snapshot, now: Value) -> bool:
    if now.measured is None:
        return kept.value == decimal_of(now.number)
    figure = now.measured.figure
    return (kept.above, kept.below) == (figure.above, figure.below) and kept.digest == rows_digest(pack, now)


def decimal_of(number: Fraction | None) -> Decimal | None:
    """Return a number as it is kept in a snapshot: two decimals."""
    return None if number is None else Decimal(figures.rounded(number, places="0.01"))


def snapshots(pack: str, *, month: date, org: str = "") -> dict[str, Snapshot]:
    """Return the frozen values of a month by code."""
    rows = Snapshot.objects.filter(pack=pack, month=month.replace(day=1), organisation=org)
    return {row.indicator: row for row in rows}


def frozen_months(pack: str) -> list[date]:
    """Return the months that were frozen, the last first."""
    return list(Snapshot.objects.filter(pack=pack).order_by("-month").values_list("month", flat=True).distinct())


def compared(pack: str, *, month: date, org: str = "") -> list[Frozen]:
    """Return the frozen values of a month beside what the same rules give now."""
    kept = snapshots(pack, month=month, org=org)
    known = specs(pack)
    now = values(pack, month=month, org=org, codes=[code for code in kept if code in known])
    return [Frozen(kept[row.spec.code], row, _is_same(pack, kept[row.spec.code], row)) for row in now]
