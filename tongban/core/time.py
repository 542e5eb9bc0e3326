"""The only reader of the clock. Rules never call it; services and edges do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _moved.get() or datetime.now(UTC)


def today() -> date:
    """Return the present day in China."""
    return day_of(now())


def day_of(at: datetime) -> date:
    """Return the day in China on which a moment falls."""
    return at.astimezone(CHINA).date()


def at_china(on: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment of a day in China, in UTC."""
    return datetime(on.year, on.month, on.day, hour, minute, tzinfo=CHINA).astimezone(UTC)


@contextlib.contextmanager
def moved(at: datetime) -> Iterator[None]:
    """Let the clock stand at `at`, for demonstrations and tests."""
    token = _moved.set(at)
    try:
        yield
    finally:
        _moved.reset(token)
