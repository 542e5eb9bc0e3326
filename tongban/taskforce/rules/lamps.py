"""The lamp (亮灯) of an assignment by planned progress (序时进度), with the numbers in words.

Source: product guide §2: 绿 on or ahead of 序时进度, 黄 behind, 红 past 完成时限, 蓝 已销号; grey without a day of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tongban.taskforce.rules.moves import State

# Lamp -> its word, worst first. The keys are those of the lamps of the pages.
WORDS = {"bad": "超期", "warn": "落后", "ok": "正常", "off": "不计时", "idle": "未交办", "done": "已销号"}


@dataclass(frozen=True)
class Lamp:
    """A lamp: its kind, its word, and the numbers behind it in one sentence."""

    kind: str
    word: str
    why: str


@dataclass(frozen=True)
class Standing:
    """What of an assignment decides its lamp; `progress` in percent as last reported and not returned, None for never."""

    state: State
    starts_on: date
    due_on: date | None
    syncs: bool = False
    progress: int | None = None
    closed_on: date | None = None


def expected(starts_on: date, due_on: date, on: date) -> int:
    """Return the planned progress (序时进度) of a day in percent: days gone of all days, rounded down."""
    total = (due_on - starts_on).days
    gone = (on - starts_on).days
    if gone <= 0:
        return 0
    return 100 if total <= 0 or gone >= total else gone * 100 // total


def lamp(one: Standing, *, on: date, tolerance: int = 0) -> Lamp:
    """Return the lamp of a day. `tolerance`: how many points behind plan are still green (configuration)."""
    if one.state is State.CLOSED:
        return _late_or_done(one)
    if one.state is State.PLANNED:
        return Lamp("idle", WORDS["idle"], "还没有交办")
    if one.due_on is None:
        return (
            Lamp("off", "随省推进", "与省同步推进，没有自己的完成时限")
            if one.syncs
            else Lamp("off", WORDS["off"], "没有明确的完成时限")
        )
    said = f"进度 {one.progress}%" if one.progress is not None else "没有填报过进度，按 0% 算"
    if on > one.due_on:
        return Lamp("bad", WORDS["bad"], f"超过完成时限 {(on - one.due_on).days} 天，{said}")
    plan, left = expected(one.starts_on, one.due_on, on), (one.due_on - on).days
    numbers = f"{said}，序时进度 {plan}%，{f'还有 {left} 天' if left else '今天到期'}"
    if (one.progress or 0) + tolerance >= plan:
        return Lamp("ok", WORDS["ok"], numbers)
    return Lamp("warn", WORDS["warn"], numbers)


def _late_or_done(one: Standing) -> Lamp:
    late = (one.closed_on - one.due_on).days if one.closed_on and one.due_on else 0
    return Lamp("done", WORDS["done"], f"{one.closed_on} 销号" + (f"，比时限晚 {late} 天" if late > 0 else ""))


def worst(kinds: Iterable[str]) -> str:
    """Return the worst of some lamps, "" for none."""
    found = set(kinds)
    return next((kind for kind in WORDS if kind in found), "")


def finding(counts: dict[str, int]) -> str:
    """Return how many assignments stand under each lamp, in one sentence."""
    parts = [f"{WORDS[kind]} {counts[kind]}" for kind in WORDS if counts.get(kind)]
    return f"共 {sum(counts.values())} 项分工：{'，'.join(parts)}" if parts else "还没有分工"
