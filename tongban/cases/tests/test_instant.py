"""智能秒批: what a case knows of itself, and what a table says about it."""

from __future__ import annotations

import pytest

from tongban.cases.rules.instant import Handed, computed, says
from tongban.decisions.rules import facts
from tongban.decisions.rules.evaluation import value_of

HERE, PAPER, LATER, PROMISE = Handed("upload"), Handed("counter"), Handed("defer"), Handed("commit")


def known(*materials: Handed, is_barred: bool = False) -> dict[str, str | bool]:
    return computed(materials, is_barred=is_barred, applicant_kind="person")


def test_computed_facts_are_those_that_tables_may_ask_for() -> None:
    said = known(HERE)
    assert said.keys() == facts.of_case().keys() == facts.COMPUTED_WORDS.keys()
    for name, fact in facts.of_case().items():
        assert value_of(said[name], fact.kind) is not None
        assert not fact.values or said[name] in fact.values


@pytest.mark.parametrize(
    ("materials", "untrue"),
    [
        ((), set()),
        ((HERE, Handed("check"), Handed("licence"), Handed("reuse")), set()),
        ((HERE, PAPER), {"materials-in-hand", "nothing-at-counter"}),
        ((LATER,), {"materials-in-hand", "nothing-deferred"}),
        ((PROMISE,), {"nothing-promised"}),
        ((Handed("missing"),), {"materials-in-hand"}),
        ((Handed(""),), {"materials-in-hand"}),
        ((Handed("none", is_optional=True),), set()),
        ((Handed("", is_optional=True),), set()),
        ((Handed("defer", is_optional=True),), {"materials-in-hand", "nothing-deferred"}),
        ((Handed("member"),), {"materials-in-hand"}),
        ((Handed("member", has_licence=True),), set()),
    ],
)
def test_facts_of_materials(materials: tuple[Handed, ...], untrue: set[str]) -> None:
    assert {name for name, value in known(*materials).items() if value is False} == untrue


def test_broken_promise_and_kind_of_applicant_are_facts() -> None:
    assert known(is_barred=True)["no-broken-promise"] is False
    assert computed([], is_barred=False, applicant_kind="firm")["applicant-kind"] == "firm"


@pytest.mark.parametrize(
    ("outcome", "materials", "said"),
    [
        ({"result": "approve"}, (HERE,), True),
        ({"result": "approve"}, (PAPER,), True),  # whether paper speaks against it, the table says
        ({"result": "refuse"}, (HERE,), False),
        ({"result": "manual"}, (HERE,), None),
        ({"other": "approve"}, (HERE,), None),
        ([{"result": "approve"}], (HERE,), None),
        (None, (HERE,), None),
        ({"result": "approve"}, (LATER,), None),  # 容缺: nothing is granted before it has come
        ({"result": "refuse"}, (LATER,), None),
        ({"result": "approve"}, (Handed("member"),), None),
    ],
)
def test_what_a_table_says(outcome: object, materials: tuple[Handed, ...], said: bool | None) -> None:
    assert says(outcome, output="result", grant=("approve",), refuse=("refuse",), materials=materials) is said
