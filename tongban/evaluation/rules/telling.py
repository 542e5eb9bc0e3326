"""What who rated badly is told of what came of it (差评的办理情况), in plain words: where it stands, never who handles it.

Source: standards reference 4.2; assurance S34.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tongban.evaluation.rules.handling import Branch, State


@dataclass(frozen=True)
class Standing:
    """What of a bad rating its giver may know; days are those on which something was done, None for not yet."""

    state: State
    verify_by_on: date
    settle_by_on: date
    branch: str = ""
    verified_on: date | None = None
    settled_on: date | None = None
    called_back_on: date | None = None
    appeal_upheld: bool | None = None  # of the last appeal that was decided
    appeal_decided_on: date | None = None


def state_words(one: Standing) -> str:
    """Return where it stands in a few characters."""
    explains = one.branch == Branch.EXPLAINED
    return {
        State.OPEN: "核实中",
        State.VERIFIED: "准备答复" if explains else "整改中",
        State.SETTLED: "已答复" if explains else "已整改",
        State.EXCLUDED: "不计入统计",
    }[one.state]


def lines(one: Standing, *, on: date) -> list[str]:
    """Return what was done and what comes next, a sentence each, as of a day."""
    done = "已答复" if one.branch == Branch.EXPLAINED else "已整改并答复"
    dated = [(one.verified_on, "核实过"), (one.settled_on, done), (one.called_back_on, "已回访")]
    found = [f"{_day(day)}{what}。" for day, what in dated if day]
    if one.appeal_decided_on:
        found.append(f"被评价的单位提出过申诉，{_day(one.appeal_decided_on)}{_decision(one.appeal_upheld)}。")
    if one.state is State.OPEN:
        found.append(_still(one.verify_by_on, "核实", on))
    if one.state in (State.OPEN, State.VERIFIED):
        found.append(_still(one.settle_by_on, "答复你", on))
    return found


def _decision(is_upheld: bool | None) -> str:
    if is_upheld:
        return "经复核不计入统计；你写的话没有改，还在这里，有意见可以拨打 12345"
    return "复核没有采纳，这条评价照常计入统计"


def _still(by_on: date, what: str, on: date) -> str:
    return f"{_day(by_on)}前{what}。" if on <= by_on else f"原定{_day(by_on)}前{what}，已经超过，还没有完成。"


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"
