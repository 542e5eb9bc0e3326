"""What visitors notice on the pages of the public lists and of 四减."""

from __future__ import annotations

import io
import json
import re
import urllib.parse

import openpyxl
import pytest
from django.test import Client

from tongban.catalogue import queries as catalogue
from tongban.catalogue.tests.factories import publish
from tongban.disclosure.queries import listing

pytestmark = [pytest.mark.usefixtures("honghu", "own_caches"), pytest.mark.filterwarnings("ignore:No directory at")]


def text(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def links(path: str) -> set[str]:
    body = Client().get(path).content.decode().replace("&amp;", "&")
    return {urllib.parse.urljoin(path, link) for link in re.findall(r'href="(/open/[^"]+|\?[^"]+)"', body)}


def test_every_link_of_the_public_pages_leads_somewhere() -> None:
    seen, rest = set(), {"/open/lists", "/open/reductions"}
    while rest:
        path = rest.pop()
        seen.add(path)
        if path.startswith("/open/figures") and "?" in path and len(seen) > 60:
            continue
        answer = Client().get(path)
        assert answer.status_code == 200, path
        if "html" in answer["Content-Type"]:
            rest |= {link.partition("#")[0] for link in links(path)} - seen
    assert len(seen) > 40


def test_list_says_how_many_rows_since_when_and_offers_its_files() -> None:
    page = text("/open/lists")
    rows = listing.listing("honghu", "fees")
    assert f"收费清单 {rows.kind.about} {len(rows.rows)} {rows.updated_on.year} 年" in page.replace(
        "年", " 年"
    ).replace("  ", " ")
    for form in ("xlsx", "csv", "json"):
        assert f"/open/lists/fees.{form}" in links("/open/lists")


def test_files_of_a_list_hold_all_its_rows() -> None:
    count = len(catalogue.items("honghu"))
    book, told, lines = (Client().get(f"/open/lists/items.{form}") for form in ("xlsx", "json", "csv"))
    assert openpyxl.load_workbook(io.BytesIO(book.content)).active.max_row == count + 2
    assert len(json.loads(told.content)["rows"]) == count
    assert lines.content.decode("utf-8-sig").count("\r\n") == count + 1
    assert re.fullmatch(r'attachment; filename="honghu-items-\d{8}\.csv"', lines["Content-Disposition"])


def test_search_in_a_list_keeps_what_fits_and_says_when_nothing_does() -> None:
    assert "找到 1 行" in text("/open/lists/items?q=办理营业执照")
    assert "没有找到" in text("/open/lists/items?q=飞船")
    assert "&lt;script&gt;" in Client().get("/open/lists/items?q=<script>").content.decode()


@pytest.mark.parametrize("page", ["2", "1", "0", "99999", "-1", "x", "²", ""])
def test_pages_of_a_list_never_fall_off_the_end(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongban.portals.citizen.views.disclosure.PAGE", 60)
    total = len(catalogue.items("honghu"))
    said = text(f"/open/lists/items?page={page}")
    assert (
        f"第 {61 if page in ('2', '99999') else 1}–{total if page in ('2', '99999') else 60} 行，共 {total} 行" in said
    )


@pytest.mark.parametrize("path", ["/open/lists/no-such", "/open/lists/fees.pdf", "/open/lists/no-such.csv", "/open/reductions?by=no",
                                  "/open/figures/no-such", "/open/figures/limit?by=theme&group=no"])  # fmt: skip
def test_what_does_not_exist_is_refused_politely(path: str) -> None:
    assert Client().get(path).status_code == 404


def test_reductions_say_how_many_items_have_no_baseline_and_show_no_data() -> None:
    for code in catalogue.items("honghu"):
        publish(
            code, baseline=None, statutory_days=None, promised_days=0, steps=[], type="20", catalog_code="002000001000"
        )
    page = text("/open/reductions")
    assert re.search(r"\d+ 项没有基线，不算在内", page)
    assert "时限压缩比 无数据" in page
    assert "环节 无数据 无数据 无数据 0" in page


def test_reductions_show_before_and_after_of_an_item_with_a_baseline() -> None:
    publish("business-licence", promised_days=1, visits=0, visit_reason="", fee=None,
            baseline={"steps": 9, "materials": 9, "days": 15, "visits": 3, "fee_fen": 1050, "document": "某文件"})  # fmt: skip
    page = text("/open/reductions?by=item")
    assert "15 → 1" in page
    assert "10.50 → 0" in page
    assert "100.0%" in text("/open/figures/less-visits")


def test_unprepared_item_is_in_no_figure() -> None:
    assert "办理营业执照" in text("/open/figures/on-the-spot")
    publish("business-licence", prepared=False)
    assert "办理营业执照" not in text("/open/figures/on-the-spot")
    assert "还在编制的 1 项不算" in text("/open/reductions")


def test_guide_names_the_service_to_machines() -> None:
    body = Client().get("/items/business-licence").content.decode()
    assert 'itemscope itemtype="https://schema.org/GovernmentService"' in body
    assert '<h1 itemprop="name">办理营业执照</h1>' in body
    assert re.search(
        r'itemprop="provider" itemscope itemtype="https://schema.org/GovernmentOrganization"><meta itemprop="name" content="洪湖',
        body,
    )
