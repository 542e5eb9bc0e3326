"""What a measure is asked for, and what it answers: a figure with its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from tongban.cases.queries.tallying import Behind
from tongban.indicators.rules.figures import Figure, Part, summed
from tongban.indicators.rules.scopes import Within

T = TypeVar("T")


@dataclass(frozen=True)
class Scope:
    """What a measure is asked for: the place, the month, the parts of the place that count (all of them at once), what it is about."""

    pack: str
    month: date
    within: tuple[Within, ...] = ()
    about: str = ""
    # What measures that are asked for together have read.
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, read: Callable[[], T]) -> T:
        """Return what `read` gives, read once for all measures of this place and month that are asked for together."""
        if name not in self.known:
            self.known[name] = read()
        found: T = self.known[name]
        return found


Fold = Callable[[Iterable[Part]], Figure]


@dataclass(frozen=True)
class Measured:
    """A figure and what its rows are (items, themes, units, cases).

    Of cases it says which stand above the line, which make the whole below it, and which are missing; of all else it has
    the rows themselves and how they make the figure.
    """

    figure: Figure
    rows_are: str
    parts: tuple[Part, ...] = ()
    fold: Fold = summed
    behind: Behind | None = None
    whole: Behind | None = None
    missing: Behind | None = None
    year_to_date: bool = False


def of_parts(rows_are: str, parts: Iterable[Part], fold: Fold = summed) -> Measured:
    """Return the figure that rows make."""
    rows = tuple(parts)
    return Measured(fold(rows), rows_are, rows, fold)


Measure = Callable[[Scope], Measured]
