from __future__ import annotations

from typing import Any

import pytest

from tongban.cases.models import Case, Event
from tongban.cases.services import acceptance, decision, intake, mailing
from tongban.cases.services.intake import HandedIn, Submission
from tongban.cases.tests.factories import LICENCE, PACK, QUERY, VALUES, case_of, plan
from tongban.cases.tests.test_fees import HOUSE, paid
from tongban.core.actor import Actor
from tongban.delivery.models import Shipment
from tongban.delivery.ports import MemoryCourier
from tongban.delivery.rules import Addressee
from tongban.delivery.services import shipping
from tongban.delivery.tests import factories
from tongban.delivery.tests.factories import take, told
from tongban.identity.tests.factories import as_person, citizen
from tongban.notices.models import Notice
from tongban.orgs.tests.factories import at_desk
from tongban.outbox import services as outbox
from tongban.payments.tests import factories as money
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

MAIL = {"way": "mail", "address": "洪湖市新堤街道示例路 1 号"}
TO = Addressee("张示例", "13900001234", "洪湖市新堤街道示例路 1 号")


@pytest.fixture(autouse=True)
def courier(settings: Any) -> MemoryCourier:
    settings.PAYMENT_GATEWAY = "tongban.payments.tests.factories.gateway"
    settings.COURIER_GATEWAY = "tongban.delivery.tests.factories.courier"
    money.new_gateway()
    return factories.new_courier()


@pytest.fixture
def applicant(honghu: str) -> Actor:
    return as_person(citizen())


def granted(applicant: Actor, *, item: str = LICENCE, delivery: dict[str, str] = MAIL) -> Case:
    planned = plan({item: ()})
    handed = tuple(HandedIn(m.type, "counter") for m in planned.materials)
    joint = intake.open(planned, Submission(PACK, {**VALUES, "house-use": "shop"}, handed, delivery), by=applicant)
    case = case_of(joint, item)
    by = at_desk(case.desk)
    acceptance.accept(case.pk, by=by)
    decision.grant(case.pk, by=by)
    outbox.deliver()
    return Case.objects.get(pk=case.pk)


def verbs(case: Case) -> list[str]:
    return list(Event.objects.filter(case=case).order_by("seq").values_list("verb", flat=True))


def test_result_that_is_wanted_by_mail_is_sent_once_to_the_address_of_the_application(applicant: Actor) -> None:
    case = granted(applicant)
    mailing.send_result(case.pk)
    row = Shipment.objects.get()
    assert (row.subject_id, row.address, row.phone, row.organisation) == (
        case.pk,
        MAIL["address"],
        "13900001234",
        "market",
    )
    assert verbs(case)[-1] == "ship"


@pytest.mark.parametrize(("item", "delivery"), [(LICENCE, {"way": "electronic"}), (QUERY, MAIL)])
def test_nothing_is_sent_of_what_is_electronic_or_no_paper(
    applicant: Actor, item: str, delivery: dict[str, str]
) -> None:
    case = granted(applicant, item=item, delivery=delivery)
    is_record = next(i["result_kind"] for i in case.joint_case.plan["items"]) == "record"
    assert Shipment.objects.exists() == (delivery is MAIL and not is_record)


def test_result_waits_for_its_fee_and_goes_when_it_is_paid(applicant: Actor) -> None:
    case = granted(applicant, item=HOUSE)
    assert not Shipment.objects.exists()
    paid(case)
    assert Shipment.objects.get().subject_id == case.pk


def test_signature_is_written_down_once_and_told(applicant: Actor) -> None:
    case = granted(applicant)
    row = shipping.send(Shipment.objects.get().pk)
    take(told(row, "delivered"))
    outbox.deliver()
    mailing.delivered(case.pk, row.pk, "result")
    assert verbs(case).count("deliver") == 1
    assert Notice.objects.filter(title__startswith="结果已签收").count() == 1


def test_parcel_that_came_back_is_written_down_and_can_be_sent_again(applicant: Actor) -> None:
    case = granted(applicant)
    row = shipping.send(Shipment.objects.get().pk)
    take(told(row, "returned", words="拒收"))
    outbox.deliver()
    mailing.returned(case.pk, row.pk, "result")
    assert verbs(case).count("send_back") == 1
    mailing.send_by_hand(case.pk, to=TO, waybill="SF1234567890", by=at_desk("market"))
    assert Shipment.objects.filter(state="ordered", waybill="SF1234567890", is_by_hand=True).count() == 1
    mailing.send_result(case.pk)
    assert Shipment.objects.count() == 2


def test_parcel_of_something_else_is_left_alone(applicant: Actor) -> None:
    case, other = granted(applicant), factories.shipped()
    assert mailing.delivered(case.pk, other.pk, "result") is None
    assert mailing.delivered(other.subject_id, other.pk, "result") is None
    mailing.returned(case.pk, Shipment.objects.get(subject_id=case.pk).pk, "copies")
    assert verbs(case)[-1] == "ship"


def test_address_that_no_courier_takes_is_left_to_the_office(applicant: Actor) -> None:
    case = granted(applicant, delivery={"way": "mail", "address": "新堤"})
    assert not Shipment.objects.exists()
    mailing.send_by_hand(case.pk, to=TO, waybill="sf 1234-567890", by=at_desk("market"))
    assert Shipment.objects.get().waybill == "SF1234567890"
    assert Event.objects.get(case=case, verb="ship").facts["waybill"] == "SF1234567890"


def test_who_may_not_see_or_send_is_refused(applicant: Actor) -> None:
    case = granted(applicant, delivery={"way": "electronic"})
    with pytest.raises(NotFound):
        mailing.send_by_hand(case.pk, to=TO, waybill="SF1234567890", by=at_desk("police"))
    with pytest.raises(NotAllowed):
        mailing.send_by_hand(case.pk, to=TO, waybill="SF1234567890", by=at_desk("market", "审查岗"))


def test_sent_by_hand_needs_a_waybill_that_was_never_used(applicant: Actor) -> None:
    first, second = (granted(applicant, delivery={"way": "electronic"}) for _ in range(2))
    by = at_desk("market")
    with pytest.raises(Invalid):
        mailing.send_by_hand(first.pk, to=TO, waybill=" ", by=by)
    mailing.send_by_hand(first.pk, to=TO, waybill="SF1234567890", by=by)
    with pytest.raises(Conflict, match="没有重复寄"):
        mailing.send_by_hand(first.pk, to=TO, waybill="SF1234567891", by=by)
    with pytest.raises(Conflict, match=first.number):
        mailing.send_by_hand(second.pk, to=TO, waybill="SF1234567890", by=by)


def test_unpaid_or_undecided_results_are_not_sent_by_hand(applicant: Actor) -> None:
    unpaid = granted(applicant, item=HOUSE)
    with pytest.raises(Conflict, match="缴费"):
        mailing.send_by_hand(unpaid.pk, to=TO, waybill="SF1234567890", by=at_desk("natural-resources"))
    planned = plan({LICENCE: ()})
    joint = intake.open(planned, Submission(PACK, VALUES, (), MAIL), by=applicant)
    with pytest.raises(Conflict, match="没有可以寄"):
        mailing.send_by_hand(case_of(joint, LICENCE).pk, to=TO, waybill="SF1234567890", by=at_desk("market"))
