"""`tongban history import | report`: logs of permits that others recorded, counted as the pages of supervision count them."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from tongban.core import health
from tongban.core.actor import Actor
from tongban.core.cli import Output
from tongban.rules import specs
from tongban.supervision.queries import history as queries
from tongban.supervision.rules.history import Columns
from tongban.supervision.services import history


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `history`."""
    verbs = commands.add_parser("history", help="历史办件：导入真实的办件日志").add_subparsers(
        dest="verb", required=True
    )
    parser = verbs.add_parser("import", help="导入一个 csv 日志，一行是一个办件的一次活动；同一个文件导两次不变")
    parser.add_argument("file", type=Path)
    parser.add_argument("--mapping", type=Path, required=True, help="对应文件（yaml）：case、activity、time 等在哪一列")
    parser.add_argument("--place", default=settings.PLACE, metavar="代码", help="地方目录包的代码")
    parser.set_defaults(run=run_import)
    parser = verbs.add_parser("report", help="各种数：办件、办结、在办、超期、按月、按渠道")
    parser.add_argument("--place", default=settings.PLACE, metavar="代码", help="地方目录包的代码")
    parser.set_defaults(run=run_report)


def run_import(args: argparse.Namespace, out: Output) -> int:
    """Import a log."""
    health.require_ready()
    document = specs.parse(args.mapping.read_text("utf-8-sig"), file=str(args.mapping))
    columns = specs.load(Columns, document)
    done = history.take(
        args.place, args.file.name, args.file.read_bytes(), columns, by=Actor(name="命令行", channel="cli")
    )
    fresh = f"读了 {done.lines} 行，新增办件 {done.cases} 件、活动 {done.events} 条"
    text = "这个文件已经导入过，没有变化" if done.is_known else fresh
    out.result(asdict(done), text=text)
    return 0


def run_report(args: argparse.Namespace, out: Output) -> int:
    """Print the counts."""
    health.require_ready()
    found = queries.report(args.place)
    lines = [
        f"办件 {found.cases}，办结 {found.closed}，在办 {found.open}，超期 {found.late}",
        *(f"{month}  {n}" for month, n in found.by_month.items()),
        *(f"{channel}  {n}" for channel, n in found.by_channel.items()),
    ]
    out.result(asdict(found), text="\n".join(lines))
    return 0
