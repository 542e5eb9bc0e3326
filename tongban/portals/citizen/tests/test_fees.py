"""What a person notices when something is to be paid, was paid, or is on its way."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tongban.cases.models import JointCase
from tongban.cases.tests.factories import LICENCE, case_of, open_hotel
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.calls import GatewayDown
from tongban.delivery.services import shipping
from tongban.delivery.tests.factories import sending, take, told
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen
from tongban.payments.models import Order
from tongban.payments.ports import Asked, MemoryGateway, Standing
from tongban.payments.services import orders, refunds
from tongban.payments.tests import factories
from tongban.payments.tests.factories import charge, pay

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


@pytest.fixture(autouse=True)
def gateway(settings: Any) -> MemoryGateway:
    settings.PAYMENT_GATEWAY = "tongban.payments.tests.factories.gateway"
    settings.COURIER_GATEWAY = "tongban.delivery.tests.factories.courier"
    return factories.new_gateway()


@pytest.fixture
def owner() -> Account:
    return citizen("张示例", 1)


@pytest.fixture
def joint(owner: Account) -> JointCase:
    return open_hotel(as_person(owner))


@pytest.fixture
def order(joint: JointCase, owner: Account) -> Order:
    case = case_of(joint, LICENCE)
    return orders.order(charge(subject=case.pk, payer_id=owner.person_id), by=Actor.system())


@pytest.fixture
def client(owner: Account) -> Client:
    return signed_in(owner)


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def test_case_without_fees_says_so(client: Client, joint: JointCase) -> None:
    page = text(client.get(f"/me/cases/{joint.pk}/fees"))
    assert "这次申请不用缴费" in page
    assert "没有要寄的" in page


def test_fee_is_shown_with_its_basis_and_leads_to_the_cashier(client: Client, joint: JointCase, order: Order) -> None:
    assert order.basis in text(client.get(f"/me/cases/{joint.pk}/fees"))
    assert "连接缴费平台" in text(client.get(f"/me/orders/{order.pk}"))
    page = text(client.post(f"/me/orders/{order.pk}/ask", follow=True))
    assert "已连上缴费平台" in page
    assert f'href="http://127.0.0.1:1/pay/{order.number}"' in page


class Down(MemoryGateway):
    def create(self, asked: Asked) -> str:
        raise GatewayDown("outside.down", "对方系统没有回应", remedy="稍后再试")


def test_gateway_that_is_down_is_said_in_words_and_the_page_stays(client: Client, order: Order) -> None:
    factories._gateway[0] = Down()
    response = client.post(f"/me/orders/{order.pk}/ask")
    assert response.status_code == 503
    assert "对方系统没有回应。稍后再试" in text(response)
    assert "连接缴费平台" in text(response)


def test_person_asks_for_the_result(client: Client, order: Order, gateway: MemoryGateway) -> None:
    orders.send(order.pk)
    assert "还没有收到这笔钱" in text(client.post(f"/me/orders/{order.pk}/ask", follow=True))
    gateway.standings[order.number] = Standing("done", 80_00, "T1", time.now())
    page = text(client.post(f"/me/orders/{order.pk}/ask", follow=True))
    assert "缴费成功" in page
    assert "看电子票据" in page


def test_receipt_can_be_printed_and_says_when_it_is_void(client: Client, order: Order) -> None:
    assert client.get(f"/me/orders/{order.pk}/receipt").status_code == 404
    pay(order)
    page = text(client.get(f"/me/orders/{order.pk}/receipt"))
    assert "data-print" in page
    assert "有效" in page
    refund = refunds.give_back(order.pk, reason="申请人撤回", by=Actor.system())
    assert "起办理" in text(client.get(f"/me/orders/{order.pk}"))
    refunds.finish(refund.number, amount_fen=80_00, at=time.now(), by=Actor.system())
    assert "已冲红" in text(client.get(f"/me/orders/{order.pk}/receipt"))


def test_others_find_nothing(joint: JointCase, order: Order) -> None:
    stranger = signed_in(citizen("李示例", 2))
    for path in (f"/me/cases/{joint.pk}/fees", f"/me/orders/{order.pk}", f"/me/orders/{order.pk}/receipt"):
        assert stranger.get(path).status_code == 404
        assert Client().get(path).status_code == 302
    assert stranger.post(f"/me/orders/{order.pk}/ask").status_code == 404
    assert stranger.get(f"/me/orders/{order.pk}/ask").status_code == 405


def test_way_of_a_parcel_is_shown_without_the_whole_name_and_phone(client: Client, joint: JointCase) -> None:
    wanted = sending(subject=case_of(joint, LICENCE).pk)
    row = shipping.send(shipping.ship(wanted, by=Actor.system()).pk)
    take(told(row, "collected", words="快递员已取件"))
    take(told(row, "delivered", words="已签收"))
    page = text(client.get(f"/me/cases/{joint.pk}/fees"))
    assert row.waybill in page
    assert page.index("已签收") < page.index("快递员已取件")
    assert "张示例（" not in page
    assert "13900000001" not in page
