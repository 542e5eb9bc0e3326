"""The composer under random answers, over every theme of 洪湖."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.calendars.rules import seeded
from tongban.cases.rules import plan as plans
from tongban.cases.rules.plan import Plan
from tongban.catalogue.rules.parts import MaterialUse
from tongban.rules.conditions import holds
from tongban.themes.queries import composing
from tongban.themes.rules import compose as composer
from tongban.themes.rules import guidance
from tongban.themes.rules.compose import Catalogue
from tongban.themes.rules.spec import Member, ThemeSpec

OFFICIAL = json.loads((Path(__file__).parents[3] / "tests" / "data" / "honghu-official-list.json").read_text("utf-8"))
CALENDAR = seeded()
START = date(2026, 3, 2)


@pytest.fixture
def catalogue(honghu: str) -> Catalogue:
    return composing.catalogue_of(honghu)


@pytest.fixture
def themes(honghu: str) -> list[ThemeSpec]:
    return composing.themes(honghu)


def composed(theme: ThemeSpec, catalogue: Catalogue, answers: dict[str, str] | None) -> Plan:
    return composer.compose(
        composer.of_theme(theme), catalogue, answers=answers, theme=theme, start_on=START, calendar=CALENDAR
    )


def drawn(data: st.DataObject, themes: list[ThemeSpec]) -> tuple[ThemeSpec, dict[str, str]]:
    """Draw a theme and an answer path, complete or broken off anywhere, 不确定 included."""
    theme, answers = data.draw(st.sampled_from(themes), label="theme"), {}
    while (question := guidance.next_question(theme, answers)) is not None and data.draw(st.integers(0, 9)):
        choices = [choice.value for choice in question.choices] + [guidance.UNSURE] * (question.unsure is not None)
        answers[question.code] = data.draw(st.sampled_from(choices), label=question.code)
    return theme, answers


def any_plan(data: st.DataObject, themes: list[ThemeSpec], catalogue: Catalogue) -> Plan:
    theme, answers = drawn(data, themes)
    return composed(theme, catalogue, answers)


@given(data=st.data())
def test_no_data_element_and_no_material_type_comes_twice(
    catalogue: Catalogue, themes: list[ThemeSpec], data: st.DataObject
) -> None:
    plan = any_plan(data, themes, catalogue)
    for names in ([f.element for f in plan.fields], [m.type for m in plan.materials], [i.code for i in plan.items]):
        assert len(names) == len(set(names))


@given(data=st.data())
def test_nothing_that_an_item_demands_is_lost_unless_an_answer_rules_it_out(
    catalogue: Catalogue, themes: list[ThemeSpec], data: st.DataObject
) -> None:
    theme, answers = drawn(data, themes)
    plan, facts = composed(theme, catalogue, answers), guidance.facts_of_answers(theme, answers)
    for item in plan.items:
        spec = catalogue.items[item.code]
        fields = {use.element for use in spec.fields if holds(use.when, facts) is not False}
        materials = {use.type for use in spec.materials if holds(use.when, facts) is not False}
        assert fields == {f.element for f in plan.fields if item.code in f.items} == set(item.fields)
        assert materials == {m.type for m in plan.materials if item.code in m.items} == set(item.materials)


@given(data=st.data())
def test_merged_demand_is_never_milder_than_that_of_any_item(
    catalogue: Catalogue, themes: list[ThemeSpec], data: st.DataObject
) -> None:
    theme, answers = drawn(data, themes)
    plan = composed(theme, catalogue, answers)
    strict = {"optional": 0, "deferrable": 1, "required": 2}
    for m in plan.materials:
        uses = [use for code in m.items for use in catalogue.items[code].materials if use.type == m.type]
        assert strict[m.necessity] == max(strict[use.necessity] for use in uses)
        assert m.copies == max(use.copies for use in uses)
        assert m.defer_days is None or m.defer_days == min(use.defer_days for use in uses if use.defer_days)
    for f in plan.fields:
        uses_of = [use for code in f.items for use in catalogue.items[code].fields if use.element == f.element]
        assert f.required == any(use.required for use in uses_of)


@given(data=st.data())
def test_merged_condition_holds_whenever_that_of_one_item_does(
    catalogue: Catalogue, themes: list[ThemeSpec], data: st.DataObject
) -> None:
    theme, answers = drawn(data, themes)
    plan = composed(theme, catalogue, answers)
    facts = {**guidance.facts_of_answers(theme, answers), **_form_facts(data, plan)}
    for f in plan.fields:
        alone = [use.when for code in f.items for use in catalogue.items[code].fields if use.element == f.element]
        assert f.applies(facts) == any(holds(when, facts) is True for when in alone), f.element
    for m in plan.materials:
        alone = [use.when for code in m.items for use in catalogue.items[code].materials if use.type == m.type]
        assert m.applies(facts) == any(holds(when, facts) is not False for when in alone), m.type


def _form_facts(data: st.DataObject, plan: Plan) -> Mapping[str, str]:
    choices = {f.element: [c.value for c in f.choices] for f in plan.fields if f.choices and f.answered is None}
    return {element: data.draw(st.sampled_from(values)) for element, values in choices.items()}


@given(data=st.data())
def test_order_of_answers_does_not_matter(catalogue: Catalogue, themes: list[ThemeSpec], data: st.DataObject) -> None:
    theme, answers = drawn(data, themes)
    turned = dict(data.draw(st.permutations(list(answers.items()))))
    assert composed(theme, catalogue, guidance.checked(theme, turned)) == composed(theme, catalogue, answers)


@given(data=st.data())
def test_same_input_gives_the_same_document(catalogue: Catalogue, themes: list[ThemeSpec], data: st.DataObject) -> None:
    theme, answers = drawn(data, themes)
    first, second = (composed(theme, catalogue, answers).as_json() for _ in range(2))
    assert json.dumps(first, ensure_ascii=False) == json.dumps(second, ensure_ascii=False)


@given(data=st.data())
def test_plan_kept_as_json_is_read_back_as_it_was(
    catalogue: Catalogue, themes: list[ThemeSpec], data: st.DataObject
) -> None:
    plan = any_plan(data, themes, catalogue)
    assert plans.read(json.loads(json.dumps(plan.as_json()))) == plan


@given(data=st.data())
def test_member_ends_after_its_limit_and_after_all_it_waits_for(
    catalogue: Catalogue, themes: list[ThemeSpec], data: st.DataObject
) -> None:
    theme, answers = drawn(data, themes)
    plan = composed(theme, catalogue, answers)
    ends = {item.code: item.ends_after_days for item in plan.items}
    limits = {member.item: member.limit_days for member in theme.members}
    for item in plan.items:
        assert item.ends_after_days >= limits[item.code]
        assert item.starts_after_days == max((ends[before] for before in item.waits_for), default=0)
    assert plan.schedule.days == max(ends.values(), default=0)


@given(data=st.data())
def test_member_waits_for_those_whose_licence_it_needs(
    catalogue: Catalogue, themes: list[ThemeSpec], data: st.DataObject
) -> None:
    plan = any_plan(data, themes, catalogue)
    licences = {item.licence_type: item.code for item in plan.items if item.licence_type}
    for item in plan.items:
        makers = {licences.get(catalogue.materials[m].licence_type or "") for m in item.materials} - {None, item.code}
        assert makers == set(item.needs_from)
        assert makers <= set(item.waits_for)


@given(data=st.data())
def test_combined_limit_is_kept_or_the_plan_says_who_breaks_it(
    catalogue: Catalogue, themes: list[ThemeSpec], data: st.DataObject
) -> None:
    theme, answers = drawn(data, themes)
    schedule = (plan := composed(theme, catalogue, answers)).schedule
    assert schedule.combined_limit_days is not None
    late = [i for i in plan.items if not i.outside_limit and i.ends_after_days > schedule.combined_limit_days]
    assert schedule.is_kept == (not late)
    assert [i.name in said for i, said in zip(late, schedule.breaks, strict=True)] == [True] * len(late)


@given(data=st.data())
def test_doing_it_together_never_costs_more_than_apart(
    catalogue: Catalogue, themes: list[ThemeSpec], data: st.DataObject
) -> None:
    plan = any_plan(data, themes, catalogue)
    for saving in plan.savings:
        if saving.measure != "days":  # a member's limit in a theme may be longer than alone
            assert saving.saved >= 0, saving


@given(data=st.data())
def test_guidance_always_ends_and_at_least_one_item_is_left(
    catalogue: Catalogue, themes: list[ThemeSpec], data: st.DataObject
) -> None:
    theme, answers = data.draw(st.sampled_from(themes)), {}
    for _ in range(len(theme.questions)):
        if (question := guidance.next_question(theme, answers)) is not None:
            answers[question.code] = data.draw(st.sampled_from([c.value for c in question.choices]))
    assert guidance.next_question(theme, answers) is None
    assert composed(theme, catalogue, answers).items


def test_no_answers_at_all_give_exactly_the_members_of_the_official_list(
    catalogue: Catalogue, themes: list[ThemeSpec]
) -> None:
    assert [theme.seq for theme in themes] == [row["seq"] for row in OFFICIAL]
    for theme, row in zip(themes, OFFICIAL, strict=True):
        plan = composed(theme, catalogue, None)
        assert [item.name for item in plan.items] == row["items"]
        assert (theme.name, theme.limit.text) == (row["theme"], row["limit"])
        assert theme.limit.days == row["days"] or (theme.limit.immediate and row["immediate"])
        assert plan.left_out == ()


def test_all_109_printed_names_are_members(catalogue: Catalogue, themes: list[ThemeSpec]) -> None:
    printed = {name for row in OFFICIAL for name in row["items"]}
    assert len(printed) == 109
    assert {member.name for theme in themes for member in theme.members} == printed
    assert {member.item for theme in themes for member in theme.members} <= set(catalogue.items)


def test_every_theme_keeps_its_combined_limit_whatever_is_answered(
    catalogue: Catalogue, themes: list[ThemeSpec]
) -> None:
    assert [said for theme in themes for said in composed(theme, catalogue, None).schedule.breaks] == []


def test_at_least_twenty_themes_branch(catalogue: Catalogue, themes: list[ThemeSpec]) -> None:
    """A theme branches when two answers give different items, fields or materials."""
    branching = [theme for theme in themes if len(_shapes(theme, catalogue)) > 1]
    assert len(branching) >= 20, [theme.code for theme in branching]


def _shapes(theme: ThemeSpec, catalogue: Catalogue) -> set[tuple[object, ...]]:
    shapes: set[tuple[object, ...]] = set()
    for question in theme.questions:
        for choice in question.choices:
            plan = composed(theme, catalogue, {question.code: choice.value} if not question.when else {})
            shapes.add((tuple(i.fields + i.materials for i in plan.items), tuple(i.code for i in plan.items)))
    return shapes


def test_answers_that_leave_an_item_out_say_which(catalogue: Catalogue, themes: list[ThemeSpec]) -> None:
    hotel = next(theme for theme in themes if theme.code == "honghu-12")
    plan = composed(hotel, catalogue, {"food-supply": "none", "signboard": "no"})
    assert len(plan.items) == 4
    assert plan.left_out == ("门面招牌设置规范查询", "门面招牌规范设置指导", "食品经营许可新办")
    assert "lease-contract" in {m.type for m in plan.materials}  # not answered yet: it stays in


def with_members(theme: ThemeSpec, **changes: Any) -> ThemeSpec:
    """Return a theme whose members are changed as it cannot be written down."""
    return theme.model_copy(update={"members": tuple(m.model_copy(update=changes) for m in theme.members)})


def test_answers_that_leave_every_item_out_leave_nothing_to_do(catalogue: Catalogue, themes: list[ThemeSpec]) -> None:
    hotel = with_members(next(theme for theme in themes if theme.code == "honghu-12"), when={"signboard": ["yes"]})
    plan = composed(hotel, catalogue, {"signboard": "no"})
    assert (plan.items, plan.fields, plan.materials, len(plan.left_out)) == ((), (), (), 7)
    assert (plan.schedule.days, plan.schedule.critical_path, plan.schedule.is_kept) == (0, (), True)
    assert {(saving.apart, saving.together) for saving in plan.savings} == {(0, 0)}


def test_members_that_wait_for_one_another_are_not_composed(catalogue: Catalogue, themes: list[ThemeSpec]) -> None:
    hotel = next(theme for theme in themes if theme.code == "honghu-12")
    everyone = tuple(member.item for member in hotel.members)
    with pytest.raises(ValueError, match=r"wait for one another: .*business-licence"):
        composed(with_members(hotel, waits_for=everyone), catalogue, None)


def test_item_that_takes_the_old_licence_in_does_not_wait_for_its_own(catalogue: Catalogue) -> None:
    own, other = catalogue.items["business-licence"], catalogue.items["fire-safety-opening-check"]
    old = MaterialUse(type="business-licence")
    renewal = own.model_copy(update={"materials": (old,)})
    taker = other.model_copy(update={"materials": (old,)})
    several = replace(catalogue, items={**catalogue.items, own.code: renewal, other.code: taker})
    alone = composer.compose(composer.of_item(renewal), several, answers={}, start_on=START, calendar=CALENDAR)
    assert [(m.type, m.provided_by) for m in alone.materials] == [("business-licence", None)]
    both = replace(composer.of_item(renewal), members=tuple(
        Member(item=code, name=code, limit_days=1) for code in (own.code, other.code)))  # fmt: skip
    plan = composer.compose(both, several, answers={}, start_on=START, calendar=CALENDAR)
    assert [m.provided_by for m in plan.materials] == ["business-licence"]
    assert {item.code: item.waits_for for item in plan.items} == {own.code: (), other.code: (own.code,)}
