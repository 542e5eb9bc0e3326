"""The warning ladder before a deadline: three days, one day, two hours. Thresholds are configuration 【惯例】."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from tongban.rules.clock import WorkingCalendar

DAYS_BEFORE = (3, 1)
HOURS_BEFORE = 2
MORNING = 9  # hour in China at which the warnings of a day are given
WORDS = {"3d": "还有 3 个工作日", "1d": "还有 1 个工作日", "2h": "还有 2 小时"}


def days_before(due_on: date, days: int, calendar: WorkingCalendar) -> date:
    """Return the working day that lies `days` working days before a due day."""
    day, left = due_on, days
    while left:
        day -= timedelta(days=1)
        left -= calendar.is_working_day(day)
    return day


def ladder(
    end_at: datetime, due_on: date, calendar: WorkingCalendar, *, at_china: Callable[[date, int], datetime]
) -> dict[str, datetime]:
    """Return the moments of the warnings by name, the first one first. The last one comes two hours before the end."""
    rungs = {f"{days}d": at_china(days_before(due_on, days, calendar), MORNING) for days in DAYS_BEFORE}
    return {**rungs, f"{HOURS_BEFORE}h": end_at - timedelta(hours=HOURS_BEFORE)}
