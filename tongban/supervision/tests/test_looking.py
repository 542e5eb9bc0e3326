"""Cards for acts: findings, bare refusals, fees, decisions outside the platform, late ratings. Once each, however often told."""

from __future__ import annotations

from uuid import UUID

import pytest

from tongban.cases.models import Case, Event
from tongban.cases.services import acceptance, decision, ending
from tongban.cases.tests.factories import PACK, TRADE, case_of, head_of, open_hotel, vary
from tongban.evaluation.services import handling
from tongban.evaluation.tests import factories as ratings
from tongban.identity.tests.factories import as_person, citizen
from tongban.jobs import services as jobs
from tongban.licences import queries as licences
from tongban.orgs.tests.factories import at_desk
from tongban.outbox import services as outbox
from tongban.outbox.models import Message
from tongban.payments.rules import FeeSpec
from tongban.payments.services import orders
from tongban.payments.services.orders import Charge
from tongban.supervision.models import Card
from tongban.supervision.services import looking
from tongban.supervision.tests.factories import accepted, at, moment, rules_of, set_thresholds, sweep

pytestmark = pytest.mark.usefixtures("honghu")


def told() -> list[Card]:
    """Deliver all news, and all of it again; return the cards."""
    outbox.deliver(1000)
    Message.objects.update(done_at=None)
    outbox.deliver(1000)
    return list(Card.objects.order_by("serial"))


@pytest.fixture
def silent(honghu: str) -> Case:
    with at(3, 6):
        return case_of(open_hotel(as_person(citizen()), members={TRADE: ()}), TRADE)


def test_deemed_acceptance_is_red_with_its_legal_moment(silent: Case) -> None:
    with at(3, 13, 23, 59):
        jobs.fire_due()
        assert told() == []
    with at(3, 16, 9):
        jobs.fire_due()
        (found,) = [row for row in told() if row.rule == "late_acceptance"]
    assert (found.level, found.arose_at) == ("red", moment(3, 14, 0))
    assert "late_acceptance" not in rules_of(sweep(3, 17))


def test_second_notice_is_yellow_and_the_first_is_nothing(silent: Case) -> None:
    ask, by = [{"kind": "field", "code": "premises-name", "remark": "请写全称"}], head_of(TRADE)
    applicant = silent.joint_case.applicant
    with at(3, 10):
        acceptance.ask_for_more(silent.pk, ask, by=by)
        assert told() == []
        acceptance.resubmit(
            silent.pk, values={"premises-name": "湖岸大酒店"}, materials=[], by=as_person(applicant.accounts.get())
        )
        acceptance.ask_again(silent.pk, ask, reason="补正的内容与首次告知不符", by=by)
        (found,) = told()
    assert (found.rule, found.level) == ("second_notice", "yellow")


@pytest.mark.parametrize(
    ("reason", "bare"), [("不符合规定。不予许可", True), ("住所没有消防验收合格意见，不能作旅馆", False)]
)
@pytest.mark.parametrize("verb", ["refuse", "refuse_acceptance", "terminate"])
def test_refusal_by_formula_is_carded(verb: str, reason: str, bare: bool) -> None:
    case, by = accepted(), head_of(TRADE)
    with at(3, 9):
        if verb == "refuse":
            decision.refuse(case.pk, reason=reason, by=by)
        elif verb == "terminate":
            ending.terminate(case.pk, reason=reason, by=by)
        else:
            other = case_of(open_hotel(as_person(citizen(n=2)), members={TRADE: ()}), TRADE)
            acceptance.refuse_acceptance(other.pk, reason=reason, by=by)
        found = told()
    assert rules_of(found) == (["bare_refusal"] if bare else [])
    if bare:
        assert ["理由原文", reason] in found[0].evidence["facts"]
        assert found[0].person_name == by.name


def test_refusal_whose_news_was_lost_is_found_by_the_next_look() -> None:
    case = accepted()
    sweep(3, 9)
    with at(3, 9):
        decision.refuse(case.pk, reason="不符合规定。不予许可", by=head_of(TRADE))
        Message.objects.all().delete()
    assert "bare_refusal" in rules_of(sweep(3, 10))
    assert "bare_refusal" not in rules_of(sweep(3, 11))


def test_formulas_are_those_of_the_place() -> None:
    set_thresholds(formulas=["没有消防验收合格意见"], reason_chars=12)
    case = accepted()
    with at(3, 9):
        decision.refuse(case.pk, reason="住所没有消防验收合格意见", by=head_of(TRADE))
        assert rules_of(told()) == ["bare_refusal"]


def charge(case: Case, fen: int) -> None:
    joint = case.joint_case
    orders.order(
        Charge(subject_id=case.pk, purpose="fee", payer_id=joint.applicant_id, payer_name=joint.applicant_name,
               organisation=case.organisation, title=case.name, fee=FeeSpec("某费", "某依据", fen), subject_number=case.number),
        by=head_of(TRADE),
    )  # fmt: skip


def test_fee_for_an_item_that_charges_nothing_is_red() -> None:
    case = accepted()
    with at(3, 9):
        assert rules_of(told()) == []
        charge(case, 100_00)
        (found,) = told()
    assert (found.rule, found.level, found.points) == ("undue_fee", "red", 5)
    assert ["多收（元）", "100.00"] in found.evidence["facts"]


@pytest.mark.parametrize(("fen", "undue"), [(50_00, False), (50_01, True)])
@pytest.mark.usefixtures("own_caches")
def test_fee_above_the_list_is_red_and_the_fee_of_the_list_is_not(fen: int, undue: bool) -> None:
    vary(TRADE, fee={"standard": "50 元", "basis": "某文件", "amount_fen": 50_00, "when": "before_result"})
    case = accepted()
    with at(3, 9):
        charge(case, fen)
        assert rules_of(told()) == (["undue_fee"] if undue else [])


def test_decision_without_acceptance_is_red() -> None:
    case = accepted()
    Event.objects.filter(case=case, verb="accept").delete()
    with at(3, 9):
        decision.grant(case.pk, by=head_of(TRADE))
        (found,) = told()
    assert (found.rule, found.level) == ("outside", "red")


def test_decision_after_acceptance_is_no_cause() -> None:
    case = accepted()
    with at(3, 9):
        decision.grant(case.pk, by=head_of(TRADE))
        assert told() == []


@pytest.mark.parametrize("granted", [True, False])
def test_licence_of_a_case_that_was_not_granted_is_red(granted: bool) -> None:
    case = accepted()
    sweep(3, 9)
    with at(3, 9):
        decision.grant(case.pk, by=head_of(TRADE))
    assert licences.of_cases([case.pk])
    if not granted:
        Case.objects.filter(pk=case.pk).update(state="accepted", closed_at=None)
    found = [(row.rule, row.level, row.subject_kind) for row in sweep(3, 10) if row.rule == "outside"]
    assert found == ([] if granted else [("outside", "red", "licence")])


def test_order_of_nothing_here_is_passed_over() -> None:
    assert looking.look_at_order(PACK, None) == []
    assert looking.look_at_order(PACK, UUID(int=1)) == []


@pytest.mark.parametrize(("day", "rules"), [(9, []), (10, ["rating_unverified"])])
def test_bad_rating_not_verified_by_the_next_working_day_is_yellow(day: int, rules: list[str]) -> None:
    with at(3, 6):
        row = ratings.bad_of(ratings.rated(ratings.decided(clerk=at_desk("market")), 5))
    with at(3, day, 23 if day == 9 else 0):
        jobs.fire_due(1000)
        found = [card for card in told() if card.subject_kind == "rating"]
    assert rules_of(found) == rules
    assert [(card.organisation, card.level, card.subject_number, card.arose_at) for card in found] == [
        ("market", "yellow", row.number, moment(3, 10, 0))
    ] * len(rules)


def test_bad_rating_not_settled_in_ten_working_days_is_red_and_one_in_time_is_nothing() -> None:
    with at(3, 6):
        late = ratings.bad_of(ratings.rated(ratings.decided(clerk=at_desk("market")), 5))
        applicant = ratings.person("李示例")
        in_time = ratings.bad_of(
            ratings.rated(ratings.decided(clerk=at_desk("market"), applicant=applicant, name="李示例"), 4)
        )
    with at(3, 9):
        for row in (late, in_time):
            handling.verify(
                row.pk, finding="true", branch="at_once", facts="等候确实过长，当天窗口少一人", by=at_desk("market")
            )
        handling.settle(in_time.pk, result="已经增开一个窗口，向本人说明", by=at_desk("market"))
    with at(3, 21, 0):
        jobs.fire_due(1000)
        found = [card for card in told() if card.subject_kind == "rating"]
    assert [(card.rule, card.level, card.subject, card.arose_at) for card in found] == [
        ("rating_unsettled", "red", str(late.pk), moment(3, 21, 0))
    ]
    assert "张示例" not in str(found[0].evidence) + found[0].words + found[0].title
