"""Spreadsheets that we write: the template with its drop-downs, and the lines that could not be taken with what to do."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from tongban.authoring.rules import columns
from tongban.authoring.rules.columns import Column

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ITEM_SHEET, MATERIAL_SHEET, HELP_SHEET, CHOICE_SHEET = "事项", "材料", "填写说明", "选项"
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CODED = ("basic", "task", "uscc", "old", "slug", "code")
_HOW = (
    "一行一个事项；材料写在“材料”表，一行一份，用事项编码或名称对上。",
    "标记写“示例”的行、空行、隐藏的表不取；公式只取算出来的值；合并的单元格向下填。",
    "编码列要设为“文本”，不然长编码的后几位会丢。",
    "几个值写在一格里用、隔开；受理条件、设定依据一行一条。",
    "不写的格子不改原来的内容；材料表里没写到的材料不会删掉。",
    "取入后是稿子，不会发布；还要补的、不对的，稿子的检查会逐条列出。",
)


def template(
    lists: Mapping[str, Sequence[str]],
    items: Sequence[Mapping[str, str]],
    materials: Sequence[Mapping[str, str]],
    example: Mapping[str, str],
) -> bytes:
    """Return the template as a workbook; `lists` are the choices of the place by key, `items` and `materials` lines to fill in."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        book.set_properties({"title": "事项导入模板", "created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
        used = [column for column in columns.ITEMS if column.is_in_template]
        choices = _Choices()
        sheets = [
            (book.add_worksheet(ITEM_SHEET), used, items), (book.add_worksheet(MATERIAL_SHEET), list(columns.MATERIALS), materials),
        ]  # fmt: skip
        for sheet, shown, rows in sheets:
            _table(book, sheet, shown, rows, example, {**_options(shown), **lists}, choices)
        _help(book, [("事项", used), ("材料", list(columns.MATERIALS))], lists)
        choices.write(book)
    return file.getvalue()


def _options(shown: Sequence[Column]) -> dict[str, list[str]]:
    found = {column.key: list(column.options.values()) for column in shown if column.options}
    return found | {column.key: ["是", "否"] for column in shown if column.kind == "yes"}


class _Choices:
    """The lists of the drop-downs: a hidden sheet, as a rule of its own holds no more than 255 characters."""

    def __init__(self) -> None:
        self.lists: list[list[str]] = []

    def source(self, words: Sequence[str]) -> str:
        if list(words) not in self.lists:
            self.lists.append(list(words))
        name = chr(65 + self.lists.index(list(words)) % 26)
        at = self.lists.index(list(words)) // 26
        name = (chr(64 + at) if at else "") + name
        return f"={CHOICE_SHEET}!${name}$1:${name}${len(words)}"

    def write(self, book: Any) -> None:
        sheet = book.add_worksheet(CHOICE_SHEET)
        sheet.hide()
        for n, words in enumerate(self.lists):
            sheet.write_column(0, n, words)


def _table(book: Any, sheet: Any, shown: Sequence[Column], rows: Sequence[Mapping[str, str]], example: Mapping[str, str],
           lists: Mapping[str, Sequence[str]], choices: _Choices) -> None:  # fmt: skip
    head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DCE6F5", "border": 1, "valign": "vcenter"})
    text, grey = (
        book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        book.add_format({"num_format": "@", "font_color": "#666666", "italic": True}),
    )
    for n, column in enumerate(shown):
        sheet.set_column(n, n, min(40, max(10, 2 * len(column.label) + 4)), text)
        sheet.write_string(0, n, column.label, head)
        said = example.get(column.key, column.example)
        if said:
            sheet.write_string(1, n, said, grey)
        if lists.get(column.key):
            rule: dict[str, Any] = {
                "validate": "list",
                "source": choices.source(lists[column.key]),
                "ignore_blank": True,
            }
            if column.kind == "multi":  # several may stand in one cell
                rule |= {
                    "error_type": "information",
                    "error_title": column.label,
                    "error_message": "可以写几个，用、隔开",
                }
            else:
                rule |= {
                    "error_type": "warning",
                    "error_title": column.label,
                    "error_message": "不在选项里，导入时会提示",
                }
            sheet.data_validation(1, n, max(2000, len(rows) + 100), n, rule)
        for down, row in enumerate(rows, 2):
            if row.get(column.key):
                sheet.write_string(down, n, row[column.key][:32_000], text)
    sheet.freeze_panes(1, 3)


def _help(book: Any, tables: Sequence[tuple[str, Sequence[Column]]], lists: Mapping[str, Sequence[str]]) -> None:
    sheet = book.add_worksheet(HELP_SHEET)
    bold, text = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for n, width in enumerate((8, 24, 44, 60, 40)):
        sheet.set_column(n, n, width, text)
    for n, words in enumerate(_HOW):
        sheet.write_string(n, 0, f"{n + 1}. {words}", book.add_format())
    down = len(_HOW) + 1
    for n, words in enumerate(("表", "列的名字", "怎么填", "可以选的", "也认这些列名")):
        sheet.write_string(down, n, words, bold)
    for table, shown in tables:
        for column in shown:
            down += 1
            options = list(column.options.values()) or list(lists.get(column.key, ()))[:40]
            for n, words in enumerate(
                (table, f"列：{column.label}", column.help, "、".join(options), "；".join(column.heads))
            ):
                sheet.write_string(down, n, words, text)


def failures(
    sheets: Sequence[tuple[str, Sequence[str], Sequence[tuple[int, Sequence[str], str, str, frozenset[int]]]]],
) -> bytes:
    """Return the lines to mend as a workbook: per sheet its name, heads and lines (number, cells, what, how, columns marked)."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DCE6F5"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        bad = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "bg_color": "#FBE0DD"})
        for n, (name, heads, rows) in enumerate(sheets):
            sheet = book.add_worksheet(_title(name, n))
            for at, head in enumerate((*columns.REPORT_HEADS[1:], *heads)):
                sheet.write_string(0, at, head, bold)
                sheet.set_column(at, at, 40 if at in (1, 2) else 16, text)
            for down, (number, cells, what, how, marked) in enumerate(rows, 1):
                for at, said in enumerate((str(number), what, how, *cells)):
                    sheet.write_string(down, at, said[:32_000], bad if at - 3 in marked else text)
            sheet.freeze_panes(1, 3)
        if not sheets:
            book.add_worksheet("没有要改的").write_string(0, 0, "没有要改的行")
    return file.getvalue()


def _title(name: str, n: int) -> str:
    said = "".join(ch for ch in name if ch not in "[]:*?/\\'")[:28]
    return said or f"表 {n + 1}"
