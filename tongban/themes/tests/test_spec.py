from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tongban.themes.rules.spec import ThemeSpec

CHOICES = [{"value": "yes", "label": "是"}, {"value": "no", "label": "否"}]
THEME: dict[str, Any] = {
    "code": "one-theme", "seq": 1, "name": "一件事", "short_name": "事", "summary": "事", "audience": ["person"], "stage": "准营",
    "lead": "market", "limit": {"text": "5个工作日", "days": 5},
    "members": [{"item": "aa", "name": "甲", "limit_days": 1}, {"item": "bb", "name": "乙", "limit_days": 1, "waits_for": ["aa"]}],
    "questions": [{"code": "meals", "ask": "？", "why": "因", "choices": CHOICES}],
}  # fmt: skip


def member(item: str, **more: Any) -> dict[str, Any]:
    return {"item": item, "name": item, "limit_days": 1} | more


def question(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "ask": "？", "why": "因", "choices": CHOICES} | more


def test_theme_is_read() -> None:
    assert [m.item for m in ThemeSpec.model_validate(THEME).members] == ["aa", "bb"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"members": [member("aa"), member("aa")]}, "成员事项重复"),
        ({"members": [member("aa", waits_for=["zz"])]}, "不是本主题的成员"),
        ({"members": [member("aa", waits_for=["bb"]), member("bb", waits_for=["aa"])]}, "成了一个圈"),
        ({"members": [member("aa", waits_for=["aa"])]}, "成了一个圈"),
        ({"members": [member("aa", when={"parking": ["yes"]})]}, "没有问的 parking"),
        ({"questions": [question("meals"), question("meals")]}, "重复"),
        ({"questions": [question("meals", when={"later": ["yes"]}), question("later")]}, "调整题目次序"),
        ({"questions": [question("meals", unsure="maybe")]}, "改为选项之一"),
        ({"questions": [question("meals", choices=[*CHOICES, CHOICES[0]])]}, "value 重复"),
        ({"questions": [question("meals", choices=CHOICES[:1])]}, "choices"),
        ({"questions": [question("meals", choices=[{"value": f"v{n}", "label": "x"} for n in range(7)])]}, "choices"),
        ({"limit": {"text": "很快"}}, "联办时限"),
        ({"limit": {"text": "即办", "days": 1, "immediate": True}}, "联办时限"),
        (
            {"limit": {"text": "5", "days": 5, "conditional": [{"when": {"risk": ["low"]}, "days": 2, "label": "低"}]}},
            "没有问的 risk",
        ),
        ({"members": []}, "members"),
        ({"seq": 0}, "seq"),
    ],
)
def test_theme_that_does_not_fit_together_is_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ThemeSpec.model_validate(THEME | more)
    assert words in str(refusal.value)
