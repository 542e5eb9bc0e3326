"""The command line: gathers the commands of the apps, one JSON document or text, never a traceback."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from typing import NoReturn

from tongban.config.env import EnvironmentProblem
from tongban.core.cli import Output
from tongban.rules.errors import DomainError

# All that is slow to load is imported inside `main`, so that Ctrl-C while it loads ends as quietly as later.


def main(argv: list[str] | None = None) -> int:
    """Run one command. Exit 0 done or clean, 1 refused or findings, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # A name may hold bytes that are no text: they are shown, not fatal.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _main(list(sys.argv[1:] if argv is None else argv))
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return 1
    except OSError:  # Whoever read the output has gone, or the disk is full: there is nobody to tell on stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        print("输出没有写完：对方不再读，或磁盘已满", file=sys.stderr)
        return 1
    return code


def _main(words: list[str]) -> int:
    import django

    as_json, words = "--json" in words, [word for word in words if word != "--json"]
    out = Output(as_json=as_json)
    try:
        words = _take_database(words)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings.base")
        if words[:1] == ["demo"]:
            os.environ.setdefault("TONGBAN_PROFILE", "demo")
        django.setup()
        args = _parser().parse_args(words)
    except (ValueError, EnvironmentProblem, WrongUsage) as problem:
        out.say(str(problem))
        _tell(out, DomainError("cli.usage", str(problem).splitlines()[-1], remedy="用 --help 看写法"))
        return 2
    return _run(args, out)


def _tell(out: Output, refusal: DomainError) -> None:
    if out.as_json:
        out.result(refusal.as_json(), text="")


class WrongUsage(Exception):
    """The words of the command do not fit; the message ends with what is wrong."""


class _Parser(argparse.ArgumentParser):
    """A parser that leaves the exit to `main`, so that `--json` prints its one document then, too."""

    def error(self, message: str) -> NoReturn:
        raise WrongUsage(f"{self.format_usage()}{self.prog}：{message}")


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
    from tongban.authoring import cli as authoring
    from tongban.calendars import cli as calendars
    from tongban.cases import cli as cases
    from tongban.config import demo, running
    from tongban.disclosure import cli as disclosure
    from tongban.gazette import cli as gazette
    from tongban.identity import cli as identity
    from tongban.indicators import cli as indicators
    from tongban.orgs import cli as orgs
    from tongban.outbox import cli as outbox
    from tongban.packs import cli as packs
    from tongban.payments import cli as payments
    from tongban.sandbox import cli as sandbox
    from tongban.simulation import cli as simulation
    from tongban.supervision import cli as supervision
    from tongban.taskforce import cli as taskforce
    from tongban.themes import cli as themes

    parser = _Parser(
        prog="tongban", description="通办：一体化政务服务平台。每个命令都可以加 --json 和 --database URL。"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    apps = (running, demo, packs, authoring, disclosure, themes, calendars, cases, identity, orgs, outbox, payments, sandbox,
            simulation, supervision, indicators, taskforce)  # fmt: skip
    for app in apps:
        app.add_commands(commands)
    reader = commands.add_parser("gazette", help="公文：读官方清单")
    gazette.add_arguments(reader)
    reader.set_defaults(run=_read_gazette)
    return parser


def _read_gazette(args: argparse.Namespace, out: Output) -> int:
    from tongban.gazette import cli as gazette

    # The reader is plain Python with its own outlet.
    args.json = out.as_json
    return gazette.run(args)


def _run(args: argparse.Namespace, out: Output) -> int:
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    from tongban.rules.specs import SpecError

    try:
        return int(args.run(args, out))
    except SpecError as problem:
        for f in problem.findings:
            out.say(f"{f.file}:{f.line} [{f.rule}] {f.message}。{f.remedy}")
        if out.as_json:
            out.result([f.as_json() for f in problem.findings], text="")
        return 1
    except DomainError as problem:
        refusal = problem
    except (DatabaseError, ImproperlyConfigured) as problem:
        said = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        refusal = DomainError(
            "cli.database", f"数据库打不开，或还没有建好（{said}）", remedy="先运行 tongban setup，或检查 --database"
        )
    except UnicodeError:
        refusal = DomainError("cli.text", "命令里有的字不是 UTF-8 文字", remedy="改用 UTF-8 的名称")
    except BrokenPipeError:
        raise
    except OSError as problem:
        said = _SYSTEM.get(problem.errno or 0, problem.strerror or type(problem).__name__)
        refusal = DomainError(
            "cli.system", f"没有做成：{said}（{problem.filename or ''}）", remedy="检查路径和权限后再试"
        )
    out.say(f"{refusal.message}。{refusal.remedy}" if refusal.remedy else refusal.message)
    for name, words in getattr(refusal, "fields", {}).items():
        out.say(f"  {name}：{words}")
    _tell(out, refusal)
    return 1


_SYSTEM = {
    errno.ENOENT: "没有这个文件或文件夹", errno.EACCES: "没有权限", errno.EPERM: "没有权限", errno.ENOTDIR: "这不是文件夹",
    errno.EISDIR: "这是文件夹，不是文件", errno.ENOSPC: "磁盘满了", errno.EROFS: "这里只能读，不能写", errno.ENAMETOOLONG: "名称太长",
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
