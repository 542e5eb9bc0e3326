from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from tongban.cases.models import Case, JointCase
from tongban.core import time
from tongban.evaluation.models import BadRating, Invitation, Rating
from tongban.evaluation.queries.inviting import Unrated
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import officer
from tongban.simulation.rules import Mix
from tongban.simulation.services import running
from tongban.simulation.services.answering import Answerers
from tongban.simulation.services.people import Cast
from tongban.simulation.services.rating import Raters
from tongban.simulation.services.running import Run
from tongban.simulation.services.working import Desk
from tongban.supervision.models import Act, Pattern, Standing
from tongban.supervision.tests import factories as watch

WANTED = Run("honghu", date(2026, 3, 5), 1, 6, seed=5)


@pytest.mark.slow
def test_days_run_once_and_go_on_where_they_stopped(honghu: str) -> None:
    (first,) = running.run(WANTED)
    made = JointCase.objects.count()
    assert first.submitted and made
    assert {time.day_of(joint.submitted_at) for joint in JointCase.objects.all()} == {date(2026, 3, 5)}
    assert running.run(WANTED) == []
    assert [day.on for day in running.run(replace(WANTED, days=2))] == [date(2026, 3, 6)]
    assert JointCase.objects.count() > made


@pytest.mark.slow
def test_officers_work_on_what_came_at_their_hours(honghu: str) -> None:
    for desk in ("human-resources", "market", "natural-resources"):
        officer(desk)
    running.run(replace(WANTED, days=6))
    assert Case.objects.filter(state="granted").exists()


@pytest.mark.slow
def test_who_is_not_heard_of_again_keeps_no_desk_waiting(honghu: str) -> None:
    for desk in ("human-resources", "market", "natural-resources"):
        officer(desk)
    silent = replace(WANTED, days=2, mix=Mix(theme=0, ask=1, resubmit=0, withdraw=0, silent=0))
    running.run(silent)
    asked = set(Case.objects.filter(state="returned").values_list("pk", flat=True))
    assert asked
    desk = Desk(silent.seed, silent.mix, Cast(silent.seed, "421083000000"))
    with time.moved(time.at_china(date(2026, 4, 20), 10, 0)):
        list(desk.sweep())
    assert set(Case.objects.filter(pk__in=asked).values_list("state", flat=True)) == {"lapsed"}


@pytest.mark.slow
def test_some_applicants_rate_and_bad_ratings_are_handled(honghu: str) -> None:
    for desk in ("human-resources", "market", "natural-resources"):
        officer(desk)
    officer("data", SUPERVISOR_POST)
    officer("business-environment", SUPERVISOR_POST)
    wanted = replace(WANTED, days=20, mix=Mix(theme=0, rate=0.6, bad=0.5, bad_late=0.3))
    running.run(wanted)
    invited, rated = Invitation.objects.count(), Rating.objects.count()
    assert 0 < rated < invited
    assert Rating.objects.filter(grade__lte=3).exists()
    assert set(BadRating.objects.values_list("rating__grade", flat=True)) <= {4, 5}
    assert BadRating.objects.filter(state="settled", called_back_at__isnull=False, published_at__isnull=False).exists()
    assert Rating.objects.count() == Invitation.objects.exclude(rated_at=None).count()


def test_who_rates_and_how_follows_from_the_seed() -> None:
    def said(seed: int) -> list[tuple[bool, int]]:
        raters = Raters("honghu", seed, Mix(), Cast(seed, "421083000000"))
        rows = [Unrated(uuid4(), f"case-{n}", "case", "online", date(2026, 3, 5)) for n in range(1000)]
        return [(raters._rates(row, date(2026, 3, 20)), int(raters._grade(row))) for row in rows]

    assert said(5) == said(5)
    assert said(5) != said(6)
    rates = [grade for rates, grade in said(5) if rates]
    assert 300 < len(rates) < 400
    assert 0 < sum(grade > 3 for grade in rates) < 20


@pytest.mark.slow
def test_cases_are_opened_and_cards_answered_for(honghu: str) -> None:
    for desk in ("human-resources", "market", "natural-resources"):
        officer(desk)
    officer("data", SUPERVISOR_POST)
    officer("business-environment", SUPERVISOR_POST)
    mix = Mix(theme=0, late=1, appeal=0.6, send_back=0.3, cure_late=0.2, unseen=0)
    running.run(replace(WANTED, first_on=date(2026, 3, 12), days=22, mix=mix))  # into April: March is looked through
    standings = Standing.objects.exclude(card__level="blue")
    assert standings.filter(state="closed").exists()
    assert standings.filter(appeal__in=["upheld", "dismissed"]).exists()
    assert Act.objects.filter(verb="send_back").exists()
    assert not Pattern.objects.filter(kind="unviewed").exists()


@pytest.mark.parametrize(("day", "act"), [(19, "appeal"), (31, "rectify")])
def test_who_can_no_longer_appeal_rectifies(honghu: str, day: int, act: str) -> None:
    watch.overseer()
    watch.head()
    card = watch.card()  # of 16 March; its days of appeal are over by the end of the month
    answerers = Answerers("honghu", 5, Mix(appeal=1, cure_late=0), Cast(5, "421083000000"))
    with watch.at(3, day, 18):
        list(answerers.evening())
    assert card.acts.get(seq=2).verb == act
