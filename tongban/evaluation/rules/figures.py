"""The figures of ratings (好差评指标): counts and the ratios of them. A ratio of nothing is no figure, never 0 or 100 %.

Formulas 【惯例】 but for coverage. Source: standards reference 4.3.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date

from tongban.evaluation.rules.grades import BAD, GOOD, stars

NO_FIGURE = "无数据"


@dataclass(frozen=True)
class Counts:
    """What was counted of a group in a period. Ratings excluded after review are counted apart and nowhere else.

    `invited` (应评) were to be rated since the period; `answered` of these were rated. The others count ratings given in
    the period: by grade, and of the bad ones how they were handled. `*_due` are those whose limit is over or that are done.
    """

    invited: int = 0
    answered: int = 0
    grades: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    persons: int = 0
    verify_due: int = 0
    verified_in_time: int = 0
    settle_due: int = 0
    settled_in_time: int = 0
    called_back: int = 0
    excluded: int = 0

    @property
    def rated(self) -> int:
        """Ratings given (评价总数); all of them by people, none by default."""
        return sum(self.grades)

    @property
    def good(self) -> int:
        """Ratings of 基本满意 and better (好评)."""
        return sum(self.grades[grade - 1] for grade in GOOD)

    @property
    def bad(self) -> int:
        """Ratings worse than that (差评)."""
        return sum(self.grades[grade - 1] for grade in BAD)

    @property
    def unrated(self) -> int:
        """Invitations of the period that nobody answered (未评价)."""
        return self.invited - self.answered

    @property
    def average(self) -> float | None:
        """The mean of the stars, or None when nobody rated."""
        given = sum(stars(n) * count for n, count in enumerate(self.grades, 1))
        return given / self.rated if self.rated else None


def total(rows: Iterable[Counts]) -> Counts:
    """Return the sum of counts. Persons are added: who rated in two groups counts twice."""
    summed = Counts()
    for row in rows:
        values = {f.name: getattr(summed, f.name) + getattr(row, f.name) for f in fields(Counts) if f.name != "grades"}
        grades = tuple(a + b for a, b in zip(summed.grades, row.grades, strict=True))
        summed = Counts(**values, grades=grades)  # type: ignore[arg-type]  # five of them, as zipped
    return summed


@dataclass(frozen=True)
class Ratio:
    """A figure with its name, its formula in words, numerator and denominator."""

    code: str
    name: str
    formula: str
    numerator: int
    denominator: int
    # What is known but does not count in it, in words.
    note: str = field(default="")

    @property
    def value(self) -> float | None:
        """The ratio, or None when there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def words(self) -> str:
        """The ratio as percent with one digit, or 无数据."""
        return percent(self.numerator, self.denominator)


def percent(numerator: int, denominator: int) -> str:
    """Return a ratio in words: 98.6 %; 无数据 when there is nothing to divide by. Nothing is rounded up to all."""
    if not denominator:
        return NO_FIGURE
    tenths = (numerator * 2000 + denominator) // (2 * denominator)
    if tenths == 1000 and numerator < denominator:
        tenths = 999
    if tenths == 0 and numerator:
        tenths = 1
    return f"{tenths / 10:.1f} %"


def ratios(counts: Counts) -> tuple[Ratio, ...]:
    """Return the ratios of a group's counts, in the order in which they are shown."""
    running_verify, running_settle = counts.bad - counts.verify_due, counts.bad - counts.settle_due
    return (
        Ratio("good_rate", "好评率", "（非常满意 + 满意 + 基本满意）÷ 评价总数", counts.good, counts.rated),
        Ratio("answer_rate", "主动评价率", "主动评价数 ÷ 应评数", counts.answered, counts.invited),
        Ratio("active_good_rate", "主动评价好评率", "主动好评数 ÷ 主动评价数", counts.good, counts.rated, "没有默认好评，评价都是主动评价"),
        Ratio("unrated_rate", "未评价率", "未评价数 ÷ 应评数", counts.unrated, counts.invited, "未评价不算好评"),
        Ratio("verify_rate", "差评按时核实率", "按时核实的差评 ÷ 已到核实时限或已核实的差评", counts.verified_in_time, counts.verify_due,
              _running(running_verify)),
        Ratio("settle_rate", "差评按期整改率", "按期整改的差评 ÷ 已到整改时限或已整改的差评", counts.settled_in_time, counts.settle_due,
              _running(running_settle)),
        Ratio("call_back_rate", "回访率", "已回访的差评 ÷ 差评", counts.called_back, counts.bad),
    )  # fmt: skip


def _running(count: int) -> str:
    return f"还在时限内的 {count} 条不算" if count > 0 else ""


def is_shown(counts: Counts, *, least_persons: int) -> bool:
    """Return whether a group's ratings may be shown to those rated and to the public: enough persons stand behind them.

    Source: assurance S34.
    """
    return counts.persons >= least_persons


def whole_months(since: date, until: date) -> tuple[date, date]:
    """Return the days from the first of the first month to the last of the last one.

    Who may only see many persons at once sees whole months: two periods that differ by a day would tell who rated that day.
    Source: assurance S34.
    """
    last = monthrange(until.year, until.month)[1]
    return since.replace(day=1), until.replace(day=last)
