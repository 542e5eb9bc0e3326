"""四减 computed, not claimed: what items demand now, what they demanded before, and the ratios that follow.

Every figure carries the part of each item, so that it can be opened. What is still to be prepared (待编制) or only tracked for an
outside body is counted nowhere. Source: standards reference 1.6, 1.7; the formulas are its 【惯例】, the three rows of the fee, the
visits and the limit against the baseline are built like those it gives for steps and materials.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tongban.catalogue.rules.item import ItemSpec

# 收件受理, 决定 and 送达 stand around the steps of the review, as in the comparison of a theme.
FRAME_STEPS = 3
MEASURES = {"steps": "环节", "materials": "材料", "days": "时限", "visits": "跑动", "fee": "费用"}
UNITS = {"steps": "个", "materials": "份", "days": "个工作日", "visits": "次", "fee": "元"}


@dataclass(frozen=True)
class Numbers:
    """What an item demands: steps, papers, working days, visits, fee in fen (None: it depends on the single case)."""

    steps: int
    materials: int
    days: int
    visits: int
    fee_fen: int | None


@dataclass(frozen=True)
class Counted:
    """An item as the figures read it; `before` is the baseline, where there is one."""

    item: ItemSpec
    now: Numbers
    before: Numbers | None


@dataclass(frozen=True)
class Part:
    """What one item adds to a figure."""

    code: str
    numerator: int
    denominator: int

    @property
    def percent(self) -> str | None:
        """The ratio of this item alone."""
        return _percent(Fraction(self.numerator, self.denominator)) if self.denominator else None


@dataclass(frozen=True)
class Figure:
    """A ratio with all its parts: Σ numerators / Σ denominators, or the mean of the ratios of the single items."""

    key: str
    name: str
    formula: str
    parts: tuple[Part, ...]
    is_mean: bool = False
    unit: str = "项"

    @property
    def numerator(self) -> int:
        """The sum above the line."""
        return sum(part.numerator for part in self.parts)

    @property
    def denominator(self) -> int:
        """The sum below the line."""
        return sum(part.denominator for part in self.parts)

    @property
    def percent(self) -> str | None:
        """The ratio in percent with one decimal; None where nothing stands below the line (无数据)."""
        if self.is_mean:
            ratios = [Fraction(part.numerator, part.denominator) for part in self.parts if part.denominator]
            return _percent(sum(ratios, Fraction()) / len(ratios)) if ratios else None
        return _percent(Fraction(self.numerator, self.denominator)) if self.denominator else None


def _percent(ratio: Fraction) -> str:
    exact = Decimal(ratio.numerator * 100) / Decimal(ratio.denominator)
    return f"{exact.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def counted(items: Iterable[ItemSpec], *, free: Collection[str]) -> list[Counted]:
    """Return the items that count. `free` are the material types that a department looks up itself: nobody hands them in."""
    return [Counted(item, _now(item, free), _before(item)) for item in items if item.prepared and not item.tracked_only]


def _now(item: ItemSpec, free: Collection[str]) -> Numbers:
    demanded = [use for use in item.materials if use.necessity != "optional" and use.type not in free]
    fee = 0 if item.fee is None else item.fee.amount_fen
    return Numbers(FRAME_STEPS + len(item.steps), len(demanded), item.promised_days, item.visits, fee)


def _before(item: ItemSpec) -> Numbers | None:
    was = item.baseline
    return None if was is None else Numbers(was.steps, was.materials, was.days, was.visits, was.fee_fen)


def without_baseline(rows: Iterable[Counted]) -> int:
    """Return how many items have no baseline: they are in no comparison of before and after."""
    return sum(row.before is None for row in rows)


@dataclass(frozen=True)
class Comparison:
    """A measure before and after, over the items that have a baseline and a number now; fees are fen."""

    measure: str
    before: int
    after: int
    items: int

    @property
    def percent(self) -> str | None:
        """How much less it is now, in percent; None where there was nothing before."""
        return _percent(Fraction(self.before - self.after, self.before)) if self.before else None


def comparisons(rows: Iterable[Counted]) -> list[Comparison]:
    """Return the five measures before and after."""
    rows = list(rows)
    return [_compare(measure, rows) for measure in MEASURES]


def _compare(measure: str, rows: list[Counted]) -> Comparison:
    pairs = [pair for pair in (_pair(measure, row) for row in rows) if pair is not None]
    return Comparison(measure, sum(was for was, _ in pairs), sum(now for _, now in pairs), len(pairs))


def _pair(measure: str, row: Counted) -> tuple[int, int] | None:
    if row.before is None:
        return None
    name = "fee_fen" if measure == "fee" else measure
    was, now = getattr(row.before, name), getattr(row.now, name)
    return None if now is None else (was, now)


Share = Callable[[ItemSpec], bool]
# key -> (name, formula in words, which items stand above the line). Source: standards reference 1.6, 1.7.
SHARES: dict[str, tuple[str, str, Share]] = {
    "on-the-spot": ("即办件占比", "承诺当日办结的事项 ÷ 事项", lambda item: item.is_on_the_spot),
    "no-visit": ("零跑动占比", "到现场次数为 0 的事项 ÷ 事项", lambda item: item.visits == 0),
    "one-visit": ("最多跑一次占比", "到现场次数不超过 1 的事项 ÷ 事项", lambda item: item.visits <= 1),
    "online": ("网上可办率", "不到现场就能提出申请的事项 ÷ 事项", lambda item: item.is_online),
    "depth-3": ("网办深度Ⅲ级及以上占比", "能网上受理、最多跑一次的事项 ÷ 事项", lambda item: item.reached_depth >= 3),
    "depth-4": ("网办深度Ⅳ级占比", "全程网办、不用跑的事项 ÷ 事项", lambda item: item.reached_depth == 4),
}


def figures(rows: Iterable[Counted]) -> list[Figure]:
    """Return the figures of some items, the limits first, then the shares, then what became less against the baseline."""
    rows = list(rows)
    limits = tuple(
        Part(row.item.code, row.item.statutory_days - row.item.promised_days, row.item.statutory_days)
        for row in rows
        if row.item.statutory_days is not None
    )
    found = [
        Figure("limit", "时限压缩比", "Σ（法定时限 − 承诺时限）÷ Σ 法定时限，有法定时限的事项", limits, unit="个工作日"),
        Figure("limit-mean", "时限压缩比（逐项平均）", "各事项（法定 − 承诺）÷ 法定的平均，法定时限为 0 的不计", limits,
               is_mean=True, unit="个工作日"),
    ]  # fmt: skip
    found += [share(key, name, formula, rows, fits) for key, (name, formula, fits) in SHARES.items()]
    return [*found, *(_less(measure, rows) for measure in MEASURES)]


def share(key: str, name: str, formula: str, rows: Iterable[Counted], fits: Share) -> Figure:
    """Return the share of the items for which something holds."""
    return Figure(key, name, formula, tuple(Part(row.item.code, int(fits(row.item)), 1) for row in rows))


def _less(measure: str, rows: list[Counted]) -> Figure:
    pairs = [(row.item.code, _pair(measure, row)) for row in rows]
    name = MEASURES[measure]
    return Figure(
        f"less-{measure}", f"{name}减少比", f"Σ（原{name} − 现{name}）÷ Σ 原{name}，有基线的事项",
        tuple(Part(code, pair[0] - pair[1], pair[0]) for code, pair in pairs if pair is not None), unit=UNITS[measure],
    )  # fmt: skip


def grades(rows: Iterable[Counted]) -> dict[int, int]:
    """Return how many items reached each grade of online handling (网上办理深度), 1 to 4."""
    found = dict.fromkeys((1, 2, 3, 4), 0)
    for row in rows:
        found[row.item.reached_depth] += 1
    return found
