"""Take the next serial; remember what a key was answered; keep timers and fire them, each once in effect."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import orjson
import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from tongban.core import db, time
from tongban.jobs.models import Effect, IdempotencyKey, Serial, Timer
from tongban.rules.errors import Conflict, Invalid

log = structlog.get_logger()


def next_serial(scope: str, *, count: int = 1) -> int:
    """Take the next number of a scope (the first of `count`), inside the caller's transaction.

    The row stays locked until the transaction ends, so that a rollback gives the number back.
    """
    sql = (
        "INSERT INTO jobs_serial (scope, value) VALUES (%s, %s) "
        "ON CONFLICT (scope) DO UPDATE SET value = jobs_serial.value + %s RETURNING value"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [scope, count, count])
        return int(cursor.fetchone()[0]) - count + 1


def next_serials(scopes: Iterable[str]) -> dict[str, int]:
    """Take the next number of each scope by one statement; rows are locked in the order of their names.

    One order everywhere: two transactions that take several never wait for each other in a circle.
    """
    wanted = sorted(set(scopes))
    sql = (
        f"INSERT INTO jobs_serial (scope, value) VALUES {', '.join(['(%s, 1)'] * len(wanted))} "  # noqa: S608
        "ON CONFLICT (scope) DO UPDATE SET value = jobs_serial.value + 1 RETURNING scope, value"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, wanted)
        return {scope: int(value) for scope, value in cursor.fetchall()}


def counted(scope: str) -> int:
    """Return how many numbers of a scope were taken so far."""
    return Serial.objects.filter(scope=scope).values_list("value", flat=True).first() or 0


def digest(body: object) -> str:
    """Return the digest of a request body."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def answered(key: str, *, owner: str, route: str, body: object) -> str | None:
    """Return the id that this key was answered with, or None. Raises Invalid for the same key with another body."""
    found = db.select(IdempotencyKey, owner=owner, route=route, key=key)
    if not found:
        return None
    (row,) = found
    if row.body_digest != digest(body):
        raise Invalid(
            "jobs.key_reused", "这个提交编号已经用在另一份内容上，这次没有提交", remedy="换一个 Idempotency-Key 再提交"
        )
    return row.result_id


def remember(key: str, *, owner: str, route: str, body: object, result_id: str, at: datetime) -> None:
    """Keep the answer of a key in the business transaction.

    Raises Conflict when the same key was answered at the same moment: then this transaction goes back as a whole.
    """
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(
                key=key, owner=owner, route=route, body_digest=digest(body), result_id=result_id, created_at=at
            )
    except IntegrityError as problem:
        raise Conflict(
            "jobs.key_in_use", "这份申请正在提交，没有重复提交", remedy="稍等几秒，用同一个编号再看结果"
        ) from problem


# A handler does what the hour asks for, as of the legal instant; a later moment says "not yet: come back then".
TimerHandler = Callable[[UUID, str, datetime], datetime | None]
_timers: dict[str, TimerHandler] = {}
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8


def timer(topic: str) -> Callable[[TimerHandler], TimerHandler]:
    """Register what a topic's timers do. It runs inside the transaction that marks the timer done."""

    def register(handler: TimerHandler) -> TimerHandler:
        _timers[topic] = handler
        return handler

    return register


def schedule(rows: Iterable[tuple[str, UUID, str, datetime]]) -> None:
    """Keep new timers (topic, subject, occurrence, moment), inside the caller's transaction."""
    db.insert_many(Timer, [Timer(topic=t, subject=s, occurrence=o, due_at=at) for t, s, o, at in rows])


def keep(subject: UUID, wanted: Mapping[tuple[str, str], datetime]) -> None:
    """Let a subject have just these open timers, (topic, occurrence) -> moment; those already fired stay as they are.

    Inside the caller's transaction.
    """
    if not wanted:
        Timer.objects.filter(subject=subject, done_at=None).delete()
        return
    have = {(row.topic, row.occurrence): row for row in db.select(Timer, subject=subject)}
    stale = [row.pk for key, row in have.items() if key not in wanted and row.done_at is None]
    if stale:
        Timer.objects.filter(pk__in=stale).delete()
    for key, at in wanted.items():
        row = have.get(key)
        if row is not None and row.done_at is None and row.due_at != at:
            Timer.objects.filter(pk=row.pk).update(due_at=at, leased_until=None)
    schedule(
        (topic, subject, occurrence, at)
        for (topic, occurrence), at in wanted.items()
        if (topic, occurrence) not in have
    )


def fire_due(limit: int = 100) -> int:
    """Fire the timers that are due, each in a transaction of its own. Return how many took effect now.

    Rows are leased, not locked: a worker that stalls past its lease or dies leaves them to the others, and the unique
    effect row sees to it that what two of them took up is done once.
    """
    fired = 0
    for row in _lease(limit):
        fired += _fire(row)
    return fired


def _lease(limit: int) -> list[Timer]:
    at = time.now()
    with transaction.atomic(durable=True):
        rows = Timer.objects.filter(Q(leased_until=None) | Q(leased_until__lte=at), done_at=None, due_at__lte=at)
        if connection.vendor == "postgresql":
            rows = rows.select_for_update(skip_locked=True)
        taken = list(rows.filter(attempts__lt=MOST_ATTEMPTS).order_by("due_at", "pk")[:limit])
        Timer.objects.filter(pk__in=[row.pk for row in taken]).update(leased_until=at + LEASE)
    return taken


def _fire(row: Timer) -> int:
    handler = _timers.get(row.topic)
    if handler is None:
        return 0  # An app that is not loaded here: another worker knows it.
    try:
        with transaction.atomic(durable=True):
            return _take_effect(row, handler)
    except Exception as problem:  # the worker's loop: one sick timer does not stop the others
        words = f"{type(problem).__name__}: {problem}"[:200]
        log.warning("timer_failed", timer_id=row.pk, topic=row.topic, problem=words)
        later = time.now() + timedelta(seconds=2 ** (row.attempts + 1))
        Timer.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1, problem=words, leased_until=later)
        return 0


def _take_effect(row: Timer, handler: TimerHandler) -> int:
    at = time.now()
    due_at = Timer.objects.filter(pk=row.pk).values_list("due_at", flat=True).first()
    if due_at is None or due_at > at:  # called off, or put off since it was leased
        return 0
    effect = Effect(
        topic=row.topic, subject=row.subject, occurrence=row.occurrence, effective_at=due_at, detected_at=at
    )
    try:
        with transaction.atomic():
            effect.save(force_insert=True)
    except IntegrityError:  # It took effect already, in another worker's hands.
        Timer.objects.filter(pk=row.pk, done_at=None).update(done_at=at)
        return 0
    later = handler(row.subject, row.occurrence, due_at)
    if later is not None:
        effect.delete()
        Timer.objects.filter(pk=row.pk).update(due_at=later, leased_until=None)
        return 0
    Timer.objects.filter(pk=row.pk).update(done_at=at)
    return 1
