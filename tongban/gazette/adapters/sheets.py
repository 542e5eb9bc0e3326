"""Read .xlsx: every visible sheet is a table with its merged cells."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import python_calamine

from tongban.gazette.rules.shapes import HARD, Document, Refused, Row, Table


def read(path: Path) -> Document:
    """Return the visible sheets of a workbook as tables. Raises Refused when the file is none."""
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            visible = [found.name for found in book.sheets_metadata if _is_visible(found)]
            sheets = [book.get_sheet_by_name(name) for name in visible]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        remedy = "请用 Excel 或 WPS 去掉密码、另存为 .xlsx 后重试"
        raise Refused("gazette.broken_xlsx", "不是有效的 Excel 文件", remedy=remedy) from error
    return Document("", tuple(Table(f"工作表“{sheet.name}”", _rows(sheet)) for sheet in sheets))


def _is_visible(sheet: python_calamine.SheetMetadata) -> bool:
    return (
        sheet.visible is python_calamine.SheetVisibleEnum.Visible
        and sheet.typ is python_calamine.SheetTypeEnum.WorkSheet
    )


def _rows(sheet: python_calamine.CalamineSheet) -> tuple[Row, ...]:
    cells: list[list[str | None]] = [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for y in range(top + 1, min(bottom + 1, len(cells))):
            for x in range(left, min(right + 1, len(cells[y]))):
                cells[y][x] = None
    return tuple(tuple(row) for row in cells)


def _text(value: object) -> str:
    """Return a value as a person reads it: whole numbers without a point, days in ISO form."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").replace("\n", HARD)
