"""Rectify, appeal, cancel: who may, who may not, when it is too late, and that nothing is lost. Source: standards reference 7.3."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tongban.core.actor import Actor
from tongban.notices.models import DeskNotice
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import at_desk, name_bodies
from tongban.outbox.models import Message
from tongban.rules.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from tongban.supervision.models import Act, Card, Standing
from tongban.supervision.queries import cards
from tongban.supervision.services import acting
from tongban.supervision.tests import factories
from tongban.supervision.tests.factories import APPEALS, OVERSEER, UNIT, at, card, head, judge, overseer, set_thresholds

pytestmark = pytest.mark.usefixtures("honghu")
WORDS = "情况已经核实，说明如下"
Verb = Callable[..., Card]


def uphold(card_id: object, **more: object) -> Card:
    return acting.decide(card_id, is_upheld=True, **more)  # type: ignore[arg-type]


def dismiss(card_id: object, **more: object) -> Card:
    return acting.decide(card_id, is_upheld=False, **more)  # type: ignore[arg-type]


def acknowledge(card_id: object, *, words: str, by: Actor) -> Card:
    return acting.acknowledge(card_id, by=by)  # type: ignore[arg-type]


# Each act with what must have come before, and who may make it; everybody else is refused.
ACTS: dict[str, tuple[Verb, tuple[tuple[Verb, Callable[[], Actor]], ...], str]] = {
    "acknowledge": (acknowledge, (), "unit"),
    "rectify": (acting.rectify, (), "unit"),
    "appeal": (acting.appeal, (), "unit"),
    "send_back": (acting.send_back, ((acting.rectify, head),), "overseer"),
    "close": (acting.close, ((acting.rectify, head),), "overseer"),
    "uphold": (uphold, ((acting.appeal, head),), "appeals"),
    "dismiss": (dismiss, ((acting.appeal, head),), "appeals"),
    "propose_cancel": (acting.propose_cancel, (), "overseer"),
    "confirm_cancel": (acting.confirm_cancel, ((acting.propose_cancel, overseer),), "overseer"),
    "decline_cancel": (acting.decline_cancel, ((acting.propose_cancel, overseer),), "overseer"),
}  # fmt: skip
PEOPLE: dict[str, Callable[[], Actor]] = {
    "unit": head, "unit admin": lambda: at_desk(UNIT, "管理员"), "unit clerk": lambda: at_desk(UNIT, "受理岗"),
    "other unit": lambda: head("market"), "overseer": overseer, "overseer head": lambda: at_desk(OVERSEER),
    "appeals": judge, "appeals head": lambda: at_desk(APPEALS), "system": Actor.system,
}  # fmt: skip
ALSO = {"unit": {"unit", "unit admin"}, "overseer": {"overseer"}, "appeals": {"appeals"}}


def prepared(verb: str) -> Card:
    row = card()
    for before, who in ACTS[verb][1]:
        before(row.pk, words=WORDS, by=who())
    return row


@pytest.mark.parametrize("verb", ACTS)
@pytest.mark.parametrize("person", PEOPLE)
def test_each_act_is_for_one_body_only(verb: str, person: str) -> None:
    act, _, whose = ACTS[verb]
    with at(3, 16):
        row, by = prepared(verb), PEOPLE[person]()
        before = Standing.objects.filter(pk=row.pk).values().get()
        if person in ALSO[whose]:
            act(row.pk, words=WORDS, by=by)
            assert Act.objects.filter(card=row, verb=verb).exists()
            return
        with pytest.raises((NotAllowed, NotFound)):
            act(row.pk, words=WORDS, by=by)
        assert Standing.objects.filter(pk=row.pk).values().get() == before
        assert not Act.objects.filter(card=row, verb=verb).exists()


def both(*seats: Actor) -> Actor:
    """Return one person who sits in several bodies."""
    first = seats[0]
    return Actor(
        account_id=first.account_id, name=first.name, seats={k: v for seat in seats for k, v in seat.seats.items()}
    )


@pytest.mark.parametrize("other", [overseer, head])
def test_judge_who_also_sits_with_the_issuer_or_the_unit_does_not_decide(other: Callable[[], Actor]) -> None:
    with at(3, 16):
        row = prepared("uphold")
        with pytest.raises(NotAllowed):
            acting.decide(row.pk, is_upheld=True, words=WORDS, by=both(judge(), other()))


def test_who_proposed_a_cancellation_does_not_confirm_it_nor_decline_it() -> None:
    row, first = card(), overseer()
    acting.propose_cancel(row.pk, words=WORDS, by=first)
    for verb in (acting.confirm_cancel, acting.decline_cancel):
        with pytest.raises(NotAllowed, match="另一个人"):
            verb(row.pk, words=WORDS, by=first)
    acting.confirm_cancel(row.pk, words=WORDS, by=overseer())
    assert Standing.objects.get(pk=row.pk).state == "cancelled"


def test_second_proposal_counts_for_who_made_it() -> None:
    row, first, second = card(), overseer(), overseer()
    acting.propose_cancel(row.pk, words=WORDS, by=first)
    acting.decline_cancel(row.pk, words=WORDS, by=second)
    acting.propose_cancel(row.pk, words=WORDS, by=second)
    with pytest.raises(NotAllowed):
        acting.confirm_cancel(row.pk, words=WORDS, by=second)
    acting.confirm_cancel(row.pk, words=WORDS, by=first)


def test_card_of_the_overseer_is_followed_up_by_the_body_of_appeals() -> None:
    row = card(organisation=OVERSEER)
    with pytest.raises(NotAllowed):
        acting.propose_cancel(row.pk, words=WORDS, by=overseer())
    acting.propose_cancel(row.pk, words=WORDS, by=judge())
    acting.confirm_cancel(row.pk, words=WORDS, by=judge())


@pytest.mark.usefixtures("own_caches")
def test_card_of_the_body_of_appeals_is_not_decided_by_itself() -> None:
    name_bodies(arbiter="development")
    row = card(organisation=APPEALS)
    with at(3, 16):
        acting.appeal(row.pk, words=WORDS, by=at_desk(APPEALS))
        third = at_desk("development", SUPERVISOR_POST)
        name_bodies(arbiter=None)
        for by in (judge(), overseer(), third):
            with pytest.raises((NotAllowed, NotFound)):
                acting.decide(row.pk, is_upheld=True, words=WORDS, by=by)


@pytest.mark.parametrize(("day", "late"), [(19, False), (20, True)])
def test_appeal_comes_within_three_working_days(day: int, late: bool) -> None:
    row = card(day=16)
    with at(3, day, 23, 59):
        if late:
            with pytest.raises(Conflict, match="申诉期"):
                acting.appeal(row.pk, words=WORDS, by=head())
        else:
            acting.appeal(row.pk, words=WORDS, by=head())
    assert Act.objects.filter(card=row, verb="appeal").exists() is not late


def test_days_for_an_appeal_are_those_of_the_place() -> None:
    set_thresholds(appeal_days=1)
    row = card(day=16)
    with at(3, 18), pytest.raises(Conflict, match="申诉期"):
        acting.appeal(row.pk, words=WORDS, by=head())


@pytest.mark.parametrize("verb", [verb for verb in ACTS if verb != "acknowledge"])
@pytest.mark.parametrize("words", ["", "  好  ", "字" * 1001])
def test_each_act_says_why(verb: str, words: str) -> None:
    act, _, whose = ACTS[verb]
    with at(3, 16):
        row = prepared(verb)
        with pytest.raises(Invalid):
            act(row.pk, words=words, by=PEOPLE[whose]())


def test_cancelled_card_stays_with_all_that_happened_and_is_told() -> None:
    row = card()
    before = Card.objects.filter(pk=row.pk).values().get()
    factories.cancel(row)
    assert Card.objects.filter(pk=row.pk).values().get() == before
    assert list(Act.objects.filter(card=row).order_by("seq").values_list("seq", "verb")) == [
        (1, "notify"), (2, "propose_cancel"), (3, "confirm_cancel")
    ]  # fmt: skip
    assert Message.objects.filter(topic="CardCancelled").count() == 1


def test_projection_is_the_fold_of_the_acts() -> None:
    with at(3, 16):
        row = card()
        acting.appeal(row.pk, words=WORDS, by=head())
        acting.rectify(row.pk, words=WORDS, by=head())
        dismiss(row.pk, words=WORDS, by=judge())
        acting.close(row.pk, words=WORDS, by=overseer())
    standing = factories.folded(row)
    assert cards.standing_of(Standing.objects.get(pk=row.pk)) == standing


def test_unknown_card_and_anothers_card_look_alike() -> None:
    row = card(organisation="market")
    said = []
    for card_id in (row.pk, uuid4()):
        with pytest.raises(NotFound) as refusal:
            acting.rectify(card_id, words=WORDS, by=head())
        said.append((refusal.value.code, refusal.value.message))
    assert said[0] == said[1]


def test_what_may_be_done_is_offered_to_who_may_do_it() -> None:
    row, first = card(), overseer()
    with at(3, 16):
        assert cards.may_do(row, by=head()) == ["acknowledge", "rectify", "appeal"]
        assert cards.may_do(row, by=first) == ["propose_cancel"]
        assert cards.may_do(row, by=judge()) == []
        acting.propose_cancel(row.pk, words=WORDS, by=first)
    assert cards.may_do(cards.card(row.pk, by=first), by=first) == []
    second = overseer()
    assert cards.may_do(cards.card(row.pk, by=second), by=second) == ["confirm_cancel", "decline_cancel"]


def test_two_at_once_do_not_both_act() -> None:
    row = card()
    acting.acknowledge(row.pk, by=head())
    with pytest.raises(DomainError):
        acting.acknowledge(row.pk, by=head())


@pytest.mark.parametrize("model", [Card, Act])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_database_refuses_to_change_a_card_or_what_came_after_it(model: type[Card] | type[Act], verb: str) -> None:
    card()
    with pytest.raises(IntegrityError), transaction.atomic():
        if verb == "update":
            model.objects.update(words="另一种说法")
        else:
            model.objects.all()._raw_delete("default")  # as somebody at the database would


# Each act with whom it is put before; whoever made it is not told of his own.
@pytest.mark.parametrize(
    ("verb", "told"),
    [("rectify", set()), ("appeal", {"appeals"}), ("send_back", {"unit"}), ("close", {"unit"}), ("uphold", {"unit", "overseer"}),
     ("dismiss", {"unit"}), ("propose_cancel", {"overseer"}), ("confirm_cancel", {"unit"}), ("acknowledge", set()), ("decline_cancel", set())],
)  # fmt: skip
def test_an_act_is_put_before_those_whose_turn_it_is(verb: str, told: set[str]) -> None:
    act, _, party = ACTS[verb]
    with at(3, 16):
        row, by = prepared(verb), {"unit": head, "overseer": overseer, "appeals": judge}[party]()
        desks = {"unit": head(), "overseer": overseer(), "appeals": judge(), "other": head("market")}
        DeskNotice.objects.all().delete()
        act(row.pk, words=WORDS, by=by)
    seen = {who for who, actor in desks.items() if DeskNotice.objects.filter(account_id=actor.account_id).exists()}
    assert seen == told
    assert not DeskNotice.objects.filter(account_id=by.account_id).exists()
    assert all(WORDS in one.text and row.number in one.title for one in DeskNotice.objects.all())
