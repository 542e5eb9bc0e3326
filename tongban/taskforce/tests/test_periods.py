"""Windows in which units report, who owes, who is reminded when."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.taskforce.rules import periods
from tongban.taskforce.rules.periods import Calendar
from tongban.taskforce.tests.factories import START


@pytest.mark.parametrize(
    ("day", "month", "opens", "closes"),
    [
        (25, 8, date(2026, 8, 20), date(2026, 8, 25)),
        (24, 8, date(2026, 8, 19), date(2026, 8, 24)),
        (31, 2, date(2026, 2, 23), date(2026, 2, 28)),  # the last day of a shorter month
        (3, 3, date(2026, 2, 26), date(2026, 3, 3)),
    ],
)
def test_window_closes_on_the_set_day_and_opens_some_days_before(
    day: int, month: int, opens: date, closes: date
) -> None:
    found = periods.window(Calendar(day), 2026, month)
    assert (found.opens_on, found.closes_on) == (opens, closes)
    assert periods.window_of(Calendar(day), found.period) == found


def test_windows_lie_wholly_within_the_campaign() -> None:
    found = periods.windows(Calendar(25), date(2025, 11, 21), date(2026, 2, 25))
    assert [one.period for one in found] == ["2025-12", "2026-01", "2026-02"]
    assert periods.windows(Calendar(25), date(2026, 1, 20), date(2026, 1, 24)) == []


@pytest.mark.parametrize(
    ("on", "period"),
    [
        (date(2026, 6, 19), None),  # before the first opens
        (date(2026, 6, 20), "2026-06"),
        (date(2026, 6, 25), "2026-06"),
        (date(2026, 7, 19), "2026-06"),  # late
        (date(2026, 7, 20), "2026-07"),
        (date(2027, 1, 3), "2026-12"),
    ],
)
def test_a_report_belongs_to_the_window_open_or_the_last_that_closed(on: date, period: str | None) -> None:
    found = periods.current(Calendar(25), on, since=START)
    assert (found.period if found else None) == period


def test_a_window_that_opens_in_the_month_before_counts_from_its_opening() -> None:
    found = periods.current(Calendar(3), date(2026, 12, 30), since=START)
    assert found is not None
    assert found.period == "2027-01"


def test_closing_day_itself_is_in_time() -> None:
    one = periods.window(Calendar(25), 2026, 8)
    assert not periods.is_late(one, date(2026, 8, 25))
    assert periods.is_late(one, date(2026, 8, 26))


@pytest.mark.parametrize(
    ("assigned_on", "closed_on", "owed"),
    [
        (None, None, False),
        (date(2026, 8, 20), None, True),
        (date(2026, 8, 21), None, False),  # handed out when the window was open already
        (START, date(2026, 8, 25), False),  # struck off before it closed
        (START, date(2026, 8, 26), True),
    ],
)
def test_who_was_handed_a_task_when_the_window_opened_owes_a_report(
    assigned_on: date | None, closed_on: date | None, owed: bool
) -> None:
    one = periods.window(Calendar(25), 2026, 8)
    assert periods.owes(one, assigned_on=assigned_on, closed_on=closed_on) is owed


def test_ladder_goes_from_opening_to_late() -> None:
    one = periods.window(Calendar(25), 2026, 8)
    found = [(step.step, step.on) for step in periods.ladder(Calendar(25, 5, (1, 3, 3, 9, 0)), one)]
    assert found == [
        ("open", date(2026, 8, 20)),
        ("before-3", date(2026, 8, 22)),
        ("before-1", date(2026, 8, 24)),
        ("late", date(2026, 8, 26)),
    ]


def test_next_opening_lies_ahead() -> None:
    assert periods.next_opening(Calendar(25), date(2026, 8, 19)).period == "2026-08"
    assert periods.next_opening(Calendar(25), date(2026, 12, 20)).period == "2027-01"


def test_phase_of_a_day() -> None:
    phases = [("部署", date(2026, 6, 1), date(2026, 6, 30)), ("攻坚", date(2026, 7, 1), date(2026, 9, 30))]
    assert periods.phase_words(phases, date(2026, 6, 30)) == "部署"
    assert periods.phase_words(phases, date(2026, 10, 1)) == ""
