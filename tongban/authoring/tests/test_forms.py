from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tongban.authoring.queries import drafts
from tongban.authoring.rules import forms, merging
from tongban.authoring.rules.schema import SECTIONS, THEME_SECTIONS, Column, Input
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules.elements import WORDS
from tongban.themes.queries import composing

Sent = tuple[dict[str, str], dict[str, list[str]]]


def as_sent(inputs: Sequence[Input], body: dict[str, Any]) -> Sent:
    """Return what a browser sends when nobody touched the page of a section."""
    sent: dict[str, str] = {}
    many: dict[str, list[str]] = {}

    def put(column: Column, name: str, value: object) -> None:
        if column.kind == "bool":
            if column.usual if value is None else value:
                sent[name] = "1"
        elif column.kind == "multi":
            many[name] = list(value if isinstance(value, list) else column.usual or [])
        else:
            sent[name] = forms.shown(column, value)

    def put_all(given: Input, name: str, holder: object) -> None:
        for column in given.columns:
            put(column, f"{name}-{column.key}", forms.inner(holder, column.key))

    for given in inputs:
        value = body.get(given.key)
        if given.is_list:
            rows = value or []
            sent[f"{given.key}-count"] = str(len(rows))
            for n, row in enumerate(rows):
                sent[f"{given.key}-{n}-was"] = str(n)
                put_all(given, f"{given.key}-{n}", row)
        elif given.columns:
            put_all(given, given.key, value)
        else:
            put(given.column, given.key, value)
    return sent, many


def test_every_item_goes_through_the_form_unchanged(honghu: str) -> None:
    for spec in catalogue.items("honghu").values():
        body = drafts.body_of(spec)
        for section, (_, inputs) in SECTIONS.items():
            assert forms.read(inputs, *as_sent(inputs, body), body) == body, (spec.code, section)


def test_every_element_of_an_item_stands_in_one_section() -> None:
    listed = [given.key for _, inputs in SECTIONS.values() for given in inputs]
    assert len(listed) == len(set(listed))
    assert set(WORDS) - set(listed) == {
        "code",
        "guided_by",
        "tracked_only",
        "prepared",
        "on_timeout",
        "depth",
        "in_hall",
    }


BODY: dict[str, Any] = {
    "promised_days": 5, "steps": [{"code": "aa", "name": "甲"}, {"code": "bb", "name": "乙"}],
    "materials": [{"type": "id-card", "secret": 1, "basis": {"law": "某法", "article": "一"}}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("section", "key", "typed", "element", "value"),
    [
        ("timing", "promised_days", "0", "promised_days", 0),
        ("timing", "promised_days", "五天", "promised_days", "五天"),
        ("timing", "promised_days", "", "promised_days", None),
        ("timing", "statutory_days", "20", "statutory_days", 20),
        ("basics", "name", "  新名称 ", "name", "新名称"),
        ("basics", "aliases", "甲\n\n 乙 ", "aliases", ["甲", "乙"]),
        ("results", "fee-amount_fen", "12.5", "fee", {"amount_fen": 1250}),
        ("results", "fee-amount_fen", "12.505", "fee", {"amount_fen": "12.505"}),
        ("results", "fee-amount_fen", "十元", "fee", {"amount_fen": "十元"}),
        ("results", "fee-when", "before_decision", "fee", {"when": "before_decision"}),
        ("places", "visits", "0", "visits", None),
    ],
)
def test_what_is_typed_becomes_a_body(section: str, key: str, typed: str, element: str, value: object) -> None:
    sent, many = as_sent(SECTIONS[section][1], BODY)
    assert forms.read(SECTIONS[section][1], {**sent, key: typed}, many, BODY).get(element) == value


def test_conditions_and_orders_are_chosen_from_lists() -> None:
    body = {**BODY, "fields": [{"element": "room-count", "when": {"a": ["x"], "b": ["y"]}}]}
    sent, many = as_sent(SECTIONS["form"][1], body)
    assert sent["fields-0-when"] == forms.KEEP
    assert forms.read(SECTIONS["form"][1], sent, many, body) == body
    assert forms.read(SECTIONS["form"][1], {**sent, "fields-0-when": "premises-tenure=rent"}, many, body)["fields"][0][
        "when"
    ] == {"premises-tenure": ["rent"]}
    assert "when" not in forms.read(SECTIONS["form"][1], {**sent, "fields-0-when": ""}, many, body)["fields"][0]
    sent, many = as_sent(SECTIONS["timing"][1], BODY)
    steps = forms.read(SECTIONS["timing"][1], {**sent, "steps-1-after": "none"}, many, BODY)["steps"]
    assert (steps[0].get("after"), steps[1]["after"]) == (None, [])
    assert forms.read(SECTIONS["timing"][1], {**sent, "steps-1-after": "aa"}, many, BODY)["steps"][1]["after"] == ["aa"]


def test_what_the_form_does_not_show_stays_in_its_row() -> None:
    sent, many = as_sent(SECTIONS["materials"][1], BODY)
    rows = forms.read(
        SECTIONS["materials"][1], {**sent, "materials-0-copies": "3", "materials-0-basis.law": ""}, many, BODY
    )["materials"]
    assert rows == [{"type": "id-card", "secret": 1, "basis": {"article": "一"}, "copies": 3}]


def test_a_new_step_gets_a_code_of_its_own() -> None:
    body, focus = forms.acted(SECTIONS, {"steps": [{"code": "step-2", "name": "甲"}]}, "add-steps")
    sent, many = as_sent(SECTIONS["timing"][1], body)
    rows = forms.read(SECTIONS["timing"][1], {**sent, "steps-1-name": "乙"}, many, body)["steps"]
    assert (focus, rows[0]["code"], rows[1]["code"]) == ("steps-1", "step-2", "step-3")


@pytest.mark.parametrize(
    ("act", "codes", "focus"),
    [
        ("up-steps-1", ["bb", "aa"], "steps-0"), ("down-steps-0", ["bb", "aa"], "steps-1"), ("up-steps-0", ["aa", "bb"], "steps-0"),
        ("down-steps-1", ["aa", "bb"], "steps-1"), ("remove-steps-1", ["aa"], "steps-0"), ("remove-steps-7", ["aa", "bb"], "steps-7"),
        ("add-steps", ["aa", "bb", None], "steps-2"), ("burn-steps-1", ["aa", "bb"], ""), ("up-nothing-1", ["aa", "bb"], ""),
        ("save", ["aa", "bb"], ""),
    ],
)  # fmt: skip
def test_buttons_move_rows(act: str, codes: list[str | None], focus: str) -> None:
    body, at = forms.acted(SECTIONS, BODY, act)
    assert ([row.get("code") for row in body["steps"]], at) == (codes, focus)


def test_the_last_row_taken_out_leaves_no_list() -> None:
    assert forms.acted(SECTIONS, {"faq": [{"ask": "x"}]}, "remove-faq-0") == ({}, "faq")


def test_a_draft_is_laid_over_what_came_meanwhile() -> None:
    base, theirs = {"a": 1, "b": 1, "c": 1, "d": 1}, {"a": 2, "b": 1, "c": 3, "d": 1, "e": 5}
    body, both = merging.merged(base, theirs, {"a": 1, "b": 2, "c": 4})
    assert (body, both) == ({"a": 2, "b": 2, "c": 4, "e": 5}, ["c"])
    assert merging.merged(base, {**base, "a": 9}, {**base, "a": 9})[1] == []


def test_every_theme_goes_through_the_form_unchanged(honghu: str) -> None:
    for row in composing.published("honghu").values():
        body = drafts.body_of(row.spec)
        for _, inputs in THEME_SECTIONS.values():
            assert forms.read(inputs, *as_sent(inputs, body), body) == body, row.spec.code


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("甲\n乙", ["aa", "bb"]), ("乙\n甲", ["bb", "aa"]), ("甲\n丙", ["aa", "bb"]), ("甲\n乙\n丙", ["aa", "bb", "choice-3"]),
        ("甲", ["aa"]), ("", []), ("丙\n丁\n戊", ["choice-1", "choice-2", "choice-3"]),
    ],
)  # fmt: skip
def test_choices_keep_their_values_when_they_are_moved_or_worded_anew(typed: str, values: list[str]) -> None:
    body = {"questions": [{"code": "qq", "choices": [{"value": "aa", "label": "甲"}, {"value": "bb", "label": "乙"}]}]}
    inputs = THEME_SECTIONS["questions"][1]
    sent, many = as_sent(inputs, body)
    rows = forms.read(inputs, {**sent, "questions-0-choices": typed}, many, body)["questions"]
    assert [choice["value"] for choice in rows[0].get("choices", [])] == values
