"""`tongban setup`, `tongban serve`."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tongban.calendars import services as calendars
from tongban.core import health
from tongban.core.actor import Actor
from tongban.core.cli import Output
from tongban.packs import services as packs
from tongban.rules.errors import Conflict


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands `setup` and `serve`."""
    parser = commands.add_parser("setup", help="建库、装入目录包")
    parser.add_argument("--pack", type=Path, default=Path(settings.PACK_DIR), metavar="DIR")
    parser.set_defaults(run=run_setup)
    parser = commands.add_parser("serve", help="启动网站")
    parser.add_argument("--port", type=port, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
    parser.set_defaults(run=run_serve)


def port(text: str) -> int:
    """Return a port number. Raises ArgumentTypeError for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"端口应为 1 至 65535 的数字，不是“{text[:20]}”")
    return int(text)


def require_free(host: str, number: int) -> None:
    """Raise Conflict when something else listens at the port."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(where)
    except OSError as problem:
        raise Conflict(
            "serve.port", f"{host} 的端口 {number} 不能用，可能已有别的程序在用", remedy="用 --port 换一个端口"
        ) from problem


def run_setup(args: argparse.Namespace, out: Output) -> int:
    """Migrate, seed the calendar, apply the pack. Safe to repeat."""
    changes = set_up(args.pack)
    out.result(
        changes.as_json(),
        text=f"已就绪：新增 {len(changes.create)}，改变 {len(changes.change)}，停用 {len(changes.retire)}",
    )
    return 0


def set_up(pack: Path) -> packs.Changes:
    """Bring the database to the present schema and the pack into force."""
    name = settings.DATABASES["default"]["NAME"]
    if connection.vendor == "sqlite":
        Path(str(name)).parent.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False, stdout=sys.stderr)
    calendars.seed()
    return packs.apply(pack, by=Actor.system("安装"))


def run_serve(args: argparse.Namespace, out: Output) -> int:
    """Serve the site in this process's place; SIGTERM ends it."""
    health.require_ready()
    require_free(args.host, args.port)
    out.say(f"网站在 http://{args.host}:{args.port}/")
    os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL", "")
    command = serve_command(args.host, args.port)
    os.execv(command[0], command)  # noqa: S606  # our own server, no shell


def serve_command(host: str, port: int) -> list[str]:
    """Return the command line of the server: one process, a few threads; SQLite wants few writers."""
    threads = "4" if connection.vendor == "sqlite" else "8"
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1",
        "--blocking-threads", threads, "--no-ws", "--log-level", "warning", "tongban.config.wsgi:application",
    ]  # fmt: skip
