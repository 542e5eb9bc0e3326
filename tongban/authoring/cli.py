"""`tongban catalogue template | import`."""

from __future__ import annotations

import argparse
from pathlib import Path

import yaml

from tongban.authoring.queries import importing
from tongban.authoring.rules import columns, planning, sheets
from tongban.authoring.rules.planning import Plan
from tongban.authoring.rules.sheets import Book
from tongban.authoring.services import importing as services
from tongban.core import cli
from tongban.core.actor import Actor
from tongban.core.cli import Output
from tongban.orgs import queries as orgs
from tongban.rules.errors import Invalid


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `catalogue template` and `catalogue import`."""
    verbs = cli.verbs(commands, "catalogue", "事项目录：检查、导入")
    parser = verbs.add_parser("template", help="写出导入用的 Excel 模板")
    parser.add_argument("place", metavar="PLACE", help="地方的代码")
    parser.add_argument("out", type=Path, metavar="OUT.xlsx")
    parser.add_argument("--filled", action="store_true", help="把现行的事项填进去")
    parser.set_defaults(run=run_template)
    parser = verbs.add_parser("import", help="从 xlsx、xls、csv 导入事项，成为稿子，不发布")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("place", metavar="PLACE", help="地方的代码")
    parser.add_argument("--mapping", type=Path, metavar="M.yaml", help="列名: 要素（或 不取）；照工作表分也可以")
    parser.add_argument("--dry-run", action="store_true", help="只看会怎样，什么都不写")
    parser.set_defaults(run=run_import)


def run_template(args: argparse.Namespace, out: Output) -> int:
    """Write the template of a place."""
    content = services.template(args.place, by=Actor.system("命令行"), is_filled=args.filled)
    args.out.write_bytes(content)
    out.result({"file": str(args.out), "bytes": len(content)}, text=f"已写出 {args.out}")
    return 0


def run_import(args: argparse.Namespace, out: Output) -> int:
    """Import a file, or say what importing it would do."""
    by = Actor.system("命令行")
    orgs.place(args.place)
    book = services.read(args.file, args.file.name)
    mapping = sheets.mapping_of(book, importing.remembered(args.place, book.heads_key))
    if args.mapping:
        mapping = _mapped(args.mapping, book, mapping)
    plan = importing.plan(book, mapping, pack=args.place, by=by)
    if not args.dry_run and plan.rows:
        row = services.upload(args.file, args.file.name, pack=args.place, by=by)
        plan = services.choose(row.pk, mapping, by=by)
        services.take(row.pk, by=by)
    _tell(plan, out, is_dry=args.dry_run)
    return 0


def _mapped(path: Path, book: Book, mapping: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the columns as a file says: heads with what they fill, for all sheets or by the name of a sheet. Raises Invalid."""
    try:
        said = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise Invalid("import.mapping", f"{path} 不是 YAML", remedy="一行一个：列名: 要素") from problem
    if not isinstance(said, dict):
        raise Invalid("import.mapping", f"{path} 里没有列名", remedy="一行一个：列名: 要素")
    for sheet in book.sheets:
        part = said.get(sheet.name)
        own = part if isinstance(part, dict) else said
        given = {columns.bare(str(head)): str(key or "不取") for head, key in own.items() if not isinstance(key, dict)}
        kind = (
            columns.MATERIAL
            if any(key.startswith("m.") for key in given.values()) and sheet.kind != columns.ITEM
            else sheet.kind
        )
        keys = mapping[sheet.name]
        for n, head in enumerate(sheet.heads):
            if columns.bare(head) in given:
                try:
                    key = columns.key_of(given[columns.bare(head)], kind or columns.ITEM)
                except KeyError as problem:
                    words = f"{path}：没有“{given[columns.bare(head)]}”这一项"
                    raise Invalid("import.mapping", words, remedy="写要素的代码或中文名，不要的写“不取”") from problem
                keys = ["" if each == key and key not in (columns.IGNORED, "@mark") else each for each in keys]
                keys[n] = key
        mapping = {**mapping, sheet.name: keys}
    return mapping


def _tell(plan: Plan, out: Output, *, is_dry: bool) -> None:
    found = [each for row in plan.rows for each in row.findings]
    counts = plan.counts()
    said = [f"{'会' if is_dry else '已'}取入 {counts['drafts']} 份稿子；{counts['rows']} 行：" + "，".join(
        f"{words} {counts[key]}" for key, words in planning.OUTCOME_WORDS.items()) + f"，只能部分取 {counts['partial']}"]  # fmt: skip
    said += plan.notes
    said += [f"{sheet}!{column} 列“{head}”没有取，原文留在导入记录里" for sheet, column, head in plan.ignored]
    said += [
        f"{f.sheet}!{f.column}{f.row} {f.head}“{f.value}”：{f.message}。{f.remedy}" for f in found if f.level != "note"
    ]
    document = {
        **counts, "columns_ignored": [{"sheet": sheet, "column": column, "head": head} for sheet, column, head in plan.ignored],
        "notes": list(plan.notes), "findings": [each.as_json() for each in found],
    }  # fmt: skip
    out.result(document, text="\n".join(said))
