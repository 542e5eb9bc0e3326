"""The values of months that were frozen, beside what the same rules give now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tongban.indicators.models import Snapshot
from tongban.indicators.queries import values
from tongban.indicators.queries.values import Value
from tongban.indicators.rules import figures
from tongban.indicators.rules.figures import NO_DATA, Part
from tongban.indicators.rules.scopes import Within
from tongban.indicators.rules.spec import IndicatorSpec

# Besides those of the place, computed values are frozen for each of these parts of it.
FROZEN: tuple[str, ...] = ("organisation", "region")


def rows_digest(pack: str, found: Value) -> str:
    """Return the digest of the rows behind a computed value, cases by their numbers; "" for a reported one."""
    if found.measured is None:
        return ""
    above, missing = values.cases_behind(pack, found), values.cases_behind(pack, found, missing=True)
    if above is None:
        return figures.digest(found.measured.parts)
    rows = [Part(number, "", 1, 1) for number in above.order_by().values_list("number", flat=True)]
    if missing is not None:
        rows += [Part(number, "", 0, 1) for number in missing.order_by().values_list("number", flat=True)]
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
        return words(self.snapshot, self.now.spec)


def words(row: Snapshot, spec: IndicatorSpec) -> str:
    """Return a frozen value as people read it."""
    if row.value is None:
        return NO_DATA
    return f"{values.plain(Fraction(row.value))} {'%' if row.below is not None else spec.unit}".strip()


def _is_same(pack: str, kept: Snapshot, now: Value) -> bool:
    if now.measured is None:
        return kept.value == decimal_of(now.number)
    figure = now.measured.figure
    is_same = (kept.above, kept.below) == (figure.above, figure.below)
    return is_same and (bool(kept.way) or kept.digest == rows_digest(pack, now))


def decimal_of(number: Fraction | None) -> Decimal | None:
    """Return a number as it is kept in a snapshot: two decimals."""
    return None if number is None else Decimal(figures.rounded(number, places="0.01"))


def snapshots(pack: str, *, month: date, part: Within | None = None) -> dict[str, Snapshot]:
    """Return the frozen values of a month by indicator, of the place or of one part of it."""
    way, code = (part.way, part.code) if part else ("", "")
    return {
        row.indicator: row for row in Snapshot.objects.filter(pack=pack, month=month.replace(day=1), way=way, code=code)
    }


def parts(pack: str, month: date) -> dict[str, list[str]]:
    """Return the parts of the place for which values of a month were frozen: way -> codes."""
    rows = Snapshot.objects.filter(pack=pack, month=month.replace(day=1)).exclude(way="").order_by("code")
    kept = list(rows.values_list("way", "code").distinct())
    return {way: [code for of, code in kept if of == way] for way in FROZEN}


def months(pack: str) -> list[date]:
    """Return the months that were frozen, the last first."""
    return list(Snapshot.objects.filter(pack=pack).order_by("-month").values_list("month", flat=True).distinct())


def compared(pack: str, *, month: date, part: Within | None = None) -> list[Frozen]:
    """Return the frozen values of a month, of the place or of one part of it, beside what the same rules give now."""
    kept, known = snapshots(pack, month=month, part=part), values.specs(pack)
    now = values.values(
        pack, month=month, within=(part,) if part else (), codes=[code for code in kept if code in known]
    )
    return [Frozen(kept[row.spec.code], row, _is_same(pack, kept[row.spec.code], row)) for row in now]
