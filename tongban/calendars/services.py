"""Keep the calendar."""

from __future__ import annotations

from django.db import transaction

from tongban.calendars import rules
from tongban.calendars.models import CalendarDay, CalendarYear

SOURCE = "chinesecalendar（国务院办公厅历年放假安排）"


@transaction.atomic
def seed() -> None:
    """Load the years that are not there yet from the library's published notices. Existing years stay as they are."""
    exceptions, years = rules.published_exceptions()
    missing = years - set(CalendarYear.objects.values_list("year", flat=True))
    CalendarYear.objects.bulk_create(CalendarYear(year=year, source=SOURCE) for year in sorted(missing))
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, is_working=working) for day, working in sorted(exceptions.items()) if day.year in missing
    )
