"""`tongban sandbox serve`: a payment gateway and a courier of our own, for demonstrations and tests. No money moves."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from django.conf import settings

from tongban.core.cli import Output, until_told
from tongban.rules.errors import Conflict, NotAllowed
from tongban.sandbox import services
from tongban.sandbox.adapters.sender import Sender, poster
from tongban.sandbox.adapters.store import Sandbox, Store
from tongban.sandbox.handlers import Server
from tongban.sandbox.rules import Faults


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `sandbox`."""
    verbs = commands.add_parser("sandbox", help="演示用的收银台和快递").add_subparsers(dest="verb", required=True)
    parser = verbs.add_parser("serve", help="启动")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--site", default="http://127.0.0.1:8000", help="平台的地址，回调发到这里")
    parser.add_argument("--duplicate", action="store_true", help="每个回调发两次")
    parser.add_argument("--fail-first", action="store_true", help="每个请求和回调第一次都失败")
    parser.add_argument("--delay-s", type=float, default=0.0, help="回调晚发多少秒")
    parser.add_argument("--step-s", type=float, default=0.0, help="快递每隔多少秒自己走一步；0 为手动")
    parser.add_argument("--plant-differences", action="store_true", help="对账文件里放进差异")
    parser.set_defaults(run=run_serve)


def run_serve(args: argparse.Namespace, out: Output) -> int:
    """Serve until told to stop."""
    if not settings.DEMONSTRATION:
        raise NotAllowed("sandbox.profile", "沙箱只能在演示环境里用", remedy="用 TONGBAN_PROFILE=demo")
    if not args.site.startswith("http://127.0.0.1:"):
        raise NotAllowed("sandbox.site", "沙箱只回调本机的平台", remedy="用 --site http://127.0.0.1:端口")
    faults = Faults(args.duplicate, args.fail_first, args.delay_s, args.plant_differences)
    store = Store(Path(settings.FILES_DIR).parent / "sandbox.sqlite3")
    outsides = {"payments": settings.PAYMENTS, "delivery": settings.DELIVERY}
    try:
        server = Server(args.port, lambda base: Sandbox(store, faults, base, args.site, args.step_s), outsides)
    except OSError as problem:
        raise Conflict(
            "serve.port", f"端口 {args.port} 不能用，可能已有别的程序在用", remedy="用 --port 换一个端口"
        ) from problem
    stop = until_told()
    sender = Sender(store, faults, poster(args.site, outsides))
    for work in (server.serve_forever, lambda: sender.run(stop), lambda: _walk(server.box, stop)):
        threading.Thread(target=work, daemon=True).start()
    out.say(f"演示收银台和快递在 http://127.0.0.1:{server.server_port}/")
    stop.wait()
    server.shutdown()
    store.close()
    return 0


def _walk(box: Sandbox, stop: threading.Event) -> None:
    while not stop.wait(0.5):
        services.advance_due(box)
