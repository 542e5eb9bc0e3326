"""What an editor notices on the page of search words (搜索用词)."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongban.orgs.tests.factories import officer
from tongban.search import queries, services

pytestmark = [
    pytest.mark.usefixtures("honghu", "own_caches"), pytest.mark.filterwarnings("ignore:No directory at"),
]  # fmt: skip
HOME = "/work/search"


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(officer("data", "管理员"))
    return client


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def codes(query: str) -> list[str]:
    return [hit.code for hit in queries.find(query, pack="honghu")]


def key_of(word: str) -> str:
    return next(group.key for group in queries.groups("honghu") if word in group.words)


def test_editor_sees_what_was_missed_how_often_and_adds_the_words(client: Client) -> None:
    visitor = Client()
    for _ in range(2):
        visitor.get("/search", {"q": "蛐蛐"})
    page = text(client.get(HOME))
    assert re.search(r">蛐蛐</a></td><td data-label=\"次数\" class=\"num right\">2<", page)
    form = text(client.get(HOME, {"words": "蛐蛐"}))
    assert ">蛐蛐</textarea>" in form
    response = client.post(HOME, {"words": "蛐蛐、特行证", "to": ""}, follow=True)
    assert "现在起就能搜到" in text(response)
    assert "没有。人们搜了" in text(response)
    assert "按“蛐蛐”≈“特行证”找到" in text(visitor.get("/search", {"q": "蛐蛐"}))


def test_words_join_a_group_of_the_pack(client: Client) -> None:
    client.post(HOME, {"words": "特行本本", "to": "特行证"})
    assert codes("特行本本")[0] == "hotel-special-trade-licence"
    page = text(client.get(HOME, {"find": "特行本本"}))
    assert '<td data-label="在这里加的">特行本本</td>' in page


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"words": "", "to": "特行证"}, "写至少一个词"), ({"words": "证", "to": "特行证"}, "只有一个字"),
        ({"words": "蛐蛐", "to": ""}, "再写一个意思相同的词"),
        ({"words": "蛐蛐", "to": "没有的词"}, "没有含“没有的词”的词组"), ({"words": "<b>甲乙" * 20, "to": ""}, "太长"),
    ],
)  # fmt: skip
def test_words_that_cannot_be_used_come_back_with_the_reason(client: Client, sent: dict[str, str], says: str) -> None:
    response = client.post(HOME, sent)
    assert response.status_code in (404, 422)
    assert says in text(response)
    assert "错误：有 1 处要改" in text(response)
    assert "<b>甲乙" not in text(response)


def test_group_of_the_pack_is_switched_off_and_on(client: Client) -> None:
    address = f"{HOME}/groups/{key_of('特行证')}"
    assert "停用这一组" in text(client.get(address))
    client.post(address, {"act": "off"})
    assert "已停用" in text(client.get(HOME, {"find": "特行证"}))
    client.post(address, {"act": "on"})
    assert "已停用" not in text(client.get(HOME, {"find": "特行证"}))


def test_words_of_the_desk_are_changed_and_removed(client: Client) -> None:
    client.post(HOME, {"words": "特行本本", "to": "特行证"})
    client.post(f"{HOME}/groups/{key_of('特行本本')}", {"act": "save", "words": "特行小本"})
    assert codes("特行小本")[0] == "hotel-special-trade-licence"
    response = client.post(f"{HOME}/groups/{key_of('特行小本')}", {"act": "save", "words": "小"})
    assert response.status_code == 422
    client.post(f"{HOME}/groups/{key_of('特行小本')}", {"act": "remove"})
    assert all("特行小本" not in group.words for group in queries.groups("honghu"))


def test_group_that_somebody_else_changed_is_not_found(client: Client) -> None:
    key = key_of("特行证")
    client.post(HOME, {"words": "特行本本", "to": "特行证"})
    response = client.get(f"{HOME}/groups/{key}")
    assert response.status_code == 404
    assert "刚被别人改过" in text(response)


def test_missed_search_can_be_set_aside(client: Client) -> None:
    services.note_missed("honghu", "造飞船")
    assert "不再列出" in text(client.post(f"{HOME}/dismiss", {"query": "造飞船"}, follow=True))
    assert "没有。人们搜了" in text(client.get(HOME))


@pytest.mark.parametrize(("org", "post"), [("data", "受理岗"), ("market", "管理员")])
def test_others_neither_see_nor_change_the_words(org: str, post: str) -> None:
    client = Client()
    client.force_login(officer(org, post))
    assert client.get(HOME).status_code == 403
    assert client.post(HOME, {"words": "蛐蛐", "to": "特行证"}).status_code == 403
    assert client.post(f"{HOME}/dismiss", {"query": "x"}).status_code == 403
    assert client.get(f"{HOME}/groups/{key_of('特行证')}").status_code == 403
    assert "搜索用词" not in text(client.get("/work/me"))


def test_menu_leads_there(client: Client) -> None:
    assert f'href="{HOME}"' in text(client.get("/work/me"))


def test_page_costs_the_same_with_more_missed_searches(client: Client) -> None:
    client.get(HOME)
    with CaptureQueriesContext(connection) as few:
        client.get(HOME)
    for n in range(20):
        services.note_missed("honghu", f"没有的{n}")
    with CaptureQueriesContext(connection) as many:
        client.get(HOME)
    assert len(many) == len(few)


@pytest.mark.parametrize("page", ["0", "x", "999999", "2"])
def test_odd_page_number_is_no_fault(client: Client, page: str) -> None:
    assert client.get(HOME, {"page": page}).status_code == 200
