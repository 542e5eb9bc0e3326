"""Which facts (事实) a decision table may ask for: the data elements of a place and the answers of guidance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tongban.decisions.rules.checks import Fact
from tongban.decisions.rules.feel import Kind
from tongban.vocabulary.rules import Element

_KINDS: dict[str, Kind] = {"integer": "number", "decimal": "number", "money": "number", "date": "date"}


def of_elements(elements: Iterable[Element]) -> dict[str, Fact]:
    """Return the facts that data elements give; a multiple choice has no single value and gives none."""
    return {
        element.code: Fact(_KINDS.get(element.kind, "string"), frozenset(choice.value for choice in element.choices))
        for element in elements
        if element.kind != "multi"
    }


def of_answers(answers: Mapping[str, Iterable[str]]) -> dict[str, Fact]:
    """Return the facts that the questions of guidance (情形引导) give: code to possible values."""
    return {code: Fact("string", frozenset(values)) for code, values in answers.items()}
