from __future__ import annotations

from datetime import date

import pytest

from tongban.rules.clock import Lamp, Pause, due, lamp, working_days_between
from tongban.rules.tests.factories import PrintedCalendar

CALENDAR = PrintedCalendar()
day = date.fromisoformat


def pauses(*texts: str) -> list[Pause]:
    return [Pause(*(day(part) for part in text.split(".."))) for text in texts]


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [  # Golden values, standards reference 7.2.
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-09-18", 3, "2026-09-22"),  # Sunday 09-20 is a working day.
        ("2026-02-13", 5, "2026-02-27"),
        ("2025-09-26", 10, "2025-10-16"),
        ("2026-04-30", 1, "2026-05-06"),
        ("2026-11-20", 20, "2026-12-18"),
        ("2026-01-03", 1, "2026-01-04"),  # The start day is a day off; the Sunday after it is a working day.
        ("2026-03-06", 1, "2026-03-09"),  # 民法典 art. 201: the start day is not counted.
        ("2026-03-06", 5, "2026-03-13"),
    ],
)
def test_limit_in_working_days_ends_on_the_golden_day(start: str, limit: int, end: str) -> None:
    assert due(day(start), limit=limit, unit="workday", calendar=CALENDAR).due_on == day(end)


@pytest.mark.parametrize(
    ("stops", "end"),
    [  # 行政许可法 art. 45; standards reference 7.2 rule 5: start 2026-03-06, limit 5.
        (["2026-03-10..2026-03-12"], "2026-03-18"),
        (["2026-03-10..2026-03-12", "2026-03-11..2026-03-13"], "2026-03-19"),  # merged, not deducted twice
        (["2026-03-10..2026-03-12", "2026-03-10..2026-03-12"], "2026-03-18"),
        (["2026-03-10..2026-03-10"], "2026-03-13"),  # one day deducts nothing
        (["2026-03-07..2026-03-08"], "2026-03-13"),  # a weekend has no working day to deduct
        (["2026-03-16..2026-03-18"], "2026-03-13"),  # after the end
    ],
)
def test_lawful_pauses_are_not_counted(stops: list[str], end: str) -> None:
    told = due(day("2026-03-06"), limit=5, unit="workday", pauses=pauses(*stops), calendar=CALENDAR)
    assert told.due_on == day(end)


def test_order_of_pauses_does_not_matter() -> None:
    stops = pauses("2026-03-10..2026-03-12", "2026-03-11..2026-03-13", "2026-03-24..2026-03-26")
    ends = {due(day("2026-03-06"), limit=9, unit="workday", pauses=p, calendar=CALENDAR) for p in (stops, stops[::-1])}
    assert len(ends) == 1


@pytest.mark.parametrize(
    ("start", "limit", "unit", "end"),
    [  # 民法典 art. 202, 203: natural days and months; a last day that is a day off moves on.
        ("2026-03-02", 10, "day", "2026-03-12"),
        ("2026-09-25", 7, "day", "2026-10-08"),  # 10-02 is in the holidays
        ("2026-03-02", 5, "day", "2026-03-09"),  # Saturday 03-07
        ("2026-02-18", 10, "day", "2026-02-28"),  # a Saturday on which people work
        ("2026-01-31", 1, "month", "2026-02-28"),  # no 31 February
        ("2026-03-15", 2, "month", "2026-05-15"),
        ("2026-07-01", 3, "month", "2026-10-08"),
        ("2026-03-02", 0, "day", "2026-03-02"),
    ],
)
def test_natural_limits_end_on_a_working_day(start: str, limit: int, unit: str, end: str) -> None:
    assert due(day(start), limit=limit, unit=unit, calendar=CALENDAR).due_on == day(end)  # type: ignore[arg-type]


def test_pause_moves_a_limit_in_natural_days() -> None:
    told = due(day("2026-03-02"), limit=10, unit="day", pauses=pauses("2026-03-04..2026-03-06"), calendar=CALENDAR)
    assert told.due_on == day("2026-03-16")  # 03-15 is a Sunday


@pytest.mark.parametrize(("start", "end"), [("2026-03-06", "2026-03-06"), ("2026-03-07", "2026-03-09")])
def test_immediate_limit_ends_the_same_or_next_working_day(start: str, end: str) -> None:
    assert due(day(start), limit=0, unit="workday", calendar=CALENDAR).due_on == day(end)


@pytest.mark.parametrize(("limit", "is_provisional"), [(20, True), (5, False)])
def test_limit_that_crosses_into_an_unknown_year_is_provisional_not_an_error(limit: int, is_provisional: bool) -> None:
    told = due(day("2026-12-10"), limit=limit, unit="workday", calendar=CALENDAR)
    assert told.provisional is is_provisional
    assert any("2027 年放假调休安排尚未公布" in reason for reason in told.reasons) is is_provisional


def test_reasons_say_the_start_day_the_days_off_and_the_pauses() -> None:
    told = due(day("2026-03-06"), limit=5, unit="workday", pauses=pauses("2026-03-10..2026-03-12"), calendar=CALENDAR)
    assert told.reasons == (
        "2026-03-06 为起算日，当日不计入（民法典第二百零一条）",
        "期间有 4 天周末或节假日",
        "依法不计入 3 个工作日（停止计时期间，起止两天都不算）",
    )


@pytest.mark.parametrize(
    ("limit", "stops"), [(-1, []), (5, ["2026-03-12..2026-03-10"]), (5, ["2026-03-10..2099-03-10"])]
)
def test_impossible_limits_and_pauses_are_refused(limit: int, stops: list[str]) -> None:
    with pytest.raises(ValueError):
        due(day("2026-03-06"), limit=limit, unit="workday", pauses=pauses(*stops), calendar=CALENDAR)


def test_limit_in_a_unit_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no such unit: year"):
        due(day("2026-03-06"), limit=1, unit="year", calendar=CALENDAR)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("on", "lit", "left"),
    [
        ("2026-03-06", Lamp.OK, 10),
        ("2026-03-17", Lamp.OK, 3),
        ("2026-03-18", Lamp.WARN, 2),  # 20 % of 10 days
        ("2026-03-20", Lamp.WARN, 0),
        ("2026-03-21", Lamp.BAD, -1),  # Saturday: overdue though no working day has passed
        ("2026-03-24", Lamp.BAD, -2),
    ],
)
def test_lamp_follows_the_working_days_left(on: str, lit: Lamp, left: int) -> None:
    assert lamp(day("2026-03-20"), on=day(on), limit_days=10, calendar=CALENDAR) == (lit, left)


def test_limit_without_end_stands_still() -> None:
    assert lamp(None, on=day("2026-03-06"), limit_days=10, calendar=CALENDAR) == (Lamp.OFF, 0)


def test_working_days_between_count_the_last_day_but_not_the_first() -> None:
    assert working_days_between(day("2026-09-30"), day("2026-10-13"), CALENDAR) == 5
    assert working_days_between(day("2026-10-13"), day("2026-09-30"), CALENDAR) == -5
