"""What who rated badly is told of what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tongban.evaluation.rules import telling
from tongban.evaluation.rules.handling import Branch, State
from tongban.evaluation.rules.telling import Standing

FRIDAY, MONDAY, TUESDAY, LAST = date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 20)
NEW = Standing(State.OPEN, MONDAY, LAST)
SEEN = Standing(State.VERIFIED, MONDAY, LAST, Branch.AT_ONCE, verified_on=MONDAY)
DONE = Standing(State.SETTLED, MONDAY, LAST, Branch.AT_ONCE, verified_on=MONDAY, settled_on=TUESDAY)


@pytest.mark.parametrize(("one", "on", "words", "said"), [
    (NEW, MONDAY, "核实中", "2026年3月9日前核实。2026年3月20日前答复你。"),
    (NEW, TUESDAY, "核实中", "原定2026年3月9日前核实，已经超过，还没有完成。2026年3月20日前答复你。"),
    (SEEN, LAST, "整改中", "2026年3月9日核实过。2026年3月20日前答复你。"),
    (SEEN, date(2026, 3, 21), "整改中", "2026年3月9日核实过。原定2026年3月20日前答复你，已经超过，还没有完成。"),
    (replace(SEEN, branch=Branch.EXPLAINED), MONDAY, "准备答复", "2026年3月9日核实过。2026年3月20日前答复你。"),
    (DONE, LAST, "已整改", "2026年3月9日核实过。2026年3月10日已整改并答复。"),
    (replace(DONE, branch=Branch.EXPLAINED), LAST, "已答复", "2026年3月9日核实过。2026年3月10日已答复。"),
    (replace(DONE, called_back_on=LAST), LAST, "已整改", "2026年3月9日核实过。2026年3月10日已整改并答复。2026年3月20日已回访。"),
    (replace(NEW, appeal_upheld=False, appeal_decided_on=MONDAY), MONDAY, "核实中",
     "被评价的单位提出过申诉，2026年3月9日复核没有采纳，这条评价照常计入统计。2026年3月9日前核实。2026年3月20日前答复你。"),
    (Standing(State.EXCLUDED, MONDAY, LAST, appeal_upheld=True, appeal_decided_on=MONDAY), LAST, "不计入统计",
     "被评价的单位提出过申诉，2026年3月9日经复核不计入统计；你写的话没有改，还在这里，有意见可以拨打 12345。"),
])  # fmt: skip
def test_the_giver_reads_what_was_done_and_what_comes_next(one: Standing, on: date, words: str, said: str) -> None:
    assert (telling.state_words(one), "".join(telling.lines(one, on=on))) == (words, said)
