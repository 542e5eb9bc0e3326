"""The pages of on-site checks: arranged from the case, recorded on the phone, seen by who takes part."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tongban.attachments.tests import factories as files
from tongban.cases.models import Case
from tongban.cases.services import acceptance
from tongban.cases.tests.factories import TRADE, case_of, head_of, open_hotel
from tongban.core import time
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.tests.factories import officer
from tongban.portals.office.tests.test_views import signed_in, text
from tongban.visits import queries
from tongban.visits.models import Part, Visit

pytestmark = pytest.mark.usefixtures("honghu")


@pytest.fixture
def case(settings: object, tmp_path: object) -> Case:
    settings.FILES_DIR = tmp_path  # type: ignore[attr-defined]
    return acceptance.accept(
        case_of(open_hotel(as_person(citizen()), members={TRADE: ()}), TRADE).pk, by=head_of(TRADE)
    )


@pytest.fixture
def head() -> Account:
    return officer("police")


def arrange(client: Client, case: Case, **changes: str) -> object:
    step = next(iter(queries.steps(case.pk, by=head_of(TRADE))))
    day = time.today() + timedelta(days=3)
    sent = {"step": f"{step.case_id}:{step.code}", "kind": "onsite", "day": str(day), "hour": "09:30", "place": "新堤街道示例路 1 号",
            "officers": "张一、李二"} | changes  # fmt: skip
    return client.post(f"/work/cases/{case.pk}/visit", sent)


def test_visit_is_arranged_from_the_case_and_stands_on_the_agenda(case: Case, head: Account) -> None:
    client = signed_in(head)
    assert "约踏勘" in text(client.get(f"/work/cases/{case.pk}"))
    assert "这一次查哪些环节" in text(client.get(f"/work/cases/{case.pk}/visit"))
    assert arrange(client, case).status_code == 302
    assert "新堤街道示例路 1 号" in text(client.get("/work/visits"))
    assert "约定" in text(client.get(f"/work/cases/{case.pk}?tab=log"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"officers": "张一"}, "2 名以上"), ({"day": ""}, "请选日期和时间"), ({"place": "家"}, "请写清地址"),
     ({"day": "2020-01-01"}, "现在以后")],
)  # fmt: skip
def test_wrong_arrangement_is_answered_at_its_place(
    case: Case, head: Account, wrong: dict[str, str], said: str
) -> None:
    response = arrange(signed_in(head), case, **wrong)
    assert response.status_code == 422 and said in text(response)
    assert not Visit.objects.exists()


def test_phone_page_takes_photos_and_the_record(case: Case, head: Account) -> None:
    client = signed_in(head)
    arrange(client, case)
    part = Part.objects.get()
    page = client.get(f"/work/visits/parts/{part.pk}")
    assert "geolocation=(self)" in page["Permissions-Policy"]
    assert "geolocation=()" in client.get("/work/visits")["Permissions-Policy"]
    shot = files.upload("门厅.png", files.image())
    client.post(
        f"/work/visits/parts/{part.pk}",
        {"shot": shot, "at": "门厅", "latitude": "29.8", "longitude": "113.4", "keep": "1"},
    )
    kept = part.shots.get()
    assert client.get(f"/work/visits/shots/{kept.file_id}").status_code == 200
    assert signed_in(officer("health")).get(f"/work/visits/shots/{kept.file_id}").status_code == 404
    faulty = client.post(f"/work/visits/parts/{part.pk}", {"finish": "1", "conclusion": "pass"})
    assert faulty.status_code == 422 and "请选符合或不符合" in text(faulty)
    answers = {f"ok-{n}": "yes" for n in range(len(part.lines))}
    client.post(f"/work/visits/parts/{part.pk}", {"finish": "1", "conclusion": "pass", **answers})
    assert Part.objects.get().conclusion == "pass"
    assert "符合要求" in text(client.get(f"/work/visits/{part.visit_id}"))


def test_visit_is_moved_and_cancelled_on_its_page(case: Case, head: Account) -> None:
    client = signed_in(head)
    arrange(client, case)
    visit = Visit.objects.get()
    day = str(time.today() + timedelta(days=5))
    assert client.post(f"/work/visits/{visit.pk}", {"day": day, "hour": "15:00", "reason": ""}).status_code == 422
    client.post(f"/work/visits/{visit.pk}", {"day": day, "hour": "15:00", "reason": "当天有雨，改期"})
    assert time.day_of(Visit.objects.get().planned_at) == time.today() + timedelta(days=5)
    client.post(f"/work/visits/{visit.pk}", {"cancel": "1", "reason": "申请人要求改方案"})
    assert "没有约定的踏勘" in text(client.get("/work/visits"))
    assert "已取消" in text(client.get("/work/visits?view=done"))
