"""Campaigns handed out, tasks broken into parts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tongban.core import time
from tongban.core.actor import Actor
from tongban.jobs.models import Timer
from tongban.rules.errors import Conflict, Invalid, NotFound
from tongban.taskforce.models import Assignment, Reminder
from tongban.taskforce.rules.bulletins import Kind
from tongban.taskforce.rules.lists import Match
from tongban.taskforce.rules.moves import Act
from tongban.taskforce.services import acting, bulletins, campaigns, importing, reporting
from tongban.taskforce.services.acting import Given
from tongban.taskforce.services.campaigns import Part, Settings
from tongban.taskforce.tests import factories as make

pytestmark = pytest.mark.django_db


def test_handing_out_reaches_the_units_and_sets_the_calendar(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by, report_day=24)

    assert set(Assignment.objects.filter(task__campaign=made).values_list("state", flat=True)) == {"assigned"}
    assert "交办 3 项" not in Reminder.objects.get(organisation="police").words
    assert "交办 2 项" in Reminder.objects.get(organisation="police").words
    first = Timer.objects.filter(subject=made.pk).order_by("due_at").first()
    assert first is not None
    assert (first.occurrence, time.day_of(first.due_at)) == ("2026-06:open", date(2026, 6, 19))
    with pytest.raises(Conflict):
        campaigns.launch(made.pk, by=by)


def test_a_task_is_broken_into_parts_that_end_no_later(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    task = made.tasks.get(number="1")

    part = campaigns.decompose(task.pk, Part("整理清单底数", date(2026, 8, 1), "police"), by=by)

    assert (part.number, part.parent_id, part.assignments.get().state) == ("1.1", task.pk, "planned")
    with pytest.raises(Invalid) as refused:
        campaigns.decompose(task.pk, Part("短", date(2026, 12, 1), "nobody"), by=by)
    assert set(refused.value.fields) == {"requirement", "organisation", "due_on"}
    with pytest.raises(NotFound):
        campaigns.decompose(part.pk, Part("再分一次", None, "police"), by=by)


def test_long_names_and_long_words_fit_wherever_they_are_kept(by: Actor, tmp_path: Path) -> None:
    name, words = "市" + "长" * 140 + "局", "话" * 500
    text = make.HEAD + f"1\t{'类' * 220}\t{'做' * 900}\t2026年6月30日\t市公安局\t{name}\n"
    with time.moved(make.at(make.FIRST_DAY)):
        row = importing.upload(make_file(tmp_path, text), "长" * 130 + ".txt", name="专" * 100, by=by)
        unknown = {each: Match(outside=True) for each, kept in row.units.items() if not kept["codes"]}
        importing.map_units(row.pk, unknown, by=by)
        made = importing.take(row.pk, Settings(make.FIRST_DAY), by=by)
        campaigns.launch(made.pk, by=by)
    police, unit = make.running(made, "1", "police")
    with time.moved(make.at(date(2026, 7, 21))):
        acting.act(police.pk, Act.RED, Given(words, date(2026, 8, 1)), by=by)
        report = reporting.report(police.pk, reporting.Filled(9, "进" * 1000, blocker=words, highlight=words), by=unit)
        reporting.send_back(report.pk, remark=words, by=by)
        bulletins.draft(made.pk, Kind.MONTH, "2026-07", by=by)
        campaigns.bind(made.tasks.get().pk, ["x" * 60, "y" * 60], by=by)
        campaigns.end(made.pk, reason="完" * 200, by=by)


def make_file(folder: Path, text: str) -> Path:
    path = folder / "long.txt"
    path.write_text(text, "utf-8")
    return path
