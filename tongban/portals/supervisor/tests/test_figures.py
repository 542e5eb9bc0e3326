"""What people notice on the pages of figures: each opens its rows, a unit sees its own, nothing is 0 or 100 % for want of data."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tongban.attachments.tests.factories import pdf
from tongban.cases.services import acceptance
from tongban.cases.tests.factories import FIRE, LICENCE, case_of, head_of, open_hotel
from tongban.core import time
from tongban.identity.tests.factories import as_person, citizen
from tongban.indicators.models import Rollup
from tongban.indicators.tests.factories import on, small_march
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import officer

pytestmark = [pytest.mark.filterwarnings("ignore:No directory at")]
MONTH = "month=2026-03"


@pytest.fixture
def march(honghu: str) -> str:
    small_march()
    return honghu


def signed_in(org: str, post: str = "负责人") -> Client:
    client = Client()
    client.force_login(officer(org, post))
    return client


def overseer() -> Client:
    return signed_in("data", SUPERVISOR_POST)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def rows_in(response: Any) -> int:
    return int(re.search(r"共 (\d+) 件", text(response))[1])  # type: ignore[index]


def test_first_page_says_the_month_in_a_sentence_and_names_who_is_below(march: str) -> None:
    page = text(overseer().get(f"/supervise/?{MONTH}"))
    assert "3 月按时办结率 75.0 %" in page
    assert "市市场监管局 1 个单位没到 98 %" in page


def test_every_number_of_the_first_page_opens_as_many_rows(march: str) -> None:
    client = overseer()
    page = client.get(f"/supervise/?{MONTH}").content.decode()
    links = re.findall(r'<a href="(/supervise/cases[^"]+)"[^>]*>(?:[^<\d]*<b[^>]*>)?(\d+)<', page)
    assert len(links) == 5 + 4 * 2  # five of the place, four of each of two units
    for href, number in links:
        assert rows_in(client.get(href.replace("&amp;", "&"))) == int(number), href


def test_first_page_of_a_unit_counts_what_its_links_open(march: str) -> None:
    client = signed_in("market")
    page = client.get(f"/supervise/?{MONTH}").content.decode()
    assert "市市场监管局 3 月按时办结率" in page
    links = re.findall(r'<a href="(/supervise/cases[^"]+)"[^>]*>(?:[^<\d]*<b[^>]*>)?(\d+)<', page)
    assert len(links) == 5 + 4  # five of the unit, four of its row
    for href, number in links:
        assert rows_in(client.get(href.replace("&amp;", "&"))) == int(number), href


@pytest.mark.parametrize("way", ["organisation", "theme", "item", "channel", "region"])
def test_every_number_of_the_statistics_opens_as_many_rows(march: str, way: str) -> None:
    client = overseer()
    page = client.get(f"/supervise/stats?{MONTH}&by={way}").content.decode()
    links = re.findall(r'<a href="(/supervise/cases[^"]+)"[^>]*>(\d+)</a>', page)
    assert len(links) >= 7
    for href, number in links:
        assert rows_in(client.get(href.replace("&amp;", "&"))) == int(number), href


def test_a_unit_sees_its_own_figures_only(march: str) -> None:
    client = signed_in("urban-management")
    page = text(client.get(f"/supervise/?{MONTH}"))
    assert "市城管执法局" in page and "市市场监管局 1 个" not in page
    assert rows_in(client.get(f"/supervise/cases?measure=received&{MONTH}")) == 1
    assert rows_in(client.get(f"/supervise/cases?measure=received&{MONTH}&org=market")) == 0
    assert client.get("/supervise/units/market").status_code == 404
    assert client.get(f"/supervise/units/urban-management?{MONTH}").status_code == 200


def test_who_has_no_such_post_does_not_come_in(honghu: str) -> None:
    assert signed_in("market", "受理岗").get("/supervise/").status_code == 403
    assert Client().get("/supervise/").status_code == 302


def test_a_month_without_cases_says_so(honghu: str) -> None:
    page = text(overseer().get("/supervise/"))
    assert "还没有办结的办件" in page and "100.0 %" not in page


@pytest.mark.parametrize("path", ["stats?by=colour", "cases?measure=guess", "cases?measure=closed&without=guess"])
def test_what_is_not_counted_is_not_found(honghu: str, path: str) -> None:
    assert overseer().get(f"/supervise/{path}").status_code == 404


def test_statistics_come_as_a_workbook_with_a_sheet_of_definitions(march: str) -> None:
    answer = overseer().get(f"/supervise/stats?{MONTH}&file=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["2026年03月", "口径说明"]
    rows = {row[0]: row for row in book["2026年03月"].iter_rows(min_row=2, values_only=True)}
    assert rows["市市场监管局"][1:8] == (2, 0, 2, 3, 2, 1, 66.7)
    assert rows["市城管执法局"][7] == 100
    told = {row[1]: str(row[2]) for row in book["口径说明"].iter_rows(values_only=True)}
    assert "按时办结 ÷ 办结" in told["按时办结率（%）"]
    assert {"收到", "补正", "受理", "办结", "按时办结", "超时办结", "网上提交"} < set(told)


def test_cases_come_as_a_workbook_without_applicants(march: str) -> None:
    answer = overseer().get(f"/supervise/cases?measure=received&{MONTH}&file=xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert len(rows) == 4
    assert "张示例" not in str(rows)


def test_indicators_come_as_a_workbook_that_says_how_each_is_made(march: str) -> None:
    answer = overseer().get(f"/supervise/indicators?{MONTH}&way=computed&of=洪湖市&file=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["2026年03月", "口径说明"]
    shown, made = (list(page.iter_rows(min_row=2, values_only=True)) for page in book.worksheets)
    assert [row[0] for row in shown] == [row[0] for row in made]
    assert "零跑动事项占比" in [row[0] for row in made] and all(row[1] for row in made)
    part = overseer().get(f"/supervise/indicators/wc-annual-case-count?{MONTH}&file=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(part.content))
    assert book.sheetnames == ["办件", "按单位", "按一件事", "按事项", "按渠道", "按区划"]
    units = list(book["按单位"].iter_rows(min_row=2, values_only=True))
    assert sum(row[2] for row in units) == 4  # type: ignore[misc]


def test_indicators_are_filtered_and_each_opens_its_rows(march: str) -> None:
    client = overseer()
    page = text(client.get(f"/supervise/indicators?{MONTH}&way=computed&of=洪湖市"))
    assert "零跑动事项占比" in page and "县级综窗数占比" not in page
    assert "大厅、窗口、设备" in text(client.get(f"/supervise/indicators?{MONTH}&way=reported&of=洪湖市"))
    page = text(client.get(f"/supervise/indicators/hh-overtime-item-count?{MONTH}"))
    assert "1 件" in page and "没有达到" in page and "共 1 件" in page
    missing = text(client.get(f"/supervise/indicators/wc-case-item-coverage-rate?{MONTH}&rows=missing"))
    assert "共 92 行" in missing and "再有" in missing


def test_a_unit_opens_the_rows_of_its_own_figures_only(march: str) -> None:
    path = f"/supervise/indicators/wc-annual-case-count?{MONTH}"
    assert "共 4 件" in text(overseer().get(path))
    page = text(signed_in("urban-management").get(path))
    assert "市城管执法局" in page and "共 1 件" in page and "市市场监管局" not in page


def test_an_indicator_is_told_part_by_part_and_each_part_opens_its_own_rows(march: str) -> None:
    client, path = overseer(), f"/supervise/indicators/wc-annual-case-count?{MONTH}"
    page = text(client.get(f"{path}&by=item"))
    assert f"in=item:{LICENCE}" in page
    own = text(client.get(f"{path}&in=item:{LICENCE}"))
    assert "事项：" in own and "共 2 件" in own and "按事项" not in own and "按单位" in own
    assert "没有达到" in page and "目标是全域的" in page and "目标是全域的" in own
    assert "市市场监管局" in text(client.get(f"{path}&by=organisation"))
    refused = client.get(f"{path}&in=item:no-such")
    assert refused.status_code == 404 and "从列表里选一个范围" in text(refused)


def test_all_indicators_are_shown_for_a_chosen_part_and_what_is_not_told_apart_says_so(march: str) -> None:
    page = text(overseer().get(f"/supervise/indicators?{MONTH}&in=region:421083001000&of=洪湖市"))
    assert "区划：新堤街道" in page and "不这样分" in page
    assert "in=region:421083001000" in page
    one = text(overseer().get(f"/supervise/indicators/xx-county-hall-area?{MONTH}&in=region:421083001000"))
    assert "由单位填报" in one and "没有区划：新堤街道的数" in one


def test_a_unit_tells_apart_its_own_figure_and_sees_nothing_of_another(march: str) -> None:
    unit, path = signed_in("urban-management"), f"/supervise/indicators/wc-annual-case-count?{MONTH}"
    page = text(unit.get(f"{path}&by=item"))
    assert "按事项" in page and "按单位" not in page and f"in=item:{LICENCE}" not in page
    other = text(unit.get(f"{path}&in=organisation:market"))
    assert "0 件" in other and "共 0 件" in other


def test_a_wrong_report_keeps_what_was_typed_and_says_where(honghu: str) -> None:
    client = signed_in("market")
    path = "/supervise/indicators/xx-county-hall-area"
    answer = client.post(path, {"act": "report", "organisation": "market", "value": "很大", "words": "照片见附件"})
    page = text(answer)
    assert answer.status_code == 422
    assert "错误：" in page and "写一个数" in page and "很大" in page and "照片见附件" in page and "附上佐证" in page
    filled = {"act": "report", "organisation": "market", "value": "5600", "words": "照片见附件"}
    refused = client.post(path, {**filled, "files": SimpleUploadedFile("平面图.pdf", b"MZ")})
    assert refused.status_code == 422 and "平面图.pdf" in text(refused)
    client.post(path, {**filled, "files": SimpleUploadedFile("平面图.pdf", pdf())})
    page = text(client.get(path))
    assert "5600 平方米" in page
    href = re.search(r'href="(/supervise/indicators/xx-county-hall-area/files/[^"]+)"', page)
    assert href
    assert b"".join(client.get(href[1]).streaming_content).startswith(b"%PDF")
    assert client.get(href[1].replace("xx-county", "xx-town")).status_code == 404
    assert signed_in("police").get(href[1]).status_code == 404
    many = [SimpleUploadedFile(f"{n}.pdf", pdf()) for n in range(11)]
    refused = client.post(path, {**filled, "files": many})
    assert refused.status_code == 422 and "这次选了 11 份" in text(refused)


@pytest.mark.parametrize(
    ("way", "code", "made_of"),
    [("item", LICENCE, "各渠道"), ("region", "421083000000", "各单位"), ("channel", "web", "各事项")],
)
def test_each_group_has_a_page_whose_figures_open_its_cases(march: str, way: str, code: str, made_of: str) -> None:
    client = overseer()
    listing = text(client.get(f"/supervise/stats?{MONTH}&by={way}"))
    href = re.search(rf'href="(/supervise/groups/{way}/{code}\?{MONTH})"', listing)
    assert href
    page = text(client.get(href[1]))
    assert made_of in page
    figures = re.findall(
        r'href="(/supervise/cases\?[^"]*measure=(?:received|closed)[^"]*)">(?:收到 <b class="num">)?(\d+)<', page
    )
    assert len(figures) >= 4
    for link, number in figures:
        assert f"共 {number} 件" in text(client.get(link.replace("&amp;", "&")))
    assert client.get(f"/supervise/groups/{way}/no-such").status_code == 404
    assert signed_in("market").get(href[1]).status_code == 404


def test_what_is_in_the_catalogue_no_more_keeps_its_page(march: str) -> None:
    Rollup.objects.filter(item_code=LICENCE).update(item_code="retired-item")
    client = overseer()
    assert "/supervise/groups/item/retired-item?" in text(client.get(f"/supervise/stats?{MONTH}&by=item"))
    assert "retired-item" in text(client.get(f"/supervise/groups/item/retired-item?{MONTH}"))


def test_a_month_that_has_only_begun_still_tells_what_is_overdue(honghu: str) -> None:
    with time.moved(time.at_china(on(2), 10)):
        joint = open_hotel(as_person(citizen()), members={LICENCE: ()})
        acceptance.accept(case_of(joint, LICENCE).pk, by=head_of(LICENCE))
    with time.moved(time.at_china(on(1, 6), 9)):
        for client in (overseer(), signed_in(case_of(joint, LICENCE).organisation)):
            assert '现在超期 <b class="num danger">1</b>' in text(client.get("/supervise/"))


def test_overdue_cases_of_a_group_are_its_own(honghu: str) -> None:
    with time.moved(time.at_china(on(2), 10)):
        joint = open_hotel(as_person(citizen()), members={LICENCE: (), FIRE: ()})
        for item in (LICENCE, FIRE):
            acceptance.accept(case_of(joint, item).pk, by=head_of(item))
    client = overseer()
    with time.moved(time.at_china(on(1, 6), 9)):
        for path in (f"groups/item/{FIRE}", f"units/{case_of(joint, FIRE).organisation}"):
            page = text(client.get(f"/supervise/{path}"))
            said = re.search(r'href="(/supervise/cases\?measure=overdue[^"]*)">现在有 1 件超期', page)
            assert said
            assert "共 1 件" in text(client.get(said[1].replace("&amp;", "&")))
        assert "共 2 件" in text(client.get("/supervise/cases?measure=overdue"))


def test_frozen_months_are_compared_on_a_page(march: str) -> None:
    client = overseer()
    assert "还没有冻结过" in text(client.get("/supervise/indicators/frozen"))
    client.post("/supervise/indicators/freeze")
    page = text(client.get("/supervise/indicators/frozen"))
    assert "178 项按同样的规则重算，和冻结时完全一致" in page
    assert "只有监督机构" in text(_after_freeze(signed_in("market")))


def _after_freeze(client: Client) -> Any:
    return client.post("/supervise/indicators/freeze", follow=True)
