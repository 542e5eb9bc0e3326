"""Who is reminded, when, and how often."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tongban.core import time
from tongban.core.actor import Actor
from tongban.jobs import services as jobs
from tongban.jobs.models import Timer
from tongban.rules.errors import Conflict
from tongban.taskforce.models import Reminder
from tongban.taskforce.services import acting, campaigns, reminding
from tongban.taskforce.tests import factories as make

pytestmark = pytest.mark.django_db


def test_the_ladder_reminds_those_who_owe_and_leaves_the_others_in_peace(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "human-resources")
    make.reported(row, by=unit, on=date(2026, 6, 21))
    Reminder.objects.all().delete()

    for on in (date(2026, 6, 22), date(2026, 6, 24), date(2026, 6, 26)):
        with time.moved(make.at(on)):
            while jobs.fire_due():
                pass
            jobs.fire_due()

    said = list(Reminder.objects.filter(organisation="police").order_by("at").values_list("occurrence", flat=True))
    assert said == ["2026-06:open", "2026-06:before-3", "2026-06:before-1", "2026-06:late"]
    assert "还有 2 项没有填报" in Reminder.objects.get(organisation="police", occurrence="2026-06:late").words
    assert not Reminder.objects.filter(organisation="human-resources").exclude(occurrence="2026-06:open").exists()


def test_a_reminder_comes_once_and_none_after_the_end(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    Reminder.objects.all().delete()
    with time.moved(make.at(date(2026, 6, 20))):
        reminding.remind(made.pk, "2026-06:open", on=date(2026, 6, 20))
        reminding.remind(made.pk, "2026-06:open", on=date(2026, 6, 20))
    assert Reminder.objects.filter(organisation="police").count() == 1

    campaigns.end(made.pk, reason="工作已经完成", by=by)

    assert reminding.remind(made.pk, "2026-07:open", on=date(2026, 7, 20)) == 0
    assert not Timer.objects.filter(subject=made.pk, done_at=None).exists()
    with pytest.raises(Conflict):
        acting.sign_all(made.pk, "police", by=make.head("police"))


def test_a_worker_that_stood_still_for_a_month_does_not_remind_of_the_month_before(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    with time.moved(make.at(date(2026, 7, 20))):
        assert reminding.remind(made.pk, "2026-06:late", on=date(2026, 6, 26)) == 0
        assert reminding.remind(made.pk, "2026-07:open", on=date(2026, 7, 20)) == 5
