from __future__ import annotations

from datetime import date

import pytest

from tongban.calendars.rules import seeded
from tongban.cases.rules import warning
from tongban.core import time

CALENDAR = seeded()


@pytest.mark.parametrize(
    ("due_on", "days", "on"),
    [
        (date(2026, 3, 16), 1, date(2026, 3, 13)),  # Monday: the Friday before
        (date(2026, 3, 16), 3, date(2026, 3, 11)),
        (date(2026, 10, 9), 2, date(2026, 9, 30)),  # over the national holiday
        (date(2026, 3, 13), 0, date(2026, 3, 13)),
    ],
)
def test_days_before_are_working_days(due_on: date, days: int, on: date) -> None:
    assert warning.days_before(due_on, days, CALENDAR) == on


def test_ladder_has_three_rungs_in_the_order_of_time() -> None:
    end_at = time.at_china(date(2026, 3, 17), 0)
    found = warning.ladder(end_at, date(2026, 3, 16), CALENDAR, at_china=time.at_china)
    assert list(found) == ["3d", "1d", "2h"] == list(warning.WORDS)
    assert list(found.values()) == [
        time.at_china(date(2026, 3, 11), 9), time.at_china(date(2026, 3, 13), 9), time.at_china(date(2026, 3, 16), 22),
    ]  # fmt: skip
