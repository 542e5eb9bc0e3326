"""Workbooks (xlsx) to take away: sheets of texts and numbers, streamed row by row."""

from __future__ import annotations

import io
import urllib.parse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import xlsxwriter
from django.http import HttpResponse

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, the heads of its columns, its rows."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def written(sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook. Texts are written as texts: nothing in them is ever a formula."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bg_color": "#e8f1fc"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name[:31])
        page.freeze_panes(1, 0)
        page.write_row(0, 0, sheet.heads, bold)
        widths = [len(head) * 2 + 2 for head in sheet.heads]
        for n, row in enumerate(sheet.rows, 1):
            page.write_row(n, 0, row)
            widths = [min(60, max(width, len(str(cell)) * 2)) for width, cell in zip(widths, row, strict=True)]
        for n, width in enumerate(widths):
            page.set_column(n, n, width)
    book.close()
    return target.getvalue()


def response(name: str, sheets: Iterable[Sheet]) -> HttpResponse:
    """Return a workbook as a download with a Chinese file name."""
    answer = HttpResponse(written(sheets), content_type=KIND)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{urllib.parse.quote(name)}.xlsx"
    return answer
