"""What officers notice of fees and parcels on the case page, and on the page where parcels are registered."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tongban.cases.models import Case
from tongban.cases.services import acceptance, decision, intake
from tongban.cases.services.intake import HandedIn, Submission
from tongban.cases.tests.factories import LICENCE, PACK, VALUES, case_of, plan
from tongban.core import time
from tongban.delivery.models import Shipment
from tongban.delivery.services import shipping
from tongban.delivery.tests import factories
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.tests.factories import at_desk, officer
from tongban.outbox import services as outbox
from tongban.payments.tests import factories as money

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]
HOUSE = "resale-transfer-registration"


@pytest.fixture(autouse=True)
def outsides(settings: Any) -> None:
    settings.PAYMENT_GATEWAY = "tongban.payments.tests.factories.gateway"
    settings.COURIER_GATEWAY = "tongban.delivery.tests.factories.courier"
    money.new_gateway()
    factories.new_courier()


def granted(item: str = LICENCE, **delivery: str) -> Case:
    planned = plan({item: ()})
    handed = tuple(HandedIn(m.type, "counter") for m in planned.materials)
    joint = intake.open(planned, Submission(PACK, VALUES, handed, delivery), by=as_person(citizen()))
    case = case_of(joint, item)
    by = at_desk(case.desk)
    acceptance.accept(case.pk, by=by)
    decision.grant(case.pk, by=by)
    outbox.deliver()
    return Case.objects.get(pk=case.pk)


def signed_in(org: str = "market", post: str = "受理岗") -> Client:
    client = Client()
    client.force_login(officer(org, post))
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def sent(**changes: str) -> dict[str, str]:
    return {"do": "send", "name": "张示例", "phone": "13900001234", "address": "洪湖市新堤街道示例路 1 号",
            "waybill": "SF1234567890", **changes}  # fmt: skip


def test_overview_shows_what_is_to_be_paid() -> None:
    case = granted(HOUSE)
    page = text(signed_in("natural-resources").get(f"/work/cases/{case.pk}"))
    assert "80.00 元" in page
    assert "待缴费" in page


def test_result_sent_by_hand_is_shown_with_its_waybill_and_signature() -> None:
    case, client = granted(way="electronic"), signed_in()
    client.post(f"/work/cases/{case.pk}/mail", sent())
    assert "运单号 SF1234567890" in text(client.get(f"/work/cases/{case.pk}"))
    now = f"{time.now().astimezone(time.CHINA):%Y-%m-%dT%H:%M:%S}"
    page = client.post(f"/work/cases/{case.pk}/mail", {"do": "sign", "signed_by": "张示例", "at": now}, follow=True)
    assert "已登记 张示例 签收" in text(page)
    assert Shipment.objects.get().signed_by == "张示例"


def test_waybill_of_a_parcel_the_courier_did_not_take_is_entered_by_hand() -> None:
    case, client = granted(way="mail", address="洪湖市新堤街道示例路 1 号"), signed_in()
    Shipment.objects.update(waybill="", sent_at=None)
    assert "登记运单号" in text(client.get(f"/work/cases/{case.pk}/mail"))
    client.post(f"/work/cases/{case.pk}/mail", {"do": "waybill", "waybill": "sf99 8877"})
    assert Shipment.objects.get().waybill == "SF998877"


def test_way_of_the_parcel_is_shown() -> None:
    case = granted(way="mail", address="洪湖市新堤街道示例路 1 号")
    row = shipping.send(Shipment.objects.get().pk)
    factories.take(factories.told(row, "in_transit", words="已离开洪湖集散点"))
    client = signed_in()
    assert "已离开洪湖集散点" in text(client.get(f"/work/cases/{case.pk}/mail"))
    assert "已离开洪湖集散点" in text(client.get(f"/work/cases/{case.pk}"))


@pytest.mark.parametrize(("field", "value"), [("phone", "无"), ("address", "新堤"), ("waybill", ""), ("waybill", "1")])
def test_faulty_entry_keeps_what_was_typed_and_says_what_to_mend(field: str, value: str) -> None:
    case = granted(way="electronic")
    page = signed_in().post(f"/work/cases/{case.pk}/mail", sent(**{field: value}))
    assert page.status_code == 422
    assert f'href="#{field}"' in text(page)
    assert 'value="张示例"' in text(page)
    assert not Shipment.objects.exists()


def test_waybill_used_before_is_refused_with_where() -> None:
    first, client = granted(way="electronic"), signed_in()
    client.post(f"/work/cases/{first.pk}/mail", sent())
    other = Case.objects.create(**{
        **{f.attname: getattr(first, f.attname) for f in Case._meta.concrete_fields if f.name not in ("id", "number", "item_code")},
        "number": "第二件", "item_code": "x",
    })  # fmt: skip
    other.joint_case.plan["items"].append({**other.joint_case.plan["items"][0], "code": "x"})
    other.joint_case.save()
    page = client.post(f"/work/cases/{other.pk}/mail", sent())
    assert page.status_code == 409
    assert first.number in text(page)


def test_faulty_hour_or_nothing_on_its_way_is_refused_in_words() -> None:
    case, client = granted(way="electronic"), signed_in()
    assert client.post(f"/work/cases/{case.pk}/mail", {"do": "sign", "signed_by": "张示例"}).status_code == 409
    client.post(f"/work/cases/{case.pk}/mail", sent())
    page = client.post(f"/work/cases/{case.pk}/mail", {"do": "sign", "signed_by": "张示例", "at": "明天"})
    assert (page.status_code, "写成 2026-03-06T09:30" in text(page)) == (422, True)


def test_unpaid_result_is_not_offered_for_sending() -> None:
    case = granted(HOUSE)
    assert "缴费后才能寄" in text(signed_in("natural-resources").get(f"/work/cases/{case.pk}/mail"))


def test_page_of_another_department_is_not_found_and_a_reviewer_may_not_send() -> None:
    case = granted(way="electronic")
    assert signed_in("police").get(f"/work/cases/{case.pk}/mail").status_code == 404
    assert signed_in(post="审查岗").post(f"/work/cases/{case.pk}/mail", sent()).status_code == 403
