"""When a clock, a reason, a fee or an entry is cause for a card: tables at the boundary. Source: standards reference 7.2, 7.3."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.calendars.rules import WorkCalendar, published_exceptions
from tongban.supervision.rules import watching
from tongban.supervision.rules.kinds import FORMULAS
from tongban.supervision.rules.watching import Stop

CALENDAR = WorkCalendar(*published_exceptions())
FRI = date(2026, 3, 13)  # the last day; the next working day is Monday 16


def d(day: int) -> date:
    return date(2026, 3, day)


def stop(start: int, end: int | None = None, *, statutory: bool = True) -> Stop:
    return Stop(d(start), d(start + 1), d(end) if end else None, statutory)


@pytest.mark.parametrize(
    ("on", "closed", "stops", "all_clocks", "over"),
    [
        (13, None, [], False, False),  # the last day itself
        (14, None, [], False, True),  # from its midnight on
        (14, 13, [], False, False),  # closed on the last day
        (16, 16, [], False, True),  # closed a day late
        (14, None, [stop(12)], False, False),  # a stop holds it
        (14, None, [stop(13)], False, False),
        (16, None, [stop(14)], False, True),  # a stop that came too late
        (14, None, [stop(9, 10)], False, True),  # one that is over
        (14, None, [stop(12, statutory=False)], False, False),
        (14, None, [stop(12, statutory=False)], True, True),  # the statutory clock runs on
        (14, None, [stop(12)], True, False),
    ],
)  # fmt: skip
def test_limit_is_over_after_its_last_day_unless_closed_or_held(
    on: int, closed: int | None, stops: list[Stop], all_clocks: bool, over: bool
) -> None:
    closed_on = d(closed) if closed else None
    assert watching.is_over(FRI, on=d(on), closed_on=closed_on, stops=stops, all_clocks=all_clocks) is over


def test_no_limit_is_never_over() -> None:
    assert not watching.is_over(None, on=d(14), closed_on=None)


@pytest.mark.parametrize(("limit", "left"), [(1, 1), (5, 1), (10, 2), (20, 4), (45, 9)])
def test_near_is_one_day_or_a_fifth(limit: int, left: int) -> None:
    assert watching.near_days(limit, days=1, percent=80) == left


@pytest.mark.parametrize(
    ("on", "started", "closed", "stops", "near"),
    [
        (11, 6, None, [], False), (12, 6, None, [], True), (13, 6, None, [], True), (14, 6, None, [], False),
        (12, 12, None, [], False),  # the day it began
        (13, 6, 12, [], False), (13, 6, 13, [], True),
        (12, 6, None, [stop(11)], False), (12, 6, None, [stop(12)], True),  # on that morning it still ran
        (12, 6, None, [stop(9, 11)], True), (12, 6, None, [stop(9, 12)], False),
    ],
)  # fmt: skip
def test_promise_is_nearly_over_on_its_last_two_mornings(
    on: int, started: int, closed: int | None, stops: list[Stop], near: bool
) -> None:
    closed_on = d(closed) if closed else None
    found = watching.is_near(
        FRI, on=d(on), days=1, started_on=d(started), closed_on=closed_on, stops=stops, calendar=CALENDAR
    )
    assert found is near


@pytest.mark.parametrize("days", [0, 1, 2, 4])
def test_ends_nearing_and_near_from_say_the_same(days: int) -> None:
    for day in (9, 10, 13, 14, 15, 16):
        ends = watching.ends_nearing(d(day), days=days, calendar=CALENDAR, back=0)
        assert [watching.near_from(end, days=days, calendar=CALENDAR) for end in ends] == [d(day)] * len(ends)
        assert bool(ends) == CALENDAR.is_working_day(d(day))
    assert len(watching.ends_nearing(d(16), days=1, calendar=CALENDAR, back=3)) == 2  # Monday and Friday


@pytest.mark.parametrize(
    ("stops", "end"),
    [
        ([], 10), ([stop(9, 10)], 12), ([stop(9)], None), ([stop(11)], 10), ([stop(5, 5)], 10),
    ],
)  # fmt: skip
def test_step_is_stretched_by_the_stops_of_its_case(stops: list[Stop], end: int | None) -> None:
    found = watching.step_end(d(6), d(10), stops=stops, calendar=CALENDAR)
    assert found == (d(end) if end else None)


@pytest.mark.parametrize(
    ("reason", "bare"),
    [
        ("", True), ("  ", True), ("不符合条件。", True), ("经审查，材料不齐，依法不予许可。", True), ("不符合规定不符合规定", True),
        ("房屋没有消防验收合格意见，住所不符合要求", False), ("法人身份证已过期三个月", False),
        ("甲乙丙丁戊己庚", True), ("甲乙丙丁戊己庚辛", False),  # seven and eight
    ],
)  # fmt: skip
def test_reason_of_formulas_says_nothing(reason: str, bare: bool) -> None:
    assert watching.is_bare(reason, formulas=FORMULAS, least=8) is bare


@pytest.mark.parametrize(
    ("asked", "charges", "owed", "more"),
    [(100, False, None, 100), (100, True, 100, 0), (101, True, 100, 1), (99, True, 100, 0), (100, True, None, 0)],
)
def test_fee_above_the_list_is_undue(asked: int, charges: bool, owed: int | None, more: int) -> None:
    assert watching.undue(asked, charges=charges, owed_fen=owed) == more


@pytest.mark.parametrize(
    ("done", "entered", "late"), [(13, 13, False), (13, 16, False), (13, 17, True), (12, 16, True), (16, 13, False)]
)
def test_entry_is_late_after_one_working_day(done: int, entered: int, late: bool) -> None:
    assert watching.is_late_entry(d(done), entered_on=d(entered), days=1, calendar=CALENDAR) is late


def test_days_after_leaves_the_first_out() -> None:
    assert list(watching.days_after(d(13), d(15))) == [d(14), d(15)]
    assert list(watching.days_after(d(13), d(13))) == []
