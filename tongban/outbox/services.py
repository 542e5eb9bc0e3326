"""Publish events with the business rows; deliver them afterwards, in batches, by the worker."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import orjson
import structlog
from django.db import connection, transaction

from tongban.core import db, time
from tongban.outbox.models import Message

log = structlog.get_logger()
E = TypeVar("E")
Handler = Callable[[Any], None]
_handlers: dict[str, list[Handler]] = defaultdict(list)
_kinds: dict[str, type[Any]] = {}
MOST_ATTEMPTS = 8


def on(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register a handler of an event. An event may come twice: handlers are idempotent."""

    def register(handler: Callable[[E], None]) -> Callable[[E], None]:
        _kinds[kind.__name__] = kind
        _handlers[kind.__name__].append(handler)
        return handler

    return register


def message(event: Any) -> Message:
    """Return the row of an event that the caller inserts together with others."""
    at = time.now()
    payload = orjson.dumps(dataclasses.asdict(event)).decode()
    return Message(topic=type(event).__name__, payload=payload, created_at=at, available_at=at)


def publish(*events: Any) -> None:
    """Publish events inside the transaction of what happened."""
    db.insert_many(Message, [message(event) for event in events])


BATCH = 50  # messages to a commit


def deliver(limit: int = 100) -> int:
    """Deliver up to `limit` waiting messages in their order, some to a transaction. Return how many were taken.

    Each has a savepoint of its own: one that fails is put off and takes no other with it. A worker that dies leaves its
    batch as it was; handlers are idempotent.
    """
    taken = _pass_unheard()
    while taken < limit and (more := _deliver_batch(min(BATCH, limit - taken))):
        taken += more
    return taken


def _pass_unheard() -> int:
    """Mark the messages that nobody listens to as done, all at once; return how many."""
    return (
        Message.objects.filter(done_at=None, is_dead=False).exclude(topic__in=list(_kinds)).update(done_at=time.now())
    )


def _deliver_batch(size: int) -> int:
    at = time.now()
    with transaction.atomic(durable=True):
        waiting = Message.objects.filter(done_at=None, is_dead=False, available_at__lte=at).order_by(
            "available_at", "id"
        )
        if connection.vendor == "postgresql":
            waiting = waiting.select_for_update(skip_locked=True)
        rows = list(waiting[:size])
        done = [row.pk for row in rows] if _are_told(rows) else [row.pk for row in rows if _is_told(row)]
        Message.objects.filter(pk__in=done).update(done_at=at)
    return len(rows)


def _are_told(rows: list[Message]) -> bool:
    """Tell all at once; where one fails, none is told and each is tried by itself."""
    try:
        with transaction.atomic():
            for row in rows:
                _tell(row)
    except Exception:  # the worker's loop: told one by one next, each failure is written down
        return False
    return True


def _is_told(row: Message) -> bool:
    try:
        with transaction.atomic():
            _tell(row)
    except Exception as problem:  # the worker's loop: one sick handler does not stop the others
        _put_off(row, problem)
        row.save()
        return False
    return True


def _tell(row: Message) -> None:
    kind = _kinds.get(row.topic)
    if kind is None:
        return  # Nobody listens to this kind yet.
    event = kind(**orjson.loads(row.payload))
    for handler in _handlers[row.topic]:
        handler(event)


def _put_off(row: Message, problem: Exception) -> None:
    row.attempts += 1
    row.problem = f"{type(problem).__name__}: {problem}"[:200]
    row.is_dead = row.attempts >= MOST_ATTEMPTS
    row.available_at = time.now() + timedelta(seconds=2**row.attempts)
    log.warning("message_put_off", message_id=row.pk, topic=row.topic, attempts=row.attempts, problem=row.problem)


_hourly: list[Callable[[], int]] = []


def hourly(task: Callable[[], int]) -> Callable[[], int]:
    """Register a task that the worker runs every hour; it returns how many rows it changed."""
    _hourly.append(task)
    return task


_often: list[Callable[[], int]] = []


def often(task: Callable[[], int]) -> Callable[[], int]:
    """Register a task that the worker runs every few seconds, in no transaction: cheap when nothing is to be done."""
    _often.append(task)
    return task


def run_hourly() -> None:
    """Run the hourly tasks, then keep the database's statistics; a task that fails does not stop the others."""
    _run(_hourly, "hourly")
    db.keep_statistics()


def run_often() -> None:
    """Run the tasks of every few seconds; one that fails does not stop the others."""
    _run(_often, "often")


def _run(tasks: list[Callable[[], int]], how_often: str) -> None:
    for task in tasks:
        try:
            rows = task()
            if rows:
                log.info("worker_task", how_often=how_often, task=task.__qualname__, rows=rows)
        except Exception:  # the worker's loop
            log.exception("worker_task_failed", how_often=how_often, task=task.__qualname__)
