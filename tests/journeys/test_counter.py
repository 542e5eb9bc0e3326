"""The window: a known firm's hotel is received by keyboard alone, in few keys, on one screen."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.journeys.conftest import Site, Visitor
from tests.journeys.steps import HOTEL, assert_accessible, value_of, values
from tongban.rules.numbers import demo_uscc

pytestmark = pytest.mark.journey
FARMHOUSE = "honghu-17"
MOST_KEYS = 25


@dataclass
class Keyboard:
    """Hands on the keys: acts are counted, typed and scanned characters are not."""

    visitor: Visitor
    acts: list[str] = field(default_factory=list)

    def press(self, key: str, *, leads_on: bool = False) -> None:
        """Press a key that does something; `leads_on` waits for the page behind it."""
        self.acts.append(key)
        page = self.visitor.page
        if leads_on:
            with page.expect_navigation():
                page.keyboard.press(key)
        else:
            page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type or scan into what has the focus."""
        self.visitor.page.keyboard.insert_text(text)

    @property
    def at(self) -> dict[str, str]:
        """What has the focus."""
        found = self.visitor.page.evaluate(
            "(() => { const a = document.activeElement; return {tag: a.tagName, name: a.name || '', type: a.type || '',"
            " key: a.dataset.key || ''} })()"
        )
        return dict(found)


def fill_what_is_open(keys: Keyboard, fields: dict[str, dict[str, object]]) -> None:
    """Go from one open field to the next until the main act has the focus."""
    for _ in range(60):
        at = keys.at
        if at["key"] == "F9":
            return
        # What other fields hang on brings the page anew.
        drives = keys.visitor.page.evaluate("document.activeElement.closest('[data-drives]') !== null")
        if at["tag"] == "SELECT":
            keys.press("1", leads_on=drives)
        elif at["type"] == "checkbox":
            keys.press("1")
            keys.press("Enter", leads_on=drives)
        else:
            keys.type(value_of(fields[at["name"]]))
            keys.press("Enter")
    raise AssertionError("the form has no end")


def answer_guidance(keys: Keyboard) -> None:
    """Choose the first answer of each question; behind the last one materials and form come."""
    page = keys.visitor.page
    while keys.at["name"].startswith("a-"):
        is_last = page.evaluate(
            "document.activeElement.closest('[data-ask]') === Array.from(document.querySelectorAll('[data-ask]')).pop()"
        )
        keys.press("1", leads_on=is_last)


def receive(visitor: Visitor, code: str, wanted: str, theme: str) -> Keyboard:
    """Receive a theme for the firm with a credit code, from the scan to the printed receipt; return what was pressed."""
    keys, page, fields = Keyboard(visitor), visitor.page, values(visitor.site, theme)
    visitor.go("/counter/")
    keys.type(code)
    keys.press("Enter", leads_on=True)
    keys.press("Enter", leads_on=True)  # The papers of the representative fit the person.
    keys.type(wanted)
    keys.press("Enter", leads_on=True)
    keys.press("Enter", leads_on=True)  # The first that was found.
    answer_guidance(keys)
    assert keys.at["name"].startswith("way-")
    assert_on_one_screen(visitor)
    assert_accessible(page)
    keys.press("Enter")  # The papers lie on the desk.
    fill_what_is_open(keys, fields)
    assert_on_one_screen(visitor)
    keys.press("F9", leads_on=True)
    return keys


def assert_on_one_screen(visitor: Visitor) -> None:
    """The action bar stands at the foot of the window and the page itself does not scroll. Source: product guide §13 row 8."""
    bar = visitor.page.locator(".actionbar").bounding_box()
    assert bar is not None
    assert bar["y"] + bar["height"] <= 768
    assert visitor.page.evaluate("document.scrollingElement.scrollHeight") <= 768


def test_clerk_receives_the_hotel_of_a_known_firm_by_keyboard_in_few_keys(visitor: Visitor) -> None:
    visitor.context.add_init_script("window.print = () => { window.printed = true; }")
    firm = demo_uscc("91", "421083", 40)
    visitor.sign_in("window-01")
    receive(visitor, firm, "农家乐", FARMHOUSE)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("F9")  # Done, the next one: the firm comes again on another day.

    keys = receive(visitor, firm, "开酒店", HOTEL)

    page = visitor.page
    assert page.evaluate("window.printed") is True
    assert "已受理" in page.locator(".tbl").inner_text()
    assert page.locator("#slip svg").count() == 2  # one to follow the case, one to rate the visit
    assert_accessible(page)
    assert len(keys.acts) <= MOST_KEYS, keys.acts


def test_number_given_at_the_window_is_the_one_online_and_a_second_window_reads_who_accepted(visitor: Visitor) -> None:
    page, site = visitor.page, visitor.site
    _, made = site.api("POST", "/applications", "citizen11", whole(site, "social-security-card"), key="counter-1")
    visitor.sign_in("window-02")
    visitor.go(f"/counter/find?q={made['number']}")
    assert_accessible(page)
    other = visitor.context.new_page()
    other.goto(page.url)
    with page.expect_navigation():
        page.keyboard.press("F9")
    assert made["number"] in page.inner_text("#slip").replace(" ", "")
    other.keyboard.press("F9")
    other.wait_for_selector(".error-summary")
    assert "（02号窗口）在" in other.inner_text(".error-summary")
    _, found = site.api("GET", f"/applications/{made['id']}", "citizen11")
    assert found["number"] == made["number"]
    assert found["cases"][0]["state"] != "pre_review"


def whole(site: Site, item: str) -> dict[str, object]:
    """Return a complete application for an item."""
    _, plan = site.api("POST", f"/items/{item}/compose")
    fields = {
        f["element"]: f["choices"][0]["value"] if f["choices"] else "2026-12-01" if f["kind"] == "date" else value_of(f)
        for f in plan["fields"] if not f["prefill"].startswith("person")
    }  # fmt: skip
    materials = [
        {"type": m["type"], "way": "counter"} for m in plan["materials"] if not m["provided_by"] and not m["by_check"]
    ]
    return {"item": item, "fields": fields, "materials": materials}


def test_paper_result_waits_and_is_handed_out_once_against_identity_and_signature(visitor: Visitor) -> None:
    visitor.context.add_init_script("window.print = () => {}")
    page, site = visitor.page, visitor.site
    visitor.sign_in("window-03")
    begin_query(visitor, demo_uscc("91", "421083", 42))
    name = page.locator(".blk-now dd").nth(1).inner_text().split()[0]  # The representative stands here for the firm.
    page.select_option("#f-delivery", "pickup")
    with page.expect_navigation():
        page.keyboard.press("F9")
    joint_id = page.url.rpartition("/joint/")[2].split("/")[0]
    number = page.inner_text(".done-no b").replace(" ", "")
    assert "没有待领的结果" in visit(visitor, "/counter/pickups")
    grant_query(site, joint_id)

    assert number in visit(visitor, "/counter/pickups").replace(" ", "")
    assert_accessible(page)
    page.click(".tbl a.open")
    assert_accessible(page)
    assert_on_one_screen(visitor)
    page.fill("#p-signature", "别人")
    with page.expect_navigation():
        page.keyboard.press("F9")
    assert "请领取人签名" in page.inner_text(".error-summary")
    page.fill("#p-signature", name)
    with page.expect_navigation():
        page.keyboard.press("F9")
    assert "领取签收单" in page.inner_text("#slip") and name in page.inner_text("#slip")
    assert_accessible(page)
    with page.expect_navigation():
        page.keyboard.press("F9")  # Done, the next one.
    assert "没有待领的结果" in visit(visitor, "/counter/pickups")
    assert "已经领走" in visit(visitor, f"/counter/pickups/{joint_id}/")


def visit(visitor: Visitor, path: str) -> str:
    """Return what a page says."""
    visitor.go(path)
    return visitor.page.inner_text("main")


def grant_query(site: Site, joint_id: str) -> None:
    """Let the department grant what the window accepted, and the worker tell everybody."""
    head = "urban-management-head"
    _, found = site.api("GET", f"/applications/{joint_id}", head)
    (case,) = found["cases"]
    status, answer = site.api("POST", f"/cases/{case['id']}/grant", head)
    assert status == 200, answer
    site.run("worker", "--once")


@pytest.mark.parametrize("visitor", [{"java_script_enabled": False}], indirect=True)
def test_window_works_without_script(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("window-03")
    begin_query(visitor, demo_uscc("91", "421083", 41))
    page.click(".actionbar .btn-primary")
    assert "收件回执" in page.inner_text("#slip")


def begin_query(visitor: Visitor, code: str) -> None:
    """Begin and fill in a query of one item for the firm with a credit code."""
    page = visitor.page
    visitor.go("/counter/")
    if not page.locator("#i-code").count():  # Somebody of an earlier journey still stands at this window.
        page.click("button:has-text('换人')")
    page.fill("#i-code", code)
    page.click(".actionbar .btn-primary")
    page.click(".actionbar .btn-primary")
    page.fill("#what", "招牌设置规范查询")
    page.click("main button:has-text('搜索')")
    page.click(".hit >> nth=0")
    fields = values_of_item(visitor.site, "signboard-rules-query")
    for shown in page.locator("input[name^='shown-']").all():
        name = str(shown.get_attribute("name")).removeprefix("shown-")
        box = page.locator(f"#f-{name}")
        if box.evaluate("node => node.tagName") == "SELECT":
            box.select_option(index=1)
        elif box.evaluate("node => node.tagName") != "FIELDSET" and not box.input_value():
            box.fill(value_of(fields[name]))


def values_of_item(site: Site, item: str) -> dict[str, dict[str, object]]:
    """Return the fields of an item by element."""
    _, plan = site.api("POST", f"/items/{item}/compose")
    return {field["element"]: field for field in plan["fields"]}
