"""What a measure is asked for, and what it answers: a figure with its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tongban.cases.queries.tallying import Behind
from tongban.indicators.rules.figures import Figure, Part


@dataclass(frozen=True)
class Scope:
    """What a measure is asked for: the place, the month, one organisation or "" for all, what it is about."""

    pack: str
    month: date
    organisation: str = ""
    about: str = ""


@dataclass(frozen=True)
class Measured:
    """A figure, what its rows are (items, themes, units, cases), the rows, or which cases stand behind and which are missing."""

    figure: Figure
    rows_are: str
    parts: tuple[Part, ...] = ()
    behind: Behind | None = None
    missing: Behind | None = None
    year_to_date: bool = False


Measure = Callable[[Scope], Measured]
