from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tongban.audit.models import Entry
from tongban.cases.services import ending
from tongban.cases.tests.factories import LICENCE, case_of, open_hotel
from tongban.core import time
from tongban.core.actor import ANONYMOUS
from tongban.evaluation.models import Invitation, Rating, Supplement
from tongban.evaluation.queries import inviting as queries
from tongban.evaluation.queries import links
from tongban.evaluation.services import inviting, rating
from tongban.evaluation.services.rating import Said
from tongban.evaluation.tests.factories import FRIDAY, decided, invitation_of, on, person, rated, visited
from tongban.hall.tests import factories as hall
from tongban.identity.tests.factories import as_person
from tongban.notices.models import Notice
from tongban.orgs.tests.factories import actor, at_desk, window_clerk
from tongban.outbox import services as outbox
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound


@pytest.fixture(autouse=True)
def _friday(honghu: str):  # type: ignore[no-untyped-def]
    with time.moved(on(FRIDAY)):
        yield


def test_a_decided_case_is_invited_once_and_its_applicant_told_the_link() -> None:
    case = decided(clerk=at_desk("market"))
    row = invitation_of(case)
    assert (row.kind, row.mode, row.organisation, row.item_code) == ("case", "online", "market", LICENCE)
    assert row.closes_on == FRIDAY + timedelta(days=30)
    assert inviting.invite_case(case.pk, at=time.now()) is False
    told = Notice.objects.get(title__startswith="请你评价")
    assert told.party_id == case.joint_case.applicant_id
    assert queries.asked(told.link.removeprefix("/rate/")).id == row.pk


def test_who_withdrew_has_nothing_to_rate() -> None:
    applicant = as_person(person())
    case = case_of(open_hotel(applicant, members={LICENCE: ()}), LICENCE)
    ending.withdraw(case.pk, by=applicant)
    outbox.deliver(1000)
    assert not Invitation.objects.exists()


def test_a_visit_to_a_window_is_invited_once_beside_its_cases() -> None:
    row = visited()
    assert (row.mode, row.window.number, row.organisation) == ("onsite", "01", "data")  # type: ignore[union-attr]
    assert inviting.invite_visit(row.joint_case_id) is False
    outbox.deliver(1000)
    assert Invitation.objects.filter(kind="visit").count() == 1


def test_help_for_somebody_absent_is_no_visit() -> None:
    clerk, mandate = hall.helper(person())
    joint = open_hotel(hall.helping(clerk, mandate))
    assert inviting.invite_visit(joint.pk) is False


def test_whoever_holds_the_link_rates_without_signing_in() -> None:
    case = decided(clerk=at_desk("market"))
    row = rated(case, 2, options=("speed", "manner"), text="挺好", address="10.0.0.1", device="x")
    assert (row.grade, row.options, row.channel) == (2, [["speed", "办得快"]], "web")  # manner is asked on site only
    assert Invitation.objects.get(case=case).rated_at == time.now()


@pytest.mark.parametrize(
    ("said", "field"),
    [(Said(0), "grade"), (Said(6), "grade"), (Said(1, text="字" * 501), "text"), (Said(1, text="好\u200b"), "text")],
)
def test_what_is_no_rating_is_refused(said: Said, field: str) -> None:
    row = invitation_of(decided(clerk=at_desk("market")))
    with pytest.raises(Invalid) as refusal:
        rating.rate(row.pk, said, by=ANONYMOUS)
    assert list(refusal.value.fields) == [field]
    assert not Rating.objects.exists()


def test_one_matter_is_rated_once() -> None:
    case = decided(clerk=at_desk("market"))
    rated(case, 5)
    with pytest.raises(Conflict, match="评价过"):
        rated(case, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(invitation=invitation_of(case), grade=1, terms_version=0, at=time.now(), rater="x")


def test_after_its_days_a_matter_is_unrated_not_praised() -> None:
    case = decided(clerk=at_desk("market"))
    with time.moved(on(FRIDAY + timedelta(days=30), 23)):
        assert queries.asked(links.token(invitation_of(case).pk)).is_over is False
    with time.moved(on(FRIDAY + timedelta(days=31), 0)), pytest.raises(Conflict, match="评价期"):
        rated(case, 1)
    assert not Rating.objects.exists()


def test_who_dealt_with_the_matter_does_not_rate_it() -> None:
    clerk = at_desk("market")
    row = invitation_of(decided(clerk=clerk))
    with pytest.raises(NotAllowed, match="自己经办"):
        rating.rate(row.pk, Said(1), by=clerk)


def test_a_clerk_at_the_window_does_not_rate_the_visit() -> None:
    clerk = window_clerk()
    row = visited(clerk)
    with pytest.raises(NotAllowed):
        rating.rate(row.pk, Said(1), by=actor(clerk))


def test_a_supplement_is_added_once_and_nothing_else_changes() -> None:
    row = rated(decided(clerk=at_desk("market")), 3)
    rating.supplement(row.invitation_id, text="后来电话回复了", by=ANONYMOUS)
    with pytest.raises(Conflict, match="只能追评一次"):
        rating.supplement(row.invitation_id, text="再补一句", by=ANONYMOUS)
    with pytest.raises(Invalid):
        rating.supplement(row.invitation_id, text="  ", by=ANONYMOUS)
    assert Rating.objects.get().grade == 3
    assert Supplement.objects.count() == 1


def test_what_was_not_rated_cannot_be_added_to() -> None:
    row = invitation_of(decided(clerk=at_desk("market")))
    with pytest.raises(NotFound):
        rating.supplement(row.pk, text="补充", by=ANONYMOUS)


@pytest.mark.parametrize("model", [Rating, Supplement])
def test_the_database_refuses_to_change_or_delete_what_was_said(model: type[Rating]) -> None:
    row = rated(decided(clerk=at_desk("market")), 5)
    rating.supplement(row.invitation_id, text="补充", by=ANONYMOUS)
    for act in (lambda: model.objects.update(text="很好"), lambda: model.objects.all()._raw_delete("default")):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert Rating.objects.get().grade == 5


def test_the_trail_does_not_say_who_rated() -> None:
    applicant = person()
    case = decided(clerk=at_desk("market"), applicant=applicant)
    rating.rate(invitation_of(case).pk, Said(5), by=as_person(applicant, address="10.0.0.1"))
    entry = Entry.objects.get(action="evaluation.rated")
    assert (entry.account_id, entry.party_id, entry.address) == (None, None, "")


@pytest.mark.parametrize("text", ["", "x", "A" * 38, "/../", "é" * 38])
def test_a_made_up_link_leads_nowhere(text: str) -> None:
    with pytest.raises(NotFound):
        queries.asked(text)


def test_a_link_with_one_letter_changed_leads_nowhere() -> None:
    token = links.token(invitation_of(decided(clerk=at_desk("market"))).pk)
    for n in range(0, len(token), 5):
        with pytest.raises(NotFound):
            queries.asked(token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :])


def test_the_key_of_a_window_is_no_link_to_a_rating() -> None:
    row = invitation_of(decided(clerk=at_desk("market")))
    assert links.window_id(links.token(row.pk)) is None
    assert links.window_id(links.window_key(row.pk)) == row.pk
    with pytest.raises(NotFound):
        queries.asked(links.window_key(row.pk))


def test_the_tablet_never_asks_about_the_visitor_before() -> None:
    clerk = window_clerk()
    before = visited(clerk)
    with time.moved(time.now() + timedelta(minutes=1)):
        rating.rate(visited(clerk).pk, Said(1), by=ANONYMOUS)
        assert before.window_id is not None
        assert queries.at_window(before.window_id) is None


def test_the_tablet_offers_the_latest_visit_until_rated_waved_off_or_old() -> None:
    clerk = window_clerk()
    first = visited(clerk)
    window = first.window_id
    assert window is not None
    offered = queries.at_window(window)
    assert offered is not None
    assert offered.id == first.pk
    inviting.wave_off(window, first.pk)
    assert queries.at_window(window) is None
    with pytest.raises(NotFound):
        inviting.wave_off(window, first.pk)
    with time.moved(time.now() + timedelta(minutes=1)):
        second = visited(clerk)
        rating.rate(second.pk, Said(1), by=ANONYMOUS)
        assert queries.at_window(window) is None  # never the one before: its visitor has left
        third = visited(clerk)
    with time.moved(third.opened_at + timedelta(minutes=16)):
        assert queries.at_window(window) is None
