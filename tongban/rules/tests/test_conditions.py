from __future__ import annotations

import pytest

from tongban.rules.conditions import When, facts_of, holds

COOK = {"meals": ["cook"]}
BIG_COOK = {"meals": ["cook"], "size": ["medium", "large"]}


@pytest.mark.parametrize(
    ("when", "facts", "verdict"),
    [
        (None, {}, True),
        ([], {}, True),
        (COOK, {"meals": "cook"}, True),
        (COOK, {"meals": "none"}, False),
        (COOK, {}, None),
        (COOK, {"meals": ""}, None),
        (COOK, {"meals": "tea|cook"}, True),  # a multiple choice fits when one fits
        (COOK, {"meals": "tea|none"}, False),
        (BIG_COOK, {"meals": "cook", "size": "large"}, True),
        (BIG_COOK, {"meals": "cook"}, None),
        (BIG_COOK, {"meals": "none"}, False),  # known to fail, whatever the other is
        (BIG_COOK, {"size": "small"}, False),
        ([COOK, {"size": ["large"]}], {"size": "large"}, True),
        ([COOK, {"size": ["large"]}], {"meals": "none"}, None),
        ([COOK, {"size": ["large"]}], {"meals": "none", "size": "small"}, False),
    ],
)
def test_condition_holds_fails_or_is_open(when: When, facts: dict[str, str], verdict: bool | None) -> None:
    assert holds(when, facts) is verdict


def test_condition_names_the_facts_it_asks_about() -> None:
    assert facts_of([BIG_COOK, {"tenure": ["rent"]}]) == {"meals", "size", "tenure"}
    assert facts_of(None) == set()
