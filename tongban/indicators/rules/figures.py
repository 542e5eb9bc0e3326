"""A figure and what it says: number, target, what is missing. Nothing below the line is no data (无数据), never 0 or 100 %."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

NO_DATA = "无数据"


@dataclass(frozen=True)
class Part:
    """A row behind a figure: what it is, and what it adds above and below the line."""

    key: str
    label: str
    above: int
    below: int = 1


@dataclass(frozen=True)
class Figure:
    """A ratio (below is not None) or a plain count."""

    above: int
    below: int | None = None
    unit: str = ""
    mean: Fraction | None = None  # where the ratio is the mean of the rows' own ratios

    @property
    def number(self) -> Fraction | None:
        """The value itself: percent of a ratio, or the count. None: there is nothing to divide by."""
        if self.mean is not None:
            return self.mean * 100
        if self.below is None:
            return Fraction(self.above)
        return Fraction(self.above * 100, self.below) if self.below else None

    @property
    def words(self) -> str:
        """The value with its unit as people read it."""
        if self.number is None:
            return NO_DATA
        return f"{rounded(self.number)} %" if self.below is not None else f"{self.above} {self.unit}".strip()


def rounded(number: Fraction, *, places: str = "0.1") -> str:
    """Return a number with one decimal, half up."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return str(exact.quantize(Decimal(places), ROUND_HALF_UP))


def summed(parts: Iterable[Part], *, is_mean: bool = False) -> Figure:
    """Return the ratio that rows make together: of their sums, or the mean of the ratios of those that have one."""
    rows = list(parts)
    ratios = [Fraction(part.above, part.below) for part in rows if part.below] if is_mean else []
    mean = sum(ratios, Fraction()) / len(ratios) if ratios else None
    return Figure(sum(part.above for part in rows), sum(part.below for part in rows), mean=mean)


def counted(parts: Iterable[Part], *, unit: str) -> Figure:
    """Return the count that rows make together."""
    return Figure(sum(part.above for part in parts), None, unit)


def meets(number: Fraction | None, comparator: str | None, target: float | None) -> bool | None:
    """Return whether a value reaches its target; None where either is not there. The value is not rounded before."""
    if number is None or comparator is None or target is None:
        return None
    wanted = Fraction(Decimal(str(target)))
    if comparator == ">=":
        return number >= wanted
    return number <= wanted if comparator == "<=" else number == wanted


def is_of_whole(figure: Figure, comparator: str | None, target: float | None) -> bool:
    """Return whether a target speaks of the whole place alone: a number to be reached together (不低于 26 万件), not by each part."""
    return figure.below is None and (comparator == ">=" or (comparator == "==" and bool(target)))


def missing(figure: Figure, comparator: str | None, target: float | None) -> int | None:
    """Return how many rows more must stand above the line for a ratio to reach its target; 0 when it does, None when unknown."""
    if not figure.below or comparator != ">=" or target is None:
        return None
    wanted = Fraction(Decimal(str(target))) * figure.below / 100
    return max(0, -((figure.above - wanted) // 1))


def digest(parts: Iterable[Part]) -> str:
    """Return the digest of the rows behind a figure, in whatever order they come."""
    lines = sorted(f"{part.key}\t{part.above}\t{part.below}" for part in parts)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
