from __future__ import annotations

from typing import Any

import pytest

from tongban.rules.errors import Invalid
from tongban.themes.rules import guidance
from tongban.themes.rules.spec import Member, Question, ThemeSpec
from tongban.vocabulary.rules import Choice

YES_NO = (Choice(value="yes", label="是"), Choice(value="no", label="否"))


def question(code: str, **more: Any) -> Question:
    return Question(code=code, ask=f"{code}？", why="因为", choices=YES_NO, **more)


THEME = ThemeSpec.model_validate({
    "code": "test-theme", "seq": 1, "name": "一件事", "short_name": "事", "summary": "事", "audience": ["person"], "stage": "准营",
    "lead": "market", "limit": {"text": "5个工作日", "days": 5}, "members": [Member(item="one-item", name="一项", limit_days=1)],
    "questions": [
        question("meals", unsure="yes", element="food-supply"),
        question("kitchen", when={"meals": ["yes"]}, unsure="no"),
        question("sign"),
    ],
})  # fmt: skip


def codes(answers: dict[str, str]) -> list[str]:
    return [q.code for q in guidance.applicable(THEME, answers)]


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({}, ["meals", "sign"]),
        ({"meals": "yes"}, ["meals", "kitchen", "sign"]),
        ({"meals": "no"}, ["meals", "sign"]),
        ({"meals": "unsure"}, ["meals", "kitchen", "sign"]),
    ],
)
def test_question_comes_only_when_it_applies(answers: dict[str, str], asked: list[str]) -> None:
    assert codes(answers) == asked


def test_next_question_is_the_first_open_one_and_none_at_the_end() -> None:
    assert guidance.next_question(THEME, {"meals": "yes"}).code == "kitchen"  # type: ignore[union-attr]
    assert guidance.next_question(THEME, {"meals": "no", "sign": "no"}) is None


@pytest.mark.parametrize(("answers", "left"), [({}, 3), ({"meals": "yes"}, 2), ({"meals": "no"}, 1)])
def test_most_left_counts_what_may_still_come(answers: dict[str, str], left: int) -> None:
    assert guidance.most_left(THEME, answers) == left


def test_answer_to_a_question_that_no_longer_applies_is_left_out() -> None:
    assert guidance.checked(THEME, {"kitchen": "yes", "meals": "no"}) == {"meals": "no"}


def test_order_of_answers_does_not_matter() -> None:
    answers = {"sign": "no", "kitchen": "yes", "meals": "yes"}
    assert guidance.checked(THEME, answers) == guidance.checked(THEME, dict(reversed(answers.items())))


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"parking": "yes"}, "没有“parking”这道题"),
        ({"sign": "maybe"}, "可选：yes（是）、no（否）"),
        ({"sign": "unsure"}, "不能选不确定"),
        ({"sign": ["yes"]}, "没有“['yes']”这个答案"),
        ({"sign": None}, "没有“None”这个答案"),
        ({"sign": 1}, "没有“1”这个答案"),
    ],
)
def test_answer_that_fits_nothing_is_refused_with_what_fits(answers: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        guidance.checked(THEME, answers)
    assert words in "".join(refusal.value.fields.values())


def test_uncertain_answer_counts_as_its_safe_choice_but_does_not_fill_the_form() -> None:
    assert guidance.facts_of_answers(THEME, {"meals": "unsure"}) == {"meals": "yes"}
    assert guidance.facts_of_answers(THEME, {"meals": "yes"}) == {"meals": "yes", "food-supply": "yes"}
