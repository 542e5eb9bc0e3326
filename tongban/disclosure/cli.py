"""`tongban catalogue export | subscribe | unsubscribe | subscriptions`: linked data, and who is told of changes."""

from __future__ import annotations

import argparse
from pathlib import Path
from uuid import UUID

from tongban.core import cli
from tongban.core.actor import Actor
from tongban.core.cli import Output
from tongban.disclosure import services
from tongban.disclosure.queries import exporting, subscribing


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add verbs to the command `catalogue`."""
    verbs = cli.verbs(commands, "catalogue", "事项目录")
    parser = verbs.add_parser("export", help="导出为 CPSV-AP 3.2（RDF）")
    parser.add_argument("place", metavar="PLACE")
    parser.add_argument("--format", choices=list(exporting.FORMATS), default="turtle", help="默认 turtle")
    parser.add_argument("--out", type=Path, metavar="FILE", help="写到文件；不写就写到屏幕")
    parser.add_argument(
        "--base", default="http://127.0.0.1:8000/", metavar="URL", help="网站的地址，各节点的名称由它开头"
    )
    parser.set_defaults(run=run_export)
    parser = verbs.add_parser("subscribe", help="目录一变就通知一个网址")
    parser.add_argument("place", metavar="PLACE")
    parser.add_argument("url", metavar="URL")
    parser.set_defaults(run=run_subscribe)
    parser = verbs.add_parser("unsubscribe", help="不再通知")
    parser.add_argument("id", type=UUID, metavar="编号")
    parser.set_defaults(run=run_unsubscribe)
    parser = verbs.add_parser("subscriptions", help="列出通知的网址")
    parser.add_argument("place", metavar="PLACE")
    parser.set_defaults(run=run_subscriptions)


def run_export(args: argparse.Namespace, out: Output) -> int:
    """Write the export; a file is replaced only when all of it has been written."""
    pieces = exporting.written(args.place, form=args.format, base=args.base)
    if args.out is None:
        document = "".join(pieces)
        out.result({"format": args.format, "document": document}, text=document.rstrip("\n"))
        return 0
    beside = args.out.with_name(args.out.name + ".part")
    with beside.open("w", encoding="utf-8") as file:
        file.writelines(pieces)
    beside.replace(args.out)
    size = args.out.stat().st_size
    out.result(
        {"format": args.format, "file": str(args.out), "bytes": size}, text=f"已导出到 {args.out}（{size} 字节）"
    )
    return 0


def run_subscribe(args: argparse.Namespace, out: Output) -> int:
    """Let an address be told; the secret is shown this once."""
    made = services.subscribe(args.place, args.url, by=Actor.system("命令行"))
    told = {"id": str(made.subscription.pk), "secret": made.secret}
    out.result(told, text=f"编号 {told['id']}\n密钥 {told['secret']}（请交给对方，用来验签）")
    return 0


def run_unsubscribe(args: argparse.Namespace, out: Output) -> int:
    """Tell an address nothing any more."""
    row = services.unsubscribe(args.id, by=Actor.system("命令行"))
    out.result({"id": str(row.pk)}, text=f"不再通知 {row.url}")
    return 0


def run_subscriptions(args: argparse.Namespace, out: Output) -> int:
    """List who is told, and who did not answer."""
    rows = subscribing.subscriptions(args.place)
    told = [
        {"id": str(row.pk), "url": row.url, "attempts": row.attempts, "problem": row.problem, "cursor": str(row.cursor)}
        for row in rows
    ]
    lines = [
        f"{row.pk} {row.url}" + (f"：{row.problem}，已试 {row.attempts} 次" if row.attempts else "") for row in rows
    ]
    out.result(told, text="\n".join(lines) or "没有通知的网址")
    return 0
