"""Which facts (事实) a decision table may ask for: data elements, answers of guidance, and what a case itself knows."""

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


# What a case knows besides its form; `cases.rules.instant` computes it.
COMPUTED: dict[str, Fact] = {
    "materials-in-hand": Fact("boolean"),  # nothing is missing, to follow, or to be brought on paper
    "nothing-deferred": Fact("boolean"),  # no material is to follow (容缺后补)
    "nothing-at-counter": Fact("boolean"),  # no material is paper that somebody has to look at
    "nothing-promised": Fact("boolean"),  # no material is replaced by a commitment (告知承诺)
    "no-broken-promise": Fact("boolean"),  # no commitment of the applicant was found to be false in its time
    "applicant-kind": Fact("string", frozenset(("person", "firm"))),
}
COMPUTED_WORDS = {
    "materials-in-hand": "材料都在手里", "nothing-deferred": "没有容缺后补的材料", "nothing-at-counter": "没有要交纸质的材料",
    "nothing-promised": "没有用告知承诺", "no-broken-promise": "没有承诺不实的记录", "applicant-kind": "个人还是单位",
}  # fmt: skip


def of_case() -> dict[str, Fact]:
    """Return the facts that every case knows of itself."""
    return dict(COMPUTED)
