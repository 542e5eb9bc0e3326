"""What an editor of a theme reads of how the draft differs."""

from __future__ import annotations

from typing import Any

from tongban.authoring.models import Draft
from tongban.authoring.queries import drafts

QUESTION: dict[str, Any] = {
    "code": "form", "ask": "开店还是摆摊", "choices": [{"value": "shop", "label": "开店"}, {"value": "stall", "label": "摆摊"}],
}  # fmt: skip
MEMBER: dict[str, Any] = {"item": "business-licence", "name": "办执照", "when": {"form": ["shop"]}}


def compared(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[list[str], list[str]]]:
    found = drafts.compared(Draft(pack="honghu", kind="theme"), before, after)
    sides = {row.words: (row.before, row.after) for row in found}
    return {words: ([line.text for line in was], [line.text for line in now]) for words, (was, now) in sides.items()}


def test_a_theme_is_said_in_the_words_of_its_items_units_and_questions(honghu: str) -> None:
    was = {"lead": "data", "questions": [QUESTION], "members": [MEMBER]}
    now = {"lead": "police", "questions": [QUESTION], "members": [{**MEMBER, "when": {"form": ["stall"]}}]}
    assert compared(was, now) == {
        "牵头单位": (["洪湖市政务服务和大数据管理局"], ["洪湖市公安局"]),
        "联办事项": (["办理营业执照，条件：“开店还是摆摊”是“开店”"], ["办理营业执照，条件：“开店还是摆摊”是“摆摊”"]),
    }


def test_a_question_that_fills_an_element_is_the_same_question(honghu: str) -> None:
    found = compared({"questions": [QUESTION]}, {"questions": [{**QUESTION, "element": "no-such", "unsure": "shop"}]})
    assert found["导办题"][1] == ["开店还是摆摊，数据元：no-such，代码：form，“不确定”按：shop"]


def test_an_unfinished_theme_is_compared_too(honghu: str) -> None:
    before = {"questions": [{"code": "form"}, "x", {"ask": "问"}], "members": [{"when": {"form": ["shop"]}}]}
    found = compared(before, {"questions": "x"})
    assert found["联办事项"] == (["条件：“form”是“shop”"], [])
