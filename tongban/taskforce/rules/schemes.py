"""What a campaign goes by (专项规则): its reporting calendar, the tolerance of its lamps, the weights of its ranking.

A change counts from the first window that has not opened yet; a window that is open or closed keeps what it opened with.
All values are set for each campaign 【惯例】.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tongban.taskforce.rules import periods
from tongban.taskforce.rules.periods import Calendar, Window
from tongban.taskforce.rules.rankings import Method


@dataclass(frozen=True)
class Scheme:
    """Reports are due monthly on `report_day`, the window opens `opens_before_days` days earlier, reminders `ladder_days` before.

    `tolerance` in percentage points; the weights are points of a hundred, what they leave is for tasks done.
    """

    report_day: int = 25
    opens_before_days: int = 5
    ladder_days: tuple[int, ...] = (3, 1)
    tolerance: int = 0
    weight_on_time: int = 50
    weight_meets: int = 0

    @property
    def calendar(self) -> Calendar:
        """The reporting calendar, for every month alike."""
        return Calendar(self.report_day, self.opens_before_days, self.ladder_days)

    @property
    def method(self) -> Method:
        """What a score of the ranking is made of."""
        return Method(self.weight_on_time, 100 - self.weight_on_time - self.weight_meets, self.weight_meets)


Later = Sequence[tuple[str, Scheme]]  # the month from which it counts, the oldest change first


def flaws(given: Scheme) -> dict[str, str]:
    """Return what is wrong with a scheme, by field."""
    found: dict[str, str] = {}
    if not 1 <= given.report_day <= 31:
        found["report_day"] = "每月填报截止日 1 至 31"
    if not 1 <= given.opens_before_days <= 20:
        found["opens_before_days"] = "提前 1 至 20 天开窗口"
    if any(not 0 < day < given.opens_before_days for day in given.ladder_days):
        found["ladder_days"] = "提醒要在窗口开的日子里，比提前开的天数少"
    if not 0 <= given.tolerance <= 50:
        found["tolerance"] = "落后容差 0 至 50 个百分点"
    if given.weight_on_time < 0 or given.weight_meets < 0 or given.weight_on_time + given.weight_meets > 100:
        found["weight_on_time"] = "权重不小于 0，两项加起来不超过 100，其余是完成率"
    return found


def of_month(first: Scheme, later: Later, period: str) -> Scheme:
    """Return what counts for a month (YYYY-MM): the last change made that counts from it or an earlier month."""
    return next((scheme for since, scheme in reversed(later) if since <= period), first)


def calendar(first: Scheme, later: Later) -> Calendar:
    """Return the reporting calendar of a campaign with its changes."""
    return Calendar(
        first.report_day, first.opens_before_days, first.ladder_days,
        tuple((since, scheme.calendar) for since, scheme in later),
    )  # fmt: skip


def first_window(cal: Calendar, wanted: Scheme, *, after: date) -> Window:
    """Return the first window that a change counts for.

    It has not opened by the day `after`, neither as things stand nor by the change.
    """
    one = periods.next_opening(cal, after)
    while (changed := periods.window_of(cal.changed(one.period, wanted.calendar), one.period)).opens_on <= after:
        one = periods.following(cal, one)
    return changed


def words(old: Scheme, new: Scheme) -> str:
    """Return what a change changes, in one sentence without its full stop; empty when nothing differs."""
    was, now = old.method, new.method
    rows = (
        ("每月截止日", f"{old.report_day} 日", f"{new.report_day} 日"),
        ("提前开窗", f"{old.opens_before_days} 天", f"{new.opens_before_days} 天"),
        ("截止前提醒", _days(old.ladder_days), _days(new.ladder_days)),
        ("落后容差", f"{old.tolerance} 个百分点", f"{new.tolerance} 个百分点"),
        ("按时填报", f"{was.on_time} 分", f"{now.on_time} 分"),
        ("完成率", f"{was.done} 分", f"{now.done} 分"),
        ("指标达标率", f"{was.meets} 分", f"{now.meets} 分"),
    )
    return "，".join(f"{name} {before} 改为 {after}" for name, before, after in rows if before != after)


def _days(ladder: tuple[int, ...]) -> str:
    return "、".join(str(day) for day in ladder) + " 天" if ladder else "不提醒"
