"""What reading a decision file gives: a table, or decisions to choose from, and the list of what was not supported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tongban.decisions.rules.table import Table


@dataclass(frozen=True)
class Problem:
    """Something in a file that stops it from being taken over (error), or that one should know (hint)."""

    line: int
    kind: Literal["error", "hint"]
    message: str
    remedy: str = ""


@dataclass(frozen=True)
class Choice:
    """A decision of a file that holds several."""

    id: str
    name: str


@dataclass(frozen=True)
class Reading:
    """What a file holds."""

    table: Table | None = None
    choices: tuple[Choice, ...] = ()
    problems: tuple[Problem, ...] = ()
