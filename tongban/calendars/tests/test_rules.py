from __future__ import annotations

from datetime import date, timedelta

import pytest

from tongban.calendars.rules import seeded
from tongban.rules.clock import due
from tongban.rules.tests.factories import PrintedCalendar

CALENDAR, PRINTED = seeded(), PrintedCalendar()


def test_calendar_of_2026_is_the_printed_one_day_by_day() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [day for day in days if CALENDAR.is_working_day(day) != PRINTED.is_working_day(day)] == []


def test_years_without_a_notice_are_not_known_and_have_statutory_days_off() -> None:
    assert [CALENDAR.is_known(date(year, 6, 1)) for year in (2025, 2026, 2027, 2040)] == [True, True, False, False]
    assert not CALENDAR.is_working_day(date(2027, 1, 1))  # a Friday
    assert not CALENDAR.is_working_day(date(2027, 2, 8))  # 春节
    assert CALENDAR.is_working_day(date(2027, 3, 1))


@pytest.mark.parametrize(
    ("limit", "start"), [(20, date(2026, 12, 4)), (5, date(2026, 12, 25)), (40, date(2026, 11, 6))]
)
def test_limit_across_the_last_known_year_is_computed_and_provisional(limit: int, start: date) -> None:
    told = due(start, limit=limit, unit="workday", calendar=CALENDAR)
    assert told.provisional
    assert told.due_on.year == 2027
