"""The working-day calendar (工作日历) as a value. Source: standards reference §12."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import chinese_calendar
import holidays


@dataclass(frozen=True)
class WorkCalendar:
    """Working days: Monday to Friday, but for the exceptions of each year's official notice (放假调休).

    Years without a notice have weekends and statutory days only and count as unknown.
    """

    exceptions: dict[date, bool]
    known_years: frozenset[int]

    def is_working_day(self, on: date) -> bool:
        """Return whether `on` is a working day."""
        if on in self.exceptions:
            return self.exceptions[on]
        if on.year not in self.known_years and on in _statutory(on.year):
            return False
        return on.weekday() < 5

    def is_known(self, on: date) -> bool:
        """Return whether the official notice of that year is known."""
        return on.year in self.known_years


def exceptions_of(days: Mapping[date, bool]) -> dict[date, bool]:
    """Return the days of a notice that differ from Monday to Friday."""
    return {day: working for day, working in days.items() if working != (day.weekday() < 5)}


_cache: dict[int, frozenset[date]] = {}


def _statutory(year: int) -> frozenset[date]:
    """Return the statutory days off of a year by the `holidays` library (no 调休 for years to come)."""
    if year not in _cache:
        _cache[year] = frozenset(holidays.country_holidays("CN", years=year))
    return _cache[year]


def published_exceptions() -> tuple[dict[date, bool], frozenset[int]]:
    """Return the days that differ from Monday–Friday, and the years, as the published notices of the library say."""
    first, last = min(chinese_calendar.holidays), max(chinese_calendar.holidays)
    exceptions = {day: False for day in chinese_calendar.holidays if day.weekday() < 5}
    exceptions |= {day: True for day in chinese_calendar.workdays if day.weekday() >= 5}
    return exceptions, frozenset(range(first.year, last.year + 1))


def seeded() -> WorkCalendar:
    """Return the calendar of the library's published notices."""
    return WorkCalendar(*published_exceptions())
