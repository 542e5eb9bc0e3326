"""`tongban simulate`: let a place live through days or a year under a moved clock, by the real services."""

from __future__ import annotations

import argparse
import time as stopwatch
from collections.abc import Callable
from datetime import date, datetime

from django.conf import settings

from tongban.core import health
from tongban.core.cli import Output
from tongban.rules.errors import NotAllowed
from tongban.simulation.services import running
from tongban.simulation.services.running import Progress, Run

MOST_DAYS, MOST_CASES = 3660, 5000


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `simulate`."""
    parser = commands.add_parser("simulate", help="时间机器：按真实流程推演若干天的办件（只在演示环境）")
    parser.add_argument("--place", default=settings.PLACE, metavar="代码", help="地方目录包的代码")
    parser.add_argument(
        "--from", dest="first_on", type=_day, required=True, metavar="日期", help="第一天，例如 2026-01-05"
    )
    parser.add_argument("--days", type=_number(MOST_DAYS), required=True, help="推演多少天（自然日）")
    parser.add_argument("--cases-per-day", type=_number(MOST_CASES), required=True, help="每个工作日大约多少件")
    parser.add_argument("--seed", type=_number(2**31 - 1), default=2026, help="随机种子，同一种子同一天做同样的事")
    parser.set_defaults(run=run_simulate)


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"“{text[:20]}”不是日期；写成 2026-01-05") from problem


def _number(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 10 and 1 <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"应为 1 至 {most} 的整数，不是“{text[:20]}”")
        return int(text)

    return read


def run_simulate(args: argparse.Namespace, out: Output) -> int:
    """Run what is left of the days; the same command again goes on where it was cut off."""
    if not settings.DEMONSTRATION:
        raise NotAllowed("simulate.profile", "推演只能在演示环境里做", remedy="用 TONGBAN_PROFILE=demo")
    health.require_ready()
    wanted = Run(args.place, args.first_on, args.days, args.cases_per_day, seed=args.seed)
    began, before = stopwatch.process_time(), running.counted()
    wall = stopwatch.monotonic()

    def tell(progress: Progress) -> None:
        out.say(f"{progress.on}  收件 {progress.submitted}  办理 {progress.acts}  到点 {progress.fired}")

    done = running.run(wanted, tell=tell)
    after = running.counted()
    cases, cpu = after[1] - before[1], stopwatch.process_time() - began
    facts = {
        "days": len(done), "joint_cases": after[0] - before[0], "cases": cases, "events": after[2] - before[2],
        "acts": sum(row.acts for row in done), "fired": sum(row.fired for row in done), "seed": args.seed,
        "seconds": round(stopwatch.monotonic() - wall, 1), "cases_per_cpu_second": round(cases / cpu, 1) if cpu else 0,
    }  # fmt: skip
    text = (
        f"推演 {facts['days']} 天，办件 {cases} 件，{facts['seconds']} 秒，每 CPU 秒 {facts['cases_per_cpu_second']} 件"
    )
    out.result(facts, text=text)
    return 0
