"""Warnings end by themselves when the case is closed or its promise has run out; graver cards never do."""

from __future__ import annotations

import pytest

from tongban.audit.models import Entry
from tongban.cases.models import Case, Task
from tongban.cases.services import decision
from tongban.cases.tests.factories import PACK, TRADE, head_of
from tongban.supervision.models import Act, Card, Standing
from tongban.supervision.queries import cards
from tongban.supervision.rules import flow
from tongban.supervision.services import acting, lifting
from tongban.supervision.tests.factories import accepted, at, head, rules_of, set_thresholds, sweep

pytestmark = pytest.mark.usefixtures("honghu")


@pytest.fixture
def warned(honghu: str) -> Case:
    """A case promised by Friday 13 March, of which the unit was warned on the 12th; no step has a limit."""
    found = accepted()
    Task.objects.filter(case=found).update(step_due_on=None)
    assert rules_of(sweep(3, 12)) == ["promise_near"]
    return found


def warning() -> Standing:
    return Standing.objects.select_related("card").get(card__rule="promise_near")


def told() -> list[str]:
    return [f"{act.verb}：{act.words}" for act in Act.objects.filter(card=warning().card).order_by("seq")][1:]


def test_warning_stands_while_the_case_is_open(warned: Case) -> None:
    sweep(3, 13)
    assert (warning().state, told()) == ("issued", [])


def test_warning_of_a_case_decided_in_time_is_lifted_the_next_morning_once(warned: Case) -> None:
    with at(3, 13, 17):
        decision.grant(warned.pk, by=head_of(TRADE))
    assert sweep(3, 14) == [] and sweep(3, 15) == []
    row = warning()
    assert (row.state, row.act_count, row.counts) == ("closed", 2, True)
    assert told() == ["lift：2026-03-13 办件已经结束"]
    assert Entry.objects.filter(action="cards.lift", object_id=row.card.pk).count() == 1


def test_warning_that_came_true_names_the_card_that_followed(warned: Case) -> None:
    sweep(3, 14)
    yellow = Card.objects.get(rule="promise_over")
    assert told() == [f"lift：到期没有办结，另发 {yellow.number}"]
    assert yellow.standing.state == "issued"


def test_warning_under_appeal_is_left_to_who_decides_it(warned: Case) -> None:
    with at(3, 12):
        acting.appeal(warning().card.pk, words="那天系统停机，请予核实", by=head())
    with at(3, 13, 17):
        decision.grant(warned.pk, by=head_of(TRADE))
    sweep(3, 14)
    assert warning().state == "issued"


def test_what_a_place_makes_yellow_is_no_warning_any_more(honghu: str) -> None:
    with at(3, 2):
        set_thresholds(kinds={"promise_near": {"level": "yellow", "points": 1}})
    case = accepted()
    sweep(3, 12)
    with at(3, 13, 17):
        decision.grant(case.pk, by=head_of(TRADE))
    with at(3, 14):
        assert lifting.lift(PACK) == 0
    assert warning().state == "issued"


def test_standing_after_lifting_is_what_its_acts_say(warned: Case) -> None:
    with at(3, 13, 9):
        acting.acknowledge(warning().card.pk, by=head())
    sweep(3, 14)
    standing = flow.Standing()
    for act in Act.objects.filter(card=warning().card).order_by("seq"):
        standing = flow.after(standing, act.verb)
    assert cards.standing_of(warning()) == standing
    assert [act.seq for act in Act.objects.filter(card=warning().card).order_by("seq")] == [1, 2, 3]
