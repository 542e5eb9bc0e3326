"""Write tables as a workbook (xlsx), with a sheet that says what each column means."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

Cell = str | int | float


@dataclass(frozen=True)
class Sheet:
    """A table: its name, what it is, columns with what each means, rows."""

    name: str
    about: str
    columns: tuple[tuple[str, str], ...]
    rows: Sequence[tuple[Cell, ...]]


def written(*sheets: Sheet) -> bytes:
    """Return a workbook of tables. Text is written as text: a cell that begins with = is no formula."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name[:31])
            page.write_string(0, 0, sheet.about)
            for n, (name, _) in enumerate(sheet.columns):
                page.write_string(1, n, name, bold)
                page.set_column(n, n, _width(sheet, n))
            for down, row in enumerate(sheet.rows, 2):
                for n, cell in enumerate(row):
                    if isinstance(cell, str):
                        page.write_string(down, n, cell, plain)
                    else:
                        page.write_number(down, n, cell, plain)
            page.freeze_panes(2, 0)
            if sheet.rows:
                page.autofilter(1, 0, len(sheet.rows) + 1, len(sheet.columns) - 1)
        page = book.add_worksheet("口径说明")
        page.set_column(0, 1, 20)
        page.set_column(2, 2, 70)
        for n, name in enumerate(("表", "列", "说明")):
            page.write_string(0, n, name, bold)
        told = [(sheet.name, name, means) for sheet in sheets for name, means in sheet.columns]
        for down, words in enumerate(told, 1):
            for n, word in enumerate(words):
                page.write_string(down, n, word, plain)
    return file.getvalue()


def _width(sheet: Sheet, n: int) -> int:
    longest = max((len(str(row[n])) for row in sheet.rows[:300]), default=0)
    return min(50, 2 + 2 * max(len(sheet.columns[n][0]), min(longest, 24)))
