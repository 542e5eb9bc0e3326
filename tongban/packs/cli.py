"""`tongban pack check | plan | apply | export`."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.conf import settings

from tongban.core import cli
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
    parser = cli.verbs(commands, "catalogue", "事项目录：检查").add_parser("check", help="照标准逐条检查一个地方的目录")
    parser.add_argument("place", metavar="PLACE", help="地方的代码（packs 里的文件夹名），或目录包的文件夹")
    parser.set_defaults(run=run_report)
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


def run_report(args: argparse.Namespace, out: Output) -> int:
    """List what is wrong with a catalogue, with the numbers of the rules. 1 when something blocks publishing."""
    folder = next(
        (path for path in (Path(args.place), Path(settings.PACK_DIR).parent / args.place) if path.is_dir()), None
    )
    rows = services.report(folder) if folder else services.report_in_force(args.place)
    said = "\n".join(f"{lines([row.finding])}{'' if row.blocks else '（提示，不影响发布）'}" for row in rows)
    out.result([row.as_json() for row in rows], text=said or f"{args.place} 没有问题")
    return 1 if any(row.blocks for row in rows) else 0


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
