"""Journey of a bad rating: by QR on a phone, the clerk refused, another verifies and settles, the supervisor publishes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.journeys import steps
from tests.journeys.conftest import Site, Visitor, visiting

pytestmark = pytest.mark.journey
PHONE = {"viewport": {"width": 375, "height": 812}, "is_mobile": True, "has_touch": True}
BAD = "/supervise/evaluation/bad"


def decided_link(visitor: Visitor, account: str) -> str:
    """Let somebody apply and be granted; return the link to rate it, from the page of the case."""
    page, site = visitor.page, visitor.site
    made = steps.apply(site, account, {"item": "business-licence"})
    steps.decide_all(site, made["id"], account)
    site.run("worker", "--once")
    visitor.sign_in(account)
    visitor.go(f"/me/cases/{made['id']}/")
    link = page.locator("a:has-text('评价：')").get_attribute("href")
    steps.sign_out(page)
    return str(link)


def rate_badly(site: Site, browser: Browser, link: str) -> None:
    """Rate on a phone without script and without signing in, as whoever scans the code does."""
    with visiting(site, browser, **PHONE) as scanning:
        scanning.go(f"{link}?via=qr")
        steps.assert_accessible(scanning.page)
        scanning.go(f"/view?size=lg&next={link}")
        steps.assert_accessible(scanning.page)
    with visiting(site, browser, java_script_enabled=False, **PHONE) as phone:
        page = phone.page
        phone.go(f"{link}?via=qr")
        page.click("button:has-text('提交评价')")
        assert "请选一个等级" in page.locator("main").inner_text()
        page.click("label:has-text('非常不满意')")
        page.click("label:has-text('办得慢') >> visible=true")
        page.fill("#text", "等了两小时，我的电话 13900001234")
        page.click("button:has-text('提交评价')")
        assert "谢谢" in phone.heading
        page.fill("#text", "第二天有人打电话来了")
        page.click("button:has-text('提交追评')")
        assert "第二天有人打电话来了" in page.locator("main").inner_text()
    with visiting(site, browser, **PHONE) as other:
        other.go(link)
        assert "现在不能评价" in other.heading
        steps.assert_accessible(other.page)


def test_a_bad_rating_is_answered_by_others_and_nobody_learns_whose_it_is(visitor: Visitor, browser: Browser) -> None:
    page, site = visitor.page, visitor.site
    link = decided_link(visitor, "citizen13")
    rate_badly(site, browser, link)

    visitor.sign_in("market-clerk")
    visitor.go("/work/")
    assert "差评" not in page.locator(".side").inner_text()
    steps.sign_out(page)

    visitor.sign_in("market-head")  # who decided the case
    visitor.go(BAD)
    steps.assert_accessible(page)
    page.click("a.open")
    assert "这件事你经办过" in page.locator("main").inner_text()
    assert not page.locator("button:has-text('核实完成')").count()
    steps.sign_out(page)

    visitor.sign_in("market-admin")
    visitor.go(BAD)
    page.click("a.open")
    steps.assert_accessible(page)
    said = page.locator("main").inner_text()
    assert "等了两小时" in said
    assert "13900001234" not in said
    page.click("button:has-text('核实完成')")
    assert page.title().startswith("错误：")
    page.check("input[value=true]")
    page.check("input[value=at_once]")
    page.fill("#verify-facts", "当天窗口少一人，等候过长属实")
    page.click("button:has-text('核实完成')")
    page.fill("#settle-result", "已经增开一个窗口，向你致歉")
    page.click("button:has-text('整改完成')")
    assert "已整改" in page.locator(".page-head").inner_text()
    steps.sign_out(page)

    visitor.sign_in("data-supervisor")
    visitor.go("/supervise/evaluation")
    steps.assert_accessible(page)
    assert "100.0 %" in page.locator("tr[data-row]:has-text('差评按时核实率')").inner_text()
    page.click("a.open:has-text('差评按时核实率')")
    page.click("a.open >> nth=0")
    page.check("input[value=content]")
    page.click("button:has-text('记下回访')")
    page.fill("#publish-public_text", "等候过长属实，已增开一个窗口。")
    page.click("section button:text-is('公开')")
    steps.assert_accessible(page)
    steps.sign_out(page)

    visitor.go("/open/ratings")
    steps.assert_accessible(page)
    assert "已增开一个窗口" in page.locator("#results").inner_text()
    visitor.sign_in("citizen13")
    visitor.go("/me/inbox")
    assert "你的评价有了处理结果" in page.locator("main").inner_text()
    visitor.go("/me/ratings")
    steps.assert_accessible(page)
    assert "市市场监管局的答复" in page.locator("main").inner_text()
