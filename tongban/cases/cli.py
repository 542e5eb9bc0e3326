"""`tongban calendar import`: a year's notice comes into force, and the days that move with it are listed."""

from __future__ import annotations

import argparse
from pathlib import Path

from tongban.calendars import services as calendars
from tongban.cases.services import recalculating
from tongban.core import health
from tongban.core.actor import Actor
from tongban.core.cli import Output


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `calendar`."""
    parser = commands.add_parser("calendar", help="工作日历")
    sub = parser.add_subparsers(dest="verb", required=True)
    imported = sub.add_parser("import", help="导入一年的放假调休安排（xlsx 或 csv，两列：日期、类型；类型写休或班）")
    imported.add_argument("file", type=Path)
    imported.add_argument("--source", default="", help="出处，例如“国办发明电〔2026〕…号”")
    imported.set_defaults(run=run_import)


def run_import(args: argparse.Namespace, out: Output) -> int:
    """Import a notice, recompute the open cases, list what moved."""
    health.require_ready()
    year = calendars.import_file(args.file, source=args.source)
    moved = recalculating.recalculate(year, by=Actor(name="命令行", channel="cli"))
    rows = [
        {"number": row.number, "name": row.name, "what": row.what, "was": str(row.was), "now": str(row.now)}
        for row in moved
    ]
    lines = [f"{row['number']}  {row['name']}  {row['what']}  {row['was']} → {row['now']}" for row in rows]
    text = "\n".join([f"{year} 年的放假安排已经生效，{len(rows)} 个日期有变化", *lines])
    out.result({"year": year, "moved": rows}, text=text)
    return 0
