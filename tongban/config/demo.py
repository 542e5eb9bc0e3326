"""`tongban demo load | accounts | serve`: the living demonstration. Only in the demo and test profiles."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, connections

from tongban.config import campaigning, demonstration, env, running
from tongban.core import time
from tongban.core.cli import Output, until_told
from tongban.outbox import cli as worker
from tongban.rules.errors import Conflict, NotAllowed, NotFound
from tongban.simulation.services import running as simulating
from tongban.simulation.services.running import Run

FASTEST = 1440  # a day in a minute
LIVE_DAYS, LIVE_CASES = 365, 30


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `demo`."""
    demo = commands.add_parser("demo", help="演示环境；不写子命令就是启动")
    _add_serving(demo)
    verbs = demo.add_subparsers(dest="verb", required=False)
    parser = verbs.add_parser("load", help="装入目录、示例人员和办件")
    parser.add_argument("--joints", type=_joints, default=120, help="演示多少次申请")
    parser.set_defaults(run=run_load)
    verbs.add_parser("accounts", help="列出示例账号").set_defaults(run=run_accounts)
    _add_serving(verbs.add_parser("serve", help="装好后启动网站和后台"))


def _add_serving(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=running.port, default=8000)
    parser.add_argument("--joints", type=_joints, default=120)
    parser.add_argument("--speed", type=_speed, default=1, help="时钟快多少倍；1440 是一分钟过一天，办件一路来、一路办")
    parser.set_defaults(run=run_serve)


def _speed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= FASTEST):
        raise argparse.ArgumentTypeError(f"倍数应为 1 至 {FASTEST} 的整数，不是“{text[:20]}”")
    return int(text)


def _joints(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise argparse.ArgumentTypeError(f"应为 0 至 99999 的整数，不是“{text[:20]}”")
    return int(text)


def _only_in_demonstration() -> None:
    if not settings.DEMONSTRATION:
        raise NotAllowed(
            "demo.profile", "演示数据只能装进演示环境", remedy="用 TONGBAN_PROFILE=demo，或 tongban demo 命令"
        )


def run_load(args: argparse.Namespace, out: Output) -> int:
    """Make the demonstration; what is there already stays."""
    _only_in_demonstration()
    # A new demonstration was set up before the cases that it lives through, so that they rest on what was in force then.
    before = time.now() - timedelta(days=demonstration.LIVED_DAYS + 2)
    with time.moved(before) if not connection.introspection.table_names() else contextlib.nullcontext():
        running.set_up(Path(settings.PACK_DIR))
    if not demonstration.is_loaded():
        demonstration.load_accounts()
    cases = demonstration.load_cases(args.joints) if args.joints and not demonstration.has_cases() else 0
    if args.joints and not campaigning.has_campaigns():
        campaigning.load()
    out.result({"cases": cases}, text=f"演示环境已就绪，新增办件 {cases} 件")
    return 0


def run_accounts(args: argparse.Namespace, out: Output) -> int:
    """List the demonstration accounts."""
    _only_in_demonstration()
    rows = demonstration.accounts()
    if not demonstration.is_loaded():
        raise NotFound("demo.not_loaded", "还没有示例账号", remedy="先运行 tongban demo load")
    lines = [f"{row.account}\t{row.password}\t{row.name}\t{row.organisation_name or ''}\t{row.about}" for row in rows]
    out.result([asdict(row) for row in rows], text="\n".join(lines))
    return 0


def run_serve(args: argparse.Namespace, out: Output) -> int:
    """Load the demonstration, then serve site and worker until interrupted."""
    _only_in_demonstration()
    running.require_free("127.0.0.1", args.port)
    sandbox_port = _use_sandbox(args.port)
    run_load(args, Output(as_json=False) if not out.as_json else out)
    if args.speed > 1:
        _run_fast(args.speed, out)
    connections.close_all()
    base = f"http://127.0.0.1:{args.port}"
    out.say(f"门户     {base}/")
    out.say(f"工作台   {base}/work/")
    out.say(f"接口文档 {base}/api/v1/openapi.json")
    out.say(f"收银台和快递（演示） http://127.0.0.1:{sandbox_port}/")
    out.say(f"示例账号（密码都是 {demonstration.PASSWORD}）：")
    for row in demonstration.accounts()[:4]:
        out.say(f"  {row.account:<16}{row.about}")
    out.say("  market-clerk    市市场监管局受理岗；market-reviewer 审查岗；market-head 负责人；market-admin 管理员")
    out.say(
        "  其他部门把 market 换成 police、health、fire、urban-management、human-resources 等；全部账号：tongban demo accounts"
    )
    connections.close_all()
    return _serve(args.port, sandbox_port, args.speed)


def _run_fast(speed: int, out: Output) -> None:
    """Let the clock of this process and of those it starts run fast from now on."""
    at = time.now()
    os.environ["TONGBAN_CLOCK"] = f"{at.isoformat()},{at.isoformat()},{speed}"
    settings.CLOCK = env.pace(is_demonstration=settings.DEMONSTRATION)
    time.keep_pace(settings.CLOCK)
    out.say(f"时钟快 {speed} 倍：一天约 {86400 / speed:.0f} 秒，新办件不断进来，各部门按时办理")


def _live(stop: threading.Event, speed: int) -> None:
    """Let applicants come and desks work at the pace of the clock."""

    def wait_until(at: datetime) -> bool:
        return not stop.wait(max(0.0, (at - time.now()).total_seconds() / speed))

    wanted = Run(settings.PLACE, time.today(), LIVE_DAYS, LIVE_CASES, seed=2027)
    try:
        simulating.live(wanted, known=demonstration.applicants(), wait_until=wait_until)
    except DatabaseError as problem:
        sys.stderr.write(f"推演停了：{problem}\n")


def _use_sandbox(port: int) -> int:
    """Choose a free port for the sandbox behind the site's, and let site and worker pay and send there."""
    for number in range(port + 1, min(port + 50, 65536)):
        try:
            running.require_free("127.0.0.1", number)
        except Conflict:
            continue
        url = f"http://127.0.0.1:{number}"
        os.environ["TONGBAN_PAYMENTS_URL"] = os.environ["TONGBAN_DELIVERY_URL"] = url
        settings.PAYMENTS, settings.DELIVERY = replace(settings.PAYMENTS, url=url), replace(settings.DELIVERY, url=url)
        return number
    raise Conflict("serve.port", f"端口 {port} 后面没有空的端口给演示收银台用", remedy="用 --port 换一个端口")


def _serve(port: int, sandbox_port: int, speed: int) -> int:
    environment = {**os.environ, "TONGBAN_PROFILE": settings.PROFILE}
    site = subprocess.Popen(running.serve_command("127.0.0.1", port), env=environment)  # noqa: S603  # our own server
    sandbox = subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-m", "tongban.config.cli", "sandbox", "serve", "--port", str(sandbox_port),
         "--site", f"http://127.0.0.1:{port}", "--step-s", "60"], env=environment, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    stop = until_told()
    _wait_until_open(sandbox_port, stop)
    background = threading.Thread(target=_work, args=(stop,), daemon=True)
    background.start()
    if speed > 1:
        threading.Thread(target=_live, args=(stop, speed), daemon=True).start()
    while not stop.is_set() and site.poll() is None:
        stop.wait(0.5)
    stop.set()
    for process in (sandbox, site):
        if process.poll() is None:
            process.terminate()
    background.join(5)
    sandbox.wait(10)
    return 0 if site.wait(10) in (0, -signal.SIGTERM) else 1


def _wait_until_open(port: int, stop: threading.Event) -> None:
    """Wait some seconds until something listens, so that the worker finds the sandbox the first time it looks."""
    for _ in range(50):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0 or stop.wait(0.1):
                return


def _work(stop: threading.Event) -> None:
    try:
        worker.work(stop)
    except DatabaseError as problem:
        sys.stderr.write(f"后台停了：{problem}\n")
