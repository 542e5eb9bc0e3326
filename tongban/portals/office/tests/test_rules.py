"""What the action bar offers at each stage."""

from __future__ import annotations

import pytest

from tongban.cases.rules.life import CLOSED, MOVES
from tongban.portals.office import rules

STAGES = [
    ({"is_pre_review": True, "may_take_in": True, "may_ask": True}, ["not-accept", "correction", "pre-review", "accept"]),
    ({"may_take_in": True}, ["not-accept", "accept"]),  # Asked once already.
    ({"may_decide": True}, ["refuse", "grant"]),
    ({"steps": [("a", "甲"), ("b", "乙")]}, ["step", "step"]),
    ({}, []),
    ({"is_tracked_only": True, "is_pre_review": True, "may_take_in": True, "may_ask": True}, ["not-accept", "accept"]),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "slugs"), STAGES)
def test_each_stage_offers_its_acts_with_one_main_act_last(stage: dict[str, object], slugs: list[str]) -> None:
    known = {
        "is_tracked_only": False,
        "is_pre_review": False,
        "may_take_in": False,
        "may_ask": False,
        "may_decide": False,
    }
    found = rules.offers(**{**known, "steps": [], **stage})  # type: ignore[arg-type]
    assert [offer.slug for offer in found] == slugs
    assert [offer.tone == "primary" for offer in found] == [n == len(found) for n in range(1, len(found) + 1)]


def test_every_act_is_a_move_of_the_table() -> None:
    verbs = {verb for verb, _ in MOVES}
    assert {act.verb for act in (*rules.ACTS.values(), *rules.TRACKED.values())} <= verbs


def test_every_closed_state_says_why_nothing_is_left_to_do() -> None:
    for state in CLOSED:
        assert rules.blocked(state.value, held_by="", roles=[])
    assert rules.blocked("accepted", held_by="", roles=["reviewer"]) == "这一步由审查岗办理"
    assert rules.blocked("accepted", held_by="麻某", roles=["reviewer"]) == "由麻某认领，正在办理"
