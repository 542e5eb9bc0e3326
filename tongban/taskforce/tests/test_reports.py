"""What units report, and what the overseer makes of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tongban.core import time
from tongban.core.actor import Actor
from tongban.indicators.queries import values
from tongban.rules.errors import Conflict, Invalid, NotAllowed
from tongban.taskforce.models import Report, Step, Task
from tongban.taskforce.queries import comparing, ledger, snapshots
from tongban.taskforce.rules.bulletins import Kind
from tongban.taskforce.services import campaigns, reporting
from tongban.taskforce.tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_report_in_the_window_is_in_time_and_lights_the_lamp(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")

    made_report = make.reported(row, by=unit, on=date(2026, 6, 25), progress=20)

    assert (made_report.period, made_report.is_late) == ("2026-06", False)
    assert make.share(made, "1", "police").progress == 20


def test_a_report_after_the_window_closed_is_taken_and_marked_late(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")

    made_report = make.reported(row, by=unit, on=date(2026, 6, 26))

    assert (made_report.period, made_report.is_late) == ("2026-06", True)
    assert "迟报" in Step.objects.get(act="report").words


def test_before_the_first_window_opens_nothing_can_be_reported(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")

    with pytest.raises(Conflict, match="2026-06-20 才开"):
        make.reported(row, by=unit, on=date(2026, 6, 19))


def test_one_must_sign_before_one_reports(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row = make.share(made, "1", "police")

    with pytest.raises(Conflict, match="待签收"):
        make.reported(row, by=make.head("police"), on=date(2026, 6, 22))


def test_what_was_sent_back_and_mended_stays_in_time(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")
    first = make.reported(row, by=unit, on=date(2026, 6, 25), progress=90)
    with time.moved(make.at(date(2026, 6, 27))):
        reporting.send_back(first.pk, remark="请附佐证材料", by=by)
        assert make.share(made, "1", "police").progress is None  # what was sent back does not count

    second = make.reported(row, by=unit, on=date(2026, 6, 28), progress=50)

    assert (second.revision, second.is_late) == (2, False)
    assert make.share(made, "1", "police").progress == 50
    with pytest.raises(Conflict):
        reporting.accept(first.pk, by=by)


def test_an_accepted_report_is_closed_for_its_month(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")
    first = make.reported(row, by=unit, on=date(2026, 6, 22))
    assert reporting.accept_all([first.pk, first.pk], by=by) == 1

    with pytest.raises(Conflict, match="已经审核通过"):
        make.reported(row, by=unit, on=date(2026, 6, 23))
    assert make.reported(row, by=unit, on=date(2026, 7, 21)).period == "2026-07"


def test_only_the_overseer_reviews_and_only_the_unit_reports(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")
    first = make.reported(row, by=unit, on=date(2026, 6, 22))

    with pytest.raises(NotAllowed):
        reporting.accept(first.pk, by=unit)
    with pytest.raises(NotAllowed):
        make.reported(row, by=by, on=date(2026, 6, 22))


def test_a_report_that_does_not_fit_is_refused_by_field(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    Task.objects.filter(campaign=made).update(indicators=["hh-instant-item-rate"])
    row, unit = make.running(made, "1", "police")

    with time.moved(make.at(date(2026, 6, 22))), pytest.raises(Invalid) as refused:
        reporting.report(
            row.pk, reporting.Filled(101, "", publicity=-1, blocker="长" * 501, files=("nicht",) * 11), by=unit
        )
    assert set(refused.value.fields) == {"progress", "text", "value", "blocker", "publicity", "files"}
    assert not Report.objects.exists()


def test_a_self_report_stands_beside_what_the_platform_computed(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    month = date(2026, 6, 1)
    code, own, whole = next(
        (code, own, whole)
        for code, name in comparing.choices()
        if (own := values.value("honghu", code, month=month, org="police")).number is not None
        and own.number != (whole := values.value("honghu", code, month=month)).number
        and own.target.comparator != "<="
    )
    task = made.tasks.get(number="1")
    campaigns.bind(task.pk, ["no-such-code", code], by=by)
    row, unit = make.running(made, "1", "police")
    make.reported(row, by=unit, on=date(2026, 6, 22), value=Decimal(int(own.number) + 7))

    view = ledger.task(task.pk, by=by, on=date(2026, 6, 22))
    both = comparing.compared(view.shares, month=month)
    held, lead = both[row.pk], both[make.share(made, "1", "data").pk]

    assert held.verdict.is_contradiction
    assert held.own.startswith(str(int(own.number) + 7))
    assert (held.computed, held.is_whole) == (own.words, False)
    assert (lead.computed, lead.is_whole) == (whole.words, True)  # who leads answers for the whole place
    frozen = snapshots.snapshot(made, Kind.MONTH, "2026-06", on=date(2026, 6, 22))
    assert frozen.figures["自报高于平台数"].shown == "1 项次"
    assert frozen.facts.contradictions == ["市公安局任务 1"]
