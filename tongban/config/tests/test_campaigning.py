"""The demonstration's campaigns, in whatever month one looks at them."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.config import campaigning, demonstration
from tongban.core import time
from tongban.core.actor import Actor
from tongban.taskforce.models import Bulletin, Report
from tongban.taskforce.queries import ledger

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize("today", [date(2027, 2, 10), pytest.param(date(2026, 11, 22), marks=pytest.mark.release)])
def test_the_58_tasks_are_lived_through_and_marked_as_an_example(honghu: str, today: date) -> None:
    with time.moved(time.at_china(today, 10)):
        demonstration.load_accounts()
        campaigning.load()

        by = Actor.system()
        main = next(row for row in ledger.campaigns(by=by) if row.tasks.count() == 58)
        found = ledger.ledger(main, by=by, on=today)
    assert main.is_example
    first = main.tasks.get(number="1")
    assert (first.printed_on, first.due_on) == (date(2021, 8, 31), date(today.year, 8, 31))
    assert main.tasks.exclude(indicators=[]).count() >= 15
    assert sum(found.counts.values()) > 200
    assert Bulletin.objects.get().issued_at is not None
    assert not Report.objects.filter(at__gt=time.at_china(today, 10)).exists()  # nothing happens in the future
    assert campaigning.has_campaigns()
