"""A leader's morning: the overview opens its rows, a month's indicators theirs, the wall keeps its figures without the server."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys import steps
from tests.journeys.conftest import Site, visiting
from tests.journeys.test_campaign import upload

pytestmark = pytest.mark.journey
LICENCE = "business-licence"


def closed_case(site: Site) -> None:
    """Let one case come and be granted, and the worker bring the rollups up to date."""
    made = steps.apply(site, "citizen09", {"item": LICENCE})
    steps.move(site, made["cases"][0]["id"], "market-head", "accept", "grant")
    site.run("worker", "--once")


def test_figures_of_the_morning_open_their_rows_and_the_wall_outlives_the_server(site: Site, browser: Browser) -> None:
    closed_case(site)
    with visiting(site, browser) as leader:
        page = leader.page
        leader.sign_in("data-supervisor")
        leader.go("/supervise/")
        steps.assert_accessible(page)
        assert "按时办结率" in page.locator(".finding-says").inner_text()
        figure = page.locator(".facts a").first
        number = int(re.findall(r"\d+", figure.inner_text())[0])
        assert number >= 1
        figure.click()
        assert f"共 {number} 件" in page.locator("main").inner_text()
        steps.assert_accessible(page)
        for path in (
            "stats?by=item",
            "units/market",
            "indicators",
            "indicators/wc-case-item-coverage-rate",
            "indicators/frozen",
            "grants",
        ):
            leader.go(f"/supervise/{path}")
            steps.assert_accessible(page)
        leader.go("/supervise/indicators/xx-county-hall-area")
        page.fill("#value", "很大")
        page.fill("#words", "大厅平面图")
        page.locator("main form button.btn-primary").click()
        assert page.title().startswith("错误：") and page.input_value("#words") == "大厅平面图"

        page.set_viewport_size({"width": 1920, "height": 1080})
        leader.go("/screen/")
        steps.assert_accessible(page)
        shown = page.locator(".p-rate .big").inner_text()
        page.context.set_offline(True)
        expect(page.locator("#stale")).to_be_visible()
        assert "连不上服务器" in page.locator("#stale").inner_text()
        assert page.locator(".p-rate .big").inner_text() == shown
        page.context.set_offline(False)
        expect(page.locator("#stale")).to_be_hidden()


def begin_campaign(page: Page) -> None:
    """Begin a campaign with one task."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["编号", "具体举措", "牵头部门", "完成时间"])
    sheet.append([1, "推行企业开办一网通办", "市市场监管局", f"{datetime.now(UTC).year + 1}年6月底"])
    out = io.BytesIO()
    book.save(out)
    upload(page, "大屏轮换（示例）", "分解表.xlsx", out.getvalue())
    page.click("button:has-text('立项')")


def test_wall_goes_on_to_the_next_view_until_somebody_pauses(site: Site, browser: Browser) -> None:
    with visiting(site, browser) as leader:
        page, asked, held = leader.page, list[str](), list[Route]()
        page.on("request", lambda one: asked.append(one.url.partition("?view=")[2]) if "/panels" in one.url else None)
        shown = page.locator("#wall")
        leader.sign_in("data-supervisor")
        leader.go("/supervise/")
        begin_campaign(page)
        page.clock.install()
        leader.go("/screen/")
        page.click("a:has-text('轮换')")
        page.clock.run_for(30_000)
        expect(shown).to_have_attribute("data-view", "campaign")
        assert asked == ["campaign"]  # One question for turn and refresh together.

        page.route("**/screen/panels*", lambda route: held.append(route))  # noqa: PLW0108 - playwright marks what it calls
        with page.expect_request("**/panels?view=units"):
            page.clock.run_for(30_000)
        page.click("button:has-text('暂停轮换')")
        with page.expect_response("**/panels?view=units"):
            held[0].continue_()
        page.unroute("**/screen/panels*")
        page.evaluate("fetch('/healthz').then(answer => answer.text())")  # What came is dealt with by now.
        expect(shown).to_have_attribute("data-view", "campaign")
        with page.expect_response("**/panels?view=campaign"):
            page.clock.run_for(30_000)
        assert asked == ["campaign", "units", "campaign"]
