"""What window clerks notice on their pages."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongban.cases.models import JointCase
from tongban.cases.rules.life import State
from tongban.cases.tests.factories import LICENCE, QUERY, case_of, open_hotel
from tongban.hall.services import reception as services
from tongban.identity.models import Account, Party
from tongban.identity.tests.factories import as_person, citizen, firm
from tongban.orgs.models import Presence
from tongban.orgs.tests.factories import actor, officer, present_at, window_clerk
from tongban.rules.numbers import demo_id, demo_uscc
from tongban.themes.models import Draft
from tongban.themes.queries import composing
from tongban.themes.services import drafting
from tongban.themes.tests.factories import HOTEL, HOTEL_ANSWERS, values

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


@pytest.fixture
def clerk() -> Account:
    return window_clerk()


@pytest.fixture
def client(clerk: Account) -> Client:
    return signed_in(clerk)


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def identify(client: Client, code: str, **sent: str) -> object:
    return client.post("/counter/identify", {"code": code, "document": "id-card", "way": "card", **sent})


def here(client: Client, person: Account) -> str:
    party = Party.objects.get(pk=person.person_id)
    return identify(client, party.code)["Location"]  # type: ignore[index]


def begun(client: Client, person: Account) -> str:
    """Return the address of a new sheet for the hotel."""
    return client.post(here(client, person) + "start", {"what": f"theme:{HOTEL}"})["Location"]


def sheet(**changed: str) -> dict[str, object]:
    """Return the whole hotel as the screen sends it."""
    plan = composing.compose_theme("honghu", HOTEL, HOTEL_ANSWERS)
    sent: dict[str, object] = {f"a-{code}": value for code, value in HOTEL_ANSWERS.items()} | {"delivery": "electronic"}
    for element, value in values(plan).items():
        sent |= {f"shown-{element}": "1", element: value.split("|")}
    return sent | changed


# Who may come in


def test_stranger_is_led_to_sign_in() -> None:
    assert Client().get("/counter/")["Location"] == "/login?next=/counter/"


@pytest.mark.parametrize("path", ["/counter/", "/counter/find", "/counter/me"])
def test_citizen_and_department_are_refused(path: str) -> None:
    assert signed_in(citizen()).get(path).status_code == 403
    assert signed_in(officer("market")).get(path).status_code == 403


# Who is at the window


def test_known_person_is_found_by_the_number_on_the_card(client: Client) -> None:
    person = citizen("张示例")
    page = client.get(here(client, person))
    assert "张示例" in text(page)
    assert "居民身份证 · 读卡" in text(page)


def test_text_that_holds_no_number_is_refused_in_words(client: Client) -> None:
    page = identify(client, "123")
    assert page.status_code == 422  # type: ignore[attr-defined]
    assert "没有读到证件号码" in text(page)


def test_unknown_person_is_registered_on_the_spot_with_the_name_from_the_card(client: Client) -> None:
    code = demo_id(77, date(1970, 1, 2))
    page = identify(client, f"姓名|赵示例|{code}")
    assert 'value="赵示例"' in text(page)
    assert identify(client, code, name="赵示例", phone="13900000077").status_code == 302  # type: ignore[attr-defined]
    assert Party.objects.get(code=code).name == "赵示例"


def test_wrong_phone_of_a_new_person_is_named_and_nothing_typed_is_lost(client: Client) -> None:
    page = identify(client, demo_id(77, date(1970, 1, 2)), name="赵示例", phone="139")
    assert "手机号码应为 11 位，现在是 3 位" in text(page)
    assert 'value="赵示例"' in text(page)


def test_person_with_firms_is_asked_for_whom(client: Client) -> None:
    owner = citizen()
    company, party = firm(owner), Party.objects.get(pk=owner.person_id)
    page = identify(client, party.code)
    assert "替谁办" in text(page)
    assert company.name in text(page)
    identify(client, party.code, applicant=str(company.pk))
    assert Presence.objects.get().applicant_id == company.pk


def test_firm_is_served_when_its_representative_was_checked(client: Client) -> None:
    company = firm(citizen("张示例"))
    page = identify(client, company.code)
    assert "到场的是谁" in text(page)
    assert identify(client, company.code, person=str(company.representative_id)).status_code == 302  # type: ignore[attr-defined]
    assert Presence.objects.get().person_id == company.representative_id


def test_unknown_firm_is_registered_with_its_representative(client: Client) -> None:
    code = demo_uscc("91", "421083", 61)
    assert "单位名称" in text(identify(client, code))
    sent = {
        "firm_name": "洪湖示例旅馆有限公司",
        "person_code": demo_id(78, date(1970, 1, 2)),
        "name": "钱示例",
        "phone": "13900000078",
    }
    assert identify(client, code, **sent).status_code == 302  # type: ignore[attr-defined]
    assert Party.objects.get(code=code).representative.name == "钱示例"  # type: ignore[union-attr]


def test_next_person_comes_after_the_one_before_left(client: Client) -> None:
    address = here(client, citizen())
    assert client.get("/counter/")["Location"] == address
    client.post("/counter/leave")
    assert client.get("/counter/").status_code == 200
    assert client.get(address).status_code == 404


# What the window takes


def test_search_needs_no_script_and_shows_themes_and_items(client: Client) -> None:
    page = text(client.get(here(client, citizen()) + "?q=酒店"))
    assert f'value="theme:{HOTEL}"' in page
    assert 'value="item:hotel-special-trade-licence"' in page


def test_station_is_offered_its_own_items_only() -> None:
    client = signed_in(window_clerk("station-wulin-village"))
    address = here(client, citizen())
    assert 'value="item:vaccination-query"' in text(client.get(address))
    page = text(client.get(address + "?q=酒店"))
    assert "这个窗口没有“酒店”" in page
    assert "市政务服务大厅" in page


def test_nothing_said_starts_nothing(client: Client) -> None:
    address = here(client, citizen())
    page = client.post(address + "start", {"what": "theme:nothing"}, follow=True)
    assert "没有开始" in text(page)
    assert not Draft.objects.exists()


# The sheet


def test_guidance_comes_first_then_materials_and_form(client: Client) -> None:
    address = begun(client, citizen())
    assert "按情形列出材料和表单" in text(client.get(address))
    answered = {f"a-{code}": value for code, value in HOTEL_ANSWERS.items()}
    page = text(client.post(address, {**answered, "act": "refresh"}, follow=True))
    assert "公司章程" in page
    assert "受理 2 项并打印回执" in page


def test_f8_keeps_what_was_typed_even_where_it_is_wrong(client: Client) -> None:
    address = begun(client, citizen())
    page = text(client.post(address, sheet(**{"room-count": "很多", "act": "save"}), follow=True))
    assert "已暂存" in page
    assert 'value="很多"' in page
    assert "客房数请只填数字" in page


def test_f9_receives_accepts_and_shows_the_receipt(client: Client) -> None:
    page = client.post(begun(client, citizen()), sheet(act="submit"), follow=True)
    joint = JointCase.objects.get()
    assert page.redirect_chain[-1][0].endswith(f"/counter/joint/{joint.pk}/slip?print=slip")
    shown = text(page)
    assert "已受理（在办）" in shown
    assert "<svg" in shown
    assert "受理通知书" in shown
    assert "data-print" in shown


def test_f9_with_gaps_names_them_and_receives_nothing(client: Client) -> None:
    page = client.post(begun(client, citizen()), sheet(**{"premises-name": "", "act": "submit"}))
    assert page.status_code == 422
    assert "请填写经营场所名称" in text(page)
    assert "<title>错误：有 1 处要改" in text(page)
    assert not JointCase.objects.exists()


def test_missing_material_is_asked_for_and_the_rest_accepted(client: Client) -> None:
    client.post(begun(client, citizen()), sheet(**{"way-articles-of-association": "missing", "act": "submit"}))
    joint = JointCase.objects.get()
    assert case_of(joint, LICENCE).state == State.RETURNED
    assert case_of(joint, QUERY).accepted_at is not None


def test_f9_twice_shows_the_same_case(client: Client) -> None:
    address = begun(client, citizen())
    first = client.post(address, sheet(act="submit"))["Location"]
    assert client.post(address, sheet(act="submit"))["Location"] == first.removesuffix("?print=slip")
    assert JointCase.objects.count() == 1


def test_list_of_what_to_bring_is_printed(client: Client) -> None:
    address = begun(client, citizen())
    client.post(address, {**{f"a-{code}": value for code, value in HOTEL_ANSWERS.items()}, "act": "refresh"})
    page = text(client.get(address + "notice"))
    assert "一次性告知单" in page
    assert "公司章程" in page


def test_sheet_of_another_window_is_not_found(clerk: Account) -> None:
    address = begun(signed_in(clerk), citizen())
    assert signed_in(window_clerk("hall-02")).get(address).status_code == 404


def test_draft_begun_online_waits_on_the_left(client: Client) -> None:
    person = citizen()
    draft = drafting.start("honghu", by=as_person(person), theme=HOTEL, answers=HOTEL_ANSWERS)
    page = text(client.get(here(client, person)))
    assert f"{draft.pk}/" in page


# A case begun online


@pytest.fixture
def hotel() -> JointCase:
    return open_hotel(as_person(citizen("张示例", 9)))


def test_number_opens_the_case_and_identity_too(client: Client, hotel: JointCase) -> None:
    for query in (hotel.number, hotel.applicant.code, case_of(hotel, LICENCE).number):
        assert client.get("/counter/find", {"q": query})["Location"] == f"/counter/joint/{hotel.pk}/"
    assert "没有找到" in text(client.get("/counter/find", {"q": "421083202611220000009"}))


def test_window_accepts_what_was_submitted_online(client: Client, hotel: JointCase) -> None:
    page = text(client.get(f"/counter/joint/{hotel.pk}/"))
    assert "受理 2 项" in page
    seen = {f"seen-{c.pk}": c.event_count for c in hotel.cases.all()}
    assert "已受理 2 项" in text(client.post(f"/counter/joint/{hotel.pk}/accept", seen, follow=True))


def test_second_window_reads_who_accepted_and_when(client: Client, hotel: JointCase) -> None:
    seen = {f"seen-{c.pk}": c.event_count for c in hotel.cases.all()}
    services.accept_startable(hotel.pk, by=actor(window_clerk("hall-02", name="王某")))
    page = client.post(f"/counter/joint/{hotel.pk}/accept", seen)
    assert page.status_code == 409
    assert re.search(r"王某（02号窗口）在 \d\d:\d\d 已经“受理”", text(page))


def test_station_does_not_open_a_case_of_the_hall(hotel: JointCase) -> None:
    client = signed_in(window_clerk("station-luoshan"))
    assert client.get(f"/counter/joint/{hotel.pk}/").status_code == 404
    assert client.post(f"/counter/joint/{hotel.pk}/accept").status_code == 404
    assert client.get(f"/counter/joint/{hotel.pk}/slip").status_code == 404


def test_one_complete_notice_and_refusal_at_the_window(client: Client, hotel: JointCase) -> None:
    licence, query = case_of(hotel, LICENCE), case_of(hotel, QUERY)
    ask = f"/counter/joint/{hotel.pk}/cases/{licence.pk}/ask"
    assert "没有选要补正的内容" in text(client.post(ask, {"seen": licence.event_count}))
    client.post(ask, {"seen": licence.event_count, "remark:field:premises-name": "请写全"})
    refuse = f"/counter/joint/{hotel.pk}/cases/{query.pk}/refuse"
    assert "请写明理由" in text(client.post(refuse, {"seen": query.event_count, "text": "不"}))
    client.post(refuse, {"seen": query.event_count, "text": "不属于本机关职权范围"})
    assert [case_of(hotel, code).state for code in (LICENCE, QUERY)] == [State.RETURNED, State.NOT_ACCEPTED]


def test_correction_is_taken_in_only_from_the_applicant_present_under_the_same_number(
    client: Client, clerk: Account, hotel: JointCase
) -> None:
    licence = case_of(hotel, LICENCE)
    asked = [{"kind": "field", "code": "premises-name", "remark": "请写全"}]
    services.ask_for_more(licence.pk, asked, by=actor(clerk), seen=licence.event_count)
    address = f"/counter/joint/{hotel.pk}/cases/{licence.pk}/fix"
    assert "先核验来补正的人的身份" in text(client.get(address, follow=True))
    present_at(clerk, citizen("李示例", 2))
    assert "先核验来补正的人的身份" in text(client.get(address, follow=True))
    present_at(clerk, Account.objects.get(username="citizen-9"))
    sent = {"seen": case_of(hotel, LICENCE).event_count, "shown-premises-name": "1", "premises-name": "湖岸大酒店"}
    assert "补正已收" in text(client.post(address, sent, follow=True))
    licence.refresh_from_db()
    assert (licence.state, licence.events.get(verb="resubmit").channel) == (State.SUBMITTED, "window")


def test_paper_is_opened_by_a_window_that_takes_the_item(client: Client, hotel: JointCase) -> None:
    page = text(client.get(f"/counter/joint/{hotel.pk}/"))
    path = re.search(rf"/counter/joint/{hotel.pk}/papers/[0-9a-f-]+", page)
    assert path is not None
    assert client.get(path.group()).content.startswith(b"%PDF")
    foreign = path.group().replace(str(hotel.pk), str(open_hotel(as_person(citizen("赵示例", 3))).pk))
    assert client.get(foreign).status_code == 404


def test_sheet_costs_few_queries(client: Client) -> None:
    address = begun(client, citizen())
    client.post(address, sheet(act="save"))
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(address)
    assert len(queries) <= 60
