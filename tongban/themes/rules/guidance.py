"""Guidance (导办): which question comes next, what answers mean, whether they are complete."""

from __future__ import annotations

from collections.abc import Mapping

from tongban.rules.conditions import Facts, holds
from tongban.rules.errors import Invalid
from tongban.themes.rules.spec import Question, ThemeSpec

UNSURE = "unsure"


def checked(theme: ThemeSpec, answers: Mapping[str, object]) -> dict[str, str]:
    """Return the answers that count, questions that do not apply left out. The order of answers does not matter.

    Raises Invalid with a message for each answer that fits no question or choice.
    """
    questions = {question.code: question for question in theme.questions}
    problems: dict[str, str] = {}
    for code, value in answers.items():
        if code not in questions:
            problems[str(code)] = f"这个主题没有“{code}”这道题"
        elif value not in (UNSURE, *(choice.value for choice in questions[code].choices)):
            allowed = "、".join(f"{choice.value}（{choice.label}）" for choice in questions[code].choices)
            problems[code] = f"“{questions[code].ask}”没有“{value}”这个答案，可选：{allowed}"
        elif value == UNSURE and questions[code].unsure is None:
            problems[code] = f"“{questions[code].ask}”要选一个答案，不能选不确定"
    if problems:
        raise Invalid(
            "themes.answers", f"有 {len(problems)} 个导办回答要改", remedy="按导办题的选项回答", fields=problems
        )
    return _relevant(theme, {code: str(value) for code, value in answers.items()})


def _relevant(theme: ThemeSpec, answers: Mapping[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for question in theme.questions:
        facts = {code: _meant(theme, code, value) for code, value in kept.items()}
        if question.code in answers and holds(question.when, facts) is True:
            kept[question.code] = answers[question.code]
    return kept


def _meant(theme: ThemeSpec, code: str, value: str) -> str:
    if value != UNSURE:
        return value
    question = next(question for question in theme.questions if question.code == code)
    return question.unsure or value


def facts_of_answers(theme: ThemeSpec, answers: Mapping[str, str]) -> Facts:
    """Return the facts: each answer under its question's code and under the data element it fills."""
    facts: dict[str, str] = {}
    for question in theme.questions:
        if question.code in answers:
            value = _meant(theme, question.code, answers[question.code])
            facts[question.code] = value
            # An uncertain answer chooses items on the safe side, but the form still asks.
            if question.element and answers[question.code] != UNSURE:
                facts[question.element] = value
    return facts


def applicable(theme: ThemeSpec, answers: Mapping[str, str]) -> list[Question]:
    """Return the questions that apply, given the answers so far; those that hang on an open one come later."""
    facts = facts_of_answers(theme, answers)
    return [question for question in theme.questions if holds(question.when, facts) is True]


def next_question(theme: ThemeSpec, answers: Mapping[str, str]) -> Question | None:
    """Return the first question that applies and is not answered, or None when guidance is complete."""
    return next((q for q in applicable(theme, answers) if q.code not in answers), None)


def most_left(theme: ThemeSpec, answers: Mapping[str, str]) -> int:
    """Return how many questions may still come at most."""
    facts = facts_of_answers(theme, answers)
    return sum(1 for q in theme.questions if q.code not in answers and holds(q.when, facts) is not False)
