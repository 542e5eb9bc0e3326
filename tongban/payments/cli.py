"""`tongban payments reconcile | differences`."""

from __future__ import annotations

import argparse
from datetime import date

from tongban.core.actor import Actor
from tongban.core.cli import Output
from tongban.payments import queries
from tongban.payments.queries import DifferenceView
from tongban.payments.services import reconciliation


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `payments`."""
    verbs = commands.add_parser("payments", help="统一支付：对账").add_subparsers(dest="verb", required=True)
    parser = verbs.add_parser("reconcile", help="和支付平台对一天的账")
    parser.add_argument("--date", required=True, type=_day, metavar="YYYY-MM-DD")
    parser.set_defaults(run=run_reconcile)
    parser = verbs.add_parser("differences", help="列出没有处理的差异")
    parser.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help="只看这一天，包括处理过的")
    parser.set_defaults(run=run_differences)


def run_reconcile(args: argparse.Namespace, out: Output) -> int:
    """Compare a day; exit 1 when something differs."""
    run = reconciliation.reconcile(args.date, by=Actor.system("命令行"))
    found = queries.differences(by=Actor.system(), on=args.date)
    waiting = [view for view in found if view.row.settled_at is None]
    document = {
        "date": args.date.isoformat(), "ours": {"lines": run.ours_lines, "fen": run.ours_fen},
        "theirs": {"lines": run.theirs_lines, "fen": run.theirs_fen}, "differences": [_json(view) for view in found],
    }  # fmt: skip
    head = f"{args.date} 我方 {run.ours_lines} 笔，对方 {run.theirs_lines} 笔，差异 {len(found)} 条，未处理 {len(waiting)} 条"
    out.result(document, text="\n".join([head, *map(_line, found)]))
    return 1 if waiting else 0


def run_differences(args: argparse.Namespace, out: Output) -> int:
    """List differences; exit 1 when some wait to be settled."""
    found = queries.differences(by=Actor.system(), on=args.date, open_only=args.date is None)
    out.result([_json(view) for view in found], text="\n".join(map(_line, found)) or "没有差异")
    return 1 if any(view.row.settled_at is None for view in found) else 0


def _json(view: DifferenceView) -> dict[str, object]:
    row = view.row
    return {
        "date": row.run.on.isoformat(), "kind": row.kind, "sort": row.sort, "number": row.number, "trade_no": row.trade_no,
        "organisation": row.organisation, "ours": row.ours, "theirs": row.theirs, "settled_at": row.settled_at, "note": row.note,
    }  # fmt: skip


def _line(view: DifferenceView) -> str:
    row = view.row
    settled = f"　已处理：{row.note}" if row.settled_at else ""
    return f"{row.run.on}\t{view.sort}\t{view.kind}\t{row.number}\t我方：{row.ours}\t对方：{row.theirs}{settled}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"“{text[:20]}”不是日期，写成 2026-03-06") from problem
