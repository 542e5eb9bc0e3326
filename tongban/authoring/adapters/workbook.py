"""Read a spreadsheet for real, as a child process with limits: `python -m … PATH`.

1.5 GB of memory, 60 s of CPU. Prints one JSON document: {"sheets": […], "notes": […]} or {"problem": "…"}.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import date, datetime, time, timedelta

import python_calamine

MOST_MEMORY = 1536 * 1024 * 1024
MOST_CPU_S = 60


def main(path: str) -> None:
    """Read the file and print what it holds."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            result = _read(book)
    except python_calamine.PasswordError:
        result = {"problem": "password"}
    except (python_calamine.CalamineError, OSError, ValueError, MemoryError) as problem:
        result = {"problem": "password" if "password" in str(problem).lower() else "broken"}
    json.dump(result, sys.stdout, ensure_ascii=False)


def _read(book: python_calamine.CalamineWorkbook) -> dict[str, object]:
    sheets, notes = [], []
    for found in book.sheets_metadata:
        if found.typ is not python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if found.visible is not python_calamine.SheetVisibleEnum.Visible:
            notes.append(f"工作表“{found.name}”是隐藏的，没有取")
            continue
        sheet = book.get_sheet_by_name(found.name)
        rows = [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        merged = [[top, left, bottom, right] for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]
        sheets.append({"name": found.name, "rows": rows, "merged": merged})
    return {"sheets": sheets, "notes": notes}


def _text(value: object) -> str:
    """Return a value as a person reads it: whole numbers without a point, days in ISO form."""
    match value:
        case bool():
            return "是" if value else "否"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
        case date():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)


if __name__ == "__main__":
    main(sys.argv[1])
