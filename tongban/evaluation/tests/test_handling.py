from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tongban.core import time
from tongban.core.actor import ANONYMOUS, Actor
from tongban.evaluation.models import BadRating
from tongban.evaluation.queries import bad as queries
from tongban.evaluation.services import handling, rating, setting
from tongban.evaluation.services.handling import settle, verify
from tongban.evaluation.services.rating import Said
from tongban.evaluation.tests.factories import FRIDAY, PACK, bad_of, decided, on, person, rated, supervisor, visited
from tongban.identity.tests.factories import as_person
from tongban.jobs import services as jobs
from tongban.jobs.models import Timer
from tongban.notices.models import Notice
from tongban.orgs.tests.factories import actor, at_desk, officer, window_clerk
from tongban.outbox.models import Message
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

MONDAY = date(2026, 3, 9)
LAST = date(2026, 3, 20)  # the tenth working day after the Friday
VERIFIED = {"finding": "true", "branch": "at_once", "facts": "等候确实过长，当天窗口少一人"}


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
    """Give a bad rating of a case that the clerk decided."""
    return bad_of(rated(decided(clerk=clerk), 5, text="等了两小时"))


def late() -> list[str]:
    return [row.payload for row in Message.objects.filter(topic="BadRatingLate").order_by("id")]


def fire(at: datetime) -> None:
    with time.moved(at):
        jobs.fire_due(100)


@pytest.mark.parametrize("grade", [1, 2, 3])
def test_only_bad_ratings_are_handled(clerk: Actor, grade: int) -> None:
    rated(decided(clerk=clerk), grade)
    assert not BadRating.objects.exists()
    assert not Timer.objects.filter(topic__startswith="evaluation.").exists()


def test_both_clocks_start_with_the_rating(bad: BadRating) -> None:
    assert (bad.verify_by_on, bad.settle_by_on) == (MONDAY, LAST)
    timers = dict(Timer.objects.filter(subject=bad.pk).values_list("topic", "due_at"))
    assert timers == {
        "evaluation.verify": time.at_china(MONDAY + timedelta(days=1), 0),
        "evaluation.settle": time.at_china(LAST + timedelta(days=1), 0),
    }


def test_limits_missed_are_told_at_the_right_moment_and_once(bad: BadRating) -> None:
    """The time machine: 1 and 10 working days; a card hangs on each of these events."""
    fire(time.at_china(MONDAY, 23, 59))
    assert late() == []
    fire(time.at_china(MONDAY + timedelta(days=1), 0))
    assert len(late()) == 1
    assert '"kind":"verify"' in late()[0]
    assert "2026-03-09T16:00:00+00:00" in late()[0]  # 24:00 in China
    fire(time.at_china(LAST, 23, 59))
    assert len(late()) == 1
    for _ in range(2):
        fire(time.at_china(LAST + timedelta(days=1), 9))
    assert len(late()) == 2
    assert '"kind":"settle"' in late()[1]
    handling.miss(bad.pk, "settle", effective_at=time.now())
    assert len(late()) == 2


def test_what_is_handled_in_time_tells_of_no_limit_missed(bad: BadRating) -> None:
    with time.moved(on(MONDAY, 17)):
        verify(bad.pk, **VERIFIED, by=supervisor())
    with time.moved(on(LAST, 23)):
        settle(bad.pk, result="增开一个窗口，已向办事人致歉", by=supervisor())
    fire(on(LAST + timedelta(days=5)))
    assert late() == []
    assert not Timer.objects.filter(subject=bad.pk, done_at=None).exists()


def test_an_act_of_the_next_morning_is_late_though_no_worker_came_by(bad: BadRating) -> None:
    with time.moved(time.at_china(MONDAY + timedelta(days=1), 8)):
        verify(bad.pk, **VERIFIED, by=supervisor())
    fire(on(MONDAY + timedelta(days=2)))
    row = BadRating.objects.get()
    assert row.verify_missed_at == time.at_china(MONDAY + timedelta(days=1), 0)
    assert len(late()) == 1


def test_who_decided_the_case_cannot_handle_the_rating(bad: BadRating, clerk: Actor) -> None:
    for act in (
        lambda: verify(bad.pk, **VERIFIED, by=clerk),
        lambda: settle(bad.pk, result="已经改了，谢谢", by=clerk),
    ):
        with pytest.raises(NotAllowed, match="经办过"):
            act()
    assert BadRating.objects.get().state == "open"


def test_another_lead_of_the_unit_handles_it(bad: BadRating) -> None:
    other = at_desk("market")
    verify(bad.pk, **VERIFIED, by=other)
    settle(bad.pk, result="增开一个窗口，已经致歉", by=other)
    row = BadRating.objects.get()
    assert (row.state, row.verify_missed_at, row.settle_missed_at) == ("settled", None, None)


@pytest.mark.parametrize("post", ["受理岗", "审查岗"])
def test_clerks_of_the_unit_handle_nothing_and_see_nothing(bad: BadRating, post: str) -> None:
    by = at_desk("market", post)
    assert list(queries.rows_of(PACK, by=by)) == []
    with pytest.raises(NotFound):
        queries.bad(bad.pk, by=by, pack=PACK)
    with pytest.raises(NotFound):
        verify(bad.pk, **VERIFIED, by=by)


def test_leads_of_another_unit_and_citizens_see_nothing(bad: BadRating) -> None:
    for by in (at_desk("police"), as_person(person())):
        with pytest.raises(NotFound):
            verify(bad.pk, **VERIFIED, by=by)
        assert list(queries.rows_of(PACK, by=by)) == []


def test_the_clerk_at_the_window_does_not_handle_the_rating_of_the_visit() -> None:
    clerk = officer("data", "管理员")  # who sits at the window leads the hosting bureau as well
    window = window_clerk()
    row = visited(window)
    bad = bad_of(rating.rate(row.pk, Said(4), by=ANONYMOUS))
    both = actor(window)
    both.seats["data"] = both.seats["data"] | {"admin"}
    with pytest.raises(NotAllowed, match="经办过"):
        verify(bad.pk, **VERIFIED, by=both)
    verify(bad.pk, **VERIFIED, by=actor(clerk))


def test_it_is_verified_before_it_is_settled_and_each_once(bad: BadRating) -> None:
    by = supervisor()
    with pytest.raises(Conflict, match="待核实"):
        settle(bad.pk, result="已经改了，谢谢", by=by)
    verify(bad.pk, **VERIFIED, by=by)
    with pytest.raises(Conflict, match="待整改"):
        verify(bad.pk, **VERIFIED, by=by)
    settle(bad.pk, result="已经改了，谢谢", by=by)
    with pytest.raises(Conflict, match="已整改"):
        settle(bad.pk, result="已经改了，谢谢", by=by)


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"finding": "unfounded"}, "branch"), ({"facts": "属实"}, "facts"), ({"branch": "planned"}, "plan_on"),
     ({"branch": "planned", "plan_on": LAST + timedelta(days=3)}, "plan_on")],
)  # fmt: skip
def test_verifying_says_what_was_found_and_how_it_is_settled(
    bad: BadRating, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        verify(bad.pk, **(VERIFIED | changed), by=supervisor())  # type: ignore[arg-type]
    assert list(refusal.value.fields) == [field]
    assert BadRating.objects.get().state == "open"


def test_a_complex_one_has_its_reason_and_its_day(bad: BadRating) -> None:
    verify(
        bad.pk, finding="partly", branch="planned", facts="涉及排队系统改造，列入台账", plan_on=LAST, by=supervisor()
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        BadRating.objects.update(plan_on=None)
    view = queries.bad(bad.pk, by=supervisor(), pack=PACK)
    assert (view.branch, view.plan_on) == ("说明理由、建台账、限期整改", LAST)


def test_the_giver_is_told_the_result_without_being_known(bad: BadRating) -> None:
    verify(bad.pk, **VERIFIED, by=supervisor())
    settle(bad.pk, result="增开一个窗口，已经致歉", by=supervisor())
    told = Notice.objects.get(title__startswith="你的评价有了处理结果")
    assert told.party_id == bad.rating.invitation.joint_case.applicant_id
    assert "增开一个窗口" in told.text


def test_days_are_set_per_place_and_running_clocks_keep_theirs(bad: BadRating, clerk: Actor) -> None:
    numbers = {"rate_days": "30", "verify_days": "2", "settle_days": "5", "appeal_days": "5", "tablet_minutes": "15",
               "least_persons": "5"}  # fmt: skip
    setting.change(PACK, numbers, reason="按市里要求", seen=0, by=supervisor())
    fresh = bad_of(rated(decided(clerk=clerk), 4))
    assert (fresh.verify_by_on, fresh.settle_by_on) == (date(2026, 3, 10), date(2026, 3, 13))
    assert BadRating.objects.get(pk=bad.pk).settle_by_on == LAST


@pytest.mark.parametrize(("name", "value"), [("verify_days", "0"), ("settle_days", "x"), ("least_persons", "4")])
def test_settings_out_of_bounds_are_refused_by_name(name: str, value: str) -> None:
    numbers = {"rate_days": "30", "verify_days": "1", "settle_days": "10", "appeal_days": "5", "tablet_minutes": "15",
               "least_persons": "5"}  # fmt: skip
    with pytest.raises(Invalid) as refusal:
        setting.change(PACK, numbers | {name: value}, reason="按市里要求", seen=0, by=supervisor())
    assert list(refusal.value.fields) == [name]


def test_only_who_supervises_sets_the_days() -> None:
    with pytest.raises(NotAllowed):
        setting.change(PACK, {}, reason="按市里要求", seen=0, by=at_desk("market"))
    with pytest.raises(Conflict):
        setting.change(PACK, {}, reason="按市里要求", seen=3, by=supervisor())


@pytest.mark.parametrize(
    ("view", "found"),
    [("open", True), ("verified", False), ("late", False), ("publish", False), ("appealed", False), ("all", True)],
)
def test_views_of_the_list(bad: BadRating, view: str, found: bool) -> None:
    assert bool(queries.rows_of(PACK, view=view, by=supervisor())) is found
    assert list(queries.rows_of(PACK, view=view, organisation="police", by=supervisor())) == []


def test_views_follow_what_is_done(bad: BadRating) -> None:
    by = supervisor()
    fire(on(MONDAY + timedelta(days=1)))
    assert len(queries.rows_of(PACK, view="late", by=by)) == 1
    verify(bad.pk, **VERIFIED, by=by)
    assert len(queries.rows_of(PACK, view="late", by=by)) == 0
    assert len(queries.rows_of(PACK, view="verified", by=by)) == 1
    settle(bad.pk, result="已经改了，谢谢", by=by)
    assert len(queries.rows_of(PACK, view="publish", by=by)) == 1
