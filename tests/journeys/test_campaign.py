"""Journeys of the overseer: from an official list to the first monthly bulletin, each step on a page."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from docx import Document
from playwright.sync_api import Page

from tests.journeys import steps
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.journey
OFFICIAL = Path(__file__).resolve().parents[2] / "packs" / "xiangxi" / "lists" / "2021-task-list.txt"
TODAY = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()


def upload(page: Page, name: str, file: str, content: bytes, *, year: str = "") -> None:
    page.click("nav.side a:has-text('督办')")
    page.fill("#f-name", name)
    page.set_input_files("#f-file", {"name": file, "mimeType": "application/octet-stream", "buffer": content})
    page.fill("#f-year", year)
    page.click("button:has-text('上传并核对')")


def stands_for(page: Page, name: str, unit: str) -> None:
    page.locator(".grid-units li", has_text=name).first.locator("select").select_option(label=unit)


def take(page: Page) -> str:
    """Begin the campaign with a reporting window that is open today; hand everything out; return its address."""
    page.fill("#f-report_day", str((TODAY + timedelta(days=1)).day))
    page.fill("#f-opens_before_days", "1")
    page.fill("#f-ladder_days", "")
    page.click("button:has-text('立项')")
    url = page.url.partition("#")[0]
    page.click("button:has-text('全部交办')")
    return url


def sign_and_report(visitor: Visitor, account: str, name: str, *, progress: str, times: int) -> None:
    """Sign for what a campaign wants of a unit, and report on its first tasks; other campaigns may want something too."""
    page = visitor.page
    # The heading begins with the name; the name of another campaign may end with it.
    mine = page.locator("section", has=page.locator("h2", has_text=re.compile(rf"^\s*{re.escape(name)}\s")))
    visitor.sign_in(account)
    visitor.go("/supervise/reports")
    steps.assert_accessible(page)
    mine.locator("button:has-text('全部签收')").click()
    for _ in range(times):
        mine.locator("a.open:has-text('填报')").first.click()
        page.fill("#f-progress", progress)
        page.fill("#f-text", "已办理一部分（示例）")
        if page.locator("label[for=f-value]", has_text="平台也算").count():
            page.fill("#f-value", "90")
        page.click("button:has-text('交填报')")
        assert "填报已交" in page.locator(".told").inner_text()
    steps.sign_out(page)


def bulletin(visitor: Visitor, name: str) -> str:
    """Draft, edit and issue the first bulletin of a campaign; return its address."""
    page = visitor.page
    visitor.go("/supervise/bulletins")
    page.locator("section", has_text=f"起草：{name}").locator("button:has-text('起草')").click()
    steps.assert_accessible(page)
    page.click("a:has-text('改文字')")
    steps.assert_accessible(page)
    page.fill("#f-text", page.input_value("#f-text") + "\n完成率 100%。")
    page.click("button:has-text('保存')")
    assert "是手写的数" in page.locator(".error-summary").inner_text()
    page.fill("#f-text", page.input_value("#f-text").replace("完成率 100%。", "请主要负责同志亲自抓。"))
    page.click("button:has-text('保存')")
    page.click("button:has-text('签发')")
    assert "已签发" in page.locator(".told").inner_text()
    return page.url


def test_the_58_tasks_go_from_the_untouched_text_to_the_first_monthly_bulletin(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("data-supervisor")
    visitor.go("/supervise/campaigns")
    steps.assert_accessible(page)
    upload(page, "攻坚行动", OFFICIAL.name, OFFICIAL.read_bytes(), year="2021")
    assert "读到 58 行" in page.locator(".page-head").inner_text()
    steps.assert_accessible(page)
    page.click("button:has-text('立项')")  # Nobody knows yet who these units are.
    assert "还不能立项" in page.locator(".error-summary").inner_text()
    stands_for(page, "州行政审批服务局", "市政务数据局")
    stands_for(page, "州直相关单位", "市公安局")
    page.click("button:has-text('其余没选的都作平台外单位')")
    page.fill("#f-rebase", str(TODAY.year + 1))
    page.click("button:has-text('顺延')")
    first = page.locator("#r1").inner_text()
    assert "2021-08-31" in first
    assert f"{TODAY.year + 1}-08-31" in first
    campaign = take(page)
    assert page.locator("tr[data-row]").count() == 58
    steps.assert_accessible(page)
    steps.sign_out(page)

    sign_and_report(visitor, "data-head", "攻坚行动", progress="40", times=2)
    sign_and_report(visitor, "police-head", "攻坚行动", progress="10", times=1)

    visitor.sign_in("data-supervisor")
    visitor.go(campaign.removeprefix(visitor.site.url) + "/review")
    steps.assert_accessible(page)
    page.click("button:has-text('勾选的审核通过')")
    assert "审核通过 3 份" in page.locator(".told").inner_text()
    for view in ("/matrix", "/timeline", "/late", "/scheme"):
        visitor.go(campaign.removeprefix(visitor.site.url) + view)
        steps.assert_accessible(page)
    issued = bulletin(visitor, "攻坚行动")
    page.locator(".bul a").first.click()  # A figure opens the rows that it counts.
    assert page.locator("tbody tr").count() > 100
    steps.sign_out(page)

    visitor.sign_in("police-head")
    visitor.go(issued.removeprefix(visitor.site.url))
    steps.assert_accessible(page)
    assert "请主要负责同志亲自抓" in page.locator("main").inner_text()
    page.click("button:has-text('确认收到')")
    assert "已确认收到" in page.locator("main").inner_text()
    with page.expect_download() as download:
        page.click("a:has-text('下载 docx')")
    words = [line.text for line in Document(download.value.path()).paragraphs]
    assert any("督通〔" in line for line in words)
    assert any("请主要负责同志亲自抓" in line for line in words)


def test_the_list_of_another_district_with_other_columns_goes_the_same_way(visitor: Visitor) -> None:
    page, book = visitor.page, openpyxl.Workbook()
    sheet = book.active
    sheet.append(["某某区优化营商环境重点任务分解表"])
    sheet.append(["编号", "重点领域", "具体举措", "牵头部门", "配合部门", "完成时间", "备注"])
    sheet.append(
        [1, "市场准入", "推行企业开办一网通办", "市市场监管局", "市公安局、市税务局", f"{TODAY.year + 1}年6月底", ""]
    )
    sheet.append([2, "市场准入", "简化食品经营许可", "市市场监管局", "市卫健委", "与省同步推进", ""])
    sheet.append([2, "获得电力", "压减用电报装环节", "国网洪湖供电公司", "市住建局", f"{TODAY.year + 1}年底", ""])
    out = io.BytesIO()
    book.save(out)

    visitor.sign_in("data-supervisor")
    visitor.go("/supervise/")
    upload(page, "营商环境任务", "分解表.xlsx", out.getvalue())
    assert "还要确定" in page.locator(".fnd").inner_text()  # Number 2 stands twice: it is corrected by hand.
    page.locator("tbody tr", has_text="压减用电报装").locator("a:has-text('改')").click()
    page.fill("#f-seq", "3")
    page.fill("#f-sub", "")
    page.click("button:has-text('保存这一行')")
    campaign = take(page)
    assert "随省推进" in page.locator("main").inner_text()
    assert page.locator("tr[data-row]").count() == 3
    steps.sign_out(page)
    sign_and_report(visitor, "market-head", "营商环境任务", progress="30", times=1)
    visitor.sign_in("data-supervisor")
    bulletin(visitor, "营商环境任务")
    visitor.go(campaign.removeprefix(visitor.site.url) + "/matrix")
    assert "市市场监管局" in page.locator(".mx").inner_text()
