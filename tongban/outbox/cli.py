"""`tongban worker`: fire timers, deliver events, and do what the hour asks for."""

from __future__ import annotations

import argparse
import threading
import time as stopwatch

import structlog
from django.db import close_old_connections

from tongban.core import health
from tongban.core.cli import Output, until_told
from tongban.jobs import services as jobs
from tongban.outbox import services

log = structlog.get_logger()
IDLE_S = 0.5
HOURLY_S = 3600.0
OFTEN_S = 5.0


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `worker`."""
    parser = commands.add_parser("worker", help="后台：投递事件、到点的事")
    parser.add_argument("--once", action="store_true", help="把等着的投递完就结束")
    parser.set_defaults(run=run_worker)


def run_worker(args: argparse.Namespace, out: Output) -> int:
    """Deliver until told to stop (SIGTERM, SIGINT)."""
    health.require_ready()
    delivered = work(threading.Event() if args.once else until_told(), once=args.once)
    out.result({"delivered": delivered}, text=f"投递了 {delivered} 条")
    return 0


def work(stop: threading.Event, *, once: bool = False) -> int:
    """Fire due timers and deliver waiting events, batch after batch; hourly and often run what is registered for it.

    Return how many events were delivered.
    """
    delivered, hour_at, often_at = 0, 0.0, 0.0
    while not stop.is_set():
        if stopwatch.monotonic() - hour_at > HOURLY_S or not hour_at:
            hour_at = stopwatch.monotonic()
            services.run_hourly()
        if stopwatch.monotonic() - often_at > OFTEN_S or not often_at:
            often_at = stopwatch.monotonic()
            services.run_often()
        fired = jobs.fire_due()
        taken = services.deliver()
        delivered += taken
        if not fired + taken:
            if once:
                services.run_often()  # What the delivered events left to do.
                break
            close_old_connections()
            stop.wait(IDLE_S)
    return delivered
