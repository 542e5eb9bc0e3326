"""Journeys of 智能秒批 and 一业一证: a table agrees with clerks, then decides at once; one permit for a whole trade."""

from __future__ import annotations

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Site, Visitor

pytestmark = pytest.mark.journey
JOBS, DESK, TABLE = "employment-registration", "human-resources", "employment-registration-instant"
WANTED = 10  # agreements that the pack asks for


def _agree(site: Site) -> None:
    """Let the department decide as many applications as the table has to agree on; it says each time what it would do."""
    for _ in range(WANTED):
        case = steps.apply(site, "citizen11", {"item": JOBS}, typed={"employment-status": "seeking"})["cases"][0]
        assert case["state"] == "pre_review"
        steps.move(site, case["id"], f"{DESK}-head", "accept", "grant")


def test_a_table_that_agreed_with_the_clerks_grants_in_one_go(visitor: Visitor) -> None:
    page, site = visitor.page, visitor.site
    visitor.sign_in(f"{DESK}-admin")
    visitor.go(f"/work/decisions/t/{TABLE}")
    assert f"还要和人工连着一致 {WANTED} 件" in page.locator("#uses").inner_text()
    _agree(site)
    page.reload()
    assert "正在秒批" in page.locator("#uses").inner_text()
    steps.assert_accessible(page)
    page.context.clear_cookies()

    visitor.sign_in("citizen12")
    visitor.go(f"/items/{JOBS}")
    page.click("text=在线办理")
    page.click("button:has-text('开始填写')")
    _, plan = site.api("POST", f"/items/{JOBS}/compose", body={})
    page.click("a.btn--primary")
    while "/form/" in page.url:
        steps.fill_section(page, {f["element"]: f for f in plan["fields"]}, {"employment-status": "seeking"})
    steps.hand_in_rest(page)
    number = steps.deliver_and_submit(page)
    assert len(number) == 21 and visitor.heading.startswith("已办好")
    assert "复核" in page.locator("[aria-labelledby='instant']").inner_text()
    steps.assert_accessible(page)
    page.click("text=查看进度")
    joint_id = page.url.rstrip("/").split("/")[-1]
    assert "1 项全部办结" in visitor.heading and "智能审批" in page.locator("article.dept").inner_text()
    steps.assert_accessible(page)
    page.click("text=看就业创业证")
    assert page.locator(".face .tag").inner_text() == "有效"
    page.context.clear_cookies()

    visitor.sign_in(f"{DESK}-head")
    case = site.api("GET", f"/applications/{joint_id}", "citizen12")[1]["cases"][0]
    visitor.go(f"/work/cases/{case['id']}?tab=opinions")
    said = page.locator("#certificate").inner_text()
    assert "核对无误" in said and "第 1 行" in said
    steps.assert_accessible(page)


def test_one_permit_shows_its_licences_and_sees_a_revoked_one_at_once(visitor: Visitor) -> None:
    page, site = visitor.page, visitor.site
    made = steps.apply(site, "citizen13", {"theme": steps.HOTEL})
    done = steps.decide_all(site, made["id"], "citizen13")
    assert {case["state"] for case in done["cases"]} == {"granted"}
    site.run("worker", "--once")

    visitor.sign_in("citizen13")
    visitor.go(f"/me/cases/{made['id']}/")
    page.click("[aria-labelledby='permit'] a")
    assert "行业综合许可证" in visitor.heading and page.locator("[aria-labelledby='parts'] li").count() == 5
    steps.assert_accessible(page)
    page.click("text=看对方查到什么")
    assert visitor.heading == "真实有效"
    address = page.url.removeprefix(site.url)

    case = next(row for row in done["cases"] if row["item"] == "public-place-hygiene-licence")
    body = {"reason": "以欺骗手段取得，依法撤销。"}
    assert site.api("POST", f"/cases/{case['id']}/revoke", steps.desk_of(site, case), body)[0] == 200
    visitor.go(address)
    assert visitor.heading == "真实，部分失效"
    assert page.locator(".verdict li:has-text('卫生许可证') .tag").inner_text() == "已撤销"
    assert page.locator(".verdict .tag:has-text('有效')").count() == 4
    steps.assert_accessible(page)
    visitor.go("/me/licences")
    assert page.locator("li:has-text('行业综合许可证') .tag").inner_text() == "部分失效"
    steps.assert_accessible(page)
    page.context.clear_cookies()
    visitor.sign_in("police-head")
    found = next(row for row in done["cases"] if row["item"] == "hotel-special-trade-licence")
    visitor.go(f"/work/cases/{found['id']}?tab=joint")
    assert "部分失效" in page.locator("#permit").inner_text()
    steps.assert_accessible(page)
