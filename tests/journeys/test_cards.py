"""The journey of a card: a refusal by formula is carded, signed for, appealed against, decided by another body, rectified, closed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.journeys import steps
from tests.journeys.conftest import Site, Visitor, visiting

pytestmark = pytest.mark.journey
HOUSE, HEAD = "resale-transfer-registration", "natural-resources-head"


def carded(site: Site) -> str:
    """Let a case be refused with nothing but a formula; return its number."""
    made = steps.apply(site, "citizen08", {"item": HOUSE})
    case = made["cases"][0]
    assert site.api("POST", f"/cases/{case['id']}/accept", HEAD, {})[0] == 200
    assert site.api("POST", f"/cases/{case['id']}/refuse", HEAD, {"reason": "不符合规定，不予办理。"})[0] == 200
    site.run("worker", "--once")
    return str(case["number"])


def act(who: Visitor, name: str, words: str = "") -> None:
    """Make an act on the card that is open."""
    form = who.page.locator("form.card-act", has=who.page.locator(f"button:text-is('{name}')"))
    if words:
        form.locator("textarea").fill(words)
    form.locator("button").click()


def test_card_is_appealed_against_rectified_and_closed(site: Site, browser: Browser) -> None:
    number = carded(site)
    with visiting(site, browser) as overseer, visiting(site, browser) as unit, visiting(site, browser) as judge:
        overseer.sign_in("data-supervisor")
        overseer.go(f"/supervise/cards?rule=bare_refusal&text={number[-6:]}")
        steps.assert_accessible(overseer.page)
        overseer.page.click("td[data-label='编号'] a")
        assert "黄牌：不予不说明理由" in overseer.heading
        assert "不符合规定，不予办理。" in overseer.page.locator("main").inner_text()
        assert not overseer.page.locator("button:text-is('申诉成立')").count()
        address = overseer.page.url.removeprefix(site.url)

        unit.sign_in(HEAD)
        unit.go("/supervise/cards?state=unseen")
        assert unit.page.locator(f"a[href='{address}']").count() == 1
        unit.go(address)
        steps.assert_accessible(unit.page)
        act(unit, "签收")
        act(unit, "申诉", "短")
        assert "请写明申诉理由" in unit.page.locator("main").inner_text()
        act(unit, "申诉", "理由已经在决定书的附件里写明")

        judge.sign_in("business-environment-supervisor")
        judge.go(address)
        act(judge, "申诉不成立", "附件里也没有事实和依据，不成立")
        assert "申诉不成立" in judge.page.locator("main").inner_text()

        unit.go(address)
        act(unit, "报整改", "已经补充说明事实和依据，重新送达")
        overseer.go(address)
        act(overseer, "核销", "核对了重新送达的决定书，同意核销")
        assert "已核销" in overseer.page.locator("main").inner_text()
        overseer.go("/supervise/cards/tally")
        steps.assert_accessible(overseer.page)
        overseer.go("/supervise/cards/thresholds")
        steps.assert_accessible(overseer.page)
        overseer.go("/supervise/cards/month")
        steps.assert_accessible(overseer.page)
        for path in ("/supervise/patterns", "/supervise/history"):
            overseer.go(path)
            steps.assert_accessible(overseer.page)
