from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tongban.cases.models import Case, Event, JointCase
from tongban.cases.queries import fees
from tongban.cases.rules import fees as rules
from tongban.cases.rules.fees import Standing
from tongban.cases.rules.life import State
from tongban.cases.services import acceptance, correction, decision, ending, intake, paying
from tongban.cases.services.intake import HandedIn, Submission
from tongban.cases.tests.factories import PACK, VALUES, case_of, plan, vary
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules.parts import Fee
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity.tests.factories import as_person, citizen
from tongban.notices.models import Notice
from tongban.orgs.tests.factories import at_desk
from tongban.outbox import services as outbox
from tongban.payments.models import Order, Refund
from tongban.payments.ports import MemoryGateway
from tongban.payments.services import orders, refunds
from tongban.payments.tests import factories
from tongban.payments.tests.factories import pay
from tongban.rules.errors import Conflict

HOUSE = "resale-transfer-registration"
DESK = "natural-resources"
pytestmark = pytest.mark.usefixtures("own_caches")


@pytest.fixture
def applicant(honghu: str) -> Actor:
    return as_person(citizen())


@pytest.fixture(autouse=True)
def gateway(settings: Any) -> MemoryGateway:
    settings.PAYMENT_GATEWAY = "tongban.payments.tests.factories.gateway"
    settings.COURIER_GATEWAY = "tongban.delivery.tests.factories.courier"
    return factories.new_gateway()


def submitted(applicant: Actor, *, use: str = "residence", item: str = HOUSE) -> Case:
    planned = plan({item: ()})
    handed = tuple(HandedIn(m.type, "counter") for m in planned.materials)
    joint = intake.open(planned, Submission(PACK, {**VALUES, "house-use": use}, handed, {}), by=applicant)
    return case_of(joint, item)


def accepted(applicant: Actor, **how: str) -> Case:
    return acceptance.accept(submitted(applicant, **how).pk, by=at_desk(DESK))


def granted(applicant: Actor, **how: str) -> Case:
    return decision.grant(accepted(applicant, **how).pk, by=at_desk(DESK))


def fee(**changes: object) -> dict[str, object]:
    return {"standard": "每件 80 元（示例）", "basis": "示例〔2026〕1 号", "amount_fen": 8000, **changes}


def order_of(case: Case) -> Order:
    return Order.objects.filter(subject_id=case.pk).latest("number")


def paid(case: Case) -> Order:
    row = pay(orders.send(order_of(case).pk))
    outbox.deliver()
    return row


def given_back(case: Case) -> None:
    refund = Refund.objects.get(order__subject_id=case.pk)
    refunds.finish(refund.number, amount_fen=refund.amount_fen, at=time.now(), by=Actor.system())
    outbox.deliver()


@pytest.mark.parametrize(
    ("when", "due_in"),
    [
        ("before_acceptance", {"pre_review", "submitted", "returned", "accepted", "deciding", "granted"}),
        ("before_decision", {"accepted", "deciding", "granted"}),
        ("before_result", {"granted"}),
    ],
)
def test_fee_is_due_from_its_moment_and_ends_with_a_case_that_brings_nothing(when: str, due_in: set[str]) -> None:
    for state in State:
        found = rules.standing(when, state)
        if state in due_in:
            assert found is Standing.DUE
        elif state is State.REVOKED:
            assert found is Standing.KEPT
        elif state in (State.REFUSED, State.NOT_ACCEPTED, State.WITHDRAWN, State.LAPSED):
            assert found is Standing.ENDED
        else:
            assert found is Standing.TO_COME


def test_amount_follows_the_facts_of_the_case() -> None:
    found = Fee.model_validate(fee(others=[{"amount_fen": 55000, "when": {"house-use": ["shop"]}}]))
    assert found.amount_of({"house-use": "shop"}) == 55000
    assert found.amount_of({"house-use": "residence"}) == 8000
    assert found.amount_of({}) == 8000


def test_other_amounts_need_a_general_one() -> None:
    with pytest.raises(ValueError, match="amount_fen"):
        Fee.model_validate({"standard": "a", "basis": "b", "others": [{"amount_fen": 1, "when": None}]})


@pytest.mark.parametrize(("use", "amount"), [("residence", 80_00), ("shop", 550_00), ("garage", 80_00)])
def test_grant_asks_for_the_published_amount_once_and_tells_the_applicant(
    applicant: Actor, use: str, amount: int
) -> None:
    case = granted(applicant, use=use)
    order = Order.objects.get(subject_id=case.pk)
    assert (order.amount_fen, order.payer_id, order.state) == (amount, applicant.party_id, "open")
    assert "2559 号" in order.basis
    assert Notice.objects.filter(party_id=applicant.party_id, title__startswith="请缴费").count() == 1


def test_nothing_is_asked_for_before_its_moment(applicant: Actor) -> None:
    accepted(applicant)
    assert not Order.objects.exists()


def test_no_item_without_fee_is_ever_ordered_for_from_submission_to_grant(applicant: Actor) -> None:
    # A fee whose amount depends on the single case is not ordered by itself either.
    free = [code for code, item in catalogue.items(PACK).items() if not (item.fee and item.fee.amount_fen)]
    assert len(free) > 80
    desks: dict[str, Actor] = {}
    for code in free:
        case = submitted(applicant, item=code)
        by = desks.setdefault(case.desk, at_desk(case.desk))
        acceptance.accept(case.pk, by=by)
        assert decision.grant(case.pk, by=by).state == State.GRANTED, code
    outbox.deliver(limit=10_000)
    assert not Order.objects.exists()


def test_result_is_held_back_until_the_fee_is_paid(applicant: Actor) -> None:
    case = granted(applicant)
    with pytest.raises(Conflict, match=r"还没有缴费（80\.00 元）"):
        fees.require_settled(case)
    paid(case)
    fees.require_settled(case)
    fees.require_settled_of(case.pk)


def test_payment_is_written_down_once_however_often_it_is_told(applicant: Actor) -> None:
    case = granted(applicant)
    order = paid(case)
    for _ in range(2):
        assert paying.paid(case.pk, order.pk, "fee")
    event = Event.objects.get(case=case, verb="pay")
    assert event.facts["receipt"] == order.receipt.number
    assert Case.objects.get(pk=case.pk).event_count == event.seq
    assert Notice.objects.filter(title__startswith="已缴费").count() == 1


def test_payment_for_something_else_is_left_alone(applicant: Actor) -> None:
    case = granted(applicant)
    other = factories.open_order()
    assert not paying.paid(case.pk, other.pk, "fee")
    assert not paying.paid(other.subject_id, other.pk, "fee")
    assert not paying.paid(case.pk, order_of(case).pk, "copies")
    paying.refunded(case.pk, other.pk, "fee")
    assert not Event.objects.filter(verb__in=["pay", "refund"]).exists()


def test_fee_before_the_decision_holds_back_the_grant_but_neither_clock_nor_refusal(applicant: Actor) -> None:
    vary(HOUSE, fee=fee(when="before_decision"))
    case = accepted(applicant)
    outbox.deliver()
    with pytest.raises(Conflict, match="不能准予"):
        decision.grant(case.pk, by=at_desk(DESK))
    assert Case.objects.get(pk=case.pk).paused == ""
    refused = decision.refuse(case.pk, reason="权属有争议，没有解决", by=at_desk(DESK))
    assert (refused.state, order_of(case).state) == (State.REFUSED, "closed")


def test_paid_before_the_decision_the_grant_goes_on(applicant: Actor) -> None:
    vary(HOUSE, fee=fee(when="before_decision"))
    case = accepted(applicant)
    paid(case)
    assert decision.grant(case.pk, by=at_desk(DESK)).state == State.GRANTED
    assert Order.objects.count() == 1


STOP = {
    "kind": "payment",
    "days": 5,
    "basis": {"law": "示例办法", "article": "第一条"},
    "quote": "缴费时间不计入承诺时限",
}


def test_payment_stops_the_promise_alone_and_only_where_the_spec_quotes_a_basis(applicant: Actor) -> None:
    vary(HOUSE, fee=fee(when="before_decision"), stops=[STOP])
    with time.moved(time.at_china(date(2026, 3, 6), 10)):
        case = accepted(applicant)
        statutory = case.statutory_due_on
        outbox.deliver()
    assert Case.objects.get(pk=case.pk).paused == "promise"
    with time.moved(time.at_china(date(2026, 3, 11), 10)):
        paid(case)
        outbox.deliver()
    found = Case.objects.get(pk=case.pk)
    assert (found.paused, found.statutory_due_on) == ("", statutory)
    assert found.due_on is not None and case.due_on is not None and found.due_on > case.due_on
    assert Event.objects.get(case=case, verb="resume").facts["evidence"].startswith("已缴费 80.00 元")


def test_stop_for_a_payment_that_came_first_never_begins(applicant: Actor) -> None:
    vary(HOUSE, fee=fee(when="before_decision"), stops=[STOP])
    case = accepted(applicant)
    pay(orders.send(order_of(case).pk))
    paying.asked(case.pk, order_of(case).pk)
    assert Case.objects.get(pk=case.pk).paused == ""


def test_stop_for_a_payment_begins_once(applicant: Actor) -> None:
    vary(HOUSE, fee=fee(when="before_decision"), stops=[STOP])
    case = accepted(applicant)
    for _ in range(2):
        paying.asked(case.pk, order_of(case).pk)
    assert Event.objects.filter(case=case, verb="pause").count() == 1


def ended(how: str, case: Case, applicant: Actor) -> None:
    by = at_desk(DESK)
    if how == "refuse":
        decision.refuse(case.pk, reason="权属有争议，没有解决", by=by)
    elif how == "withdraw":
        ending.withdraw(case.pk, by=applicant)
    else:
        ending.terminate(case.pk, reason="申请人已死亡，没有继承人", by=by)


@pytest.mark.parametrize("how", ["refuse", "withdraw", "terminate"])
def test_fee_goes_back_when_the_case_brings_nothing_and_the_applicant_sees_it(applicant: Actor, how: str) -> None:
    vary(HOUSE, fee=fee(when="before_decision"))
    case = accepted(applicant)
    paid(case)
    ended(how, case, applicant)
    assert order_of(case).state == "refunding"
    given_back(case)
    given_back(case)
    assert Event.objects.filter(case=case, verb="refund").count() == 1
    assert order_of(case).state == "refunded"
    assert Notice.objects.filter(title__startswith="已退款").count() == 1


def test_fee_that_the_spec_keeps_is_kept(applicant: Actor) -> None:
    vary(HOUSE, fee=fee(when="before_decision", refund="never"))
    case = accepted(applicant)
    paid(case)
    ended("refuse", case, applicant)
    assert order_of(case).state == "paid"


def test_fee_before_acceptance_is_asked_for_at_once_and_not_any_more_after_a_refusal(applicant: Actor) -> None:
    vary(HOUSE, fee=fee(when="before_acceptance"))
    case = submitted(applicant)
    assert order_of(case).state == "open"
    acceptance.refuse_acceptance(case.pk, reason="房屋不在本市行政区域内", by=at_desk(DESK))
    assert order_of(case).state == "closed"


def test_case_opened_anew_after_its_refund_is_asked_to_pay_again(applicant: Actor) -> None:
    vary(HOUSE, fee=fee(when="before_decision"))
    case = accepted(applicant)
    paid(case)
    ended("refuse", case, applicant)
    given_back(case)
    correction.reopen(case.pk, order="洪政复决〔2026〕3 号", reason="原决定事实不清，责令重作", by=at_desk(DESK))
    assert sorted(Order.objects.values_list("state", flat=True)) == ["open", "refunded"]


def test_fee_of_a_revoked_grant_stays_as_it_is(applicant: Actor) -> None:
    case = granted(applicant)
    paid(case)
    correction.revoke(case.pk, reason="以欺骗手段取得登记", by=at_desk(DESK))
    assert order_of(case).state == "paid"


def test_fee_of_a_grant_that_is_handled_anew_is_not_asked_for_meanwhile(applicant: Actor) -> None:
    case = granted(applicant)
    correction.reopen(case.pk, order="洪政复决〔2026〕3 号", reason="原决定事实不清，责令重作", by=at_desk(DESK))
    assert order_of(case).state == "closed"
    decision.grant(case.pk, by=at_desk(DESK))
    assert order_of(case).state == "open"
    assert JointCase.objects.get().closed_at is not None


def test_fee_that_was_paid_stays_while_its_grant_is_handled_anew(applicant: Actor) -> None:
    case = granted(applicant)
    paid(case)
    correction.reopen(case.pk, order="洪政复决〔2026〕3 号", reason="原决定事实不清，责令重作", by=at_desk(DESK))
    assert order_of(case).state == "paid"
    decision.grant(case.pk, by=at_desk(DESK))
    assert Order.objects.count() == 1
