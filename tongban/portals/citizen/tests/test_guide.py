"""What visitors notice on a guide, its paper and short versions, the change log, and what they keep."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongban.authoring.services import drafting, publishing
from tongban.cases.rules import plan as plans
from tongban.catalogue.tests.factories import publish
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.tests.factories import at_desk
from tongban.packs import services as packs
from tongban.themes.tests.factories import submit_item

ITEM = "career-guidance"
SURFACES = (f"/items/{ITEM}", f"/items/{ITEM}/print", f"/items/{ITEM}/short")
pytestmark = [pytest.mark.usefixtures("own_caches", "honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


def text(path: str, client: Client | None = None) -> str:
    response = (client or Client()).get(path)
    assert response.status_code == 200
    return response.content.decode()


def change(**elements: object) -> None:
    """Bring the item into force with some elements changed."""
    name = f"items/{ITEM}.yaml"
    body = packs.exported("honghu")[name]
    assert isinstance(body, dict)
    packs.apply_changed("honghu", {name: {**body, **elements}}, by=Actor.system("测试"))


def signed_in() -> Client:
    client = Client()
    client.force_login(citizen())
    return client


def test_one_change_is_seen_on_every_surface_in_the_same_version_at_once(honghu: str) -> None:
    before = submit_item(ITEM, as_person(citizen()))
    change(summary="换了说法的一句话。")
    pages = [text(path) for path in SURFACES]
    told = Client().get(f"/api/v1/items/{ITEM}").json()
    for page in pages:
        assert "换了说法的一句话。" in page
        assert re.findall(r"第 (\d+) 版", page) == ["2"]
    assert (told["summary"], told["task_version"]) == ("换了说法的一句话。", 2)
    after = submit_item(ITEM, as_person(citizen("李示例", 2)))
    assert [plans.read(joint.plan).items[0].version for joint in (before, after)] == [1, 2]
    assert [joint.cases.get().item_version for joint in (before, after)] == [1, 2]


def test_the_guide_has_its_sections_and_no_empty_one() -> None:
    page = text(SURFACES[0])
    anchors = re.findall(r'<li><a href="#([a-z]+)">', page.split('class="toc')[1])
    assert anchors == ["basic", "conditions", "materials", "flow", "fee", "result", "places", "basis", "remedies"]
    assert all(f'id="{anchor}"' in page for anchor in anchors)
    assert "通办范围" not in page
    change(reach="3", faq=[{"ask": "要钱吗", "answer": "不要。"}], rights="如实说明")
    page = text(SURFACES[0])
    assert '<details id="faq-1"><summary>要钱吗</summary>' in page
    assert "全市通办" in page and "如实说明" in page and 'href="#faq"' in page


def test_paper_folds_nothing_and_names_its_source() -> None:
    change(faq=[{"ask": "要钱吗", "answer": "不要。"}])
    page = text(SURFACES[1])
    main = page.split("<main")[1].split("</main>")[0]
    assert "<details" not in main
    assert "http://testserver/items/career-guidance" in main
    assert "实施编码" in main and "不要。" in main


@pytest.mark.parametrize("path", SURFACES)
def test_what_is_closed_says_so_on_every_surface(path: str) -> None:
    change(suspended={"since": "2020-01-01", "words": "系统升级"})
    page = text(path)
    assert "系统升级" in page
    assert "/apply/start" not in page


@pytest.mark.parametrize(
    "path", ["/items/no-such", "/items/no-such/print", "/items/no-such/short", "/open/changes?item=no-such"]
)
def test_what_does_not_exist_is_not_found(path: str) -> None:
    assert Client().get(path).status_code == 404


def test_the_change_log_says_what_changed_and_keeps_what_was_retired() -> None:
    page = text(f"/open/changes?item={ITEM}")
    assert "新增" in page
    assert "<table" not in page, "a first version lists nothing: the guide says it all"
    change(promised_days=3)
    page = text("/open/changes")
    first = page.split("<article")[1]
    assert "修改" in first and "第 2 版" in first and "承诺时限（工作日）" in first
    assert re.findall(r"<p>(\S+)</p>", first) == ["0", "3"], "to promise the same day is to promise something"
    publish(ITEM, is_retired=True)
    page = text(f"/open/changes?item={ITEM}")
    assert re.findall(r'class="tag [^"]*">(\S+)</span>', page) == ["停用", "修改", "新增"]
    assert "看办事指南" not in page


def test_the_change_log_has_pages_and_as_many_queries_whatever_it_shows() -> None:
    change(promised_days=3)
    first = text("/open/changes")
    assert first.count("<article") == 20
    assert "/items/career-guidance" not in text("/open/changes?page=2")
    with CaptureQueriesContext(connection) as asked:
        text("/open/changes?page=2")
    assert len(asked) <= 25


def test_the_reason_and_what_is_to_come_are_public() -> None:
    by = at_desk("human-resources", "管理员")
    row = drafting.start("honghu", "item", ITEM, by=by)
    row = drafting.write(row.pk, {**row.body, "summary": "下个月的说法。"}, seen=row.revision, by=by)
    assert "下个月的说法" not in text("/open/changes"), "what nobody approved is nobody's business"
    row = publishing.send(row.pk, seen=row.revision, words="照上级通知修改", by=by)
    assert "下个月的说法" not in text("/open/changes")
    at = time.now() + timedelta(days=3)
    publishing.approve(row.pk, seen=row.revision, by=at_desk("data"), at=at)
    page = text(f"/open/changes?item={ITEM}")
    assert "将于" in page and "下个月的说法。" in page and "照上级通知修改" in page
    assert "下个月的说法" not in text("/open/changes?item=business-licence")
    assert "下个月的说法" not in text(SURFACES[0])
    publishing.take_effect(row.pk, at=at)
    page = text(f"/open/changes?item={ITEM}")
    assert "将于" not in page and "照上级通知修改" in page and "下个月的说法。" in page


def test_a_citizen_keeps_an_item_and_sees_that_it_changed() -> None:
    client = signed_in()
    assert "取消收藏" not in text(SURFACES[0], client)
    answer = client.post(f"/items/{ITEM}/favourite")
    assert (answer.status_code, answer["Location"]) == (302, f"/items/{ITEM}")
    assert "取消收藏" in text(SURFACES[0], client)
    assert "标着" in text("/me/favourites", client)
    assert text("/me/favourites", client).count("有更新</span>") == 0
    change(promised_days=3)
    assert text("/me/favourites", client).count("有更新</span>") == 1
    client.post(f"/items/{ITEM}/favourite", {"next": "/me/favourites"})
    assert text("/me/favourites", client).count("有更新</span>") == 0
    answer = client.post(f"/items/{ITEM}/favourite", {"keep": "no", "next": "//elsewhere.example/"})
    assert answer["Location"] == f"/items/{ITEM}"
    assert "还没有收藏" in text("/me/favourites", client)


def test_who_is_not_signed_in_is_led_to_sign_in() -> None:
    assert f"/login?next=/items/{ITEM}" in text(SURFACES[0])
    assert Client().post(f"/items/{ITEM}/favourite").status_code == 401
    assert Client().get("/me/favourites").status_code == 302
