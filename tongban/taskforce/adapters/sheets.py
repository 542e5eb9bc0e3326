"""Write tables as an .xlsx file, with a sheet that says what the columns mean."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

Cell = str | int | float | None


def book(name: str, head: Sequence[str], rows: Sequence[Sequence[Cell]], notes: Sequence[tuple[str, str]]) -> bytes:
    """Return a workbook: the table with its head frozen, and a sheet 口径 of definitions. Texts never become formulas."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as workbook:
        bold = workbook.add_format(
            {"bold": True, "bg_color": "#e8f1fc", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        plain = workbook.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        for title, heads, lines in ((name, head, rows), ("口径", ("名称", "说明"), notes)):
            sheet = workbook.add_worksheet(title[:31])
            for at, words in enumerate(heads):
                sheet.write(0, at, words, bold)
                longest = max([len(str(line[at] or "")) for line in lines], default=0)
                sheet.set_column(at, at, min(60, max(8, 2 * len(words), longest * 1.8)))
            for number, line in enumerate(lines, start=1):
                for at, value in enumerate(line):
                    sheet.write(number, at, value, plain)
            sheet.freeze_panes(1, 0)
            sheet.set_landscape()
            sheet.set_paper(8)  # A3
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)
    return out.getvalue()
