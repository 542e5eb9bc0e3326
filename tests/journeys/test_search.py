"""Journeys of somebody who types into the search box: with an input method, by keyboard, and of the editor behind it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys import steps
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.journey
OPEN = "ul.suggest:not([hidden]) li"


def asked(page: Page) -> list[str]:
    """Return a list that fills with the addresses of suggestions asked for from now on."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url) if "/search/suggest" in request.url else None)
    return found


def composition(page: Page, kind: str, text: str = "") -> None:
    """Send what a browser sends while an input method composes."""
    page.evaluate(
        """([kind, text]) => { const q = document.getElementById('q');
           if (kind === 'compositionupdate') { q.value = text; q.dispatchEvent(new InputEvent('input', {isComposing: true, bubbles: true})); }
           q.dispatchEvent(new CompositionEvent(kind, {data: text, bubbles: true})); }""",
        [kind, text],
    )


def test_nothing_is_asked_or_sent_while_pinyin_is_composed(visitor: Visitor) -> None:
    page = visitor.page
    page.clock.install()
    visitor.go("/")
    found = asked(page)
    page.focus("#q")
    composition(page, "compositionstart")
    for text in ("l", "lv", "lvguan"):
        composition(page, "compositionupdate", text)
    page.keyboard.press("Enter")  # takes the letters or the word; sends nothing
    page.clock.run_for(2000)  # longer than the 400 ms after which it would ask
    assert found == []
    assert page.url.endswith("/")
    page.evaluate("document.getElementById('q').value = '旅馆'")
    composition(page, "compositionend", "旅馆")
    page.clock.run_for(300)
    assert found == []
    page.clock.run_for(200)
    page.wait_for_selector(OPEN)
    assert len(found) == 1
    assert page.locator(OPEN).first.inner_text().startswith("我要开酒店")


def test_suggestions_are_used_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/")
    page.focus("#q")
    page.keyboard.type("yingye")
    page.wait_for_selector(OPEN)
    assert page.get_attribute("#q", "aria-expanded") == "true"
    steps.assert_accessible(page)
    page.keyboard.press("ArrowDown")
    active = page.get_attribute("#q", "aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Escape")
    assert page.get_attribute("#q", "aria-expanded") == "false"
    assert page.locator(OPEN).count() == 0
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/items/business-licence")


def test_enter_without_a_choice_searches_for_what_was_typed(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/")
    page.focus("#q")
    page.keyboard.type("yingye")
    page.wait_for_selector(OPEN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=yingye")


@pytest.mark.parametrize("visitor", [{"java_script_enabled": False}], indirect=True)
def test_filters_and_choices_work_without_script(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/search?q=办证")
    assert "范围大" in page.inner_text("main")
    page.click(".ways-list a >> nth=0")
    assert "找到" in visitor.heading
    visitor.go("/search?q=社保")
    page.click(".facets summary")
    page.click(".facets a:has-text('个人') >> nth=0")
    assert "只看：" in page.inner_text("main")
    page.click(".chosen a >> nth=0")
    assert page.locator(".chosen").count() == 0


def test_an_editor_makes_a_missed_word_findable(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/search?q=老俵馆子证")
    assert "没有" in visitor.heading
    visitor.sign_in("data-admin")
    visitor.go("/work/search")
    page.click("a.open:has-text('老俵馆子证')")
    page.fill("#w-to", "饭店")
    page.click("button:has-text('加上')")
    assert "现在起就能搜到" in page.inner_text("main")
    visitor.go("/search?q=老俵馆子证")
    assert "食品经营许可新办" in page.inner_text(".results")
    visitor.go("/work/search")
    steps.assert_accessible(page)
