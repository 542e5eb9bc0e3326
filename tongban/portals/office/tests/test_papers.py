"""What officers notice of papers: the look before they are issued, their service, reprints, and the templates they edit."""

from __future__ import annotations

import io
import re

import pytest
from django.test import Client
from pypdf import PdfReader

from tongban.cases.models import Case
from tongban.cases.services import acceptance, decision
from tongban.cases.tests.factories import LICENCE, case_of, open_hotel
from tongban.core import time
from tongban.documents.models import Paper, Service, TemplateVersion
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.tests.factories import at_desk, officer

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu", "own_caches"), pytest.mark.filterwarnings("ignore:No directory at")]
PATH = "/work/templates/market/refusal"
OWN = '#set text(font: "Noto Sans CJK SC")\n#let d = json(bytes(sys.inputs.data))\n本局新版 #d.title'


def signed_in(post: str = "负责人", org: str = "market") -> Client:
    client = Client()
    client.force_login(officer(org, post))
    return client


@pytest.fixture
def refused() -> Case:
    case = case_of(open_hotel(as_person(citizen()), members={LICENCE: ()}), LICENCE)
    acceptance.accept(case.pk, by=at_desk("market"))
    return decision.refuse(case.pk, reason="经营场所不符合规划用途", by=at_desk("market"))


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def paper(kind: str) -> Paper:
    return Paper.objects.get(kind=kind)


def words(response: object) -> str:
    pages = PdfReader(io.BytesIO(response.content)).pages  # type: ignore[attr-defined]
    return "".join("".join(page.extract_text() for page in pages).split())


def sent(case: Case, **changes: object) -> dict[str, object]:
    return {"papers": [str(paper("refusal").pk)], "way": "direct", "recipient": "张示例", "served_on": str(time.today()),
            "announced_days": "30", **changes}  # fmt: skip


def test_act_shows_the_paper_as_it_will_be_drawn_and_says_it_in_words() -> None:
    case = case_of(open_hotel(as_person(citizen()), members={LICENCE: ()}), LICENCE)
    page = text(signed_in().get(f"/work/cases/{case.pk}/accept"))
    assert page.count('<svg viewBox="0 0 595') == 1
    assert "现予受理" in page
    assert "<script" not in page.partition('class="page-sheet"')[2].partition("</figure>")[0]


def test_unserved_decision_is_shown_until_its_service_is_recorded(refused: Case) -> None:
    client = signed_in()
    assert "1 份决定未送达" in text(client.get(f"/work/cases/{refused.pk}?tab=papers"))
    page = text(client.post(f"/work/cases/{refused.pk}/serve", sent(refused), follow=True))
    assert "已登记送达" in page
    assert "直接送达，张示例" in page
    assert "未送达" not in page
    assert "送达文书" in text(client.get(f"/work/cases/{refused.pk}?tab=log"))


def test_running_announcement_says_when_it_takes_effect(refused: Case) -> None:
    client = signed_in()
    client.post(f"/work/cases/{refused.pk}/serve", sent(refused, way="announced", announced_in="市政府网站"))
    assert "公告中" in text(client.get(f"/work/cases/{refused.pk}?tab=papers"))
    assert "视为送达" in text(client.get(f"/work/cases/{refused.pk}?tab=papers"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"way": "pigeon"}, "way"), ({"way": "left"}, "witness"), ({"way": "mailed"}, "waybill"), ({"papers": []}, "papers"),
        ({"served_on": "昨天"}, "served_on"), ({"recipient": ""}, "recipient"),
        ({"way": "announced", "announced_in": "市政府网站", "announced_days": "三十"}, "announced_days"),
    ],
)  # fmt: skip
def test_faulty_record_of_service_keeps_what_was_typed(refused: Case, changes: dict[str, object], field: str) -> None:
    page = signed_in().post(f"/work/cases/{refused.pk}/serve", sent(refused, **{"note": "说明一下", **changes}))
    assert (page.status_code, f'href="#{field}"' in text(page), "说明一下" in text(page)) == (422, True, True)
    assert not Service.objects.exists()


def test_paper_of_another_case_or_none_is_not_served(refused: Case) -> None:
    client = signed_in()
    assert client.post(f"/work/cases/{refused.pk}/serve", sent(refused, papers=["x"])).status_code == 404
    assert signed_in(org="police").get(f"/work/cases/{refused.pk}/serve").status_code == 404
    client.post(f"/work/cases/{refused.pk}/serve", sent(refused))
    again = client.post(f"/work/cases/{refused.pk}/serve", sent(refused))
    assert (again.status_code, "没有重复登记" in text(again)) == (409, True)


def test_reprint_carries_its_count_and_the_first_print_does_not(refused: Case) -> None:
    client, row = signed_in(), paper("refusal")
    for n in (1, 2):
        page = client.post(f"/work/cases/{refused.pk}/papers/{row.pk}/reprint", follow=True)
        assert f"补打第{n}次" in words(page)
    address = f"/work/cases/{refused.pk}/papers/{row.pk}"
    for copy in ("", "0", "3", "x", "-1"):
        assert "补打" not in words(client.get(f"{address}?copy={copy}"))
    assert "补打过 2 次" in text(client.get(f"/work/cases/{refused.pk}?tab=papers"))
    assert signed_in(org="police").post(f"{address}/reprint").status_code == 404


def test_answer_is_written_from_the_case_page(refused: Case) -> None:
    client = signed_in()
    assert "答复申请人" in text(client.get(f"/work/cases/{refused.pk}"))
    given = {"text": "可以重新选址后再申请", "seen": str(refused.event_count), "phrase": ""}
    assert "办件答复书" in text(client.post(f"/work/cases/{refused.pk}/reply", given))
    client.post(f"/work/cases/{refused.pk}/reply", {**given, "confirmed": "1"})
    assert paper("reply").body["paragraphs"][1] == "可以重新选址后再申请"


def test_template_is_tried_on_the_last_paper_and_published_with_a_reason(refused: Case) -> None:
    client = signed_in("管理员")
    assert paper("refusal").number in text(client.get(PATH))
    tried = text(client.post(PATH, {"text": OWN, "seen": "0", "act": "preview"}))
    assert "本局新版" in tried and "<svg" in tried
    assert not TemplateVersion.objects.exists()
    client.post(PATH, {"text": OWN, "seen": "0", "act": "publish", "reason": "改成本局版式"})
    page = text(client.get(PATH))
    assert "第 1 版" in page and "改成本局版式" in page
    assert "本单位“不予决定书”第 1 版" in text(client.get("/work/templates"))


def test_fault_of_a_template_is_shown_at_its_line_and_nothing_is_published() -> None:
    client = signed_in("管理员")
    for act, status in (("preview", 422), ("publish", 422)):
        page = client.post(PATH, {"text": OWN + "\r\n#nope", "seen": "0", "act": act, "reason": "改成本局版式"})
        assert page.status_code == status
        assert "第 4 行：没有叫“nope”的变量" in text(page)
        assert "#nope" in text(page)
    assert not TemplateVersion.objects.exists()


def test_stale_editor_is_refused_and_a_template_can_be_retired_and_begun_from_an_old_version() -> None:
    client = signed_in("管理员")
    client.post(PATH, {"text": OWN, "seen": "0", "act": "publish", "reason": "改成本局版式"})
    stale = client.post(PATH, {"text": OWN + " 甲", "seen": "0", "act": "publish", "reason": "改成本局版式"})
    assert (stale.status_code, "又发布了新版" in text(stale)) == (409, True)
    client.post(PATH, {"text": OWN, "seen": "1", "act": "retire", "reason": "改回通用版式"})
    assert "本版自带" in text(client.get("/work/templates"))
    assert "本局新版" not in text(client.get(PATH)).partition("<textarea")[2].partition("</textarea>")[0]
    assert "本局新版" in text(client.get(PATH + "?from=1")).partition("<textarea")[2].partition("</textarea>")[0]


def test_templates_are_for_the_administrator_of_the_organisation() -> None:
    assert signed_in().get("/work/templates").status_code == 403
    assert signed_in().get(PATH).status_code == 403
    assert signed_in("管理员", "police").get(PATH).status_code == 404
    assert signed_in("管理员").get("/work/templates/market/nothing").status_code == 404
    assert "全部文书" in text(signed_in("管理员").get("/work/templates/market/all"))
