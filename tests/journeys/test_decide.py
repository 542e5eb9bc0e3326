"""Journeys of departments: corrections asked once, a refusal with reasons beside granted members."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from tests.journeys import steps
from tests.journeys.conftest import PDF, Visitor

pytestmark = pytest.mark.journey


def test_a_clerk_asks_once_the_applicant_corrects_and_the_department_grants(visitor: Visitor) -> None:
    page, site = visitor.page, visitor.site
    made = steps.apply(site, "citizen06", {"item": "business-licence"})
    case = made["cases"][0]

    visitor.sign_in("market-clerk")
    steps.assert_accessible(page)
    page.click(f"a[href*='{case['id']}'] >> nth=0")
    steps.assert_accessible(page)
    steps.act(page, "要求补正")
    steps.assert_accessible(page)
    page.click("text=下一步")  # Nothing ticked yet.
    assert page.title().startswith("错误：")
    steps.tick(page, "经营场所地址", "请写到门牌号和楼层。")
    steps.tick(page, "房屋租赁合同", "缺签字页，请把每一页都拍上。")
    page.click("text=下一步")
    assert "缺签字页" in page.locator("main").inner_text()
    page.click(".actionbar .btn-primary")
    steps.sign_out(page)

    visitor.sign_in("citizen06")
    page.click("text=补正 2 处")
    steps.assert_accessible(page)
    page.fill("#f-premises-address", "洪湖市新堤街道示例路 8 号 1 层")
    page.click("button:has-text('提交补正')")  # One of two is not enough, and what was typed stays.
    assert page.input_value("#f-premises-address") == "洪湖市新堤街道示例路 8 号 1 层"
    page.set_input_files("#u-lease-contract", {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.click("button:has-text('提交补正')")
    assert "补正已提交" in page.locator(".notice--ok").inner_text()
    steps.sign_out(page)

    visitor.sign_in("market-clerk")
    visitor.go(f"/work/cases/{case['id']}?tab=materials")
    steps.assert_accessible(page)
    assert not page.locator(".actionbar a:has-text('要求补正')").count()
    steps.act(page, "受理")
    page.click(".actionbar .btn-primary")
    steps.sign_out(page)
    visitor.sign_in("market-reviewer")
    visitor.go(f"/work/cases/{case['id']}")
    steps.pass_step(page)
    steps.sign_out(page)
    visitor.sign_in("market-head")
    visitor.go(f"/work/cases/{case['id']}")
    steps.act(page, "准予")
    steps.assert_accessible(page)
    page.locator("input[name=phrase]").first.check()
    page.click(".actionbar .btn-primary")
    steps.assert_accessible(page)
    steps.sign_out(page)

    visitor.sign_in("citizen06")
    visitor.go(f"/me/cases/{made['id']}/")
    assert "1 项全部办结" in visitor.heading
    page.click("text=看营业执照")
    assert "示例路 8 号 1 层" in page.locator(".face").inner_text()


def test_one_member_is_refused_with_reasons_and_the_others_are_granted(visitor: Visitor) -> None:
    page, site = visitor.page, visitor.site
    made = steps.apply(site, "citizen08", {"theme": "honghu-12"})
    ids = {case["item"]: case["id"] for case in made["cases"]}
    steps.move(site, ids["business-licence"], "market-head", "accept", "grant")
    refused = ids["public-place-hygiene-licence"]
    steps.move(site, refused, "health-head", "accept")

    visitor.sign_in("health-head")
    visitor.go(f"/work/cases/{refused}")
    for _ in range(3):  # The steps that the item prescribes come before the decision.
        if page.locator(".actionbar a:has-text('不予')").count():
            break
        steps.pass_step(page)
        visitor.go(f"/work/cases/{refused}")
    steps.act(page, "不予")
    page.click("text=下一步")
    assert page.title().startswith("错误：")  # A refusal without reasons is none.
    page.fill("#text", "现场核查：客房没有机械通风，洗消间与布草间未分开。")
    page.click("text=下一步")
    assert "行政复议" in page.locator("main").inner_text()
    steps.assert_accessible(page)
    page.click(".actionbar .btn-refuse")
    steps.sign_out(page)
    done = steps.decide_all(site, made["id"], "citizen08")

    assert {c["item"]: c["state"] for c in done["cases"]} == dict.fromkeys(ids, "granted") | {
        "public-place-hygiene-licence": "refused"
    }
    visitor.sign_in("citizen08")
    visitor.go(f"/me/cases/{made['id']}/")
    steps.assert_accessible(page)
    assert "客房没有机械通风" in page.locator("main").inner_text()
    paper = visitor.context.request.get(site.url + str(page.get_attribute("a:has-text('不予决定书')", "href")))
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(paper.body())).pages)
    assert "洗消间与布草间未分开" in text.replace("\n", "") and "行政复议" in text.replace("\n", "")
