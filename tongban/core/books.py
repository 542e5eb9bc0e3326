"""Workbooks (xlsx) to take away and to print: sheets of texts and numbers; the last sheet says what the columns mean."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter
from django.http import HttpResponse
from django.utils.http import content_disposition_header

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEANINGS = "口径说明"
Cell = str | int | float | None
# A column is its head, or its head with what it means.
Column = str | tuple[str, str]

A3, A4 = 8, 9
# Up to so many columns are legible on A4 across; more are printed on A3.
MOST_ON_A4 = 12
# Columns are as wide as the widest cell of so many rows, in characters of half width; what is longer is wrapped.
MEASURED_ROWS, NARROWEST, WIDEST = 300, 8, 50
# A sheet is not named with these, and not longer than this.
FORBIDDEN, LONGEST_NAME = re.compile(r"[\[\]:*?/\\']"), 31


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, columns and rows; what stands above the head; words of its rows (no columns) and what they mean."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    about: str = ""
    terms: Sequence[tuple[str, str]] = ()

    @property
    def heads(self) -> list[str]:
        """The names of the columns."""
        return [column if isinstance(column, str) else column[0] for column in self.columns]

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """The columns that have a meaning, then the terms: word and meaning."""
        told = [column for column in self.columns if not isinstance(column, str)]
        return [(word, means) for word, means in [*told, *self.terms] if means]


def written(*sheets: Sheet) -> bytes:
    """Return a workbook; when a column or a term has a meaning, the last sheet (口径说明) lists them.

    Texts are written as texts: nothing in them is ever a formula, a link or a number. Raises ValueError on a row with more
    or fewer cells than columns.
    """
    target = io.BytesIO()
    told = [(sheet.name, *pair) for sheet in sheets for pair in sheet.meanings]
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        look = {"border": 1, "text_wrap": True}
        head = book.add_format({**look, "bold": True, "bg_color": "#e8f1fc", "valign": "vcenter"})
        plain = book.add_format({**look, "valign": "top"})
        for sheet in sheets:
            _write(book.add_worksheet(FORBIDDEN.sub(" ", sheet.name)[:LONGEST_NAME]), sheet, head, plain)
        if told:
            _write(book.add_worksheet(MEANINGS), Sheet(MEANINGS, ("表", "列或词语", "说明"), told), head, plain)
    return target.getvalue()


def response(name: str, *sheets: Sheet) -> HttpResponse:
    """Return a workbook as a download with a Chinese file name; `name` is without .xlsx."""
    answer = HttpResponse(written(*sheets), content_type=KIND)
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    return answer


def _write(page: Any, sheet: Sheet, head: Any, plain: Any) -> None:  # xlsxwriter has no types
    heads, top = sheet.heads, 1 if sheet.about else 0
    if sheet.about:
        page.write_string(0, 0, sheet.about)
    for across, name in enumerate(heads):
        page.write_string(top, across, name, head)
    rows, last = iter(sheet.rows), top
    measured = list(islice(rows, MEASURED_ROWS))
    for last, row in enumerate(chain(measured, rows), top + 1):
        _write_row(page, last, row, len(heads), plain)
    for across, width in enumerate(_widths(heads, measured)):
        page.set_column(across, across, width)
    page.freeze_panes(top + 1, 0)
    if last > top:
        page.autofilter(top, 0, last, len(heads) - 1)
    page.set_landscape()
    page.set_paper(A4 if len(heads) <= MOST_ON_A4 else A3)
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    page.set_footer("&C第 &P 页，共 &N 页")


def _write_row(page: Any, down: int, row: Sequence[Cell], count: int, plain: Any) -> None:
    if len(row) != count:
        raise ValueError(f"row {down} has {len(row)} cells, not {count}")
    for across, cell in enumerate(row):
        if cell is None:
            page.write_blank(down, across, None, plain)
        elif isinstance(cell, str):
            page.write_string(down, across, cell, plain)
        else:
            page.write_number(down, across, cell, plain)


def _widths(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Return the width of each column; a head has room for the arrow of its filter."""
    widths = [_width(name) + 2 for name in heads]
    for row in rows:
        widths = [max(width, _width(cell)) for width, cell in zip(widths, row, strict=True)]
    return [min(WIDEST, max(NARROWEST, width + 2)) for width in widths]


def _width(cell: Cell) -> int:
    """Return how much room a cell takes: Chinese takes two characters of half width."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in str("" if cell is None else cell))
