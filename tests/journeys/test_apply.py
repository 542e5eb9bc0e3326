"""Journeys of applicants, from their own words to the licence in hand."""

from __future__ import annotations

import uuid
from datetime import date

import pytest

from tests.journeys import steps
from tests.journeys.conftest import Visitor
from tongban.rules import numbers

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("visitor", [{"java_script_enabled": False}], indirect=True)
def test_a_person_without_script_goes_from_search_to_licence(visitor: Visitor) -> None:
    page = visitor.page
    name = f"p{uuid.uuid4().hex[:8]}"
    visitor.go("/register?next=/")
    typed = {"name": "陈示例", "code": numbers.demo_id(uuid.uuid4().int % 900_000, date(1985, 4, 1)), "phone": "13900004444",
             "username": name, "password": "yi ge hen chang de mi ma"}  # fmt: skip
    for field, text in typed.items():
        page.fill(f"#f-{field}", text)
    page.click("main form button")

    page.fill("#q", "我想开个旅馆")
    page.click("main button:has-text('搜索')")
    page.click(".results a >> nth=0")
    assert "酒店" in visitor.heading
    page.click("text=开始导办 >> nth=0")
    steps.answer_guidance(page, {"food-supply": "cook", "signboard": "yes"})
    assert "7 项" in visitor.heading
    page.click("button:has-text('带着答案去申报')")
    page.click("button:has-text('开始填写')")
    steps.fill_form(visitor, steps.HOTEL, {"premises-name": "湖畔旅馆（示例）"})
    steps.hand_in(page)
    number = steps.deliver_and_submit(page)
    assert numbers.is_joint_number(number)
    visitor.go("/me/cases")
    assert page.locator(".rows li").count() == 1
    page.go_back()
    page.click("text=查看进度")
    joint_id = page.url.rstrip("/").split("/")[-1]
    assert "7 项正在办理" in visitor.heading
    assert page.locator("article.dept").count() == 7

    done = steps.decide_all(visitor.site, joint_id, name)
    assert {case["state"] for case in done["cases"]} == {"granted"}
    page.reload()
    assert "7 项全部办结" in visitor.heading
    page.click("text=看营业执照")
    assert "湖畔旅馆（示例）" in page.locator(".face").inner_text()
    pdf = visitor.context.request.get(visitor.site.url + str(page.get_attribute("a:has-text('下载电子证照')", "href")))
    assert pdf.headers["content-type"] == "application/pdf" and pdf.body().startswith(b"%PDF")
    page.click("text=看对方查到什么")
    assert "真实有效" in visitor.heading


PHONE = {"viewport": {"width": 375, "height": 720}, "has_touch": True, "is_mobile": True}


@pytest.mark.parametrize("visitor", [PHONE], indirect=True)
def test_an_agent_acts_for_a_firm_on_a_phone_in_large_type(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("jingban")
    visitor.go("/")
    steps.assert_accessible(page)
    page.click("text=大字版")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "20px"
    visitor.go("/themes/honghu-12")
    steps.assert_accessible(page)
    page.click("text=开始导办 >> nth=0")
    steps.assert_accessible(page)
    steps.answer_guidance(page, {"firm-form": "branch", "food-supply": "none", "signboard": "no"})
    steps.assert_accessible(page)
    page.click("button:has-text('带着答案去申报')")
    steps.assert_accessible(page)
    page.click("label:has-text('授权到')")
    page.click("button:has-text('开始填写')")
    steps.assert_accessible(page)
    assert "有限公司" in page.locator("main").inner_text()

    page.click("a.btn--primary")
    page.fill("#f-contact-phone", "139 0000")
    page.click(
        "button:has-text('保存并继续')"
    )  # The page says what is wrong and how to mend it, and keeps what was typed.
    steps.assert_accessible(page)
    assert page.title().startswith("错误：")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    assert "手机号码应为 11 位，现在是 7 位" in page.locator(".error-summary").inner_text()
    assert page.input_value("#f-contact-phone") == "139 0000"
    page.fill("#f-contact-phone", "１３９ 0000 7777")
    page.click("button:has-text('保存并继续')")
    visitor.go(page.url.removeprefix(visitor.site.url).split("/form/")[0] + "/")
    steps.fill_form(visitor, steps.HOTEL, look=steps.assert_accessible)
    steps.assert_accessible(page)
    steps.hand_in(page)
    number = steps.deliver_and_submit(page, look=steps.assert_accessible)
    steps.assert_accessible(page)
    page.click("text=查看进度")
    steps.assert_accessible(page)
    small = page.evaluate(
        "[...document.querySelectorAll('main .btn')].filter(b => b.offsetParent && b.getBoundingClientRect().height < 60)"
        ".map(b => b.textContent + b.getBoundingClientRect().height)"
    )
    assert small == []

    visitor.context.clear_cookies()
    visitor.go(f"/progress?number={number}")
    page.fill("#f-digits", "0000")
    page.click("button:has-text('查进度')")
    assert "对不上" in page.locator(".error-summary").inner_text()
    steps.assert_accessible(page)


def test_a_second_application_finds_the_first_ones_licence(visitor: Visitor) -> None:
    page, site = visitor.page, visitor.site
    visitor.sign_in("citizen05")
    asked = _paper_demands(visitor)
    assert "营业执照" in asked["todo"]

    _, plan = site.api("POST", "/items/business-licence/compose")
    fields = {f["element"]: f["choices"][0]["value"] if f["choices"] else steps.value_of(f)
              for f in plan["fields"] if not f["prefill"]}  # fmt: skip
    materials = [
        {"type": m["type"], "way": "counter"} for m in plan["materials"] if not m["by_check"] and not m["provided_by"]
    ]
    body = {"item": "business-licence", "fields": fields, "materials": materials}
    status, made = site.api("POST", "/applications", "citizen05", body, key=uuid.uuid4().hex)
    assert status == 201, made
    steps.decide_all(site, made["id"], "citizen05")

    asked = _paper_demands(visitor)
    assert "营业执照" in asked["got"]
    assert "营业执照" not in asked["todo"]
    visitor.go("/me/licences")
    steps.assert_accessible(page)
    page.click(".rows a >> nth=0")
    steps.assert_accessible(page)
    page.click("text=看对方查到什么")
    assert "真实有效" in visitor.heading
    steps.assert_accessible(page)
    for path in ("/me/inbox", "/me/", "/me/cases", "/me/ratings", "/search?q=开旅馆", "/register", "/login"):
        visitor.go(path)
        steps.assert_accessible(page)


def _paper_demands(visitor: Visitor) -> dict[str, list[str]]:
    """Start an application for a food licence; return which materials are asked for and which are not."""
    page = visitor.page
    visitor.go("/items/food-business-licence")
    steps.assert_accessible(page)
    page.click("text=在线办理 >> nth=0")
    page.click("button:has-text('开始填写')")
    visitor.go(page.url.removeprefix(visitor.site.url) + "materials")
    steps.assert_accessible(page)
    return {
        "todo": page.locator("article.material h3").all_inner_texts(),
        "got": [text.split("\n")[0] for text in page.locator(".checks li").all_inner_texts()],
    }
