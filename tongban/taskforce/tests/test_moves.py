"""The table of what can be done with an assignment."""

from __future__ import annotations

import pytest

from tongban.rules.errors import Conflict
from tongban.taskforce.rules import moves
from tongban.taskforce.rules.moves import Act, Side, State


def test_an_act_that_the_table_does_not_know_is_refused_in_words() -> None:
    with pytest.raises(Conflict, match="现在是“已销号”，不能申请延期"):
        moves.after(Act.ASK_DELAY, State.CLOSED)
    assert moves.after(Act.SIGN, State.ASSIGNED) is State.RUNNING


def test_each_side_is_offered_its_own_acts() -> None:
    assert moves.possible(State.RUNNING, Side.UNIT) == [Act.REPORT, Act.ASK_DELAY, Act.ASK_CLOSE]
    assert moves.possible(State.CLOSE_ASKED, Side.UNIT) == []
    assert Act.VERIFY_CLOSE in moves.possible(State.CLOSE_ASKED, Side.OVERSEER)
    assert moves.possible(State.OUTSIDE, Side.OVERSEER) == [Act.TALK, Act.BLAME]


def test_every_state_and_act_has_its_word() -> None:
    assert set(moves.STATE_WORDS) == set(State)
    assert set(moves.ACT_WORDS) == set(moves.SIDES) == set(Act)
