"""Keep the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from django.db import transaction

from tongban.calendars import rules
from tongban.calendars.adapters import notice
from tongban.calendars.models import CalendarDay, CalendarYear
from tongban.rules.errors import Invalid

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


FEWEST_DAYS = 5  # a year's notice names more; fewer look like a cut-off file


@transaction.atomic
def import_notice(days: Mapping[date, bool], *, source: str) -> int:
    """Bring a year's notice into force in place of what was known of it; return the year. The version counts up.

    `days` are the days that differ from Monday–Friday (others are harmless). Raises Invalid for several years at once
    or for too few days.
    """
    years = sorted({day.year for day in days})
    if len(years) != 1:
        raise Invalid("calendar.year", f"一次导入一年的安排，文件里有 {len(years)} 个年份", remedy="每年一个文件")
    changed = rules.exceptions_of(days)
    if len(changed) < FEWEST_DAYS:
        raise Invalid(
            "calendar.short", f"只有 {len(changed)} 天与平常不同，不像完整的放假安排", remedy="核对文件是否完整"
        )
    row = CalendarYear.objects.select_for_update(of=("self",)).filter(year=years[0]).first()
    if row is None:
        CalendarYear.objects.create(year=years[0], source=source[:200])
    else:
        row.source, row.version = source[:200], row.version + 1
        row.save(update_fields=["source", "version"])
    CalendarDay.objects.filter(day__year=years[0]).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, is_working=working) for day, working in sorted(changed.items())
    )
    return years[0]


def import_file(path: Path, *, source: str = "") -> int:
    """Bring the notice of a file (xlsx, csv) into force; return its year. Raises Invalid, TooLarge."""
    return import_notice(notice.read(path), source=source or path.name)
