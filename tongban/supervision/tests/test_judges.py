"""Who decides an appeal against a card of the body that decides appeals: a third body, or nobody here."""

from __future__ import annotations

import pytest

from tongban.core.actor import Actor
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import at_desk, name_bodies
from tongban.rules.errors import Conflict, NotAllowed, NotFound
from tongban.supervision.models import Act, Card, Standing
from tongban.supervision.queries import cards
from tongban.supervision.queries.cards import Wanted
from tongban.supervision.services import acting
from tongban.supervision.tests.factories import APPEALS, OVERSEER, PACK, UNIT, at, card, head, judge, overseer

pytestmark = pytest.mark.usefixtures("honghu", "own_caches")
WORDS, THIRD = "情况已经核实，说明如下", "development"


def arbiter() -> Actor:
    return at_desk(THIRD, SUPERVISOR_POST)


def listed(by: Actor) -> list[str]:
    return [row.card.organisation for row in cards.listed(PACK, Wanted(), by=by)]


def test_where_no_third_body_is_named_the_unit_is_told_to_whom_to_turn() -> None:
    with at(3, 16):
        row = card(organisation=APPEALS)
        assert cards.judge(row) == ""
        assert "appeal" not in cards.may_do(row, by=head(APPEALS))
        with pytest.raises(Conflict) as refused:
            acting.appeal(row.pk, words=WORDS, by=head(APPEALS))
    assert refused.value.remedy == "请书面向同级人民政府办公室提出"
    assert not Act.objects.filter(card=row, verb="appeal").exists()


def test_a_third_body_decides_about_the_body_of_appeals() -> None:
    name_bodies(arbiter=THIRD)
    with at(3, 16):
        row = card(organisation=APPEALS)
        acting.appeal(row.pk, words=WORDS, by=head(APPEALS))
        for other in (judge(), overseer(), at_desk(THIRD)):
            with pytest.raises((NotAllowed, NotFound)):
                acting.decide(row.pk, is_upheld=True, words=WORDS, by=other)
        acting.decide(row.pk, is_upheld=True, words=WORDS, by=arbiter())
    assert Act.objects.get(card=row, verb="uphold").organisation == THIRD
    assert Standing.objects.get(card=row).appeal == "upheld"


def test_the_third_body_decides_nothing_else_and_sees_nothing_else() -> None:
    name_bodies(arbiter=THIRD)
    with at(3, 16):
        own, other = card(1, organisation=APPEALS), card(2)
        acting.appeal(other.pk, words=WORDS, by=head())
        third = arbiter()
        assert listed(third) == [APPEALS]
        assert cards.may_do(cards.card(own.pk, by=third), by=third) == []
        with pytest.raises(NotFound):
            acting.decide(other.pk, is_upheld=True, words=WORDS, by=third)
        acting.decide(other.pk, is_upheld=False, words=WORDS, by=judge())
    assert sorted(listed(judge())) == sorted([APPEALS, UNIT])


def test_who_also_sits_in_the_unit_or_with_the_overseer_does_not_decide() -> None:
    name_bodies(arbiter=THIRD)
    with at(3, 16):
        row = card(organisation=APPEALS)
        acting.appeal(row.pk, words=WORDS, by=head(APPEALS))
        for second, post in ((APPEALS, "受理岗"), (OVERSEER, SUPERVISOR_POST)):
            seats = {**arbiter().seats, **at_desk(second, post).seats}
            by = Actor(account_id=arbiter().account_id, name="两头坐", seats=seats)
            assert "uphold" not in cards.may_do(row, by=by)


def test_the_overseer_named_as_third_body_is_none() -> None:
    name_bodies(arbiter=OVERSEER)
    row: Card = card(organisation=APPEALS)
    assert cards.judge(row) == ""
    assert cards.judge(card(2)) == "洪湖市优化营商环境领导小组办公室"
