"""The statutory clock (时限): a pure function of start, limit, pauses and calendar.

Source: 行政许可法 art. 42, 45, 82; 民法典 art. 201–203; standards reference 7.2. No job ever “adds a day”.
"""

from __future__ import annotations

import calendar as months
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

Unit = Literal["workday", "day", "month"]
LONGEST = 3660  # days looked at before giving up; no limit of the law is near it


class WorkingCalendar(Protocol):
    """Which days are working days (工作日), and for which years the official notice is known."""

    def is_working_day(self, on: date) -> bool: ...
    def is_known(self, on: date) -> bool: ...


@dataclass(frozen=True)
class Pause:
    """A lawful stop of the clock (不计入时限的期间), both days included. Source: 行政许可法 art. 45."""

    start_on: date
    end_on: date


@dataclass(frozen=True)
class Due:
    """The last day of a limit, whether it may still move (暂定), and how it came about, in Chinese."""

    due_on: date
    provisional: bool
    reasons: tuple[str, ...]


class Lamp(enum.StrEnum):
    """A lamp (亮灯): shape and word belong to it, colour never stands alone. Source: product guide §2."""

    OK = "ok"  # 正常
    WARN = "warn"  # 临期
    BAD = "bad"  # 超期
    OFF = "off"  # 暂停计时
    DONE = "done"  # 已办结
    IDLE = "idle"  # 未开始: no clock runs yet, another member comes first


LAMP_WORDS = {Lamp.OK: "正常", Lamp.WARN: "临期", Lamp.BAD: "超期", Lamp.OFF: "暂停计时", Lamp.DONE: "已办结",
              Lamp.IDLE: "未开始"}  # fmt: skip


def due(start_on: date, *, limit: int, unit: Unit, pauses: Iterable[Pause] = (), calendar: WorkingCalendar) -> Due:
    """Return the last day of a limit. The start day is not counted (民法典 art. 201).

    `limit` counts working days, natural days or months; 0 working days is the same working day (即办), or the next
    one when the start is none. Overlapping pauses are merged; one that starts and ends on one day deducts nothing.
    Raises ValueError for a negative limit, a unit that is none, or a pause that ends before it starts.
    """
    if limit < 0:
        raise ValueError(f"a limit is not negative: {limit}")
    paused = paused_days(pauses)
    match unit:
        case "workday":
            due_on = _workdays(start_on, limit, paused, calendar)
        case "day":
            due_on = _to_working_day(_natural(start_on, start_on + timedelta(days=limit), paused), calendar)
        case "month":
            due_on = _to_working_day(_natural(start_on, _add_months(start_on, limit), paused), calendar)
        case _:
            raise ValueError(f"no such unit: {unit}")
    return _told(start_on, due_on, paused, calendar)


def working_days_between(after: date, until: date, calendar: WorkingCalendar) -> int:
    """Return how many working days lie after `after` up to and including `until`; negative the other way round."""
    if until < after:
        return -working_days_between(until, after, calendar)
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(1 for day in days if calendar.is_working_day(day))


def lamp(due_on: date | None, *, on: date, limit_days: int, calendar: WorkingCalendar) -> tuple[Lamp, int]:
    """Return the lamp of an open limit and the working days left (negative when overdue).

    Yellow when at most one working day or 20 % of the limit is left. A limit without end stands still (OFF).
    """
    if due_on is None:
        return Lamp.OFF, 0
    left = working_days_between(on, due_on, calendar)
    if on > due_on:
        return Lamp.BAD, min(left, -1)
    return (Lamp.WARN if left <= max(1, limit_days * 0.2) else Lamp.OK), left


def days_used(start_on: date, until: date, *, pauses: Iterable[Pause] = (), calendar: WorkingCalendar) -> int:
    """Return the working days of a limit used by the end of `until`: after the start, without the days of any stop."""
    off = paused_days(pauses)
    days = (start_on + timedelta(days=n) for n in range(1, (until - start_on).days + 1))
    return sum(1 for day in days if calendar.is_working_day(day) and day not in off)


def paused_days(pauses: Iterable[Pause]) -> set[date]:
    """Return every day that some pause takes out; one that starts and ends on one day takes none.

    Raises ValueError for a pause that ends before it starts. Source: standards reference 7.2 rule 5.
    """
    days: set[date] = set()
    for pause in pauses:
        length = (pause.end_on - pause.start_on).days
        if length < 0:
            raise ValueError(f"a pause ends before it starts: {pause.start_on}..{pause.end_on}")
        if length > LONGEST:
            raise ValueError("a pause is longer than ten years")
        if length:
            days.update(pause.start_on + timedelta(days=n) for n in range(length + 1))
    return days


def _workdays(start_on: date, limit: int, paused: set[date], calendar: WorkingCalendar) -> date:
    day, left = start_on, limit
    if limit == 0:
        return _to_working_day(start_on, calendar)
    while left:
        day += timedelta(days=1)
        if calendar.is_working_day(day) and day not in paused:
            left -= 1
    return day


def _natural(start_on: date, end_on: date, paused: set[date]) -> date:
    day, left = start_on, (end_on - start_on).days
    while left:
        day += timedelta(days=1)
        left -= day not in paused
    return day


def _add_months(start_on: date, limit: int) -> date:
    year, month = divmod(start_on.year * 12 + start_on.month - 1 + limit, 12)
    day = min(start_on.day, months.monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


def _to_working_day(day: date, calendar: WorkingCalendar) -> date:
    """Move a last day that is a day off to the next working day. Source: 民法典 art. 203."""
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return day


def _told(start_on: date, due_on: date, paused: set[date], calendar: WorkingCalendar) -> Due:
    days = [start_on + timedelta(days=n) for n in range((due_on - start_on).days + 1)]
    reasons = [f"{start_on.isoformat()} 为起算日，当日不计入（民法典第二百零一条）"]
    off = sum(1 for day in days[1:] if not calendar.is_working_day(day))
    if off:
        reasons.append(f"期间有 {off} 天周末或节假日")
    stopped = sorted(day for day in days if day in paused and calendar.is_working_day(day))
    if stopped:
        reasons.append(f"依法不计入 {len(stopped)} 个工作日（停止计时期间，起止两天都不算）")
    unknown = sorted({day.year for day in days if not calendar.is_known(day)})
    for year in unknown:
        reasons.append(f"{year} 年放假调休安排尚未公布，按周末和法定节假日推算，日期暂定，公布后重算")
    return Due(due_on, bool(unknown), tuple(reasons))
