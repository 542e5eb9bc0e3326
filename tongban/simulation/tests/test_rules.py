from __future__ import annotations

from collections import Counter

import pytest

from tongban.simulation import rules
from tongban.simulation.rules import Mix


def test_dice_fall_the_same_for_the_same_seed_and_otherwise_for_another() -> None:
    assert rules.roll(7, "a", 1) == rules.roll(7, "a", 1)
    assert len({rules.roll(seed, "a", 1) for seed in range(20)}) == 20
    assert rules.roll(7, "a", "b") != rules.roll(7, "ab")


def test_dice_are_fair_enough() -> None:
    counted = Counter(rules.pick(1, 4, n) for n in range(4000))
    assert set(counted) == {0, 1, 2, 3}
    assert all(850 < n < 1150 for n in counted.values())


@pytest.mark.parametrize(("limit_days", "steps", "most"), [(0, 2, 0), (10, 3, 2), (20, 0, 10)])
def test_work_is_taken_up_within_its_share_of_the_limit(limit_days: int, steps: int, most: int) -> None:
    mix = Mix(late=0)
    days = [rules.patience(1, str(n), "step", "x", limit_days=limit_days, steps=steps, mix=mix) for n in range(200)]
    assert (min(days), max(days)) == (0, most)


def test_the_late_are_later_than_the_limit_and_only_with_the_decision() -> None:
    mix = Mix(late=1)
    assert all(rules.patience(1, str(n), "decide", "", limit_days=5, steps=2, mix=mix) > 5 for n in range(50))
    assert all(rules.patience(1, str(n), "step", "", limit_days=5, steps=2, mix=mix) <= 1 for n in range(50))
