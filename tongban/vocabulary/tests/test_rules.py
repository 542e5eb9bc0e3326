from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tongban.vocabulary.rules import Element

CHOICES = [{"value": "own", "label": "自有"}, {"value": "rent", "label": "租用"}]


def element(**more: Any) -> Element:
    return Element.model_validate(
        {"code": "premises-tenure", "name": "房屋", "kind": "text", "section": "premises"} | more
    )


def test_element_of_choices_is_read() -> None:
    assert [choice.value for choice in element(kind="choice", choices=CHOICES).choices] == ["own", "rent"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"kind": "choice"}, "至少要有两个选项"),
        ({"kind": "multi", "choices": CHOICES[:1]}, "至少要有两个选项"),
        ({"choices": CHOICES}, "只有单选、多选"),
        ({"kind": "choice", "choices": [*CHOICES, CHOICES[0]]}, "重复"),
        ({"prefill": "person.salary"}, "pattern"),
        ({"prefill": "licence:business-licence"}, "pattern"),
        ({"code": "Premises"}, "pattern"),
        ({"kind": "colour"}, "kind"),
        ({"max_length": 0}, "max_length"),
        ({"colour": "red"}, "colour"),
        ({"name": " "}, "name"),
    ],
)
def test_element_that_does_not_fit_together_is_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        element(**more)
    assert words in str(refusal.value)


@pytest.mark.parametrize("prefill", ["", "person.name", "party.code", "licence:business-licence:name"])
def test_value_can_be_fetched_from_person_party_or_licence(prefill: str) -> None:
    assert element(prefill=prefill).prefill == prefill
