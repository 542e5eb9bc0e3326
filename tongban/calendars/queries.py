"""The calendar in force."""

from __future__ import annotations

from functools import lru_cache

from django.db import OperationalError, ProgrammingError
from django.db.models import Count, Sum

from tongban.calendars import rules
from tongban.calendars.models import CalendarDay, CalendarYear


def calendar() -> rules.WorkCalendar:
    """Return the calendar in force; read again only when a notice was imported."""
    stamp = CalendarYear.objects.aggregate(n=Count("pk"), v=Sum("version"))
    return _read(stamp["n"], stamp["v"] or 0, CalendarYear.objects.db)


def calendar_or_seed() -> rules.WorkCalendar:
    """Return the calendar in force, or the library's where no database was set up yet (for the command line)."""
    try:
        known = calendar()
    except (OperationalError, ProgrammingError):
        return rules.seeded()
    return known if known.known_years else rules.seeded()


@lru_cache(maxsize=4)
def _read(years: int, versions: int, database: str) -> rules.WorkCalendar:
    return rules.WorkCalendar(
        dict(CalendarDay.objects.values_list("day", "is_working")),
        frozenset(CalendarYear.objects.values_list("year", flat=True)),
    )
