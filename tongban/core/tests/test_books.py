"""Workbooks: texts stay texts, the head stays in sight and on each page, the last sheet says what the columns mean."""

from __future__ import annotations

import io
import urllib.parse

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from tongban.core import books
from tongban.core.books import Sheet


def opened(*sheets: Sheet) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(books.written(*sheets)))


def lines(book: Workbook, name: str) -> list[tuple[object, ...]]:
    return list(book[name].iter_rows(values_only=True))


@pytest.mark.parametrize("text", [
    "=1+1", "{=1+1}", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "http://a.example", "mailto:a@a.example", "internal:表!A1",
    "421083199001011234", "007", "1e5", " =1", "\t=1", "TRUE",
])  # fmt: skip
def test_text_stays_text_wherever_it_stands(text: str) -> None:
    book = opened(Sheet("表", (text, (f"{text}x", text)), [(text, "a")], about=text, terms=[("词", text)]))
    cells = [book["表"][place] for place in ("A1", "A2", "A3")] + [book["口径说明"]["C2"]]
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in cells] == [(text, "s", None)] * 4


def test_numbers_are_numbers_and_nothing_is_an_empty_cell() -> None:
    rows = lines(opened(Sheet("表", ("a", "b", "c", "d"), [(3, 66.7, None, ""), (-1, 0, None, "x")])), "表")
    assert rows[1:] == [(3, 66.7, None, ""), (-1, 0, None, "x")]


def test_columns_with_a_meaning_are_told_on_the_last_sheet() -> None:
    first = Sheet("按单位", (("黄牌", "发出的黄牌数"), "编号"), [(1, "a")], terms=[("亮灯", "红黄绿"), ("空", "")])
    book = opened(first, Sheet("清单", ["名称", ("天数", "工作日"), ("备注", "")], []))
    assert book.sheetnames == ["按单位", "清单", "口径说明"]
    assert lines(book, "口径说明") == [
        ("表", "列或词语", "说明"), ("按单位", "黄牌", "发出的黄牌数"), ("按单位", "亮灯", "红黄绿"), ("清单", "天数", "工作日"),
    ]  # fmt: skip
    assert lines(book, "按单位") == [("黄牌", "编号"), (1, "a")]


def test_without_meanings_there_is_no_sheet_of_them() -> None:
    assert opened(Sheet("表", ("a", ("b", "")), [])).sheetnames == ["表"]


def test_what_it_is_stands_above_the_head() -> None:
    assert lines(opened(Sheet("表", ("a", "b"), [("x", 1)], "三月")), "表") == [("三月", None), ("a", "b"), ("x", 1)]


@pytest.mark.parametrize(("about", "below", "repeated"), [("", "A2", "$1:$1"), ("三月的牌", "A3", "$2:$2")])
def test_head_stays_in_sight_and_is_printed_on_each_page(about: str, below: str, repeated: str) -> None:
    page = opened(Sheet("表", ("a", "b"), [("x", 1)], about))["表"]
    assert page.freeze_panes == below
    assert page.print_title_rows == repeated


def test_sheet_is_printed_across_and_as_wide_as_the_paper() -> None:
    for page in opened(Sheet("表", (("a", "甲"),), [("x",)])).worksheets:
        assert page.page_setup.orientation == "landscape"
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
        assert "第 &P 页" in page.oddFooter.center.text


@pytest.mark.parametrize(("columns", "paper"), [(12, "9"), (13, "8")])
def test_many_columns_are_printed_on_a_larger_paper(columns: int, paper: str) -> None:
    page = opened(Sheet("表", [str(n) for n in range(columns)], []))["表"]
    assert str(page.page_setup.paperSize) == paper


@pytest.mark.parametrize(
    ("about", "count", "filtered"), [("", 2, "A1:B3"), ("三月", 2, "A2:B4"), ("", 301, "A1:B302"), ("三月", 0, None)]
)
def test_rows_are_filtered_by_the_head_when_there_are_any(about: str, count: int, filtered: str | None) -> None:
    assert opened(Sheet("表", ("a", "b"), [("x", 1)] * count, about))["表"].auto_filter.ref == filtered


def test_rows_are_taken_one_by_one_and_all_of_them() -> None:
    rows = lines(opened(Sheet("表", ("a",), ((n,) for n in range(700)), "全部")), "表")
    assert [row[0] for row in rows[2:]] == list(range(700))


def test_columns_are_wide_enough_for_chinese_and_no_wider_than_is_read() -> None:
    page = opened(Sheet("表", ("一", "b", "c"), [("十个汉字十个汉字十个", "abcdefghij", "长" * 200)]))["表"]
    wide, half, long = (page.column_dimensions[letter].width for letter in "ABC")
    assert half + 9 < wide < 26
    assert 10 < half < 15
    assert 50 <= long < 52


@pytest.mark.parametrize("name", ["牌/证:[2026]*?\\", "长" * 40, "'引'"])
def test_any_name_makes_a_sheet(name: str) -> None:
    assert len(opened(Sheet(name, ("a",), [])).sheetnames[0]) <= 31


@pytest.mark.parametrize("row", [("x",), ("x", 1, 2)])
def test_row_that_does_not_fit_the_columns_is_a_mistake(row: tuple[books.Cell, ...]) -> None:
    with pytest.raises(ValueError, match=f"row 2 has {len(row)} cells, not 2"):
        books.written(Sheet("表", ("a", "b"), [("y", 1), row]))


def test_download_has_a_chinese_name() -> None:
    answer = books.response("办件统计 2026-03", Sheet("表", ("a",), [("x",)]))
    kind, name = answer["Content-Disposition"].split("; ")
    assert kind == "attachment"
    assert urllib.parse.unquote(name).lower() == "filename*=utf-8''办件统计 2026-03.xlsx"
    assert answer["Content-Type"] == books.KIND
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames == ["表"]
