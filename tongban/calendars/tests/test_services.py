from __future__ import annotations

from datetime import date

import pytest

from tongban.calendars import queries, rules, services
from tongban.calendars.models import CalendarDay, CalendarYear


def test_calendar_in_force_is_the_seeded_one(honghu: str) -> None:
    assert queries.calendar() == rules.seeded()


def test_seeding_again_changes_nothing(honghu: str) -> None:
    before = (CalendarYear.objects.count(), CalendarDay.objects.count())
    services.seed()
    assert (CalendarYear.objects.count(), CalendarDay.objects.count()) == before


@pytest.mark.usefixtures("own_caches")
def test_year_that_was_imported_stays_as_it_is_when_seeding(honghu: str) -> None:
    CalendarDay.objects.filter(day__year=2026).delete()
    CalendarDay.objects.create(day=date(2026, 3, 9), is_working=False)
    CalendarYear.objects.filter(year=2026).update(version=2, source="国办通知")
    services.seed()
    assert list(CalendarDay.objects.filter(day__year=2026).values_list("day", flat=True)) == [date(2026, 3, 9)]
    assert not queries.calendar().is_working_day(date(2026, 3, 9))


def test_empty_database_falls_back_to_the_library(honghu: str) -> None:
    CalendarDay.objects.all().delete()
    CalendarYear.objects.all().delete()
    assert queries.calendar_or_seed() == rules.seeded()
