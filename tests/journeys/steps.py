"""Steps that several journeys take."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.conftest import PDF, Site, Visitor
from tongban.rules import numbers

HOTEL = "honghu-12"
Look = Callable[[Page], None]


def do_not_look(page: Page) -> None:
    """Look at nothing: axe needs script, and one journey goes without."""


def values(site: Site, theme: str) -> dict[str, dict[str, Any]]:
    """Return the fields of a theme by element, as the API composes them."""
    _, plan = site.api("POST", f"/themes/{theme}/compose", body={"answers": "all"})
    return {field["element"]: field for field in plan["fields"]}


def value_of(field: dict[str, Any]) -> str:
    """Return something to type into a field."""
    low = max(int(field["min"] or 1), 1) + 1
    return {
        "idcard": numbers.demo_id(2002, date(1980, 5, 5)),
        "uscc": numbers.demo_uscc("91", "421083", 70),
        "phone": "139 0000 2222",
        "integer": str(low),
        "decimal": str(low),
        "money": "100000",
        "email": "demo@example.cn",
    }.get(field["kind"], f"{field['name']}示例"[: field["max_length"]])


def answer_guidance(page: Page, wanted: dict[str, str]) -> None:
    """Answer question after question: the wanted choice, else the first."""
    while page.locator("input[type=radio][name^='a-']").count():
        name = str(page.locator("input[type=radio][name^='a-']").first.get_attribute("name"))
        choice = wanted.get(name.removeprefix("a-"))
        chosen = (
            page.locator(f"input[name='{name}'][value='{choice}']")
            if choice
            else page.locator(f"input[name='{name}']").first
        )
        page.click(f"label[for='{chosen.get_attribute('id')}']")
        page.click("main form button")


def fill_section(page: Page, fields: dict[str, dict[str, Any]], typed: dict[str, str]) -> None:
    """Fill what the page asks for and save; a page that then asks for more is filled again."""
    for _ in range(3):
        here = page.url
        for hidden in page.locator("main form input[name^='shown-']").all():
            _fill(page, fields[str(hidden.get_attribute("name")).removeprefix("shown-")], typed)
        page.click("button:has-text('保存并继续')")
        if page.url != here:
            return


def _fill(page: Page, field: dict[str, Any], typed: dict[str, str]) -> None:
    element = field["element"]
    if field["choices"]:
        boxes = page.locator(f"input[name='{element}']")
        if not page.locator(f"input[name='{element}']:checked").count():
            wanted = typed.get(element, field["choices"][0]["value"])
            box = next(box for box in boxes.all() if box.get_attribute("value") == wanted)
            page.click(f"label[for='{box.get_attribute('id')}']")
    elif field["kind"] == "date":
        for part, text in (("y", "2026"), ("m", "12"), ("d", "1")):
            page.fill(f"#f-{element}-{part}", text)
    elif element in typed or not page.input_value(f"#f-{element}"):
        page.fill(f"#f-{element}", typed.get(element, value_of(field)))


def fill_form(visitor: Visitor, theme: str, typed: dict[str, str] | None = None, *, look: Look = do_not_look) -> None:
    """Fill every section, from the task list to the materials page, and look at each before."""
    fields = values(visitor.site, theme)
    visitor.page.click("a.btn--primary")
    while "/form/" in visitor.page.url:
        look(visitor.page)
        fill_section(visitor.page, fields, typed or {})


def hand_in(page: Page) -> None:
    """Hand in every material: one by upload, promises agreed, the others on paper at the window."""
    for card in page.locator("article.material").all():
        code = str(card.get_attribute("id")).removeprefix("m-")
        if card.locator(".tag--ok").count():
            continue
        page.set_input_files(f"#u-{code}", {"name": "材料.pdf", "mimeType": "application/pdf", "buffer": PDF})
        page.click(f"button[value='upload:{code}']")
        page.wait_for_selector(f"#m-{code} .tag--ok")  # The page that answers shows it as handed in.
        return hand_in_rest(page)
    return hand_in_rest(page)


def hand_in_rest(page: Page) -> None:
    """Choose a way for every material that is still open, then save."""
    for card in page.locator("article.material").all():
        code = str(card.get_attribute("id")).removeprefix("m-")
        if card.locator(".tag--ok").count():
            continue
        way = "commit" if card.locator(f"#w-{code}-commit").count() else "counter"
        page.click(f"label[for='w-{code}-{way}']")
        if way == "commit":
            page.click(f"label[for='a-{code}']")
    page.click("main form button.btn--primary")


def deliver_and_submit(page: Page, *, look: Look = do_not_look) -> str:
    """Choose delivery, look over, agree, submit; return the number."""
    look(page)
    page.click("label[for='f-way-1']")
    page.click("button:has-text('保存并继续')")
    look(page)
    page.click("label[for='consent']")
    page.dblclick("button:has-text('提交申请')")  # As impatient people do: it must count once.
    return page.locator(".success .no").inner_text().replace(" ", "").replace("\n", "")


def decide_all(site: Site, joint_id: str, person: str, refuse: str = "") -> dict[str, Any]:
    """Let every department accept and decide its case as soon as it is open; `refuse` names an item to refuse."""
    for _ in range(8):
        _, found = site.api("GET", f"/applications/{joint_id}", person)
        for case in found["cases"]:
            if case["state"] in ("pre_review", "submitted"):
                head = desk_of(site, case)
                assert site.api("POST", f"/cases/{case['id']}/accept", head)[0] == 200
                if case["item"] == refuse:
                    body = {"reason": "现场核查：疏散通道宽度不足，不符合规定条件。"}
                    assert site.api("POST", f"/cases/{case['id']}/refuse", head, body)[0] == 200
                else:
                    assert site.api("POST", f"/cases/{case['id']}/grant", head)[0] == 200
        if found["closed_at"]:
            break
    return dict(found)


def desk_of(site: Site, case: dict[str, Any]) -> str:
    """Return the head of the department that does a case."""
    _, page = site.api("GET", "/items")
    return next(item["organisation"] for item in page["items"] if item["code"] == case["item"]) + "-head"


def assert_accessible(page: Page) -> None:
    """Fail on any serious or critical finding of axe-core, and on sideways scroll."""
    page.wait_for_load_state()
    found = Axe().run(page)
    bad = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert bad == [], f"{page.url}: " + "; ".join(f"{v['id']} {[n['html'][:200] for n in v['nodes']][:3]}" for v in bad)
    assert found.response["passes"], "axe looked at nothing"
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} scrolls sideways by {wide} px"


def apply(
    site: Site,
    account: str,
    what: dict[str, str],
    ways: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Apply through the API: the first choice everywhere, all papers at the window but those in `ways`."""
    path = f"/themes/{what['theme']}" if "theme" in what else f"/items/{what['item']}"
    answers: dict[str, str] = {}
    if "theme" in what:
        _, listed = site.api("GET", "/themes")
        theme = next(row for row in listed["items"] if row["code"] == what["theme"])
        answers = {q["code"]: q["choices"][0]["value"] for q in theme["questions"] if not q["when"]}
    _, plan = site.api("POST", f"{path}/compose", body={"answers": answers})
    fields = {f["element"]: f["choices"][0]["value"] if f["choices"] else "2026-12-01" if f["kind"] == "date" else value_of(f)
              for f in plan["fields"] if f["answered"] is None and not f["prefill"].startswith("person")}  # fmt: skip
    fields |= {"premises-tenure": "rent"} if "premises-tenure" in fields else {}
    fields |= typed or {}
    materials = [
        {"type": m["type"], "way": (ways or {}).get(m["type"], "counter")}
        for m in plan["materials"]
        if not m["by_check"] and not m["provided_by"]
    ]
    body = {**what, "answers": answers, "fields": fields, "materials": materials}
    status, made = site.api("POST", "/applications", account, body, key=uuid.uuid4().hex)
    assert status == 201, made
    return dict(made)


def move(site: Site, case_id: str, account: str, *verbs: str) -> None:
    """Make moves of a case through the API."""
    for verb in verbs:
        status, answer = site.api("POST", f"/cases/{case_id}/{verb}", account)
        assert status == 200, answer


def act(page: Page, words: str) -> None:
    """Click an act of the action bar."""
    page.locator(".actionbar a").filter(has_text=re.compile(rf"^\s*{words}")).first.click()


def pass_step(page: Page) -> None:
    """Pass the open step with a common opinion."""
    act(page, "通过")
    page.locator("input[name=phrase]").first.check()
    page.click(".actionbar .btn-primary")


def tick(page: Page, name: str, remark: str) -> None:
    """Tick a row of the notice and say how to mend it."""
    row = page.locator("tr[data-row]", has_text=name).first
    row.locator("input[type=checkbox]").check()
    row.locator("input.inp").fill(remark)


def sign_out(page: Page) -> None:
    """Sign out."""
    page.click("button:has-text('退出')")
