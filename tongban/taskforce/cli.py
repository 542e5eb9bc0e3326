"""`tongban taskforce import | list`: official task lists from the command line."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.cli import Output
from tongban.rules.errors import Invalid
from tongban.taskforce.queries import importing as queries
from tongban.taskforce.queries import ledger
from tongban.taskforce.rules.lists import Match
from tongban.taskforce.services import campaigns, importing
from tongban.taskforce.services.campaigns import Settings


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `taskforce`."""
    verbs = commands.add_parser("taskforce", help="督办：官方任务清单").add_subparsers(dest="verb", required=True)
    parser = verbs.add_parser("import", help="读一份任务清单，立成专项（还不交办）")
    parser.add_argument("file", metavar="FILE", type=Path, help=".txt、.docx、.xlsx 或 .pdf")
    parser.add_argument("--name", required=True, metavar="专项名称")
    parser.add_argument("--year", type=_year, metavar="YYYY", help="“8月底前”一类时限所在的年份，默认取发文日期的年份")
    parser.add_argument("--rebase", type=_year, metavar="YYYY", help="演示用：把各时限顺延到这一年，印发的日期留在旁边")
    parser.add_argument(
        "--units", type=Path, metavar="FILE", help="JSON：清单上的单位名称对到本地单位代码，空表是平台外单位"
    )
    parser.add_argument("--indicators", type=Path, metavar="FILE", help="JSON：任务序号绑定的指标代码")
    parser.add_argument("--due", type=date.fromisoformat, metavar="YYYY-MM-DD", help="清单没写时限的行都定为这一天")
    parser.add_argument("--report-day", type=int, default=25, metavar="日", help="每月填报截止日，默认 25")
    parser.add_argument("--example", action="store_true", help="标为示例")
    parser.add_argument("--check", action="store_true", help="只上传待核对，不立项")
    parser.add_argument("--launch", action="store_true", help="立项后马上交办")
    parser.set_defaults(run=run_import)
    verbs.add_parser("list", help="列出专项").set_defaults(run=run_list)


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 2000 <= int(text) <= 2099):
        raise argparse.ArgumentTypeError(f"年份应为 2000 至 2099 的四位数字，不是 {text[:20]}")
    return int(text)


def _given(path: Path) -> dict[str, Match]:
    """Return what a file says that printed names stand for. Raises Invalid."""
    try:
        read = json.loads(path.read_text("utf-8"))
        return {str(name): Match(tuple(map(str, codes)), outside=not codes) for name, codes in read.items()}
    except (ValueError, TypeError, AttributeError) as problem:
        raise Invalid(
            "taskforce.units", "单位对照文件读不懂", remedy='写成 {"清单上的名称": ["本地单位代码"]}'
        ) from problem


def _bound(path: Path) -> dict[str, list[str]]:
    """Return what a file says about which indicators tasks are bound to. Raises Invalid."""
    try:
        return {str(number): list(map(str, codes)) for number, codes in json.loads(path.read_text("utf-8")).items()}
    except (ValueError, TypeError, AttributeError) as problem:
        raise Invalid(
            "taskforce.indicators", "指标绑定文件读不懂", remedy='写成 {"任务序号": ["指标代码"]}'
        ) from problem


def run_import(args: argparse.Namespace, out: Output) -> int:
    """Read a list, match its units, make a campaign; names that nobody knows are kept as outside text and told."""
    by = Actor.system("命令行")
    upload = importing.upload(args.file, args.file.name, name=args.name, year=args.year, by=by)
    if args.rebase:
        upload = importing.rebase(upload.pk, args.rebase, by=by)
    if args.due:
        importing.set_due(upload.pk, args.due, by=by)
    if args.units:
        given = _given(args.units)
        importing.map_units(upload.pk, {name: met for name, met in given.items() if name in upload.units}, by=by)
    grid = queries.grid(queries.one(upload.pk, by=by))
    told = [f"{where}：{words}" for where, words in upload.findings]
    told += [f"第 {row.row.position} 行（序号 {row.number}）{cell.label}：{words}"
             for row in grid.rows for cell in row.cells.values() for words in cell.doubts]  # fmt: skip
    for words in told:
        out.say(words)
    document: dict[str, object] = {
        "upload": str(upload.pk), "rows": len(grid.rows), "findings": told, "unknown": list(grid.check.unknown),
        "shift_years": upload.shift_years,
    }  # fmt: skip
    if args.check or any(grid.check.faults):
        out.result(document, text=f"已存为待核对的清单：{len(grid.rows)} 行，{len(grid.check.unknown)} 个单位没有确定")
        return 0 if args.check else 1
    if grid.check.unknown:
        importing.map_units(upload.pk, {name: Match(outside=True) for name in grid.check.unknown}, by=by)
        out.say(f"照原文保留的平台外单位：{'、'.join(grid.check.unknown)}")
    campaign = importing.take(
        upload.pk, Settings(time.today(), report_day=args.report_day, is_example=args.example), by=by
    )
    bound = _bound(args.indicators) if args.indicators else {}
    for task in campaign.tasks.all():
        if task.number in bound:
            campaigns.bind(task.pk, bound[task.number], by=by)
    handed = campaigns.launch(campaign.pk, by=by) if args.launch else 0
    found = ledger.ledger(campaign, by=by, on=time.today())
    shares = sum(len(task.shares) for task in found.tasks)
    document |= {
        "campaign": str(campaign.pk),
        "tasks": len(found.tasks),
        "assignments": shares,
        "handed_out": handed,
        "bound": len(bound),
    }
    out.result(document, text=f"专项“{campaign.name}”：{len(found.tasks)} 项任务，{shares} 项分工，已交办 {handed} 项")
    return 0


def run_list(args: argparse.Namespace, out: Output) -> int:
    """List the campaigns of the place."""
    by = Actor.system("命令行")
    on: date = time.today()
    rows = [(row, ledger.ledger(row, by=by, on=on)) for row in ledger.campaigns(by=by)]
    out.result(
        [
            {"id": str(row.pk), "name": row.name, "tasks": len(found.tasks), "counts": found.counts}
            for row, found in rows
        ],
        text="\n".join(f"{row.name}\t{len(found.tasks)} 项任务\t{found.finding}" for row, found in rows)
        or "还没有专项",
    )
    return 0
