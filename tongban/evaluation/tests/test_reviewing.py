"""Who rated stays unseen (assurance S34); appeals, call-backs and publication by the handling body."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tongban.audit.models import Entry
from tongban.core import time
from tongban.core.actor import ANONYMOUS, Actor
from tongban.evaluation.models import Appeal, BadRating, Invitation, Rating, Unmasking
from tongban.evaluation.queries import bad as queries
from tongban.evaluation.queries import crowd, figures, sayings
from tongban.evaluation.rules.figures import Counts
from tongban.evaluation.services import handling, rating, reviewing
from tongban.evaluation.services.handling import settle, verify
from tongban.evaluation.services.rating import Said
from tongban.evaluation.tests.factories import (
    FRIDAY,
    PACK,
    bad_of,
    decided,
    judge,
    on,
    person,
    rated,
    supervisor,
    visited,
)
from tongban.jobs.models import Timer
from tongban.orgs.tests.factories import at_desk, name_bodies
from tongban.outbox.models import Message
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

REASON = "回访需要联系办事人"


@pytest.fixture(autouse=True)
def _friday(honghu: str) -> Iterator[None]:
    with time.moved(on(FRIDAY)):
        yield


@pytest.fixture
def clerk() -> Actor:
    """Give the officer who dealt with the matter."""
    return at_desk("market")


@pytest.fixture
def bad(clerk: Actor) -> BadRating:
    """Give a bad rating whose giver wrote who he is."""
    return bad_of(rated(decided(clerk=clerk, name="张示例"), 5, text="我是张示例，打 13900000100 找我，窗口推来推去"))


def identities(bad: BadRating) -> list[str]:
    joint = bad.rating.invitation.joint_case
    case = bad.rating.invitation.case
    assert case is not None
    return [joint.applicant_name, joint.contact_phone, joint.applicant.phone, joint.applicant.code, joint.number, case.number,
            str(joint.pk), str(case.pk), str(joint.applicant_id)]  # fmt: skip


def test_no_view_of_a_bad_rating_leads_to_who_gave_it(bad: BadRating) -> None:
    for by in (supervisor(), at_desk("market"), at_desk("market", "管理员")):
        view = repr(queries.bad(bad.pk, by=by, pack=PACK)) + repr(
            queries.shown(list(queries.rows_of(PACK, by=by)), by=by)
        )
        assert "推来推去" in view
        assert [word for word in identities(bad) if word in view] == []


def test_a_unit_does_not_read_which_matter_where_few_people_had_it(bad: BadRating, clerk: Actor) -> None:
    """With one case of an item, its name alone would tell who rated. Assurance S34."""
    lead, title = at_desk("market"), bad.rating.invitation.title
    assert queries.bad(bad.pk, by=lead, pack=PACK).row.title == crowd.HIDDEN
    assert queries.bad(bad.pk, by=supervisor(), pack=PACK).row.title == title
    for _ in range(3):
        decided(clerk=clerk)
    with time.moved(time.now() + timedelta(minutes=1)):
        one = person()
        late = [bad_of(rated(decided(clerk=clerk, applicant=one), 4)) for _ in range(2)]
    assert [queries.bad(row.pk, by=lead, pack=PACK).row.title for row in (bad, *late)] == [crowd.HIDDEN, title, title]
    shown = queries.shown(list(queries.rows_of(PACK, by=lead)), by=lead)
    assert {row.title for row in shown} == {crowd.HIDDEN, title}


def test_one_person_with_many_cases_is_no_crowd(clerk: Actor) -> None:
    one = person()
    for applicant in (None, None, None, one, one):
        row = bad_of(rated(decided(clerk=clerk, applicant=applicant), 4))
    assert queries.bad(row.pk, by=at_desk("market"), pack=PACK).row.title == crowd.HIDDEN


def test_who_could_no_longer_rate_is_no_crowd(clerk: Actor) -> None:
    with time.moved(time.now() - timedelta(days=60)):
        for _ in range(5):
            decided(clerk=clerk)
    row = bad_of(rated(decided(clerk=clerk), 4))
    assert queries.bad(row.pk, by=at_desk("market"), pack=PACK).row.title == crowd.HIDDEN


def test_the_ratings_of_a_unit_name_no_matter_that_few_people_had(clerk: Actor) -> None:
    for n in range(5):
        rated(decided(clerk=clerk), 1 + n % 5)
    rating.rate(visited().pk, Said(2), by=ANONYMOUS)
    lead, days = at_desk("market"), {"since": FRIDAY, "until": FRIDAY}
    rows = sayings.shown(list(sayings.rows_of(PACK, **days, by=lead)), pack=PACK, by=lead)
    assert len(rows) == 5
    assert {row.when for row in rows} == {"2026-03"}
    by = supervisor()
    everything = sayings.shown(list(sayings.rows_of(PACK, **days, by=by)), pack=PACK, by=by)
    assert {row.when for row in everything} == {"2026-03-06"}
    assert len(everything) == 6
    assert list(sayings.rows_of(PACK, **days, organisation="data", by=lead)) != []  # the own unit all the same
    assert {row.organisation for row in sayings.rows_of(PACK, **days, organisation="data", by=lead)} == {"market"}
    with pytest.raises(NotAllowed):
        sayings.units_of(PACK, by=at_desk("market", "受理岗"))


def test_what_other_apps_read_leads_to_nobody(bad: BadRating) -> None:
    text = repr(queries.brief(bad.pk)) + repr(queries.briefs(PACK, item_code="business-licence", since=FRIDAY))
    assert "推来推去" in text
    assert [word for word in identities(bad) if word in text] == []
    assert queries.brief(bad.pk).title == crowd.HIDDEN  # it goes on cards that the unit reads


def test_news_carries_ids_of_ratings_only(bad: BadRating) -> None:
    sent = " ".join(Message.objects.filter(topic__in=["Rated", "BadRatingOpened"]).values_list("payload", flat=True))
    assert str(bad.pk) in sent
    assert [word for word in identities(bad) if word in sent] == []


def test_a_rating_holds_no_person() -> None:
    names = {field.name for model in (Rating, BadRating) for field in model._meta.get_fields() if field.concrete}
    assert not names & {
        "party",
        "account",
        "account_id",
        "applicant",
        "applicant_name",
        "name",
        "phone",
        "case",
        "joint_case",
    }
    assert {field.name for field in dataclasses.fields(queries.BadRow)}.isdisjoint({"case", "case_number", "applicant"})


def test_the_handling_body_sees_who_rated_with_a_reason_that_is_kept(bad: BadRating) -> None:
    by = supervisor()
    found = reviewing.unmask(bad.pk, reason=REASON, by=by)
    assert (found.name, found.case_number) == ("张示例", bad.rating.invitation.case.number)  # type: ignore[union-attr]
    assert "13900000100" in found.text
    assert Unmasking.objects.get().reason == REASON
    assert Entry.objects.get(action="evaluation.unmask", object_id=str(bad.pk)).account_id == by.account_id
    with pytest.raises(Invalid):
        reviewing.unmask(bad.pk, reason="看看", by=by)
    assert Unmasking.objects.count() == 1


def test_the_unit_never_sees_who_rated(bad: BadRating, clerk: Actor) -> None:
    for by in (clerk, at_desk("market"), at_desk("market", "管理员")):
        with pytest.raises(NotAllowed, match="监督岗"):
            reviewing.unmask(bad.pk, reason=REASON, by=by)
        with pytest.raises(NotAllowed, match="监督岗"):
            reviewing.call_back(bad.pk, outcome="content", words="", by=by)
    with pytest.raises(NotFound):
        reviewing.unmask(bad.pk, reason=REASON, by=at_desk("police"))
    assert not Unmasking.objects.exists()


def test_a_rating_of_the_supervising_body_is_reviewed_by_another() -> None:
    row = bad_of(rating.rate(visited().pk, Said(4), by=ANONYMOUS))  # the windows are the data bureau's
    own = supervisor()
    with pytest.raises(NotAllowed, match="监督岗"):
        reviewing.unmask(row.pk, reason=REASON, by=own)
    reviewing.unmask(row.pk, reason=REASON, by=judge())


def test_who_decides_appeals_sees_no_other_units(bad: BadRating) -> None:
    with pytest.raises(NotFound):
        queries.bad(bad.pk, by=judge(), pack=PACK)


def test_a_call_back_is_written_down_with_its_outcome(bad: BadRating) -> None:
    by = supervisor()
    reviewing.call_back(bad.pk, outcome="unreached", words="", by=by)
    reviewing.call_back(bad.pk, outcome="accepts", words="认可处理", by=by)
    assert BadRating.objects.get().called_back_at is not None
    assert figures.counts(PACK)[""].called_back == 1
    with pytest.raises(Invalid):
        reviewing.call_back(bad.pk, outcome="", words="", by=by)


PLEA = {"plea": "mistaken", "words": "办事人把两个单位弄混了，附窗口记录"}


def test_an_upheld_appeal_excludes_the_rating_and_leaves_it_as_it_was(bad: BadRating) -> None:
    reviewing.appeal(bad.pk, **PLEA, by=at_desk("market"))
    assert figures.counts(PACK)[""].bad == 1
    assert Timer.objects.filter(subject=bad.pk, done_at=None).count() == 2
    reviewing.decide(bad.pk, is_upheld=True, decision="核对录像，确为误评", by=supervisor())
    assert figures.counts(PACK)[""] == Counts(excluded=1)
    assert Rating.objects.get().grade == 5
    assert not Timer.objects.filter(subject=bad.pk, done_at=None).exists()
    for act in (lambda: verify(bad.pk, finding="true", branch="at_once", facts="再来一次", by=supervisor()),
                lambda: reviewing.appeal(bad.pk, **PLEA, by=at_desk("market")),
                lambda: reviewing.unmask(bad.pk, reason=REASON, by=supervisor())):  # fmt: skip
        with pytest.raises(Conflict):
            act()
    assert handling.miss(bad.pk, "verify", effective_at=time.now()) is False


def test_a_declined_appeal_changes_nothing(bad: BadRating) -> None:
    reviewing.appeal(bad.pk, **PLEA, by=at_desk("market"))
    reviewing.decide(bad.pk, is_upheld=False, decision="没有依据，按差评处理", by=supervisor())
    assert BadRating.objects.get().state == "open"
    assert figures.counts(PACK)[""].bad == 1
    with pytest.raises(Conflict, match="没有等待复核"):
        reviewing.decide(bad.pk, is_upheld=True, decision="改变主意了", by=supervisor())


def test_the_unit_does_not_decide_its_own_appeal(bad: BadRating, clerk: Actor) -> None:
    reviewing.appeal(bad.pk, **PLEA, by=clerk)  # who was rated may appeal, not handle
    for by in (clerk, at_desk("market")):
        with pytest.raises(NotAllowed, match="监督岗"):
            reviewing.decide(bad.pk, is_upheld=True, decision="我们认为是误评", by=by)
    assert BadRating.objects.get().excluded_at is None


@pytest.mark.usefixtures("own_caches")
def test_where_no_other_body_is_named_the_supervising_body_does_not_decide_about_itself() -> None:
    name_bodies(appeals=None)
    row = bad_of(rating.rate(visited().pk, Said(4), by=ANONYMOUS))  # the windows are the data bureau's
    head = at_desk("data")
    assert queries.bad(row.pk, by=head, pack=PACK).may & {"appeal", "appeal_elsewhere"} == {"appeal_elsewhere"}
    with pytest.raises(Conflict) as refused:
        reviewing.appeal(row.pk, **PLEA, by=head)
    assert refused.value.remedy == "请书面向同级人民政府办公室提出"
    Appeal.objects.create(bad_rating=row, plea="mistaken", words="改设之前提出的", at=time.now(), by_id=head.account)
    by = supervisor()
    assert "decide" not in queries.bad(row.pk, by=by, pack=PACK).may
    with pytest.raises(NotAllowed, match="不能复核自己的申诉"):
        reviewing.decide(row.pk, is_upheld=True, decision="确为误评，不计入", by=by)


def test_nobody_decides_the_own_appeal(bad: BadRating) -> None:
    both = supervisor()
    both.seats["market"] = frozenset({"head"})
    reviewing.appeal(bad.pk, **PLEA, by=both)
    with pytest.raises(NotAllowed, match="不能自己复核"):
        reviewing.decide(bad.pk, is_upheld=True, decision="确为误评，不计入", by=both)
    row = Appeal.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=row.pk).update(decided_by=row.by)


def test_one_appeal_at_a_time_and_in_time(bad: BadRating) -> None:
    with pytest.raises(Invalid):
        reviewing.appeal(bad.pk, plea="", words=PLEA["words"], by=at_desk("market"))
    with pytest.raises(NotAllowed, match="负责人或管理员"):
        reviewing.appeal(bad.pk, **PLEA, by=supervisor())
    reviewing.appeal(bad.pk, **PLEA, by=at_desk("market"))
    with pytest.raises(Conflict, match="已经有一份"):
        reviewing.appeal(bad.pk, **PLEA, by=at_desk("market"))
    reviewing.decide(bad.pk, is_upheld=False, decision="没有依据，按差评处理", by=supervisor())
    with time.moved(on(FRIDAY + timedelta(days=10))), pytest.raises(Conflict, match="申诉期到 2026-03-13"):
        reviewing.appeal(bad.pk, **PLEA, by=at_desk("market"))


def test_only_a_settled_one_is_published_and_without_any_person(bad: BadRating) -> None:
    by = supervisor()
    with pytest.raises(Conflict, match="整改完成后"):
        reviewing.publish(bad.pk, text="窗口推诿属实，已经整改。", by=by)
    verify(bad.pk, finding="true", branch="at_once", facts="推诿属实，已核对录像", by=by)
    settle(bad.pk, result="已经批评教育，向你致歉", by=by)
    for text in (
        "张示例反映的窗口推诿属实，已整改。",
        "反映的推诿属实，王示例已被批评。",
        "电话 13900000100 的办事人反映属实",
    ):
        with pytest.raises(Invalid) as refusal:
            reviewing.publish(bad.pk, text=text, by=by)
        assert "public_text" in refusal.value.fields
    reviewing.publish(bad.pk, text="窗口推诿属实，已经整改。", by=by)
    assert BadRating.objects.get().published_at is not None


def test_figures_by_group_on_a_set_counted_by_hand(clerk: Actor) -> None:
    """Four cases of one item: 5 stars, 1 star, 3 stars, unrated; and one visit with 2 stars."""
    cases = [decided(clerk=clerk, applicant=person()) for _ in range(4)]
    for case, grade in zip(cases, (1, 5, 3), strict=False):
        rated(case, grade)
    visit = visited()
    rating.rate(visit.pk, Said(4), by=ANONYMOUS)
    visits_cases = Invitation.objects.filter(kind="case").count() - 4
    assert visits_cases == 0
    whole = figures.counts(PACK, since=FRIDAY, until=FRIDAY)
    assert whole == {"": Counts(invited=5, answered=4, grades=(1, 0, 1, 1, 1), persons=4)}
    units = figures.counts(PACK, by="organisation")
    assert units["market"] == Counts(invited=4, answered=3, grades=(1, 0, 1, 0, 1), persons=3)
    assert units["data"].bad == 1
    assert figures.counts(PACK, by="window")[str(visit.window_id)].rated == 1
    assert figures.counts(PACK, by="channel")["web"].rated == 4
    assert figures.counts(PACK, by="item", items=["business-licence"])["business-licence"].rated == 3
    assert figures.counts(PACK, until=FRIDAY - timedelta(days=1)) == {"": Counts()}
    assert figures.rated_items(PACK) == {"business-licence"}
    assert figures.rated_organisations(PACK) == {"market", "data"}
    assert len(figures.rated_regions(PACK)) == 1
    assert figures.rated_organisations(PACK, since=FRIDAY + timedelta(days=1)) == frozenset()


def test_clocks_count_in_the_figures_when_done_or_over(clerk: Actor) -> None:
    first, second = (bad_of(rated(decided(clerk=clerk), 5)) for _ in range(2))
    verify(first.pk, finding="true", branch="at_once", facts="推诿属实，已核对录像", by=supervisor())
    settle(first.pk, result="已经批评教育，向你致歉", by=supervisor())
    handling.miss(second.pk, "verify", effective_at=time.now())
    found = figures.counts(PACK)[""]
    assert (found.verify_due, found.verified_in_time, found.settle_due, found.settled_in_time) == (2, 1, 1, 1)
