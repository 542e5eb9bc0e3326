"""The reporting calendar (填报日历): which month a report is for, when its window opens and closes, who is reminded when.

The day (25th, 24th …), the days before it and the ladder are set for each campaign 【惯例】, and can be changed for months
whose window has not opened yet: every question about a window goes through `window`, which knows what counts for its month.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True)
class Calendar:
    """When reports are due: monthly on `day` (the last of a shorter month), the window opens `opens_before` days earlier.

    `ladder` are the days before the last day on which units that have not reported are reminded. `later` are changes, the
    oldest first: the month from which each counts, and what counts then.
    """

    day: int = 25
    opens_before: int = 5
    ladder: tuple[int, ...] = (3, 1)
    later: tuple[tuple[str, Calendar], ...] = ()

    def of(self, period: str) -> Calendar:
        """What counts for a month: the last change made that counts from it or an earlier month."""
        return next((each for since, each in reversed(self.later) if since <= period), self)

    def changed(self, since: str, to: Calendar) -> Calendar:
        """The calendar with one more change."""
        return replace(self, later=(*self.later, (since, to)))


@dataclass(frozen=True)
class Window:
    """A reporting window: its month as YYYY-MM, its first and its last day."""

    period: str
    opens_on: date
    closes_on: date


@dataclass(frozen=True)
class Reminder:
    """A step of the ladder: its code, the day, and what it says."""

    step: str
    on: date
    words: str


def window(cal: Calendar, year: int, month: int) -> Window:
    """Return the window of a month by what counts for it; it never opens before the month before has closed."""
    closes = _closes(cal, year, month)
    opens = closes - timedelta(days=cal.of(_period(year, month)).opens_before)
    if cal.later:  # Within one calendar windows cannot touch; where it changes from the 25th to the 1st they could.
        opens = max(opens, _closes(cal, *_month(year, month - 1)) + timedelta(days=1))
    return Window(_period(year, month), opens, closes)


def _closes(cal: Calendar, year: int, month: int) -> date:
    return date(year, month, min(cal.of(_period(year, month)).day, calendar.monthrange(year, month)[1]))


def _period(year: int, month: int) -> str:
    return f"{year:04d}-{month:02d}"


def _month(year: int, month: int) -> tuple[int, int]:
    """Return year and month where the month may be 0 or 13."""
    return year + (month - 1) // 12, (month - 1) % 12 + 1


def window_of(cal: Calendar, period: str) -> Window:
    """Return the window of a period (YYYY-MM)."""
    return window(cal, int(period[:4]), int(period[5:]))


def windows(cal: Calendar, first: date, last: date) -> list[Window]:
    """Return the windows that open and close within some days."""
    found = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        one = window(cal, year, month)
        if first <= one.opens_on and one.closes_on <= last:
            found.append(one)
        year, month = _month(year, month + 1)
    return found


def current(cal: Calendar, on: date, *, since: date) -> Window | None:
    """Return the window that a report of a day belongs to: the one open, else the last one that closed.

    None before the first window since the start opens.
    """
    for one in (
        window(cal, *_month(on.year, on.month + 1)),
        window(cal, on.year, on.month),
        *windows(cal, since, on)[::-1],
    ):
        if since <= one.opens_on <= on:
            return one
    return None


def next_opening(cal: Calendar, on: date) -> Window:
    """Return the next window that opens after a day."""
    one = window(cal, on.year, on.month)
    while one.opens_on <= on:
        one = following(cal, one)
    return one


def following(cal: Calendar, one: Window) -> Window:
    """Return the window of the month after."""
    return window(cal, *_month(one.closes_on.year, one.closes_on.month + 1))


def is_late(one: Window, on: date) -> bool:
    """Return whether a report of a day comes after its window closed; the closing day itself is in time."""
    return on > one.closes_on


def owes(one: Window, *, assigned_on: date | None, closed_on: date | None) -> bool:
    """Return whether an assignment owes a report for a window.

    It was handed out when the window opened, and was not struck off the list before the window closed.
    """
    return assigned_on is not None and assigned_on <= one.opens_on and (closed_on is None or closed_on > one.closes_on)


def ladder(cal: Calendar, one: Window) -> list[Reminder]:
    """Return the reminders of a window: it opens, some days before, one day after for the late."""
    month = f"{int(one.period[5:])} 月"
    last = f"{one.closes_on.month}月{one.closes_on.day}日"
    before = [
        Reminder(f"before-{days}", one.closes_on - timedelta(days=days), f"{month}填报还剩 {days} 天，{last}截止")
        for days in sorted(set(cal.of(one.period).ladder), reverse=True) if 0 < days < (one.closes_on - one.opens_on).days
    ]  # fmt: skip
    return [
        Reminder("open", one.opens_on, f"{month}填报窗口已开，{last}截止"), *before,
        Reminder("late", one.closes_on + timedelta(days=1), f"{month}填报{last}已截止，逾期补报会标“迟报”"),
    ]  # fmt: skip


def phase_words(phases: Sequence[tuple[str, date, date]], on: date) -> str:
    """Return the name of the phase (阶段) a day falls into, or an empty text."""
    return next((name for name, first, last in phases if first <= on <= last), "")
