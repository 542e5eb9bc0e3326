"""Journeys of the clock: a lawful pause and its end, 容缺 in time and not in time, default approval at its moment."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import steps
from tests.journeys.conftest import PDF, Site, Visitor, visiting

pytestmark = pytest.mark.journey
ARCHIVE = {"item": "archive-reception"}


def _main_act(page: Page) -> None:
    """Press the key of the page's main act and wait for the page that follows."""
    with page.expect_navigation():
        page.keyboard.press("F9")


def cases(site: Site, joint_id: str, account: str) -> list[dict[str, Any]]:
    """Return the cases of an application as its applicant sees them."""
    return list(site.api("GET", f"/applications/{joint_id}", account)[1]["cases"])


def test_expert_review_stops_the_clock_and_its_end_lets_it_go_on(visitor: Visitor) -> None:
    page, site = visitor.page, visitor.site
    made = steps.apply(site, "citizen11", {"item": "hotel-special-trade-licence"})
    case = made["cases"][0]
    steps.move(site, case["id"], "police-head", "accept")

    visitor.sign_in("police-head")
    visitor.go(f"/work/cases/{case['id']}")
    page.click("summary:has-text('更多操作')")
    page.click(".more-list a:has-text('启动特别程序')")
    steps.assert_accessible(page)
    page.check("input[value='expert_review']")
    page.fill("#in-days", "99")
    page.fill("#text", "安全技术方案需要专家评审")
    _main_act(page)
    assert "1 至 10 个工作日" in page.locator("main").inner_text()
    assert page.input_value("#text") == "安全技术方案需要专家评审"
    page.fill("#in-days", "5")
    _main_act(page)
    assert "特别程序告知书" in page.locator("main").inner_text()
    _main_act(page)
    visitor.go(f"/work/cases/{case['id']}?tab=timing")
    steps.assert_accessible(page)
    assert "进行中" in page.locator("main").inner_text()
    status, refusal = site.api("POST", f"/cases/{case['id']}/grant", "police-head")
    assert (status, refusal["code"]) == (409, "case.stopped")
    steps.sign_out(page)

    visitor.sign_in("citizen11")
    visitor.go(f"/me/cases/{made['id']}/")
    steps.assert_accessible(page)
    assert "正在进行专家评审" in page.locator("main").inner_text()
    assert "暂停计时" in page.locator("main").inner_text()
    steps.sign_out(page)

    visitor.sign_in("police-head")
    visitor.go(f"/work/cases/{case['id']}/resume")
    page.fill("#text", "专家评审通过，评审意见〔2026〕3 号")
    _main_act(page)
    visitor.go(f"/work/cases/{case['id']}?tab=timing")
    assert "评审意见〔2026〕3 号" in page.locator("main").inner_text()
    steps.move(site, case["id"], "police-head", "grant")
    assert cases(site, made["id"], "citizen11")[0]["state"] == "granted"


def test_paper_that_follows_in_time_lets_the_case_go_on(visitor: Visitor, browser: Browser) -> None:
    page, site = visitor.page, visitor.site
    made = steps.apply(site, "citizen12", ARCHIVE, ways={"archive-catalogue": "defer"})
    case = made["cases"][0]
    steps.move(site, case["id"], "human-resources-head", "accept")
    visitor.sign_in("citizen12")
    visitor.go(f"/me/cases/{made['id']}/")
    assert "还要补交 1 份" in page.locator("main").inner_text()
    page.set_input_files("input[type=file]", {"name": "目录.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.click("button:has-text('补交')")
    assert "还要补交" not in page.locator("main").inner_text()
    with site.later(40):
        assert cases(site, made["id"], "citizen12")[0]["state"] in ("accepted", "deciding")


def test_paper_that_does_not_follow_ends_the_case_with_its_reason(site: Site, browser: Browser) -> None:
    made = steps.apply(site, "citizen13", ARCHIVE, ways={"archive-catalogue": "defer"})
    steps.move(site, made["cases"][0]["id"], "human-resources-head", "accept")
    with site.later(40) as later, visiting(later, browser) as visitor:
        visitor.sign_in("citizen13")
        visitor.go(f"/me/cases/{made['id']}/")
        steps.assert_accessible(visitor.page)
        said = visitor.page.locator("main").inner_text()
        assert "已终止" in said and "没有在" in said and "补交" in said
        assert visitor.page.locator("a:has-text('终止办理决定书')").count() == 1


def test_what_is_not_decided_in_time_is_granted_by_default_where_a_document_says_so(
    site: Site, browser: Browser
) -> None:
    made = steps.apply(site, "citizen14", {"item": "signboard-guidance"})
    case = made["cases"][0]
    steps.move(site, case["id"], "urban-management-head", "accept")
    with site.later(1) as early:
        assert cases(early, made["id"], "citizen14")[0]["state"] == "accepted"
    with site.later(20) as later:
        with visiting(later, browser) as visitor:
            visitor.sign_in("citizen14")
            visitor.go(f"/me/cases/{made['id']}/")
            assert "1 项全部办结" in visitor.heading
            assert visitor.page.locator("a:has-text('准予决定书')").count() == 1
            visitor.go("/open/defaults")
            steps.assert_accessible(visitor.page)
            row = visitor.page.locator("tr", has_text="城管")
            assert "1 件" in row.first.inner_text()
        with visiting(later, browser) as visitor:
            visitor.sign_in("urban-management-head")
            visitor.go(f"/work/cases/{case['id']}/undo-default")
            visitor.page.fill("#text", "现场不符合设置规范，需要重新审查")
            _main_act(visitor.page)
            visitor.page.click(".actionbar .btn-refuse")
            assert "已撤回超时默认" in visitor.page.locator("body").inner_text()
        assert cases(later, made["id"], "citizen14")[0]["state"] == "accepted"
