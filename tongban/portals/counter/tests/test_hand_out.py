"""What window clerks notice when they hand papers over and results out."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tongban.attachments.models import File
from tongban.attachments.tests.factories import image, upload
from tongban.cases.models import JointCase
from tongban.cases.tests.factories import LICENCE, case_of
from tongban.hall.models import Collection, Transfer
from tongban.hall.queries import transfers
from tongban.hall.services import collecting
from tongban.hall.tests.factories import AWAY, decided, granted, received
from tongban.identity.models import Account, Party
from tongban.identity.tests.factories import citizen
from tongban.orgs.services import presence
from tongban.orgs.tests.factories import actor, officer, present_at, window_clerk, window_of

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]
PATHS = ("pickups", "transfers", "track", "track/returned", "today", "assist", "assist/new")


@pytest.fixture
def clerk() -> Account:
    return window_clerk()


@pytest.fixture
def client(clerk: Account) -> Client:
    return signed_in(clerk)


@pytest.fixture
def person() -> Account:
    return citizen()


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", PATHS)
def test_only_window_clerks_come_in(client: Client, path: str) -> None:
    assert client.get(f"/counter/{path}").status_code == 200
    assert signed_in(citizen("王示例", 9)).get(f"/counter/{path}").status_code == 403
    assert signed_in(officer("market")).get(f"/counter/{path}").status_code == 403
    assert Client().get(f"/counter/{path}").status_code == 302


# 出件


def test_waiting_result_is_found_by_the_card_and_handed_out(client: Client, clerk: Account, person: Account) -> None:
    joint = decided(clerk, person)
    collecting.announce(joint.pk)
    code = Party.objects.get(pk=person.person_id).code
    assert "办理营业执照" in text(client.get("/counter/pickups", {"q": code}))
    page = f"/counter/pickups/{joint.pk}/"
    sent = {"case": str(case_of(joint, LICENCE).pk), "signature": "张示例"}
    done = client.post(page, sent, follow=True)
    assert "领取签收单" in text(done)
    assert "张示例（本人）" in text(done)
    assert "没有待领的结果" in text(client.get("/counter/pickups"))
    again = client.post(page, sent)
    assert again.status_code == 409
    assert "已由李某发给张示例" in text(again)


def test_nobody_checked_nothing_handed_out(client: Client, clerk: Account, person: Account) -> None:
    joint = decided(clerk, person)
    presence.leave(by=actor(clerk))
    page = f"/counter/pickups/{joint.pk}/"
    assert "先核验来领的人的证件" in text(client.get(page))
    client.post(page, {"case": str(case_of(joint, LICENCE).pk), "signature": "张示例"})
    assert Collection.objects.count() == 0


def test_wrong_signature_is_named_and_the_choice_kept(client: Client, clerk: Account, person: Account) -> None:
    joint = decided(clerk, person)
    page = client.post(f"/counter/pickups/{joint.pk}/", {"case": str(case_of(joint, LICENCE).pk), "signature": "李某"})
    assert page.status_code == 422
    assert "与证件上的姓名“张示例”一致" in text(page)
    assert "checked" in text(page)


def test_stranger_needs_a_letter_and_a_refused_one_is_not_kept(client: Client, clerk: Account, person: Account) -> None:
    joint = decided(clerk, person)
    present_at(clerk, citizen("王生人", 2))
    page, case = f"/counter/pickups/{joint.pk}/", str(case_of(joint, LICENCE).pk)
    assert "授权委托书扫描件" in text(client.get(page))
    assert client.post(page, {"case": case, "signature": "王生人"}).status_code == 403
    scan = {"case": case, "letter": upload("letter.png", image())}
    assert client.post(page, scan | {"signature": "别人"}).status_code == 422
    assert File.objects.count() == 0
    done = client.post(page, scan | {"signature": "王生人", "letter": upload("letter.png", image())}, follow=True)
    assert "代领人（书面授权委托书）" in text(done)


@pytest.mark.parametrize("case", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_malformed_choice_is_refused(client: Client, clerk: Account, person: Account, case: str) -> None:
    joint = decided(clerk, person)
    assert client.post(f"/counter/pickups/{joint.pk}/", {"case": case, "signature": "张示例"}).status_code == 422


def test_station_hands_nothing_out_and_is_told_where(person: Account) -> None:
    client = signed_in(window_clerk("station-luoshan"))
    assert "不发结果" in text(client.get("/counter/pickups"))
    assert "/counter/pickups" not in text(client.get("/counter/transfers"))


# 材料流转


def sent_papers(organisation: str, **changed: str) -> dict[str, object]:
    rows = [row for row in transfers.waiting(window_of()) if row.organisation == organisation]
    counts = {f"copies-{row.material.pk}": str(row.copies) for row in rows}
    return {
        "to": organisation,
        "paper": [str(row.material.pk) for row in rows],
        "signature": "李某",
        **counts,
        **changed,
    }


def test_papers_are_handed_over_and_the_sheet_printed(client: Client, clerk: Account, person: Account) -> None:
    received(clerk, person)
    assert "交给市市场监管局的材料" in text(client.get("/counter/transfers?to=market"))
    page = client.post("/counter/transfers", sent_papers("market"), follow=True)
    assert "材料流转单" in text(page) and "还没有签收" in text(page) and "<svg" in text(page)
    row = Transfer.objects.get()
    pdf = client.get(f"/counter/transfers/{row.pk}.pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


def test_wrong_count_or_signature_is_named(client: Client, clerk: Account, person: Account) -> None:
    received(clerk, person)
    sent = sent_papers("market", signature="王某")
    page = client.post("/counter/transfers", sent)
    assert page.status_code == 422 and "请写自己的姓名“李某”" in text(page)
    key = next(name for name in sent if name.startswith("copies-"))
    assert client.post("/counter/transfers", sent_papers("market") | {key: "x"}).status_code == 422
    assert client.post("/counter/transfers", {"to": "market", "paper": "x"}).status_code == 422


def test_another_window_does_not_open_a_sheet(client: Client, clerk: Account, person: Account) -> None:
    received(clerk, person)
    client.post("/counter/transfers", sent_papers("market"))
    row = Transfer.objects.get()
    other = signed_in(window_clerk("hall-02", name="王某"))
    assert other.get(f"/counter/transfers/{row.pk}/").status_code == 404
    assert other.get(f"/counter/transfers/{row.pk}.pdf").status_code == 404


def test_department_counts_signs_and_notes_the_difference(client: Client, clerk: Account, person: Account) -> None:
    received(clerk, person)
    client.post("/counter/transfers", sent_papers("market"))
    row = Transfer.objects.get()
    office = officer("market", "受理岗")
    desk = signed_in(office)
    assert row.number in text(desk.get("/work/transfers"))
    page = f"/work/transfers/{row.pk}"
    assert "清点" in text(desk.get(page))
    counts = {f"received-{line.pk}": str(line.copies) for line in transfers.lines(row)}
    short = counts | {next(iter(counts)): "0"}
    refused = desk.post(page, short | {"signature": office.name})
    assert refused.status_code == 422 and "数量不一致" in text(refused)
    done = desk.post(page, short | {"signature": office.name, "note": "少一份"}, follow=True)
    assert "已签收" in text(done) and "少一份" in text(done)
    assert desk.post(page, counts | {"signature": office.name}).status_code == 409
    assert desk.get(f"/work/transfers/{row.pk}.pdf").content[:5] == b"%PDF-"
    assert "有差异或说明" in text(client.get("/counter/transfers"))
    other = signed_in(officer("police"))
    assert other.get(page).status_code == 404
    assert other.post(page, counts).status_code == 404


# 在办、今日、跨域


def test_lists_show_what_was_received_here(client: Client, clerk: Account, person: Account) -> None:
    joint = received(clerk, person)
    assert "张*" in text(client.get("/counter/track"))
    assert "5 项正在办理" in text(client.get("/counter/track"))
    assert "没有在办的" in text(client.get("/counter/track?mine=1"))
    assert "李某" in text(client.get("/counter/today"))
    assert joint.applicant_name not in text(client.get("/counter/track")).replace("张*", "")


def test_window_of_another_region_says_what_it_may_not(person: Account) -> None:
    clerk = window_clerk(AWAY, name="邻示例")
    client = signed_in(clerk)
    assert "跨域窗口：凭授权收件" in text(client.get("/counter/"))
    here = present_at(clerk, person, code=AWAY).presence_id
    refused = client.post(f"/counter/here/{here}/start", {"what": "theme:honghu-12"}, follow=True)
    assert "没有得到跨域收件授权" in text(refused)


def test_both_clocks_stand_on_the_case_at_window_and_department(person: Account) -> None:
    for code in ("market", "fire", "police", "urban-management"):
        granted(code)
    clerk = window_clerk(AWAY, name="邻示例")
    joint: JointCase = received(clerk, person, code=AWAY, way="mail")
    page = text(signed_in(clerk).get(f"/counter/joint/{joint.pk}/"))
    assert "移交期限" in page and "3 个工作日" in page
    department = signed_in(officer("market"))
    for tab in ("overview", "timing"):
        said = text(department.get(f"/work/cases/{case_of(joint, LICENCE).pk}?tab={tab}"))
        assert "移交期限" in said and "示例县政务服务中心（示例） 11 号" in said
