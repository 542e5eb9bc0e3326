"""Read a year's notice (放假调休安排) from a spreadsheet or a CSV file: one row a day, 日期 and 类型 (休 or 班)."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path

import python_calamine

from tongban.rules.errors import Invalid, TooLarge

MOST_BYTES = 2_000_000
MOST_ROWS = 2_000
OFF, ON = ("休", "休息", "放假", "节假日"), ("班", "上班", "工作日", "补班", "调休上班")


def read(path: Path) -> dict[date, bool]:
    """Return day -> whether it is a working day, as the file says. Raises Invalid with the row of each fault, TooLarge."""
    if not path.is_file():
        raise Invalid("calendar.file", f"没有找到文件 {path}", remedy="检查路径")
    if path.stat().st_size > MOST_BYTES:
        raise TooLarge("calendar.file", "文件超过 2 MB，不像一年的放假安排", remedy="只保留日期和类型两列")
    rows = _sheet(path) if path.suffix.lower() in (".xlsx", ".xls") else _csv(path)
    if len(rows) > MOST_ROWS:
        raise TooLarge("calendar.rows", f"有 {len(rows)} 行，一年最多几百行", remedy="只保留要调整的日期")
    return _days(rows)


def _sheet(path: Path) -> list[list[object]]:
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        return [list(row) for row in workbook.get_sheet_by_index(0).to_python()]
    except (python_calamine.CalamineError, IndexError) as problem:
        raise Invalid("calendar.file", "这个表格打不开", remedy="另存为 xlsx 再导入") from problem


def _csv(path: Path) -> list[list[object]]:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return [list(row) for row in csv.reader(io.StringIO(raw.decode(encoding)))]
        except UnicodeDecodeError:
            continue
    raise Invalid("calendar.file", "文件的文字编码认不出来", remedy="另存为 UTF-8 的 CSV")


def _days(rows: list[list[object]]) -> dict[date, bool]:
    filled = [(n, row) for n, row in enumerate(rows, 1) if any(str(cell).strip() for cell in row)]
    if not filled:
        raise Invalid("calendar.empty", "文件是空的", remedy="第一行写“日期,类型”，下面一天一行")
    head = [str(cell).strip() for cell in filled[0][1]]
    if "日期" not in head or "类型" not in head:
        raise Invalid(
            "calendar.head", "第一行要有“日期”和“类型”两列", remedy="照 tongban calendar import --help 的样子改"
        )
    day_at, kind_at = head.index("日期"), head.index("类型")
    found: dict[date, bool] = {}
    problems: dict[str, str] = {}
    for n, row in filled[1:]:
        cells = [*row, "", ""]
        on, kind = _day(cells[day_at]), str(cells[kind_at]).strip()
        if on is None:
            problems[f"第 {n} 行"] = f"“{cells[day_at]}”不是日期，写成 2027-01-01"
        elif kind not in (*OFF, *ON):
            problems[f"第 {n} 行"] = f"类型“{kind}”不认识，写“休”或“班”"
        elif on in found and found[on] != (kind in ON):
            problems[f"第 {n} 行"] = f"{on} 前面写过另一种类型，删去一行"
        else:
            found[on] = kind in ON
    if problems:
        raise Invalid("calendar.rows", f"有 {len(problems)} 行要改，没有导入", fields=problems)
    return found


def _day(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(cell).strip().replace("/", "-").replace("年", "-").replace("月", "-").rstrip("日")
    try:
        return date(*(int(part) for part in text.split("-")))
    except (ValueError, TypeError):
        return None
