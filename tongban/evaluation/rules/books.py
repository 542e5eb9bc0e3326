"""Figures and lists as a workbook: every text a text, never a formula; the last sheet says how the figures are made."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, what stands above it, its heads and rows."""

    name: str
    about: str
    heads: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def written(sheets: Sequence[Sheet]) -> bytes:
    """Return sheets as a workbook."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for one in sheets:
            sheet = book.add_worksheet(one.name[:31])
            sheet.write_string(0, 0, one.about)
            for n, name in enumerate(one.heads):
                sheet.write_string(1, n, name, bold)
                longest = max((len(str(row[n])) for row in one.rows[:500]), default=0)
                sheet.set_column(n, n, min(50, 2 + 2 * max(len(name), min(longest, 24))))
            for down, row in enumerate(one.rows, 2):
                for n, cell in enumerate(row):
                    if isinstance(cell, int):
                        sheet.write_number(down, n, cell, wrapped)
                    else:
                        sheet.write_string(down, n, cell, wrapped)
            sheet.freeze_panes(2, 1)
    return file.getvalue()
