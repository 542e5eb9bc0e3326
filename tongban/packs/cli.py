"""`tongban pack check | plan | apply | export`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tongban.core.actor import Actor
from tongban.core.cli import Output
from tongban.packs import services
from tongban.packs.services import Changes
from tongban.rules.specs import Finding


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `pack`."""
    verbs = commands.add_parser("pack", help="目录包：检查、比较、装入、导出").add_subparsers(
        dest="verb", required=True
    )
    for verb, help_text, run in (
        ("check", "检查目录包", run_check), ("plan", "装入前看会改什么", run_plan), ("apply", "装入目录包", run_apply),
    ):  # fmt: skip
        parser = verbs.add_parser(verb, help=help_text)
        parser.add_argument("dir", type=Path, metavar="DIR")
        parser.set_defaults(run=run)
    parser = verbs.add_parser("export", help="导出在用的目录")
    parser.add_argument("place", metavar="PLACE")
    parser.add_argument("dir", type=Path, metavar="DIR")
    parser.set_defaults(run=run_export)


def run_check(args: argparse.Namespace, out: Output) -> int:
    """List what is wrong with a pack."""
    found = services.check(args.dir)
    out.result([finding.as_json() for finding in found], text=lines(found) or f"{args.dir} 没有问题")
    return 1 if found else 0


def lines(found: list[Finding]) -> str:
    """Return findings as lines."""
    return "\n".join(f"{f.file}:{f.line} [{f.rule}] {f.message}。{f.remedy}" for f in found)


def run_plan(args: argparse.Namespace, out: Output) -> int:
    """Say what applying would change."""
    return _show(services.plan(args.dir), out)


def run_apply(args: argparse.Namespace, out: Output) -> int:
    """Bring a pack into force."""
    return _show(services.apply(args.dir, by=Actor.system("命令行")), out)


def _show(changes: Changes, out: Output) -> int:
    words = {"create": "新增", "change": "改变", "retire": "停用"}
    rows = [f"{words[kind]} {code}" for kind, codes in changes.as_json().items() for code in codes]
    out.result(changes.as_json(), text="\n".join(rows) or "没有要改的")
    return 0


def run_export(args: argparse.Namespace, out: Output) -> int:
    """Write the pack in force into a folder."""
    count = services.export(args.place, args.dir)
    out.result({"files": count, "dir": str(args.dir)}, text=f"已导出 {count} 个文件到 {args.dir}")
    return 0
