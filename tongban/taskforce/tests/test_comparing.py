"""What units report, held against what the platform computed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tongban.taskforce.rules import comparing


@pytest.mark.parametrize(
    ("own", "computed", "comparator", "kind", "words"),
    [
        (100, Fraction(921, 10), ">=", "above", "自报比平台高 7.9 个百分点"),
        (92, Fraction(92), ">=", "same", "一致"),
        (90, Fraction(92), ">=", "below", "自报比平台低 2.0 个百分点"),
        (3, Fraction(5), "<=", "above", "自报比平台低 2.0 个百分点"),
        (None, Fraction(5), ">=", "missing", "没有填自报数"),
        (5, None, ">=", "unknown", "平台无数据"),
        (None, None, ">=", "unknown", "平台无数据"),
    ],
)
def test_a_self_report_is_held_against_the_platform(
    own: int | None, computed: Fraction | None, comparator: str, kind: str, words: str
) -> None:
    found = comparing.verdict(None if own is None else Fraction(own), computed, comparator=comparator, unit="%")
    assert (found.kind, found.words, found.is_contradiction) == (kind, words, kind == "above")
