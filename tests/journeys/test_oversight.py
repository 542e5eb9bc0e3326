"""A leader's morning: the overview opens its rows, a month's indicators theirs, the wall keeps its figures without the server."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import steps
from tests.journeys.conftest import Site, visiting

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
