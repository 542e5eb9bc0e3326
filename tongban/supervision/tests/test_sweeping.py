"""Each kind of card on a clock at its boundary: not yet, then raised with its legal moment, and once only.

Source: standards reference 7.2, 7.3; assurance R04, R05, R16.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tongban.cases.models import Case, Task
from tongban.cases.services import acceptance, consulting, decision, special
from tongban.cases.tests.factories import LICENCE, PACK, TRADE, case_of, head_of, open_hotel
from tongban.core import time
from tongban.documents.models import Service
from tongban.identity.tests.factories import as_person, citizen
from tongban.jobs import services as jobs
from tongban.jobs.models import Timer
from tongban.orgs.tests.factories import at_desk
from tongban.outbox import services as outbox
from tongban.supervision.models import Act, Card, Standing, Watch
from tongban.supervision.services import acting, sweeping
from tongban.supervision.tests import factories
from tongban.supervision.tests.factories import accepted, at, card, moment, rules_of, set_thresholds, sweep

pytestmark = pytest.mark.usefixtures("honghu")


@pytest.fixture
def case(honghu: str) -> Case:
    """A case accepted on Friday 6 March; promised by Friday 13 March, the law gives until 3 April. No step has a limit."""
    found = accepted()
    Task.objects.filter(case=found).update(step_due_on=None)
    return found


def rules() -> list[str]:
    return rules_of(list(Card.objects.all()))


def test_promise_is_nearly_over_one_working_day_before(case: Case) -> None:
    assert sweep(3, 11) == []
    (found,) = sweep(3, 12)
    assert (found.rule, found.level, found.points, found.arose_at) == ("promise_near", "blue", 0, moment(3, 12, 0))


def test_promise_over_is_yellow_from_the_midnight_after_the_last_day(case: Case) -> None:
    sweep(3, 12)
    assert sweep(3, 13, 23, 59) == []
    (found,) = sweep(3, 14)
    assert (found.rule, found.level, found.arose_at) == ("promise_over", "yellow", moment(3, 14, 0))
    assert (found.organisation, found.case_id, found.number) == ("police", case.pk, "4210832026J000002")


def test_statutory_over_is_red(case: Case) -> None:
    sweep(3, 14)
    assert "statutory_over" not in rules_of(sweep(4, 3, 23, 59))
    found = next(row for row in sweep(4, 4) if row.rule == "statutory_over")
    assert (found.level, found.points, found.arose_at) == ("red", 3, moment(4, 4, 0))


def test_case_closed_on_its_last_day_has_no_card_but_the_warning(case: Case) -> None:
    sweep(3, 12)
    with at(3, 13, 17):
        decision.grant(case.pk, by=head_of(TRADE))
    assert sweep(3, 14) == []
    assert rules() == ["promise_near"]


def test_case_closed_late_while_nobody_looked_has_its_cards_with_their_legal_moments(case: Case) -> None:
    sweep(3, 10)
    with at(3, 16, 9):
        decision.grant(case.pk, by=head_of(TRADE))
    found = {row.rule: row for row in sweep(3, 17)}  # the worker was down for a week
    assert found["promise_over"].arose_at == moment(3, 14, 0)
    assert found["promise_near"].arose_at == moment(3, 12, 0)
    assert found["promise_over"].issued_at == moment(3, 17, 0)
    assert "2026-03-16 才办结" in found["promise_over"].words


def test_stopped_clock_raises_nothing(case: Case) -> None:
    with at(3, 10):
        special.pause(case.pk, "hearing", days=10, reason="利害关系人申请听证", by=head_of(TRADE))
    for day in range(11, 25):
        assert sweep(3, day) == []
    assert sweep(4, 20) == []


def test_extended_promise_raises_nothing_until_its_new_end(case: Case) -> None:
    with at(3, 11):
        special.extend(case.pk, days=3, reason="现场情况复杂，需要复核", by=head_of(TRADE))
    assert sweep(3, 12) == sweep(3, 14) == sweep(3, 16) == []
    assert rules_of(sweep(3, 17)) == ["promise_near"]
    assert rules_of(sweep(3, 19)) == ["promise_over"]


def test_resumed_clock_is_watched_again(case: Case) -> None:
    with at(3, 10):
        paused = special.pause(case.pk, "hearing", days=10, reason="利害关系人申请听证", by=head_of(TRADE))
    with at(3, 12):
        resumed = special.resume(case.pk, paused.stops[0]["seq"], evidence="听证笔录已形成", by=head_of(TRADE))
    assert resumed.due_on == date(2026, 3, 18)  # golden, standards reference 7.2
    assert sweep(3, 16) == []
    assert rules_of(sweep(3, 17)) == ["promise_near"]
    assert rules_of(sweep(3, 19)) == ["promise_over"]


@pytest.mark.parametrize("done", [None, 11, 12])
def test_step_over_its_own_limit_is_yellow(case: Case, done: int | None) -> None:
    step = Task.objects.get(case=case, kind="step")
    step.step_due_on = date(2026, 3, 11)
    step.done_at, step.done_by_name = (moment(3, done), "王某") if done else (None, "")
    step.save()
    assert rules_of(sweep(3, 11, 23)) == []
    found = [row for row in sweep(3, 13) if row.rule == "step_over"]
    assert [(row.level, row.arose_at, row.person_name) for row in found] == (
        [] if done == 11 else [("yellow", moment(3, 12, 0), "王某" if done else "")]
    )


def test_unit_that_does_not_answer_a_consultation_is_carded_not_the_one_that_asked(case: Case) -> None:
    with at(3, 6):
        consulting.consult(case.pk, ["fire"], mode="consult", question="请说明消防意见", days=2, by=head_of(TRADE))
    assert rules_of(sweep(3, 10, 23)) == []
    (found,) = sweep(3, 11)
    assert (found.rule, found.organisation) == ("step_over", "fire")


def test_limit_of_a_step_stands_still_with_the_clock(case: Case) -> None:
    Task.objects.filter(case=case, kind="step").update(step_due_on=date(2026, 3, 10))
    with at(3, 9):
        special.pause(case.pk, "hearing", days=10, reason="利害关系人申请听证", by=head_of(TRADE))
    assert sweep(3, 16) == []


def test_services_entered_late_are_carded(case: Case) -> None:
    with at(3, 10):
        decision.grant(case.pk, by=head_of(TRADE))
    entered(case, served=11, on=12)
    assert sweep(3, 12, 23) == []
    Service.objects.all().delete()
    entered(case, served=11, on=13)
    (found,) = sweep(3, 13, 23)
    assert (found.rule, found.level, found.person_name) == ("late_reporting", "yellow", "李某")


def entered(case: Case, *, served: int, on: int) -> None:
    paper = factories.decision_paper(case)
    Service.objects.create(
        paper=paper, proof=paper, way="direct", recipient="某人", served_on=date(2026, 3, served), effective_on=date(2026, 3, served),
        by_name="李某", at=moment(3, on),
    )  # fmt: skip


def test_decision_without_acceptance_is_found_by_the_next_look(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(accepted_at=None, due_on=None, state="granted", closed_at=moment(3, 9))
    (found,) = sweep(3, 10)
    assert (found.rule, found.level) == ("outside", "red")


@pytest.mark.parametrize(("day", "late"), [(19, False), (20, True)])
def test_yellow_without_report_turns_red_after_three_working_days(day: int, late: bool) -> None:
    yellow = card(day=16)  # Monday; Thursday is the third working day
    found = sweep(3, day)
    assert rules_of(found) == (["uncured"] if late else [])
    assert [row.subject for row in found] == ([yellow.number] if late else [])


@pytest.mark.parametrize("answer", ["rectify", "appeal", "upheld", "cancel"])
def test_yellow_that_was_answered_does_not_turn_red(answer: str) -> None:
    yellow = card(day=16)
    with at(3, 19, 17):
        if answer == "rectify":
            acting.rectify(yellow.pk, words="已经办结，约谈了经办人", by=factories.head())
        elif answer == "cancel":
            factories.cancel(yellow)
        else:
            acting.appeal(yellow.pk, words="系统故障，有记录为证", by=factories.head())
            if answer == "upheld":
                acting.decide(yellow.pk, is_upheld=True, words="经核实故障属实", by=factories.judge())
    assert sweep(3, 20) == sweep(3, 27) == []


def test_report_that_came_late_or_was_sent_back_does_not_save_the_yellow() -> None:
    late, back = card(1, day=16), card(2, day=16)
    with at(3, 19):
        acting.rectify(back.pk, words="已经办结，约谈了经办人", by=factories.head())
        acting.send_back(back.pk, words="没有说明原因，请补充", by=factories.overseer())
    with at(3, 20, 9):
        acting.rectify(late.pk, words="已经办结，约谈了经办人", by=factories.head())
    assert [row.subject for row in sweep(3, 21)] == [late.number]
    assert [row.subject for row in sweep(3, 25)] == [back.number]  # three new working days from the 19th


def test_dismissed_appeal_gives_three_new_days() -> None:
    yellow = card(day=16)
    with at(3, 18):
        acting.appeal(yellow.pk, words="系统故障，有记录为证", by=factories.head())
    with at(3, 23):
        acting.decide(yellow.pk, is_upheld=False, words="没有故障记录，不成立", by=factories.judge())
    assert sweep(3, 26, 23) == []
    assert rules_of(sweep(3, 27)) == ["uncured"]


def test_three_yellows_of_a_unit_in_a_month_are_a_red_once() -> None:
    for n in (1, 2):
        card(n, day=16)
    card(3, day=16, organisation="market")
    card(4, month=2, day=27)
    assert "three_yellows" not in rules_of(sweep(3, 17))
    third = card(5, day=17)
    (found,) = sweep(3, 18)
    assert (found.rule, found.level, found.subject, found.occurrence) == (
        "three_yellows",
        "red",
        "honghu:police",
        "2026-03",
    )
    assert found.arose_at == third.issued_at
    card(6, day=18)
    assert "three_yellows" not in rules_of(sweep(3, 19))


def test_cancelled_yellow_is_no_third() -> None:
    rows = [card(n, day=16) for n in (1, 2, 3)]
    with at(3, 16):
        factories.cancel(rows[0])
    assert sweep(3, 17) == []


def test_month_that_ended_is_looked_at_once_more() -> None:
    for n in (1, 2, 3):
        card(n, month=3, day=31)
    assert "three_yellows" in rules_of(sweep(4, 1))


def test_looking_again_and_again_gives_no_card_twice(case: Case) -> None:
    for day in (12, 14):
        for _ in range(3):
            sweep(3, day)
    Watch.objects.update(through_on=date(2026, 3, 1))
    sweep(3, 14)
    assert rules() == ["promise_near", "promise_over"]


def test_reopened_case_has_a_clock_of_its_own(case: Case) -> None:
    sweep(3, 14)
    with at(3, 16):
        decision.grant(case.pk, by=head_of(TRADE))
        from_now = head_of(TRADE)
    with at(3, 17):
        factories.reopen(case, by=from_now)
    sweep(4, 1)
    assert rules().count("promise_over") == 2


def test_numbers_follow_without_gaps_and_begin_anew_each_year() -> None:
    rows = [card(1), card(2), factories.card_in(2027, 3)]
    with at(3, 16):
        assert factories.issue(PACK, [factories.cause(1)]) == []
    rows.append(card(4))
    assert [(row.year, row.serial) for row in rows] == [(2026, 1), (2026, 2), (2027, 1), (2026, 3)]


@pytest.mark.parametrize(("kind", "day"), [("promise_near", 12), ("promise_over", 14)])
def test_kind_that_is_off_raises_nothing(case: Case, kind: str, day: int) -> None:
    set_thresholds(kinds={kind: {"is_on": False, "level": "blue", "points": 0}})
    assert kind not in rules_of(sweep(3, day))


def test_level_and_points_are_those_of_the_place(case: Case) -> None:
    set_thresholds(kinds={"promise_over": {"level": "red", "points": 9}})
    (found,) = [row for row in sweep(3, 14) if row.rule == "promise_over"]
    assert (found.level, found.points, found.thresholds) == ("red", 9, 1)
    assert found.evidence["rule"]["points"] == 9


def test_card_keeps_the_rule_it_was_given_under(case: Case) -> None:
    (found,) = [row for row in sweep(3, 14) if row.rule == "promise_over"]
    set_thresholds(kinds={"promise_over": {"level": "red", "points": 9}})
    found.refresh_from_db()
    assert (found.level, found.points, found.thresholds) == ("yellow", 1, 0)


def test_warning_comes_as_early_as_the_place_wants(case: Case) -> None:
    set_thresholds(near_days=2)
    assert sweep(3, 10) == []
    assert rules_of(sweep(3, 11)) == ["promise_near"]


def test_unit_and_its_heads_are_told(case: Case) -> None:
    head = factories.head()
    (found,) = [row for row in sweep(3, 14) if row.rule == "promise_over"]
    told = Act.objects.get(card=found)
    assert (told.verb, told.seq) == ("notify", 1)
    assert head.name in told.facts["heads"]
    assert not Standing.objects.get(card=found).is_seen


def test_place_is_watched_each_midnight_from_its_first_case_on() -> None:
    with at(3, 6):
        joint = open_hotel(as_person(citizen()), members={TRADE: ()})
        outbox.deliver()
        acceptance.accept(case_of(joint, TRADE).pk, by=head_of(TRADE))
    Task.objects.update(step_due_on=None)
    night = moment(3, 7, 0)
    assert Timer.objects.get(topic=sweeping.SWEEP).due_at == night
    for n in range(8):
        with time.moved(night + timedelta(days=n)):
            jobs.fire_due()
            jobs.fire_due()
    assert [(row.rule, row.issued_at) for row in Card.objects.order_by("serial")] == [
        ("promise_near", moment(3, 12, 0)), ("promise_over", moment(3, 14, 0))
    ]  # fmt: skip
    assert Timer.objects.filter(topic=sweeping.SWEEP, done_at=None).count() == 1


def test_worker_catches_up_when_the_timer_did_not(case: Case) -> None:
    sweep(3, 12)
    with at(3, 15):
        outbox.run_often()
        outbox.run_often()
    assert rules() == ["promise_near", "promise_over"]


def test_look_at_a_large_place_takes_few_queries(case: Case, django_assert_max_num_queries: object) -> None:
    for n in (2, 3, 4):
        with at(3, 6):
            joint = open_hotel(as_person(citizen(n=n)), members={LICENCE: ()})
            acceptance.accept(case_of(joint, LICENCE).pk, by=at_desk("market"))
    with django_assert_max_num_queries(96):  # type: ignore[operator]
        sweep(3, 14)
