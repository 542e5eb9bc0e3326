"""Take the next serial; remember what a key was answered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

import orjson
from django.db import IntegrityError, connection, transaction

from tongban.jobs.models import IdempotencyKey
from tongban.rules.errors import Conflict, Invalid


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


def digest(body: object) -> str:
    """Return the digest of a request body."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def answered(key: str, *, owner: str, route: str, body: object) -> str | None:
    """Return the id that this key was answered with, or None. Raises Invalid for the same key with another body."""
    row = IdempotencyKey.objects.filter(owner=owner, route=route, key=key).first()
    if row is None:
        return None
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
