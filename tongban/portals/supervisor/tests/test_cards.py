"""What people notice on the pages of cards: who sees which, who may act, what figures open."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from django.test import Client

from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import name_bodies, officer
from tongban.portals.supervisor.views import cards as views
from tongban.supervision.models import Card, Pattern
from tongban.supervision.rules.history import Columns
from tongban.supervision.rules.patterns import PATTERNS
from tongban.supervision.services import history
from tongban.supervision.tests import factories
from tongban.supervision.tests.factories import APPEALS, OVERSEER, UNIT, at, card

# WhiteNoise warns where `collectstatic` has not run: in tests it never has.
pytestmark = [pytest.mark.usefixtures("honghu"), pytest.mark.filterwarnings("ignore:No directory at")]


def signed_in(org: str, post: str = "负责人") -> Client:
    client = Client()
    client.force_login(officer(org, post))
    return client


def overseer() -> Client:
    return signed_in(OVERSEER, SUPERVISOR_POST)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def page(row: Card) -> str:
    return f"/supervise/cards/{row.pk}"


def test_overseer_sees_all_cards_and_a_unit_its_own() -> None:
    mine, other = card(1), card(2, organisation="market")
    assert all(row.number in text(overseer().get("/supervise/cards")) for row in (mine, other))
    seen = text(signed_in(UNIT).get("/supervise/cards"))
    assert mine.number in seen
    assert other.number not in seen
    assert signed_in(UNIT).get(page(other)).status_code == 404


def test_clerk_does_not_come_in() -> None:
    assert signed_in(UNIT, "受理岗").get("/supervise/cards").status_code == 403


@pytest.mark.parametrize(
    "query", ["?level=pink", "?rule=%27", "?unit=nobody", "?since=x&until=9999-99-99", "?page=0", "?page=x", "?state=zzz", "?page=99999999"]
)  # fmt: skip
def test_malformed_filter_is_no_filter(query: str) -> None:
    row = card()
    response = overseer().get(f"/supervise/cards{query}")
    assert response.status_code == 200
    assert row.number in text(response)


def test_filter_stands_in_the_address_and_goes_into_the_file() -> None:
    yellow, red = card(1), card(2, "statutory_over")
    seen = text(overseer().get("/supervise/cards?level=red"))
    assert red.number in seen
    assert yellow.number not in seen
    book = openpyxl.load_workbook(io.BytesIO(overseer().get("/supervise/cards?level=red&format=xlsx").content))
    assert book.sheetnames == ["红黄牌", "口径说明"]
    assert [row[0].value for row in book["红黄牌"].iter_rows(min_row=3)] == [red.number]
    heads = [cell.value for cell in book["红黄牌"][2]]
    assert [row[1].value for row in book["口径说明"].iter_rows(min_row=2)] == heads


def test_page_of_a_card_shows_the_fields_of_the_standard_and_the_evidence() -> None:
    row = factories.sweep(3, 9) if factories.accepted() else []
    seen = text(overseer().get(page(row[0])))
    for words in (
        "监察编号",
        "规则编号",
        "预警类型代码",
        "状态产生时间",
        "结果描述",
        "责任部门",
        "督办内容",
        "发出时间",
        "提交申请",
        "通知单位",
    ):
        assert words in seen


def test_unit_reports_rectification_and_overseer_closes() -> None:
    row = card()
    with at(3, 17):
        unit = signed_in(UNIT)
        assert "核销意见" not in text(unit.get(page(row)))
        assert "请写明整改情况" in text(unit.post(page(row), {"verb": "rectify", "words": "好"}))
        assert unit.post(page(row), {"verb": "rectify", "words": "已经办结并约谈经办人"}).status_code == 302
        assert overseer().post(page(row), {"verb": "close", "words": "情况属实，同意核销"}).status_code == 302
    assert "已核销" in text(overseer().get(page(row)))


def test_first_page_shows_like_cards_as_one_line_that_opens_them() -> None:
    cards = [card(n) for n in (1, 2)]
    alone = card(3, organisation="market")
    with at(3, 20):
        client = overseer()
        lines = re.findall(r'<a href="([^"]+)">([^<]+黄牌待整改[^<]*)</a>', client.get("/supervise/").content.decode())
        assert sorted(words.split("：")[1] for _, words in lines) == ["黄牌待整改 2 张", "黄牌待整改，超过承诺时限"]
        opened = {words.split("：")[0]: text(client.get(href.replace("&amp;", "&"))) for href, words in lines}
    assert all(row.number in opened["市公安局"] for row in cards)
    assert alone.number not in opened["市公安局"]
    assert alone.number in opened["市市场监管局"]


def test_page_of_a_card_says_first_what_its_unit_may_do_now() -> None:
    row = card()
    with at(3, 17):
        assert re.search(
            r"前报整改情况，逾期升为红牌。现在你可以签收、报整改、申诉", text(signed_in(UNIT).get(page(row)))
        )


def test_proposer_is_not_offered_to_agree_and_is_refused_when_he_tries() -> None:
    row = card()
    first = overseer()
    first.post(page(row), {"verb": "propose_cancel", "words": "系统故障期间，不应发牌"})
    assert 'value="confirm_cancel"' not in text(first.get(page(row)))
    assert first.post(page(row), {"verb": "confirm_cancel", "words": "同意同意同意"}).status_code == 403
    assert overseer().post(page(row), {"verb": "confirm_cancel", "words": "经核实，同意撤销"}).status_code == 302
    assert "已撤销" in text(first.get(page(row)))


def test_tally_tells_issued_and_cancelled_apart_and_opens_the_rows() -> None:
    kept, gone = card(1), card(2)
    factories.cancel(gone)
    seen = text(overseer().get("/supervise/cards/tally"))
    assert re.search(r'data-label="发牌数" class="num right">2<', seen)
    assert re.search(r'data-label="撤销数" class="num right"><a href="[^"]*state=cancelled">1<', seen)
    assert re.search(r'data-label="扣分" class="num right">1<', seen)
    href = re.search(r'data-label="撤销数" class="num right"><a href="([^"]*)"', seen)
    assert href is not None
    opened = text(overseer().get(href.group(1).replace("&amp;", "&")))
    assert gone.number in opened
    assert kept.number not in opened


@pytest.mark.parametrize("group", ["unit", "rule", "month", "nothing"])
def test_tally_is_counted_each_way(group: str) -> None:
    card()
    assert overseer().get(f"/supervise/cards/tally?by={group}").status_code == 200
    assert overseer().get(f"/supervise/cards/tally?by={group}&format=xlsx").status_code == 200


def test_month_lists_its_cards_only() -> None:
    march, april = card(1), card(2, month=4, day=1)
    seen = text(overseer().get("/supervise/cards/month/2026-03"))
    assert march.number in seen
    assert april.number not in seen
    assert "还有" not in seen
    assert overseer().get("/supervise/cards/month/2026-13").status_code == 404
    book = openpyxl.load_workbook(io.BytesIO(overseer().get("/supervise/cards/month/2026-03?format=xlsx").content))
    assert book.sheetnames == ["按单位", "红黄牌", "口径说明"]


def test_a_long_month_shows_red_cards_first_and_says_where_the_rest_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_OF_MONTH", 2)
    cards = [card(1), card(2), card(3, kind="statutory_over")]
    seen = text(overseer().get("/supervise/cards/month/2026-03"))
    assert seen.index(cards[2].number) < seen.index(cards[0].number) and cards[1].number not in seen
    assert "还有 1 张" in seen
    book = openpyxl.load_workbook(io.BytesIO(overseer().get("/supervise/cards/month/2026-03?format=xlsx").content))
    assert {one.number for one in cards} <= {row[0].value for row in book["红黄牌"].iter_rows()}


def test_overseer_changes_a_threshold_with_a_reason_and_units_only_read() -> None:
    client = overseer()
    sent = form(client)
    assert "为什么改" in text(client.post("/supervise/cards/thresholds", {**sent, "reason": ""}))
    assert "不大于 30" in text(
        client.post("/supervise/cards/thresholds", {**sent, "appeal_days": "99", "reason": "按会议纪要调整"})
    )
    assert (
        client.post("/supervise/cards/thresholds", {**sent, "appeal_days": "5", "reason": "按会议纪要调整"}).status_code
        == 302
    )
    assert "第 1 版" in text(client.get("/supervise/cards/thresholds"))
    unit = signed_in(UNIT)
    assert "保存，从现在起生效" not in text(unit.get("/supervise/cards/thresholds"))
    assert unit.post("/supervise/cards/thresholds", {**sent, "reason": "自己改一下看看"}).status_code == 403


def test_region_with_units_has_rules_of_its_own_and_follows_the_place_again() -> None:
    town = "421083001000"
    factories.move_to(town)
    url, client = f"/supervise/cards/thresholds?region={town}", overseer()
    assert "新堤街道没有自己的规则" in text(client.get(url))
    sent = {**form(client), "appeal_days": "7", "reason": "街道力量少，延长申诉期"}
    assert client.post(url, sent).status_code == 302
    own = text(client.get(url))
    assert "新堤街道第 1 版" in own and 'value="7"' in own
    assert 'value="7"' not in text(client.get("/supervise/cards/thresholds"))
    assert client.post(url, {"act": "withdraw", "seen": "1", "reason": "全市统一执行"}).status_code == 302
    seen = text(client.get(url))
    assert "新堤街道没有自己的规则" in seen and "改回跟全域" in seen


def form(client: Client) -> dict[str, str]:
    seen = client.get("/supervise/cards/thresholds").content.decode()
    inputs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", seen)]
    sent = {tag["name"]: tag["value"] for tag in inputs if "value" in tag and tag.get("type") != "checkbox"}
    sent |= dict.fromkeys(re.findall(r'name="(kinds\.[a-z_]+\.is_on)" value="1" checked', seen), "1")
    for name, options in re.findall(r'<select[^>]*name="(kinds[^"]+)"(.*?)</select>', seen, re.DOTALL):
        chosen = re.search(r'value="(\w+)" selected', options)
        sent[name] = chosen.group(1) if chosen else ""
    formulas = re.search(r'name="formulas"[^>]*>(.*?)</textarea>', seen, re.DOTALL)
    return {**sent, "formulas": formulas.group(1) if formulas else "", "seen": "0"}


def test_account_of_appeals_body_decides_and_the_overseer_cannot() -> None:
    row = card()
    with at(3, 17):
        signed_in(UNIT).post(page(row), {"verb": "appeal", "words": "材料系统故障，有运维记录为证"})
        assert overseer().post(page(row), {"verb": "uphold", "words": "申诉有理有据"}).status_code == 403
        judge = signed_in(APPEALS, SUPERVISOR_POST)
        assert judge.post(page(row), {"verb": "uphold", "words": "经核实故障属实"}).status_code == 302
    assert "申诉成立" in text(overseer().get(page(row)))


@pytest.mark.usefixtures("own_caches")
def test_a_card_of_the_body_of_appeals_says_to_whom_to_turn_or_who_decides() -> None:
    row = card(organisation=APPEALS)
    with at(3, 17):
        unit = signed_in(APPEALS)
        seen = text(unit.get(page(row)))
        assert "书面向同级人民政府办公室提出" in seen
        assert 'value="appeal"' not in seen
        assert unit.post(page(row), {"verb": "appeal", "words": "材料系统故障，有运维记录为证"}).status_code == 409
        name_bodies(arbiter="development")
        seen = text(unit.get(page(row)))
        assert "由洪湖市发展和改革局决定" in seen and "书面向同级" not in seen
        unit.post(page(row), {"verb": "appeal", "words": "材料系统故障，有运维记录为证"})
        third = signed_in("development", SUPERVISOR_POST)
        assert row.number in text(third.get("/supervise/cards"))
        assert third.get("/supervise/").status_code == 200
        assert third.post(page(row), {"verb": "uphold", "words": "经核实故障属实"}).status_code == 302
    assert "申诉成立" in text(overseer().get(page(row)))


def test_patterns_are_for_the_overseer_who_judges_with_a_reason() -> None:
    row = Pattern.objects.create(
        pack="honghu", kind="quick", organisation=UNIT, organisation_name="市公安局", subject=f"honghu:{UNIT}", occurrence="2026-03-06",
        words="有 1 件秒办", rows=[["421083-1", "示例", "a", "b", "5", "王某"]], count=1, found_at=factories.moment(3, 7, 0),
    )  # fmt: skip
    client, address = overseer(), f"/supervise/patterns/{row.pk}"
    assert "有 1 件秒办" in text(client.get("/supervise/patterns?verdict=none&kind=quick&page=x"))
    assert "421083-1" in text(client.get(address))
    assert "请选一个判断" in text(client.post(address, {"reason": "当天集中补录"}))
    assert client.post(address, {"verdict": "true", "reason": "当天集中补录，属实"}).status_code == 302
    assert "属实" in text(client.get(address))
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}?format=xlsx").content))
    assert [[cell.value for cell in line] for line in book.worksheets[0].iter_rows(min_row=3)] == row.rows
    assert book.worksheets[0]["A1"].value == row.words
    assert [line[2].value for line in book["口径说明"].iter_rows(min_row=2)] == [PATTERNS["quick"].means]
    assert signed_in(UNIT).get(address).status_code == 403
    assert "反作弊线索" not in text(signed_in(UNIT).get("/supervise/cards"))


def test_history_shows_the_counts_of_the_command_and_opens_its_rows() -> None:
    client = overseer()
    assert "还没有导入过历史办件" in text(client.get("/supervise/history"))
    content = "case,act,time,end,planned,way\na,x,2026-03-06 09:00,2026-03-10,2026-03-09,窗口\nb,x,2026-04-01 09:00,,2026-04-09,\n"
    columns = Columns(case="case", activity="act", time="time", end="end", planned_end="planned", channel="way")
    history.take("honghu", "a.csv", content.encode(), columns, by=factories.overseer())
    seen = text(client.get("/supervise/history"))
    for name, n in (("cases", 2), ("closed", 1), ("open", 1), ("late", 1)):
        assert f'<a class="num" href="?figure={name}">{n}</a>' in seen
    opened = text(client.get("/supervise/history?figure=late"))
    assert 'data-label="办件">a<' in opened
    assert 'data-label="办件">b<' not in opened
    assert "未填写：" not in opened
    assert 'data-label="办件">b<' in text(client.get("/supervise/history?channel=&page=x&month=2026-04&figure=zzz"))
    assert openpyxl.load_workbook(io.BytesIO(client.get("/supervise/history?format=xlsx").content)).sheetnames == [
        "合计", "按月", "按渠道", "口径说明"
    ]  # fmt: skip
    assert signed_in(UNIT).get("/supervise/history").status_code == 403
