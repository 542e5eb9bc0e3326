"""Journeys of the catalogue: an item made from another one, checked, reviewed by a second person, filed by a citizen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys import steps
from tests.journeys.conftest import PASSWORD, Visitor

pytestmark = pytest.mark.journey
NAME, CODE = "公益性岗位申请", "public-welfare-post"


def keep(page: Page) -> None:
    """Save the section by its key, and wait for the page that answers."""
    with page.expect_navigation():
        page.keyboard.press("F8")


def test_an_item_made_from_another_is_checked_reviewed_published_and_filed(visitor: Visitor) -> None:
    page, site = visitor.page, visitor.site
    visitor.sign_in("human-resources-admin")
    visitor.go("/work/catalogue")
    steps.assert_accessible(page)
    page.keyboard.press("n")
    page.wait_for_url("**/catalogue/new")
    page.keyboard.press("F9")  # Nothing filled in yet.
    page.wait_for_selector(".error-summary")
    steps.assert_accessible(page)
    page.fill("#name", NAME)
    page.fill("#code", CODE)
    page.fill("#catalog_code", "002000722000")
    page.select_option("#like", label="职业指导")
    page.keyboard.press("F9")
    page.wait_for_url("**/drafts/*")
    assert visitor.heading == NAME
    steps.assert_accessible(page)
    draft = page.url

    page.goto(f"{draft}/materials")  # What the template demands, this item does not: out with it, and in with its own.
    while page.locator("button:has-text('删去')").count():
        page.locator("button:has-text('删去')").first.click()
    page.click("button:has-text('加一行申请材料')")
    page.select_option("#materials-0-type", "id-card")
    keep(page)
    page.wait_for_selector("#materials-0-source-e")
    assert "平台能共享取得" in page.inner_text("#materials-0-source-e")
    steps.assert_accessible(page)
    page.select_option("#materials-0-source", "government")
    keep(page)
    page.wait_for_selector("#materials-0-source-e", state="detached")

    page.goto(f"{draft}/form")  # A question that is only asked of some.
    count = page.locator("fieldset.one").count()
    page.click("button:has-text('加一行表单字段')")
    page.select_option(f"#fields-{count}-element", "employment-status")
    page.click("button:has-text('加一行表单字段')")
    page.select_option(f"#fields-{count + 1}-element", "employer-name")
    page.select_option(f"#fields-{count + 1}-when", "employment-status=private")
    keep(page)
    steps.assert_accessible(page)
    page.goto(f"{draft}/preview")
    assert not page.locator("#f-employer-name").count()
    page.check("input[name='employment-status'][value='private']")
    page.click("button:has-text('按选的更新表单')")
    page.wait_for_selector("#f-employer-name")
    steps.assert_accessible(page)
    page.keyboard.press("F9")
    assert "处要改" in page.locator("[role=status]").first.inner_text()

    page.goto(f"{draft}/basics")
    page.fill("#summary", "就业困难的人申请到公益性岗位上班。")
    keep(page)
    page.goto(draft)
    assert "要改好才能送审" not in page.inner_text("main")
    page.fill("#words", "新增：照省里目录开办公益性岗位申请。")
    page.keyboard.press("F9")
    page.wait_for_selector("text=已送审")
    assert site.api("GET", f"/items?q={CODE}")[1]["items"] == [] or CODE not in str(site.api("GET", "/items")[1])
    steps.sign_out(page)

    visitor.sign_in("data-head")
    visitor.go("/work/catalogue")
    page.click(f"a:has-text('{NAME}')")
    steps.assert_accessible(page)
    page.keyboard.press("F9")
    page.wait_for_selector("text=第 1 版，现在起生效")
    steps.sign_out(page)

    visitor.go(f"/items/{CODE}")
    assert visitor.heading == NAME
    assert "第 1 版" in page.inner_text("main")
    made = steps.apply(site, "citizen08", {"item": CODE})
    assert made["cases"][0]["item"] == CODE


def test_who_saves_second_sees_both_texts_and_loses_nothing(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("police-admin")
    visitor.go("/work/catalogue?q=旅馆")
    page.locator("button:has-text('改这一项')").first.click()
    page.wait_for_url("**/drafts/*")
    address = f"{page.url}/basics"
    page.goto(address)
    other = visitor.context.new_page()
    other.goto(address)
    other.fill("#summary", "别人先改的一句话。")
    keep(other)
    page.fill("#summary", "我后改的一句话。")
    keep(page)
    page.wait_for_selector(".error-summary")
    assert "别人先改的一句话" in page.inner_text(".error-summary")
    assert page.input_value("#summary").strip() == "我后改的一句话。"
    steps.assert_accessible(page)
    visitor.faults.clear()  # The browser itself logs the refusal (409).


THEME = "我要开美甲店一件事（示例）"


def test_a_theme_of_four_members_is_composed_and_a_dead_question_is_mended(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("data-admin")
    visitor.go("/work/catalogue")
    page.click("text=新增一件事")
    page.fill("#name", THEME)
    page.fill("#code", "nail-shop")
    page.select_option("#org", "market")
    page.keyboard.press("F9")
    page.wait_for_url("**/drafts/*")
    draft = page.url
    steps.assert_accessible(page)

    page.goto(f"{draft}/basics")
    page.fill("#short_name", "我要开美甲店")
    page.fill("#summary", "开美甲店要办的手续一起申请。")
    page.check("#audience input[value=person]")
    page.fill("#stage", "准营")
    page.fill("#limit-text", "5个工作日")
    page.fill("#limit-days", "5")
    keep(page)
    steps.assert_accessible(page)

    page.goto(f"{draft}/members")
    for n, (item, days) in enumerate(
        [
            ("business-licence", 1),
            ("public-place-hygiene-licence", 3),
            ("signboard-guidance", 2),
            ("signboard-rules-query", 0),
        ]
    ):
        page.click("button:has-text('加一行联办事项')")
        page.select_option(f"#members-{n}-item", item)
        page.fill(f"#members-{n}-limit_days", str(days))
    keep(page)
    page.check("#members-1-waits_for input[value=business-licence]")
    keep(page)
    assert page.input_value("#members-0-name") == "办理营业执照"
    steps.assert_accessible(page)

    page.goto(f"{draft}/questions")
    page.click("button:has-text('加一行导办题')")
    page.fill("#questions-0-ask", "店门口要挂招牌吗？")
    page.fill("#questions-0-why", "要挂的先看规范，再来指导。")
    page.fill("#questions-0-choices", "要挂\n不挂")
    keep(page)
    assert "怎么答都不改变" in page.inner_text(".error-summary")  # A question no answer of which leads anywhere.
    steps.assert_accessible(page)
    page.goto(f"{draft}/members")
    for n in (2, 3):
        page.select_option(f"#members-{n}-when", label="“店门口要挂招牌吗？”答“要挂”")
    keep(page)
    assert not page.locator(".error-summary").count()

    page.goto(draft)
    assert "可以送审" in page.inner_text("main") or "没有要改的" in page.inner_text("main")
    page.click("text=试走导办")
    assert "2 种走法" in page.inner_text("main")
    assert "死路" not in page.inner_text("main")
    steps.assert_accessible(page)
    page.goto(draft)
    page.fill("#words", "新增：美甲店的四个事项一起办。")
    page.keyboard.press("F9")
    page.wait_for_selector("text=已送审")
    steps.sign_out(page)
    visitor.sign_in("data-head")
    page.goto(draft)
    page.keyboard.press("F9")
    page.wait_for_selector("text=第 1 版，现在起生效")
    steps.sign_out(page)
    visitor.go("/themes/nail-shop")
    assert THEME in visitor.heading
    steps.assert_accessible(page)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus; fail when it is out of reach."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement && document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is out of reach of the keyboard on {page.url}")


def test_an_item_is_changed_and_sent_by_the_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/login?next=/work/catalogue")
    tab_to(page, "#f-username")
    page.keyboard.type("health-admin")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "#q2")
    page.keyboard.type("公共场所卫生许可")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "form[action$='/start'] button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    draft = page.url
    tab_to(page, ".tasks a")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "#summary")
    page.keyboard.press("Control+A")
    page.keyboard.type("开旅馆、理发店、游泳场这些地方，开业前要办。")
    keep(page)
    assert page.input_value("#summary").strip() == "开旅馆、理发店、游泳场这些地方，开业前要办。"
    for _ in range(7):  # Through the sections, one after the other.
        with page.expect_navigation():
            page.keyboard.press("F9")
    with page.expect_navigation():
        page.keyboard.press("F9")
    assert page.url == draft
    assert "改成" in page.inner_text("main")
    tab_to(page, "#words")
    page.keyboard.type("把一句话说明写得更清楚。")
    with page.expect_navigation():
        page.keyboard.press("F9")
    page.wait_for_selector("text=已送审")


@pytest.mark.parametrize(
    "visitor", [{}, {"viewport": {"width": 375, "height": 800}}], indirect=True, ids=["desk", "phone"]
)
def test_the_lists_that_are_public_can_be_read_by_everybody(visitor: Visitor) -> None:
    for path in ("/open/lists", "/open/lists/items", "/open/reductions", "/open/reductions?by=theme"):
        visitor.go(path)
        steps.assert_accessible(visitor.page)
    visitor.sign_in("data-admin")
    visitor.go("/work/catalogue/imports")
    steps.assert_accessible(visitor.page)
