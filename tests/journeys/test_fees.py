"""The journey of a fee: asked for with the grant, paid at the cashier, receipt, given back when the case is refused after all."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from tests.journeys import steps
from tests.journeys.conftest import Site, _free_port, _serving, _wait_for, closing_commands, visiting
from tests.warm import CLI

pytestmark = pytest.mark.journey
HOUSE, HEAD = "resale-transfer-registration", "natural-resources-head"


@pytest.fixture
def paying(site: Site) -> Iterator[Site]:
    """Give the site with a payment gateway and a courier of its own, on free ports."""
    port, sandbox = _free_port(), _free_port()
    url = f"http://127.0.0.1:{sandbox}"
    outside = {"TONGBAN_PAYMENTS_URL": url, "TONGBAN_DELIVERY_URL": url}
    found = replace(site, url=f"http://127.0.0.1:{port}", environment={**site.environment, **outside})
    with closing_commands(found):
        process = found.commands.start(
            CLI, "sandbox", "serve", "--port", str(sandbox), "--site", found.url, is_heard=False
        )
        try:
            _wait_for(url + "/", process)
            with _serving(found, port):
                yield found
        finally:
            process.terminate()
            process.communicate(20)


def act(site: Site, case_id: str, verb: str, **body: str) -> None:
    status, answer = site.api("POST", f"/cases/{case_id}/{verb}", HEAD, body)
    assert status == 200, answer


def test_fee_is_paid_at_the_cashier_and_comes_back_when_the_case_is_refused(paying: Site, browser: Browser) -> None:
    made = steps.apply(paying, "citizen07", {"item": HOUSE})
    case = made["cases"][0]
    act(paying, case["id"], "accept")
    act(paying, case["id"], "grant")
    paying.run("worker", "--once")

    with visiting(paying, browser) as citizen, visiting(paying, browser) as officer:
        page, desk = citizen.page, officer.page
        citizen.sign_in("citizen07")
        citizen.go(f"/me/cases/{made['id']}/")
        page.click("text=看不动产权证书")  # Nobody gets the result before the fee is paid.
        assert "还没有缴费" in page.locator("main").inner_text()
        citizen.faults.clear()  # The browser reports the refusal.
        citizen.go(f"/me/cases/{made['id']}/")
        page.click("a:has-text('80.00 元')")
        steps.assert_accessible(page)
        cashier = page.locator("a:has-text('去缴费')").get_attribute("href")
        assert cashier
        pay_at(browser, cashier)
        page.click("button:has-text('查缴费结果')")
        assert "缴费成功" in page.locator("main").inner_text()
        page.click("a:has-text('看电子票据')")
        assert "80.00 元" in page.locator(".face").inner_text()
        paying.run("worker", "--once")

        officer.sign_in(HEAD)
        officer.go(f"/work/cases/{case['id']}")
        assert "已缴费" in desk.locator("#costs").inner_text()
        steps.assert_accessible(desk)
        officer.go(f"/work/cases/{case['id']}?tab=log")
        assert "缴费成功" in desk.locator("main").inner_text()

        act(paying, case["id"], "reopen", order="洪政复决〔2026〕3 号", reason="原决定事实不清，责令重新作出决定")
        act(paying, case["id"], "refuse", reason="房屋权属有争议，尚未解决，不符合登记条件。")
        paying.run("worker", "--once")  # tells the gateway
        paying.run("worker", "--once")  # asks it, should its own news still be on the way
        officer.go(f"/work/cases/{case['id']}")
        assert "已退款" in desk.locator("#costs").inner_text()
        citizen.go(f"/me/cases/{made['id']}/fees")
        assert "已退款" in page.locator("main").inner_text()
        steps.assert_accessible(page)
        page.click("a:has-text('二手房转移登记')")
        page.click("a:has-text('看电子票据')")
        assert "已冲红" in page.locator(".face").inner_text()
        citizen.go("/me/inbox")
        assert "已退款" in page.locator("main").inner_text()


def pay_at(browser: Browser, cashier: str) -> None:
    """Pay at the cashier, which is another site, and see the way back."""
    page = browser.new_page()
    page.goto(cashier)
    page.click("button:has-text('模拟支付')")
    back = page.locator("a[href*='/me/orders/']").get_attribute("href")
    assert back and urllib.parse.urlsplit(back).hostname == "127.0.0.1"
    page.close()
