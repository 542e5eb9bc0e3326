"""When a clock, a reason or a fee is cause for a card: functions of what was recorded, of the day and of thresholds.

Source: 行政许可法 art. 38(2), 45, 58; standards reference 7.2, 7.3; assurance R04.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tongban.rules import clock
from tongban.rules.clock import Pause, WorkingCalendar


@dataclass(frozen=True)
class Stop:
    """A stop of a clock: first day, last day told, last day in fact (None while it runs), whether it stops all clocks."""

    start_on: date
    expected_on: date
    end_on: date | None
    is_statutory: bool


def is_over(
    due_on: date | None, *, on: date, closed_on: date | None, stops: Iterable[Stop] = (), all_clocks: bool = False
) -> bool:
    """Return whether a limit had run out, unmet, before the morning of a day.

    A stop that began while the limit still ran and is not over yet keeps the clock still; of a clock that all stops of
    art. 45 alone hold (`all_clocks`), the others do not count.
    """
    if due_on is None or due_on >= on or (closed_on is not None and closed_on <= due_on):
        return False
    holding = (stop for stop in stops if stop.is_statutory or not all_clocks)
    return not any(stop.end_on is None and stop.start_on <= due_on for stop in holding)


def near_days(limit_days: int, *, days: int, percent: int) -> int:
    """Return how many working days before its end a promise is nearly over."""
    return max(days, limit_days * (100 - percent) // 100)


def near_from(due_on: date, *, days: int, calendar: WorkingCalendar) -> date:
    """Return the first day on which only `days` working days are left."""
    day, left = due_on, days
    while left:
        day -= timedelta(days=1)
        left -= calendar.is_working_day(day)
    return day


def is_near(
    due_on: date, *, on: date, days: int, started_on: date, closed_on: date | None, stops: Iterable[Stop],
    calendar: WorkingCalendar,
) -> bool:  # fmt: skip
    """Return whether on the morning of a day a promise is nearly over, still open, and its clock runs.

    The day it began is no day of warning, however short the promise.
    """
    if on <= started_on or not near_from(due_on, days=days, calendar=calendar) <= on <= due_on:
        return False
    if closed_on is not None and closed_on < on:
        return False
    return not any(stop.start_on < on and (stop.end_on is None or stop.end_on >= on) for stop in stops)


def ends_nearing(on: date, *, days: int, calendar: WorkingCalendar, back: int) -> list[date]:
    """Return the last days of the promises that became nearly over on a day or in the `back` days before it."""
    found = []
    for n in range(back + 1):
        day = on - timedelta(days=n)
        if calendar.is_working_day(day):
            found.append(clock.due(day, limit=days, unit="workday", calendar=calendar).due_on)
    return found


def step_end(opened_on: date, step_due_on: date, *, stops: Sequence[Stop], calendar: WorkingCalendar) -> date | None:
    """Return the last day of a step, stretched by the stops of its case; None while one that began before it runs."""
    if not stops:
        return step_due_on
    limit = clock.working_days_between(opened_on, step_due_on, calendar)
    pauses = [Pause(s.start_on, max(s.start_on, s.end_on)) for s in stops if s.end_on is not None]
    end = clock.due(opened_on, limit=max(0, limit), unit="workday", pauses=pauses, calendar=calendar).due_on
    return None if any(s.end_on is None and s.start_on <= end for s in stops) else end


_SIGNS = re.compile(r"[\W_]+")


def is_bare(reason: str, *, formulas: Iterable[str], least: int) -> bool:
    """Return whether a reason says nothing: what is left without formulas, blanks and signs is shorter than `least`."""
    left = _SIGNS.sub("", reason)
    for words in sorted(formulas, key=len, reverse=True):
        left = left.replace(_SIGNS.sub("", words), "")
    return len(left) < least


def undue(asked_fen: int, *, charges: bool, owed_fen: int | None) -> int:
    """Return by how many fen a fee is above what the item's spec says; all of it where the item charges nothing.

    0 where it is not, or where the amount depends on the single case and nobody can tell.
    """
    if not charges:
        return asked_fen
    return max(0, asked_fen - owed_fen) if owed_fen is not None else 0


def is_late_entry(done_on: date, *, entered_on: date, days: int, calendar: WorkingCalendar) -> bool:
    """Return whether an act was entered more than `days` working days after it was done."""
    return entered_on > done_on and clock.working_days_between(done_on, entered_on, calendar) > days


def days_after(through: date, until: date) -> Iterator[date]:
    """Give the days after one up to and including another."""
    return (through + timedelta(days=n) for n in range(1, (until - through).days + 1))
