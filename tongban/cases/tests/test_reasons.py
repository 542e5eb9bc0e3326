from __future__ import annotations

import pytest

from tongban.cases.rules.reasons import checked_reason
from tongban.rules.errors import Invalid


@pytest.mark.parametrize("reason", ["五个字就行", "理" * 500, "  材料第 3 页\n没有签名  "])
def test_reason_that_says_something_is_taken_without_outer_blanks(reason: str) -> None:
    assert checked_reason(reason) == reason.strip()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("四个字呀", "请写明结论，5 至 500 个字"), ("    不行    ", "5 至 500 个字"), ("理" * 501, "5 至 500 个字"),
        ("材料没有签名\U0001f600", "表情符号"), ("材料没有\u202e签名", "看不见的特殊字符"),
    ],
)  # fmt: skip
def test_reason_that_no_paper_can_carry_is_refused_where_it_was_typed(reason: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        checked_reason(reason, "words", "结论")
    assert refusal.value.code == "case.reason"
    assert list(refusal.value.fields) == ["words"]
    assert words in refusal.value.fields["words"]
