from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tongban.core import time


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 3, 5, 15, 59, tzinfo=UTC), date(2026, 3, 5)),
        (datetime(2026, 3, 5, 16, 0, tzinfo=UTC), date(2026, 3, 6)),  # midnight in China
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_day_is_that_of_china(at: datetime, day: date) -> None:
    assert time.day_of(at) == day
    with time.moved(at):
        assert time.today() == day


def test_moment_of_a_day_in_china_is_kept_in_utc() -> None:
    at = time.at_china(date(2026, 3, 6), 8, 30)
    assert (at, at.tzinfo) == (datetime(2026, 3, 6, 0, 30, tzinfo=UTC), UTC)


def test_clock_goes_on_after_it_stood_still() -> None:
    with time.moved(datetime(2000, 1, 1, tzinfo=UTC)):
        assert time.now().year == 2000
    assert time.now().year >= 2026


def test_faster_clock_shows_a_day_in_a_minute_and_stops_with_its_pace() -> None:
    began, shown = datetime(2026, 3, 6, 2, tzinfo=UTC), datetime(2026, 1, 5, 1, tzinfo=UTC)
    pace = time.Pace(began, shown, 1440)
    assert pace.at(began + timedelta(minutes=1)) == shown + timedelta(days=1)
    try:
        time.keep_pace(time.Pace(datetime.now(UTC), datetime(2000, 1, 1, tzinfo=UTC), 1440))
        assert time.now().year == 2000
        with time.moved(began):
            assert time.now() == began
    finally:
        time.keep_pace(None)
    assert time.now().year >= 2026
