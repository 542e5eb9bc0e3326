"""The clock of a case, for the desk: what acceptance would promise, and how its days were counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tongban.calendars import queries as calendars
from tongban.cases.models import Case
from tongban.cases.rules.life import CLOSED, State
from tongban.core import time
from tongban.rules import clock

LONGEST_STRIP = 45  # working days drawn; longer limits are told in words only


@dataclass(frozen=True)
class Promise:
    """The last days that an acceptance sets; None where the clock does not run here."""

    due_on: date | None
    is_provisional: bool
    statutory_due_on: date | None
    reasons: tuple[str, ...]


def promise(case: Case, *, on: date) -> Promise:
    """Return the last days of a case accepted on a day. Work of outside bodies has no clock here."""
    if case.is_tracked_only:
        return Promise(None, False, None, ())
    calendar = calendars.calendar()
    promised = clock.due(on, limit=case.limit_days, unit="workday", calendar=calendar)
    statutory = None
    if case.statutory_days is not None:
        statutory = clock.due(on, limit=case.statutory_days, unit="workday", calendar=calendar).due_on
    return Promise(promised.due_on, promised.provisional, statutory, promised.reasons)


@dataclass(frozen=True)
class Day:
    """A working day of the strip: used, today, free or late."""

    on: date
    state: str


@dataclass(frozen=True)
class Timing:
    """The running limit of a case (of acceptance before it, of the work after), with one cell a working day."""

    start_on: date | None
    end_on: date | None
    used: int
    limit_days: int
    days: tuple[Day, ...]
    reasons: tuple[str, ...]


def timing(case: Case) -> Timing:
    """Return how the days of a case are counted. Source: 行政许可法 art. 32, 42, 82; 民法典 art. 201."""
    begun = case.accepted_at or case.received_at
    end_on = case.due_on if case.accepted_at else case.accept_by_on
    if begun is None or end_on is None:
        return Timing(None, None, 0, case.limit_days, (), ())
    calendar, start_on = calendars.calendar(), time.day_of(begun)
    until = time.day_of(case.closed_at) if case.closed_at else time.today()
    limit = case.limit_days if case.accepted_at else clock.working_days_between(start_on, end_on, calendar)
    reasons = clock.due(start_on, limit=limit, unit="workday", calendar=calendar).reasons
    used = max(0, clock.working_days_between(start_on, until, calendar))
    last = max(end_on, until) if State(case.state) not in CLOSED else end_on
    days = [start_on + timedelta(days=n) for n in range(1, (last - start_on).days + 1)]
    working = [day for day in days if calendar.is_working_day(day)][:LONGEST_STRIP]
    strip = tuple(Day(day, _state(day, until=until, end_on=end_on, is_open=case.closed_at is None)) for day in working)
    return Timing(start_on, end_on, used, limit, strip, reasons)


def _state(day: date, *, until: date, end_on: date, is_open: bool) -> str:
    if day == until and is_open:
        return "today"
    if day > until:
        return "free"
    return "late" if day > end_on else "used"
