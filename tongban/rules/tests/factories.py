"""The working days of 2025 and 2026 as the official notices print them, typed in here by hand: no library."""

from __future__ import annotations

from datetime import date, timedelta

OFF = (
    "2025-10-01..2025-10-08", "2026-01-01..2026-01-03", "2026-02-15..2026-02-23", "2026-04-04..2026-04-06",
    "2026-05-01..2026-05-05", "2026-06-19..2026-06-21", "2026-09-25..2026-09-27", "2026-10-01..2026-10-07",
)  # fmt: skip
ON = (
    "2025-09-28", "2025-10-11", "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
)  # fmt: skip


def _days(text: str) -> list[date]:
    first, last = (date.fromisoformat(part) for part in text.split(".."))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


class PrintedCalendar:
    """Source: standards reference §12. Years other than 2025 and 2026 have weekends only and are not known."""

    off = frozenset(day for text in OFF for day in _days(text))
    on = frozenset(date.fromisoformat(text) for text in ON)

    def is_working_day(self, on: date) -> bool:
        return on in self.on or (on.weekday() < 5 and on not in self.off)

    def is_known(self, on: date) -> bool:
        return on.year in (2025, 2026)
