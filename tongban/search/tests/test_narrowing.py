from __future__ import annotations

import pytest

from tongban.search.rules import narrowing
from tongban.search.rules.narrowing import Candidate, Facts, Filters

PERSON = Facts(("person",), "tax", "税务局", 0, True)
FIRM = Facts(("firm",), "police", "公安局", 1, False)
BOTH = Facts(("person", "firm"), "tax", "税务局", None, True)
ROWS = [("item", PERSON), ("item", FIRM), ("theme", BOTH)]


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        (Filters(), 3), (Filters(kind="item"), 2), (Filters(audience="person"), 2), (Filters(org="tax"), 2), (Filters(online="yes"), 2),
        (Filters(online="no"), 0), (Filters(visits="0"), 1), (Filters(visits="1"), 2), (Filters(visits="x"), 0), (Filters(kind="item", org="tax"), 1),
    ],
)  # fmt: skip
def test_filter_keeps_what_fits(filters: Filters, left: int) -> None:
    assert sum(narrowing.fits(kind, facts, filters) for kind, facts in ROWS) == left
    assert filters.is_empty == (left == 3)


def test_count_of_a_value_stands_next_to_the_other_filters() -> None:
    found = narrowing.counts(ROWS, Filters(org="tax"), {"kind": ["item", "theme"], "org": ["tax", "police"]})
    assert found == {"kind": {"item": 1, "theme": 1}, "org": {"tax": 2, "police": 1}}


def test_departments_with_most_come_first() -> None:
    assert list(narrowing.departments([*ROWS, ("item", Facts())]).items()) == [("tax", "税务局"), ("police", "公安局")]


def named(*names: str, facts: Facts = PERSON, score: float = 1.0) -> Candidate:
    return Candidate(names, facts, score)


GRANTS = [named("创业补贴", "补贴"), named("租房补贴"), named("稳岗补贴", "企业补贴"), named("农机补贴")]


def test_bare_word_that_many_names_continue_is_vague() -> None:
    assert narrowing.is_vague("我想领补贴", GRANTS)
    assert not narrowing.is_vague("创业补贴", GRANTS)
    assert not narrowing.is_vague("补贴", GRANTS[:1])
    assert not narrowing.is_vague("bt", GRANTS)


def test_long_list_without_a_first_is_vague() -> None:
    assert narrowing.is_vague("许可的事项", [named("甲")] * 12)
    assert not narrowing.is_vague("许可的事项", [named("甲")] * 11)
    assert not narrowing.is_vague("许可的事项", [named("甲", score=9.0), *[named("甲")] * 12])


def test_choices_lead_to_different_things() -> None:
    found = narrowing.choices("补贴", GRANTS)
    assert {choice.label for choice in found} == {"创业补贴", "租房补贴", "稳岗补贴", "农机补贴"}
    assert all(choice.query == choice.label and choice.count == 1 for choice in found)


def test_name_that_leads_to_most_comes_first_and_none_is_a_sentence() -> None:
    rows = [named("甲补贴", "一句很长很长很长的补贴说明"), named("乙补贴"), named("乙补贴")]
    assert [(choice.label, choice.count) for choice in narrowing.choices("补贴", rows)] == [
        ("乙补贴", 2),
        ("甲补贴", 1),
    ]


def test_more_names_of_the_same_thing_help_where_there_are_few() -> None:
    assert len(narrowing.choices("补贴", [named("甲补贴", "乙补贴", "丙补贴", "丁补贴")])) == narrowing.ENOUGH


def test_no_more_than_six_choices_are_offered() -> None:
    assert len(narrowing.choices("补贴", [named(f"{ch}补贴") for ch in "甲乙丙丁戊己庚辛"])) == 6


def test_departments_help_where_names_do_not() -> None:
    rows = [named("登记甲", facts=PERSON), named("登记", facts=FIRM), named("登记", facts=BOTH)]
    assert [(choice.label, choice.org, choice.count) for choice in narrowing.choices("办登记", rows)] == [
        ("登记甲", "", 1), ("税务局", "tax", 2), ("公安局", "police", 1),
    ]  # fmt: skip


def test_one_department_is_no_choice() -> None:
    assert narrowing.choices("许可", [named("甲"), named("乙")]) == []
