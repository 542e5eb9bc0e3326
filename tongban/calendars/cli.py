"""`tongban clock due`: the last day of a limit, with its reasons."""

from __future__ import annotations

import argparse
from datetime import date, datetime

from tongban.calendars import queries
from tongban.core import time
from tongban.core.cli import Output
from tongban.rules import clock
from tongban.rules.errors import Invalid

UNITS = ("workday", "day", "month")


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `clock`."""
    parser = commands.add_parser("clock", help="时限计算")
    sub = parser.add_subparsers(dest="verb", required=True)
    due = sub.add_parser("due", help="计算到期日")
    due.add_argument("--start", required=True, type=_start, metavar="日期时间", help="起算时刻，不带时区的按北京时间")
    due.add_argument("--limit", required=True, type=_limit, help="时限数")
    due.add_argument("--unit", choices=UNITS, default="workday", help="工作日、自然日或月")
    due.add_argument("--pause", action="append", default=[], type=_pause, metavar="FROM..TO", help="依法不计入的期间")
    due.set_defaults(run=run_due)


def run_due(args: argparse.Namespace, out: Output) -> int:
    """Print the last day of a limit."""
    try:
        told = clock.due(
            args.start, limit=args.limit, unit=args.unit, pauses=args.pause, calendar=queries.calendar_or_seed()
        )
    except (ValueError, OverflowError) as problem:
        raise Invalid(
            "clock.range", "日期超出公元 9999 年，或暂停超过十年，算不了", remedy="核对日期和暂停的期间"
        ) from problem
    out.result(
        {"due_on": told.due_on.isoformat(), "provisional": told.provisional, "reasons": list(told.reasons)},
        text=told.due_on.isoformat() + (" 暂定" if told.provisional else ""),
    )
    return 0


def _start(text: str) -> date:
    try:
        at = datetime.fromisoformat(text)
        return time.day_of(at) if at.tzinfo else at.date()
    except (ValueError, OverflowError) as problem:
        raise argparse.ArgumentTypeError(f"“{text[:40]}”不是日期时间；写成 2026-03-06 或 2026-03-06T10:00") from problem


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= clock.LONGEST):
        raise argparse.ArgumentTypeError(f"时限应为 0 到 {clock.LONGEST} 的整数，现在是“{text[:20]}”")
    return int(text)


def _pause(text: str) -> clock.Pause:
    first, _, last = text.partition("..")
    try:
        pause = clock.Pause(_start(first), _start(last))
    except argparse.ArgumentTypeError as problem:
        raise argparse.ArgumentTypeError(f"“{text[:40]}”不是期间；写成 2026-03-10..2026-03-12") from problem
    if pause.end_on < pause.start_on:
        raise argparse.ArgumentTypeError(f"期间“{text}”的结束早于开始；把两个日期对调")
    return pause
