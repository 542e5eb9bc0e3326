"""The open catalogue as programs read it: every element, versions, changes, bulk, and nothing sent twice."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tongban.catalogue import queries
from tongban.catalogue.tests.factories import publish
from tongban.orgs import queries as orgs

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def client(honghu: str, own_caches: None) -> Client:
    return Client()


def test_an_item_is_given_with_its_codes_of_31_and_33_digits(client: Client) -> None:
    publish("business-licence", variants=[{"code": "01", "name": "公司设立"}, {"code": "02", "name": "个体开业"}])
    told = client.get(f"{API}/items/business-licence").json()
    body = orgs.organisations("honghu")["market"]
    assert told["task_code"] == f"{body.uscc}4{told['catalog_code']}"
    assert len(told["task_code"]) == 31
    assert [row["task_handle_item"] for row in told["task_handle_items"]] == [
        f"{told['task_code']}01",
        f"{told['task_code']}02",
    ]
    assert (told["task_name"], told["task_version"], told["task_state"]) == ("办理营业执照", 2, "1")
    assert (told["dept_name"], told["link_way"]) == (body.full_name, body.phone)


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"promised_days": 0, "steps": []}, "project_type", "1"),
        ({"promised_days": 1}, "project_type", "2"),
        ({"prepared": False}, "task_state", "2"),
        ({"suspended": {"since": "2020-01-01", "words": "修订"}}, "task_state", "2"),
        ({"until_on": "2020-01-01"}, "task_state", "3"),
        ({"statutory_days": None}, "anticipate_explain", "法律没有规定办理时限"),
        ({"old_codes": ["0123456789", "0" * 24]}, "local_catalog_code", ["0123456789"]),
        ({"old_codes": ["0123456789", "0" * 24]}, "local_task_code", ["0" * 24]),
        ({"audience": ["person"], "firm_topics": []}, "server_type", ["1"]),
        ({"phone": "027-1"}, "link_way", "027-1"),
        ({"level": "3"}, "use_level", "3"),
        ({"ways": ["1", "4"]}, "is_express", True),
        ({"fee": {"standard": "每件 12.5 元", "basis": "某文", "amount_fen": 1250}}, "fee",
         {"standard": "每件 12.5 元", "basis": "某文", "amount_yuan": 12.5, "when": "before_result",
          "refund": "refused_or_withdrawn"}),
    ],
)  # fmt: skip
def test_elements_follow_from_the_spec(client: Client, change: dict[str, Any], field: str, value: object) -> None:
    publish("business-licence", **change)
    assert client.get(f"{API}/items/business-licence").json()[field] == value


def test_a_material_is_given_with_what_it_is(client: Client) -> None:
    publish("business-licence", materials=[
        {"type": "lease-contract", "necessity": "deferrable", "defer_days": 5, "commitment": "我承诺", "form": "copy", "copies": 2,
         "basis": {"law": "民法典", "article": "第一条"}}])  # fmt: skip
    told = client.get(f"{API}/items/business-licence").json()
    row = told["materials"][0]
    assert (row["name"], row["defer_days"], row["is_commitment"], row["copies"]) == ("房屋租赁合同", 5, True, 2)
    assert (row["basis"]["law"], told["is_inform_promise"]) == ("民法典", True)


def test_item_never_heard_of_is_not_found(client: Client) -> None:
    for path in (
        "items/no-such",
        "items/no-such/versions",
        "items/no-such/versions/1",
        "items/business-licence/versions/9",
    ):
        answer = client.get(f"{API}/{path}")
        assert (answer.status_code, "ETag" in answer) == (404, path.startswith("items/business-licence")), path
    assert client.get(f"{API}/items/business-licence/versions/99999999999999").status_code == 422


def test_old_version_stays_readable_after_a_change_and_after_retirement(client: Client) -> None:
    publish("business-licence", name="换了名字")
    publish("business-licence", is_retired=True)
    assert client.get(f"{API}/items/business-licence").status_code == 404
    rows = client.get(f"{API}/items/business-licence/versions").json()["versions"]
    assert [(row["number"], row["is_latest"], row["is_retired"]) for row in rows] == [
        (3, True, True), (2, False, False), (1, False, False)]  # fmt: skip
    first, last = (client.get(f"{API}/items/business-licence/versions/{n}").json() for n in (1, 3))
    assert (first["task_name"], last["task_state"]) == ("办理营业执照", "3")


def test_changes_come_in_order_and_go_on_from_the_cursor(client: Client) -> None:
    start = queries.changes("honghu", since=0, most=10_000)[-1].cursor
    publish("business-licence", name="二")
    publish("business-licence", is_retired=True)
    publish("business-licence", name="三")
    first = client.get(f"{API}/catalogue/changes?since={start}&size=2").json()
    rest = client.get(f"{API}/catalogue/changes?since={first['next_cursor']}&size=2").json()
    told = [(row["kind"], row["version"]) for row in first["changes"] + rest["changes"]]
    assert told == [("changed", 2), ("retired", 3), ("created", 4)]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    last = client.get(f"{API}/catalogue/changes?since={rest['next_cursor']}").json()
    assert last == {"changes": [], "next_cursor": rest["next_cursor"], "has_more": False}


def test_changes_from_the_beginning_tell_of_every_item_once(client: Client) -> None:
    found, cursor = [], "0"
    while True:
        page = client.get(f"{API}/catalogue/changes?since={cursor}&size=40").json()
        found += page["changes"]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert sorted(row["code"] for row in found) == sorted(queries.items("honghu"))
    assert {row["kind"] for row in found} == {"created"}


@pytest.mark.parametrize("since", ["-1", "abc", "99999999999999999999"])
def test_cursor_that_is_none_is_refused(client: Client, since: str) -> None:
    assert client.get(f"{API}/catalogue/changes?since={since}").status_code == 422


def test_bulk_gives_every_item_as_the_single_address_does(client: Client) -> None:
    answer = client.get(f"{API}/catalogue/items.jsonl")
    lines = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert answer["Content-Type"].startswith("application/x-ndjson")
    assert [line["code"] for line in lines] == sorted(queries.items("honghu"))
    alone = client.get(f"{API}/items/business-licence").json()
    assert next(line for line in lines if line["code"] == "business-licence") == alone


CONDITIONAL = ["items", "items/business-licence", "items/business-licence/versions", "items/business-licence/versions/1",
               "catalogue/changes", "catalogue/items.jsonl"]  # fmt: skip


@pytest.mark.parametrize("path", CONDITIONAL)
def test_what_is_known_is_not_sent_again_until_something_is_published(client: Client, path: str) -> None:
    first = client.get(f"{API}/{path}")
    again = client.get(f"{API}/{path}", headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert "no-cache" in first["Cache-Control"]
    publish("business-licence", name="二")
    assert client.get(f"{API}/{path}", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_another_day_may_change_what_is_in_use(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    publish("business-licence", until_on="2999-01-01")
    first = client.get(f"{API}/items/business-licence")
    monkeypatch.setattr("tongban.core.time.today", lambda: date(2999, 1, 1))
    later = client.get(f"{API}/items/business-licence", headers={"If-None-Match": first["ETag"]})
    assert (first.json()["task_state"], later.status_code, later.json()["task_state"]) == ("1", 200, "3")


def test_a_search_is_never_answered_from_memory(client: Client) -> None:
    assert "ETag" not in client.get(f"{API}/items?q=营业执照")
