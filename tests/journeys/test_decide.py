"""Journeys of departments: corrections asked once, a refusal with reasons beside granted members."""

from __future__ import annotations

import io
import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.journeys import steps
from tests.journeys.conftest import PDF, Site, Visitor

pytestmark = pytest.mark.journey


def test_a_clerk_asks_once_the_applicant_corrects_and_the_department_grants(visitor: Visitor) -> None:
    page, site = visitor.page, visitor.site
    made = _apply(site, "citizen06", {"item": "business-licence"})
    case = made["cases"][0]

    visitor.sign_in("market-clerk")
    steps.assert_accessible(page)
    page.click(f"a[href*='{case['id']}'] >> nth=0")
    steps.assert_accessible(page)
    _act(page, "要求补正")
    steps.assert_accessible(page)
    page.click("text=下一步")  # Nothing ticked yet.
    assert page.title().startswith("错误：")
    _tick(page, "经营场所地址", "请写到门牌号和楼层。")
    _tick(page, "房屋租赁合同", "缺签字页，请把每一页都拍上。")
    page.click("text=下一步")
    assert "缺签字页" in page.locator("main").inner_text()
    page.click(".actionbar .btn-primary")
    _sign_out(page)

    visitor.sign_in("citizen06")
    page.click("text=补正 2 处")
    steps.assert_accessible(page)
    page.fill("#f-premises-address", "洪湖市新堤街道示例路 8 号 1 层")
    page.click("button:has-text('提交补正')")  # One of two is not enough, and what was typed stays.
    assert page.input_value("#f-premises-address") == "洪湖市新堤街道示例路 8 号 1 层"
    page.set_input_files("#u-lease-contract", {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.click("button:has-text('提交补正')")
    assert "补正已提交" in page.locator(".notice--ok").inner_text()
    _sign_out(page)

    visitor.sign_in("market-clerk")
    visitor.go(f"/work/cases/{case['id']}?tab=materials")
    steps.assert_accessible(page)
    assert not page.locator(".actionbar a:has-text('要求补正')").count()
    _act(page, "受理")
    page.click(".actionbar .btn-primary")
    _sign_out(page)
    visitor.sign_in("market-reviewer")
    visitor.go(f"/work/cases/{case['id']}")
    _pass_step(page)
    _sign_out(page)
    visitor.sign_in("market-head")
    visitor.go(f"/work/cases/{case['id']}")
    _act(page, "准予")
    steps.assert_accessible(page)
    page.locator("input[name=phrase]").first.check()
    page.click(".actionbar .btn-primary")
    steps.assert_accessible(page)
    _sign_out(page)

    visitor.sign_in("citizen06")
    visitor.go(f"/me/cases/{made['id']}/")
    assert "1 项全部办结" in visitor.heading
    page.click("text=看营业执照")
    assert "示例路 8 号 1 层" in page.locator(".face").inner_text()


def test_one_member_is_refused_with_reasons_and_the_others_are_granted(visitor: Visitor) -> None:
    page, site = visitor.page, visitor.site
    made = _apply(site, "citizen08", {"theme": "honghu-12"})
    ids = {case["item"]: case["id"] for case in made["cases"]}
    _move(site, ids["business-licence"], "market-head", "accept", "grant")
    refused = ids["public-place-hygiene-licence"]
    _move(site, refused, "health-head", "accept")

    visitor.sign_in("health-head")
    visitor.go(f"/work/cases/{refused}")
    for _ in range(3):  # The steps that the item prescribes come before the decision.
        if page.locator(".actionbar a:has-text('不予')").count():
            break
        _pass_step(page)
        visitor.go(f"/work/cases/{refused}")
    _act(page, "不予")
    page.click("text=下一步")
    assert page.title().startswith("错误：")  # A refusal without reasons is none.
    page.fill("#text", "现场核查：客房没有机械通风，洗消间与布草间未分开。")
    page.click("text=下一步")
    assert "行政复议" in page.locator("main").inner_text()
    steps.assert_accessible(page)
    page.click(".actionbar .btn-refuse")
    _sign_out(page)
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


def _apply(site: Site, account: str, what: dict[str, str]) -> dict[str, Any]:
    """Apply through the API: the first choice everywhere, all papers at the window."""
    path = f"/themes/{what['theme']}" if "theme" in what else f"/items/{what['item']}"
    answers: dict[str, str] = {}
    if "theme" in what:
        _, listed = site.api("GET", "/themes")
        theme = next(row for row in listed["items"] if row["code"] == what["theme"])
        answers = {q["code"]: q["choices"][0]["value"] for q in theme["questions"] if not q["when"]}
    _, plan = site.api("POST", f"{path}/compose", body={"answers": answers})
    fields = {f["element"]: f["choices"][0]["value"] if f["choices"] else "2026-12-01" if f["kind"] == "date" else steps.value_of(f)
              for f in plan["fields"] if f["answered"] is None and not f["prefill"].startswith("person")}  # fmt: skip
    fields |= {"premises-tenure": "rent"} if "premises-tenure" in fields else {}
    materials = [
        {"type": m["type"], "way": "counter"} for m in plan["materials"] if not m["by_check"] and not m["provided_by"]
    ]
    body = {**what, "answers": answers, "fields": fields, "materials": materials}
    status, made = site.api("POST", "/applications", account, body, key=uuid.uuid4().hex)
    assert status == 201, made
    return dict(made)


def _move(site: Site, case_id: str, account: str, *verbs: str) -> None:
    for verb in verbs:
        status, answer = site.api("POST", f"/cases/{case_id}/{verb}", account)
        assert status == 200, answer


def _act(page: Page, words: str) -> None:
    page.locator(".actionbar a").filter(has_text=re.compile(rf"^\s*{words}")).first.click()


def _pass_step(page: Page) -> None:
    _act(page, "通过")
    page.locator("input[name=phrase]").first.check()
    page.click(".actionbar .btn-primary")


def _tick(page: Page, name: str, remark: str) -> None:
    row = page.locator("tr[data-row]", has_text=name).first
    row.locator("input[type=checkbox]").check()
    row.locator("input.inp").fill(remark)


def _sign_out(page: Page) -> None:
    page.click("button:has-text('退出')")
