"""Read an official list from the command line: `tongban gazette read FILE --as themes|tasks`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

from tongban.gazette import queries
from tongban.gazette.adapters import names
from tongban.gazette.rules.shapes import Kind, Reading, Refused, Task, Theme


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the subcommand `read` and its arguments to the parser of `tongban gazette`."""
    commands = parser.add_subparsers(dest="gazette_command", required=True, metavar="read")
    add_read_arguments(commands.add_parser("read", help="把公文附表读成数据行（themes 一件事清单，tasks 任务清单）"))


def add_read_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `read` itself."""
    parser.add_argument("file", metavar="FILE", type=Path, help="公文：.txt、.docx、.xlsx 或有文字层的 .pdf")
    parser.add_argument("--as", dest="kind", type=Kind, choices=list(Kind), required=True, metavar="themes|tasks",
                        help="themes：“一件事”清单；tasks：任务清单")  # fmt: skip
    parser.add_argument("--year", type=_year, metavar="YYYY", help="“8月底前”一类时限所在的年份，默认取发文日期的年份")
    parser.add_argument("--units", type=Path, metavar="FILE", help="单位名单：JSON 或每行一个单位的文本")
    parser.add_argument("--strict", action="store_true", help="有任何拿不准之处即以 1 退出")
    parser.add_argument("--json", action="store_true", help="输出 JSON 数组")


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1949 <= int(text) <= 2099):
        raise argparse.ArgumentTypeError(f"年份应为 1949 至 2099 的四位数字，不是 {text}")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Print the rows to stdout and the findings to stderr. Return 0, or 1 when refused or strict with findings."""
    try:
        known = names.read(args.units) if args.units else ()
        reading = queries.read(args.file, args.kind, year=args.year, names=known)
    except Refused as refusal:
        print(f"{refusal}。{refusal.remedy}" if refusal.remedy else str(refusal), file=sys.stderr)
        if args.json:
            told = {"code": refusal.code, "message": str(refusal), "remedy": refusal.remedy, "facts": {}}
            print(json.dumps(told, ensure_ascii=False, indent=2))
        return 1
    print(as_json(reading) if args.json else listing(reading))
    for finding in reading.findings:
        print(finding, file=sys.stderr)
    return 1 if args.strict and reading.findings else 0


def as_json(reading: Reading) -> str:
    """Return the rows as a JSON array; days are ISO dates."""
    return json.dumps([asdict(row) for row in reading.rows], ensure_ascii=False, indent=2, default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not a value of a row: {value!r}")


def listing(reading: Reading) -> str:
    """Return the rows as a plain Chinese listing."""
    return "\n".join([*(_shown(row) for row in reading.rows), f"共 {len(reading.rows)} 条"])


def _shown(row: Task | Theme) -> str:
    number = "（无序号）" if row.seq is None else f"{row.seq}"
    if isinstance(row, Theme):
        limit = row.combined_limit_text or "未写明"
        return (
            f"{number}. {row.theme}\n   联办事项（{len(row.items)}）：{'；'.join(row.items)}\n"
            f"   牵头单位：{row.lead_unit or '无'}　责任单位：{'、'.join(row.responsible_units) or '无'}　时限：{limit}"
        )
    head = f"{number}-{row.sub}" if row.sub else number
    day = f"（{row.deadline_date}）" if row.deadline_date else ""
    return (
        f"{head}. {f'［{row.section}］' if row.section else ''}{row.requirement}\n"
        f"   时限：{row.deadline_text or '未写明'}{day}　牵头单位：{'、'.join(row.lead_units) or '无'}"
        f"　责任单位：{'、'.join(row.responsible_units) or '无'}"
    )


def main(argv: list[str] | None = None) -> int:
    """Run `gazette` on its own: `python -m tongban.gazette.cli read FILE --as tasks --json`."""
    parser = argparse.ArgumentParser(prog="tongban gazette")
    add_arguments(parser)
    return run(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
