"""Points and ranks of units."""

from __future__ import annotations

import pytest

from tongban.taskforce.rules import rankings
from tongban.taskforce.rules.rankings import Method, Tally


def tally(unit: str, **more: object) -> Tally:
    given: dict[str, object] = {"owed": 10, "on_time": 10, "late": 0, "tasks": 4, "done": 2}
    return Tally(unit, unit, **(given | more))  # type: ignore[arg-type]


def test_equal_points_share_a_rank_and_the_next_is_skipped() -> None:
    rows = rankings.ranked([tally("甲", done=1), tally("乙"), tally("丙"), tally("丁", on_time=0)], Method())
    assert [(row.rank, row.tally.name, row.score) for row in rows] == [
        (1, "乙", 75.0),
        (1, "丙", 75.0),
        (3, "甲", 62.5),
        (4, "丁", 25.0),
    ]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"outside": True}, "平台外单位，不在平台填报"),
        ({"tasks": 0, "done": 0}, "只承担随省推进或没有时限的任务"),
        ({"owed": 0, "on_time": 0}, "本期没有应报的任务"),
    ],
)
def test_who_cannot_be_measured_is_left_out_with_the_reason(more: dict[str, object], why: str) -> None:
    (last,) = [row for row in rankings.ranked([tally("甲"), tally("乙", **more)], Method()) if row.rank is None]
    assert (last.tally.name, last.score, last.why_out) == ("乙", None, why)


def test_weights_decide_and_are_said() -> None:
    assert rankings.score(tally("甲", on_time=5, done=4), Method(80, 20)) == 60.0
    assert rankings.score(tally("甲", owed=3, on_time=2, tasks=3, done=1), Method()) == 50.0
    assert "按时填报率 × 80 + 完成率 × 20" in Method(80, 20).words


@pytest.mark.parametrize(
    ("bound", "met", "points"),
    [(4, 4, 40 + 20 + 20), (4, 1, 40 + 20 + 5), (0, 0, 75.0)],  # without indicators 60 of 80 become 75 of 100
)
def test_indicators_count_where_there_are_any(bound: int, met: int, points: float) -> None:
    assert rankings.score(tally("甲", bound=bound, met=met), Method(40, 40, 20)) == points
    assert rankings.score(tally("甲", bound=bound, met=met), Method()) == 75.0
    assert "指标达标率 × 20" in Method(40, 40, 20).words
    assert "指标达标率" not in Method().words


def test_indicators_alone_leave_nothing_to_scale() -> None:
    assert rankings.score(tally("甲"), Method(0, 0, 100)) == 0.0


def test_a_share_of_nothing_is_no_data() -> None:
    assert rankings.share(0, 0) == "无数据"
    assert rankings.share(1, 3) == "33.3%"
