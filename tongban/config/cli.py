"""The command line: gathers the commands of the apps, one JSON document or text, never a traceback."""

from __future__ import annotations

import argparse
import os
import sys

import django
from django.db import DatabaseError, OperationalError, ProgrammingError

from tongban.core.cli import Output
from tongban.gazette import cli as gazette_cli
from tongban.rules.errors import DomainError
from tongban.rules.specs import SpecError


def main(argv: list[str] | None = None) -> int:
    """Run one command. Exit 0 done or clean, 1 refused or findings, 2 wrong usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    as_json, words = "--json" in words, [word for word in words if word != "--json"]
    try:
        words = _take_database(words)
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings.base")
    if words[:1] == ["demo"]:
        os.environ.setdefault("TONGBAN_PROFILE", "demo")
    django.setup()
    args = _parser().parse_args(words)
    return _run(args, Output(as_json=as_json))


def _take_database(words: list[str]) -> list[str]:
    """Take `--database URL` out of the words, wherever it stands, into the environment. Raises ValueError."""
    rest: list[str] = []
    given = iter(words)
    for word in given:
        if word == "--database":
            url = next(given, None)
            if url is None:
                raise ValueError("--database 后面要写数据库地址，例如 sqlite:///var/tongban.sqlite3")
            os.environ["DATABASE_URL"] = url
        elif word.startswith("--database="):
            os.environ["DATABASE_URL"] = word.partition("=")[2]
        else:
            rest.append(word)
    return rest


def _parser() -> argparse.ArgumentParser:
    # Imported here because the commands of the apps need Django to be set up first.
    from tongban.calendars import cli as calendars
    from tongban.config import demo, running
    from tongban.identity import cli as identity
    from tongban.orgs import cli as orgs
    from tongban.outbox import cli as outbox
    from tongban.packs import cli as packs
    from tongban.themes import cli as themes

    parser = argparse.ArgumentParser(
        prog="tongban", description="通办：一体化政务服务平台。每个命令都可以加 --json 和 --database URL。"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    for app in (running, demo, packs, themes, calendars, identity, orgs, outbox):
        app.add_commands(commands)
    reader = commands.add_parser("gazette", help="公文：读官方清单")
    gazette_cli.add_arguments(reader)
    reader.set_defaults(run=_read_gazette)
    return parser


def _read_gazette(args: argparse.Namespace, out: Output) -> int:
    # The reader is plain Python with its own outlet.
    args.json = out.as_json
    return gazette_cli.run(args)


def _run(args: argparse.Namespace, out: Output) -> int:
    try:
        return int(args.run(args, out))
    except DomainError as refusal:
        out.say(f"{refusal.message}。{refusal.remedy}" if refusal.remedy else refusal.message)
        for name, said in getattr(refusal, "fields", {}).items():
            out.say(f"  {name}：{said}")
        if out.as_json:
            out.result(refusal.as_json(), text="")
        return 1
    except SpecError as problem:
        for f in problem.findings:
            out.say(f"{f.file}:{f.line} [{f.rule}] {f.message}。{f.remedy}")
        if out.as_json:
            out.result([f.as_json() for f in problem.findings], text="")
        return 1
    except (OperationalError, ProgrammingError) as problem:
        out.say(f"数据库打不开，或还没有建好（{str(problem).splitlines()[0]}）。先运行 tongban setup，或检查 --database")
        return 1
    except (DatabaseError, OSError) as problem:
        out.say(f"没有做成：{str(problem).splitlines()[0] if str(problem) else type(problem).__name__}。检查路径和权限后再试")
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 1


if __name__ == "__main__":
    sys.exit(main())
