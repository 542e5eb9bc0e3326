"""`tongban indicators list | freeze | compare | rebuild | export`: the indicators of a place with their values."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from django.conf import settings

from tongban.cases.queries import facts as cases
from tongban.cases.queries import tallying
from tongban.core import cli, time
from tongban.core.actor import Actor
from tongban.core.cli import Output
from tongban.indicators.adapters import parquet
from tongban.indicators.queries import facts, frozen, rollups, values
from tongban.indicators.queries.values import Value
from tongban.indicators.rules.spec import BASIS_WORDS, WAY_WORDS
from tongban.indicators.services import freezing, rolling


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `indicators`."""
    verbs = cli.verbs(commands, "indicators", "指标")
    parser = verbs.add_parser("list", help="列出全部指标：算的、填报的、按期的，和为什么不算")
    _month(parser)
    parser.set_defaults(run=run_list)
    parser = verbs.add_parser("freeze", help="冻结过完的一个月")
    _month(parser)
    parser.set_defaults(run=run_freeze)
    parser = verbs.add_parser("compare", help="冻结的数和现在重算的数比对")
    _month(parser)
    parser.set_defaults(run=run_compare)
    verbs.add_parser("rebuild", help="从办件重新汇总").set_defaults(run=run_rebuild)
    parser = verbs.add_parser("export", help="导出给分析人员用的 Parquet 文件，不含个人信息（要装 tongban[analysis]）")
    parser.add_argument("folder", type=Path, metavar="文件夹")
    parser.add_argument("--month", type=month, metavar="YYYY-MM", help="只导出这个月提交的办件；默认所有月份")
    parser.set_defaults(run=run_export)


def _month(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--month", type=month, metavar="YYYY-MM", help="默认本月")


def month(text: str) -> date:
    """Return the first day of a month. Raises ArgumentTypeError."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"月份写成 2026-11 这样，不是“{text[:20]}”") from None


def _of(args: argparse.Namespace) -> date:
    return args.month or time.today().replace(day=1)


def run_list(args: argparse.Namespace, out: Output) -> int:
    """List every indicator with its kind, its source and its value, or why there is none."""
    rolling.refresh()
    rows = [_listed(row) for row in values.values(settings.PLACE, month=_of(args))]
    text = "\n".join(f"{row['way']}\t{row['name']}\t{row['value']}\t{row['target']}\t{row['reason']}" for row in rows)
    out.result(rows, text=text)
    return 0


def _listed(row: Value) -> dict[str, object]:
    spec, figure = row.spec, row.measured.figure if row.measured else None
    return {
        "code": spec.code, "name": spec.name, "kind": spec.kind, "way": spec.way, "way_words": WAY_WORDS[spec.way],
        "jurisdiction": spec.jurisdiction, "source": spec.source.document, "place": spec.source.place, "quote": spec.source.quote,
        "basis": spec.basis, "basis_words": BASIS_WORDS[spec.basis], "measure": spec.measure, "reason": spec.reason,
        "target": row.target.text, "targets": [target.text for target in spec.targets], "value": row.words, "meets": row.meets,
        "numerator": figure.above if figure else None, "denominator": figure.below if figure else None,
        "month": f"{row.month:%Y-%m}",
    }  # fmt: skip


def run_freeze(args: argparse.Namespace, out: Output) -> int:
    """Freeze a month."""
    number = freezing.freeze_by_system(settings.PLACE, _of(args), by=Actor.system("命令行"))
    out.result({"month": f"{_of(args):%Y-%m}", "frozen": number}, text=f"冻结了 {number} 项指标")
    return 0


def run_compare(args: argparse.Namespace, out: Output) -> int:
    """Compare frozen figures with the same computed now. Exit 1 where they differ."""
    rows = frozen.compared(settings.PLACE, month=_of(args))
    changed = [
        {"code": row.now.spec.code, "name": row.now.spec.name, "frozen": row.words, "now": row.now.words}
        for row in rows if not row.is_same
    ]  # fmt: skip
    text = "\n".join(f"{row['name']}：冻结时 {row['frozen']}，现在 {row['now']}" for row in changed)
    out.result({"compared": len(rows), "changed": changed}, text=text or f"{len(rows)} 项都一致")
    return 1 if changed else 0


def run_rebuild(args: argparse.Namespace, out: Output) -> int:
    """Count all rollups anew; say whether they were the same before."""
    before = rollups.digest(settings.PLACE)
    number = rolling.rebuild(settings.PLACE)
    same = before == rollups.digest(settings.PLACE)
    out.result(
        {"rows": number, "same": same}, text=f"{number} 行，{'和原来一致' if same else '和原来不同，已换成新的'}"
    )
    return 0


def run_export(args: argparse.Namespace, out: Output) -> int:
    """Write the cases of each month, the rollups and the frozen values as Parquet."""
    place, folder, written = settings.PLACE, args.folder, dict[str, int]()
    rolling.refresh()
    for each in [args.month] if args.month else tallying.months(place):
        name = f"cases/month={each:%Y-%m}/cases.parquet"
        written[name] = parquet.write(folder / name, cases.COLUMNS, cases.submitted(place, (each, each)))
    written["rollups.parquet"] = parquet.write(folder / "rollups.parquet", facts.ROLLUPS, facts.rollups(place))
    written["indicators.parquet"] = parquet.write(folder / "indicators.parquet", facts.FROZEN, facts.frozen(place))
    out.result(
        {"folder": str(folder), "rows": written}, text="\n".join(f"{name}\t{n} 行" for name, n in written.items())
    )
    return 0
