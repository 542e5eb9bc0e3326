"""What a visitor notices of the search: why something was found, filters as links, ways on, suggestions, limits."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from tongban.portals.citizen.tests.factories import text
from tongban.portals.citizen.views import search as view
from tongban.search.models import Missed
from tongban.search.rules.weighing import Why

pytestmark = [
    pytest.mark.usefixtures("honghu", "own_caches"), pytest.mark.filterwarnings("ignore:No directory at"),
]  # fmt: skip


def page(query: str, **filters: str) -> str:
    response = Client().get("/search", {"q": query, **filters})
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def links(text: str, part: str) -> list[str]:
    """Return the addresses of the links inside the element that has a class."""
    found = re.search(rf'class="[^"]*\b{part}\b[^"]*".*?</(?:nav|details|p|ol)>', text)
    return [unescape(link) for link in re.findall(r'href="([^"]+)"', found[0])] if found else []


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("过早店", "按“过早”≈“"), ("lvguan", "按拼音找到：lvguan，旅馆"), ("yyzz", "按拼音首字母找到：yyzz，营业执照"),
        ("我要开旅管", "你是不是要找：旅馆"),
        ("特行证", "也叫“特行证”"), ("旅馆业特种行业", "字面对得上"),
    ],
)  # fmt: skip
def test_result_says_why_it_was_found(query: str, says: str) -> None:
    assert says in page(query)


def test_matched_words_are_marked_and_nothing_else_is_markup() -> None:
    assert '<mark class="mark">营业执照</mark>' in page("营业执照")
    assert view.marked("<b>旅馆</b>", ("旅馆",)) == '&lt;b&gt;<mark class="mark">旅馆</mark>&lt;/b&gt;'


def test_reason_by_several_parts_is_told_as_they_were_said() -> None:
    assert view.why_words(Why("synonym", "公司 改名", "企业变更"), "企业变更一件事") == "按“公司…改名”≈“企业变更”找到"


def test_slip_is_told_and_its_mending_is_a_link() -> None:
    text = page("我要开旅管")
    assert "你是不是要找：<a" in text
    assert "/themes/honghu-12" in text


def test_question_leads_to_its_place_in_the_guide() -> None:
    text = page("消防检查没通过能先办吗")
    found = re.search(r'href="(/items/[\w-]+)#(faq-\d+)"', text)
    assert found
    assert f'id="{found[2]}"' in Client().get(found[1]).content.decode()


def test_filters_are_links_with_counts_that_can_be_taken_away() -> None:
    whole = page("社保")
    firm = next(link for link in links(whole, "facets") if "audience=firm" in link)
    count = int(re.search(r'audience=firm"[^>]*>法人<span class="hint">(\d+)<', whole)[1])  # type: ignore[index]
    text = Client().get(firm).content.decode()
    assert f"找到 {count} 个结果" in text
    chosen = links(re.sub(r"\s+", " ", text), "chosen")
    assert chosen == ["/search?q=%E7%A4%BE%E4%BF%9D"]


@pytest.mark.parametrize(
    ("name", "value"), [("kind", "item"), ("audience", "person"), ("org", "human-resources"), ("online", "yes"), ("visits", "0"), ("visits", "1")]
)  # fmt: skip
def test_each_filter_leaves_what_it_says(name: str, value: str) -> None:
    text = page("创业", **{name: value})
    assert "个结果" in text
    assert "去掉这个筛选" in text


@pytest.mark.parametrize("filters", [{"kind": "x"}, {"audience": "'"}, {"visits": "99"}, {"online": "1"}])
def test_unknown_value_of_a_filter_narrows_nothing(filters: dict[str, str]) -> None:
    assert "去掉这个筛选" not in page("社保", **filters)


def test_filters_that_leave_nothing_can_be_taken_away() -> None:
    text = page("旅馆业特种行业", org="nowhere")
    assert "在这些筛选下没有结果" in text
    assert "去掉全部筛选" in text


@pytest.mark.parametrize("query", ["办证", "补贴"])
def test_vague_words_offer_ways_on_instead_of_a_long_list(query: str) -> None:
    text = page(query)
    ways = links(text, "ways")
    assert 2 <= len(ways) <= 6
    assert text.count('class="tag tag--primary kind"') <= view.SHORT
    for way in ways:
        assert "个结果" in Client().get(way).content.decode()


def test_the_whole_list_of_vague_words_is_a_link_away() -> None:
    rest = links(page("登记"), "more")[-1]
    assert Client().get(rest).content.decode().count('class="tag tag--primary kind"') > view.SHORT


def test_search_with_nothing_good_says_so_and_is_kept_for_the_editors() -> None:
    assert "没有正好对得上的" in page("结婚登记")
    assert "没有找到“造飞船”" in page("造飞船")
    assert "营业执照" in page("营业执照")
    assert list(Missed.objects.order_by("pk").values_list("query", flat=True)) == ["结婚登记", "造飞船"]


def test_search_too_often_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "SEARCHES_A_MINUTE", 2)
    client = Client()
    assert [client.get("/search", {"q": "社保"}).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/search", {"q": "社保"})["Retry-After"] == "60"
    assert client.get("/search").status_code == 200
    assert Client(REMOTE_ADDR="10.0.0.9").get("/search", {"q": "社保"}).status_code == 200


def test_suggestions_lead_to_what_they_name() -> None:
    answer = Client().get("/search/suggest", {"q": "营业"})
    assert answer["Content-Type"].startswith("application/json")
    assert {"title": "办理营业执照", "kind": "事项", "href": "/items/business-licence"} in answer.json()["found"]
    assert Client().get("/search/suggest").json() == {"found": []}


def test_suggestions_too_often_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "SUGGESTIONS_A_MINUTE", 1)
    client = Client()
    client.get("/search/suggest", {"q": "营业"})
    answer = client.get("/search/suggest", {"q": "营业"})
    assert (answer.status_code, answer.json()) == (429, {"found": []})


def test_suggesting_keeps_no_missed_search() -> None:
    Client().get("/search/suggest", {"q": "造飞船"})
    assert not Missed.objects.exists()


def test_search_shows_what_was_typed_as_text() -> None:
    page = text(Client().get("/search", {"q": "<script>alert(1)</script>"}))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_search_without_hits_offers_the_phone_and_what_others_do() -> None:
    page = text(Client().get("/search", {"q": "造飞船"}))
    assert "没有找到“造飞船”" in page
    assert "12345" in page
    assert "大家常办的" in page
