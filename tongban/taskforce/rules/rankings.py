"""Rank units (排名) by what they did: the method in words, ties share a rank, who is left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """What a score is made of: points for reports in time, tasks done, indicators met, together 100 【惯例】."""

    on_time: int = 50
    done: int = 50
    meets: int = 0

    @property
    def words(self) -> str:
        """The method in one sentence."""
        meets = f" + 指标达标率 × {self.meets}" if self.meets else ""
        told = (
            "指标达标率 = 平台计算达到目标的 ÷ 绑定了平台指标并已填报的；没有这类任务的单位，其余两项按比例折成一百分。"
            if self.meets
            else ""
        )
        return (
            f"得分 = 按时填报率 × {self.on_time} + 完成率 × {self.done}{meets}，保留一位小数；得分相同名次相同，后一名次顺延。"
            "按时填报率 = 窗口内填报的应报项 ÷ 应报项；完成率 = 已销号 ÷ 承担的任务，不含随省推进的任务。"
        ) + told


@dataclass(frozen=True)
class Tally:
    """What a unit owed and did in a period."""

    unit: str
    name: str
    owed: int
    on_time: int
    late: int
    tasks: int
    done: int
    outside: bool = False
    # Reports whose figure the platform computes too, and how many of those reach the target.
    bound: int = 0
    met: int = 0


@dataclass(frozen=True)
class Ranked:
    """A row of the ranking; `rank` None for a unit left out, with the reason."""

    rank: int | None
    tally: Tally
    score: float | None
    why_out: str = ""


def score(one: Tally, method: Method) -> float:
    """Return the points of a unit to one decimal; the unit must owe reports and have tasks.

    Who has no indicator to meet is measured by the rest, scaled to the same hundred.
    """
    raw = one.on_time * method.on_time / one.owed + one.done * method.done / one.tasks
    if method.meets and one.bound:
        raw += one.met * method.meets / one.bound
    elif method.meets < 100:
        raw *= 100 / (100 - method.meets)
    return int(raw * 10 + 0.5) / 10


def why_out(one: Tally) -> str:
    """Return why a unit is not ranked, or an empty text."""
    if one.outside:
        return "平台外单位，不在平台填报"
    if one.tasks == 0:
        return "只承担随省推进或没有时限的任务"
    if one.owed == 0:
        return "本期没有应报的任务"
    return ""


def ranked(tallies: Sequence[Tally], method: Method) -> list[Ranked]:
    """Return the ranking, best first; equal points share a rank; those left out follow in the given order."""
    scored = [(score(one, method), at, one) for at, one in enumerate(tallies) if not why_out(one)]
    scored.sort(key=lambda row: (-row[0], row[1]))
    rows: list[Ranked] = []
    for place, (points, _, one) in enumerate(scored, start=1):
        same = bool(rows) and rows[-1].score == points
        rows.append(Ranked(rows[-1].rank if same else place, one, points))
    return rows + [Ranked(None, one, None, why_out(one)) for one in tallies if why_out(one)]


def share(part: int, whole: int) -> str:
    """Return a share as percent with one decimal; “无数据” when there is nothing to divide by."""
    return f"{part * 100 / whole:.1f}%" if whole else "无数据"
