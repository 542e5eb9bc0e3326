"""The only reader of the clock. Rules never call it; services and edges do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)


@dataclass(frozen=True)
class Pace:
    """A clock that runs faster than ours: at the real moment `began_at` it shows `from_at`. For demonstrations only."""

    began_at: datetime
    from_at: datetime
    speed: float

    def at(self, real: datetime) -> datetime:
        """Return what this clock shows at a real moment."""
        return self.from_at + (real - self.began_at) * self.speed


_pace: list[Pace] = []  # the one pace of this process, if any


def keep_pace(pace: Pace | None) -> None:
    """Let the clock of this process run at a pace of its own, or as the real one again."""
    _pace[:] = [pace] if pace else []


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    moved_to = _moved.get()
    if moved_to is not None:
        return moved_to
    real = datetime.now(UTC)
    return _pace[0].at(real) if _pace else real


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
