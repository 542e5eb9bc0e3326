"""A list as a file: a workbook, CSV that spreadsheets open as text, JSON.

A cell of CSV that a spreadsheet would take for a formula gets an apostrophe before it; in a workbook every text is written as a text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import xlsxwriter

from tongban.disclosure.rules.lists import Cell, Listing

# What begins a formula, also in full width and after blanks.
FORMULA = tuple("=+-@＝＋－＠")
BOM = "\ufeff"
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
}


@dataclass(frozen=True)
class Stamp:
    """What stands above a list: whose it is, and the day on which the file was made."""

    place: str
    made_on: date


def harmless(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(cell, str) and cell.lstrip().startswith(FORMULA):
        return f"'{cell}"
    return cell


def written(listing: Listing, form: str, stamp: Stamp) -> bytes:
    """Return a list as a file; `form` is one of KINDS. Raises KeyError."""
    return {"xlsx": _workbook, "csv": _csv, "json": _json}[form](listing, stamp)


def _day(on: date | None) -> str:
    return "" if on is None else f"{on:%Y-%m-%d}"


def _about(listing: Listing, stamp: Stamp) -> str:
    return f"{stamp.place}{listing.kind.name}，共 {len(listing.rows)} 行，目录更新于 {_day(listing.updated_on)}，生成于 {_day(stamp.made_on)}"


def _lines(listing: Listing) -> list[tuple[Cell, ...]]:
    return [(n, *row.cells) for n, row in enumerate(listing.rows, 1)]


def _csv(listing: Listing, stamp: Stamp) -> bytes:
    file = io.StringIO()
    file.write(BOM)
    writer = csv.writer(file)
    writer.writerow(["序号", *listing.kind.columns])
    writer.writerows([harmless(cell) for cell in line] for line in _lines(listing))
    return file.getvalue().encode()


def _json(listing: Listing, stamp: Stamp) -> bytes:
    body = {
        "code": listing.kind.code, "name": listing.kind.name, "place": stamp.place, "updated_on": _day(listing.updated_on) or None,
        "made_on": _day(stamp.made_on), "rows": [
            {"item": row.item, **dict(zip(listing.kind.columns, row.cells, strict=True))} for row in listing.rows
        ],
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def _workbook(listing: Listing, stamp: Stamp) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"title": listing.kind.name, "created": datetime.combine(stamp.made_on, time())})
        sheet = book.add_worksheet(listing.kind.name[:31])
        bold, wrapped = (
            book.add_format({"bold": True, "text_wrap": True}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        lines = _lines(listing)
        sheet.write_string(0, 0, _about(listing, stamp))
        for n, name in enumerate(("序号", *listing.kind.columns)):
            sheet.write_string(1, n, name, bold)
            sheet.set_column(n, n, _width(n, name, lines))
        for down, line in enumerate(lines, 2):
            for n, cell in enumerate(line):
                if isinstance(cell, int):
                    sheet.write_number(down, n, cell, wrapped)
                else:
                    sheet.write_string(down, n, cell, wrapped)
        sheet.freeze_panes(2, 2)
        sheet.autofilter(1, 0, max(len(lines) + 1, 2), len(listing.kind.columns))
    return file.getvalue()


def _width(n: int, name: str, lines: Sequence[tuple[Cell, ...]]) -> int:
    """Return a width in characters that shows most cells whole: Chinese takes two, none takes more than 50."""
    longest = max((len(str(line[n])) for line in lines[:500]), default=0)
    return min(50, 2 + 2 * max(len(name), min(longest, 24)))
