from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tongban.indicators.queries.measures import MEASURES
from tongban.indicators.rules.measures import WORDS
from tongban.indicators.rules.spec import IndicatorSpec

BODY: dict[str, Any] = {
    "code": "a-rate", "name": "某率", "kind": "rate", "jurisdiction": "某市", "targets": [{"text": "不低于 90%"}],
    "source": {"document": "某方案", "place": "一"}, "measure": "online",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"measure": "guess"}, "平台没有“guess”这种算法"),
        ({"reason": "没有记录"}, "平台计算的指标不写"),
        ({"measure": None}, "平台不算的指标要写为什么"),
    ],
)
def test_an_indicator_is_computed_or_says_why_not(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        IndicatorSpec.model_validate({**BODY, **changes})


@pytest.mark.parametrize(
    ("changes", "way"),
    [
        ({}, "computed"),
        ({"measure": None, "reason": "没有记录"}, "reported"),
        ({"measure": None, "reason": "没有记录", "kind": "deadline"}, "dated"),
        ({"measure": None, "reason": "没有记录", "kind": "report_day"}, "dated"),
    ],
)
def test_the_way_of_a_value_follows_from_what_is_known(changes: dict[str, Any], way: str) -> None:
    assert IndicatorSpec.model_validate({**BODY, **changes}).way == way


def test_every_measure_has_words_and_every_word_a_measure() -> None:
    assert set(MEASURES) == set(WORDS)
