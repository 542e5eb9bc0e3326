from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tongban.audit.models import Entry
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.calls import GatewayDown
from tongban.delivery import queries
from tongban.delivery.models import Shipment, Tracking
from tongban.delivery.ports import MemoryCourier, Parcel
from tongban.delivery.rules import Addressee, State
from tongban.delivery.services import shipping, tracking
from tongban.delivery.tests import factories
from tongban.delivery.tests.factories import TO, sending, shipped, signed, staff, take, told
from tongban.outbox import services as outbox
from tongban.outbox.models import Message
from tongban.rules.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.usefixtures("courier")
Capture = Callable[..., AbstractContextManager[list[Callable[[], None]]]]


def published(topic: str) -> list[dict[str, str]]:
    return [json.loads(text) for text in Message.objects.filter(topic=topic).values_list("payload", flat=True)]


def refusals() -> list[str]:
    return list(
        Entry.objects.filter(action="delivery.callback_refused").order_by("pk").values_list("reason", flat=True)
    )


def work(capture: Capture) -> None:
    with capture(execute=True):
        outbox.deliver()


# Sending


def test_worker_tells_the_courier_once_and_keeps_the_waybill(
    courier: MemoryCourier, django_capture_on_commit_callbacks: Capture
) -> None:
    row = shipping.ship(sending(), by=Actor.system())
    work(django_capture_on_commit_callbacks)
    row.refresh_from_db()
    assert row.waybill.startswith("SF")
    assert courier.parcels == {row.number: Parcel(row.number, row.contents, TO)}
    assert shipping.send(row.pk).waybill == row.waybill


class Down(MemoryCourier):
    def take(self, parcel: Parcel) -> str:
        raise GatewayDown("outside.down", "没有回应")


def test_courier_that_is_down_is_asked_again_later(django_capture_on_commit_callbacks: Capture) -> None:
    factories._courier[0] = Down()
    row = shipping.ship(sending(), by=Actor.system())
    work(django_capture_on_commit_callbacks)
    factories.new_courier()
    with time.moved(time.now() + timedelta(seconds=3)):
        work(django_capture_on_commit_callbacks)
    row.refresh_from_db()
    assert (row.tries, bool(row.waybill)) == (1, True)


def test_sending_again_gives_the_shipment_that_is_there() -> None:
    wanted = sending()
    first = shipping.ship(wanted, by=Actor.system())
    assert shipping.ship(wanted, by=Actor.system()).pk == first.pk
    assert len(published("ShipmentOrdered")) == 1


def test_addressee_that_nothing_reaches_is_refused() -> None:
    with pytest.raises(Invalid):
        shipping.ship(sending(to=Addressee("张", "1", "x")), by=Actor.system())
    assert not Shipment.objects.exists()


def test_what_came_back_may_be_sent_again() -> None:
    row = shipped()
    take(told(row, "returned"))
    again = shipping.ship(sending(subject=row.subject_id), by=Actor.system())
    assert again.pk != row.pk


# Waybills


def test_waybill_entered_twice_is_refused_with_where_it_is_used() -> None:
    shipping.ship(sending(number="C-1"), by=staff("clerk"), waybill="SF 123 456")
    other = shipping.ship(sending(number="C-2"), by=staff("clerk"))
    with pytest.raises(Conflict, match=r"SF123456 已经用在办件 C-1"):
        shipping.enter_waybill(other.pk, "sf123456", by=staff("clerk"))
    other.refresh_from_db()
    assert (other.waybill, other.state) == ("", State.ORDERED)


def test_new_shipment_with_a_used_waybill_leaves_nothing_behind() -> None:
    shipping.ship(sending(), by=staff("clerk"), waybill="SF123456")
    with pytest.raises(Conflict), transaction.atomic():
        shipping.ship(sending(), by=staff("clerk"), waybill="SF123456")
    assert Shipment.objects.count() == 1


def test_waybill_is_entered_once() -> None:
    row = shipping.ship(sending(), by=staff("clerk"))
    for _ in range(2):
        row = shipping.enter_waybill(row.pk, "SF123456", by=staff("clerk"))
    assert (row.waybill, row.is_by_hand) == ("SF123456", True)
    with pytest.raises(Conflict, match="已有运单号 SF123456"):
        shipping.enter_waybill(row.pk, "SF654321", by=staff("clerk"))


def test_database_keeps_a_waybill_to_one_shipment() -> None:
    first, second = shipped(), shipped()
    with pytest.raises(IntegrityError), transaction.atomic():
        Shipment.objects.filter(pk=second.pk).update(waybill=first.waybill)


def test_database_keeps_moment_and_signature_of_a_delivery() -> None:
    row = shipped()
    for wrong in ({"state": "delivered"}, {"state": "delivered", "delivered_at": time.now()}, {"state": "returned"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Shipment.objects.filter(pk=row.pk).update(**wrong)


@pytest.mark.parametrize(("by", "kind"), [(staff("reviewer"), NotAllowed), (staff("head", org="fire"), NotFound)])
def test_only_clerk_and_head_of_the_organisation_act(by: Actor, kind: type[DomainError]) -> None:
    row = shipping.ship(sending(), by=Actor.system())
    with pytest.raises(kind):
        shipping.enter_waybill(row.pk, "SF123456", by=by)
    with pytest.raises(kind):
        tracking.sign_for(row.pk, signed_by="张", at=time.now(), by=by)


# Tracking


def test_the_way_ends_with_a_signature_and_tells_it_once() -> None:
    row = shipped()
    for state in ("collected", "in_transit", "delivered"):
        body = told(row, state)
        assert [take(body), take(body)] == ["taken", "taken"]
    row.refresh_from_db()
    assert (row.state, row.signed_by, row.proof) == ("delivered", "张示例", "SIGN1")
    assert Tracking.objects.count() == 3
    assert [e["subject_id"] for e in published("Delivered")] == [str(row.subject_id)]


def test_lines_that_come_out_of_order_are_shown_in_order() -> None:
    row, at = shipped(), time.now()
    take(told(row, "delivered", at=(at + timedelta(hours=2)).isoformat()))
    take(told(row, "collected", at=at.isoformat()))
    take(told(row, "in_transit", at=(at + timedelta(hours=1)).isoformat()))
    view = queries.shipment(row.pk, by=staff("clerk"))
    assert [line.told for line in view.lines] == ["delivered", "in_transit", "collected"]
    assert (view.shipment.state, view.words) == ("delivered", "已签收")


def test_delivered_is_not_returned_afterwards() -> None:
    row = shipped()
    take(told(row, "delivered"))
    with pytest.raises(Conflict):
        take(told(row, "returned"))
    assert refusals() == ["delivery.ended"]
    assert Tracking.objects.count() == 1


def test_news_before_the_answer_with_the_waybill_is_taken() -> None:
    row = shipping.ship(sending(), by=Actor.system())
    take(told(row, waybill="SF000001"))
    assert Shipment.objects.get(pk=row.pk).state == State.COLLECTED


@pytest.mark.parametrize("late_s", [301, -301])
def test_callback_that_was_not_signed_a_moment_ago_changes_nothing(late_s: int) -> None:
    row = shipped()
    body = told(row)
    for given in (signed(body, late_s=late_s), signed(body, secret="x" * 40), signed(body + b" ")):
        with pytest.raises(NotAllowed):
            take(body, given)
    assert refusals() == ["callback.time", "callback.signature", "callback.signature"]
    assert Shipment.objects.get(pk=row.pk).state == State.ORDERED


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"number": "KD9"}, "delivery.unknown"), ({"waybill": "SF999999"}, "delivery.other_waybill"), ({"told": "lost"}, "delivery.unreadable")],
)  # fmt: skip
def test_callback_that_does_not_fit_is_refused_and_audited(changes: dict[str, object], code: str) -> None:
    row = shipped()
    with pytest.raises(DomainError):
        take(told(row, **changes))
    assert refusals() == [code]
    assert not Tracking.objects.exists()


def test_used_id_with_other_words_is_refused() -> None:
    row = shipped()
    take(told(row, id="d1"))
    with pytest.raises(Conflict, match="另一份内容"):
        take(told(row, "in_transit", id="d1"))
    assert Shipment.objects.get(pk=row.pk).state == State.COLLECTED


def test_signature_is_written_down_by_hand_once() -> None:
    row = shipping.ship(sending(), by=staff("clerk"), waybill="SF123456")
    row = tracking.sign_for(row.pk, signed_by=" 李示例 ", at=time.now(), proof="签收单 3 号", by=staff("clerk"))
    assert (row.state, row.signed_by, row.proof) == ("delivered", "李示例", "签收单 3 号")
    assert len(published("Delivered")) == 1
    with pytest.raises(Conflict, match="李示例"):
        tracking.sign_for(row.pk, signed_by="李", at=time.now(), by=staff("clerk"))


def test_signature_needs_a_name_and_a_moment_that_can_be() -> None:
    row = shipping.ship(sending(), by=staff("clerk"))
    for name, at in (
        ("", time.now()),
        ("李", time.now() + timedelta(hours=1)),
        ("李", row.created_at - timedelta(hours=1)),
    ):
        with pytest.raises(Invalid):
            tracking.sign_for(row.pk, signed_by=name, at=at, by=staff("clerk"))
    with pytest.raises(NotFound):
        tracking.sign_for(uuid4(), signed_by="李", at=time.now(), by=staff("clerk"))


def test_shipment_is_hidden_from_other_organisations() -> None:
    row = shipped()
    assert queries.of_subjects([row.subject_id])[0].shipment.pk == row.pk
    with pytest.raises(NotFound):
        queries.shipment(row.pk, by=staff("clerk", org="fire"))
