from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tongban.core.actor import Actor
from tongban.indicators.queries import values
from tongban.rules.errors import Invalid
from tongban.taskforce.models import Campaign, Report
from tongban.taskforce.queries import comparing, following, ledger
from tongban.taskforce.services import campaigns, reporting
from tongban.taskforce.tests import factories as make

MONTH = date(2026, 6, 1)


def computed_for(unit: str) -> tuple[str, int]:
    """Return an indicator that has a figure for a unit, the more the better, and the whole part of the figure."""
    return next(
        (code, int(own.number))
        for code, _ in comparing.choices()
        if (own := values.value("honghu", code, month=MONTH, org=unit)).number is not None
        and own.target.comparator != "<="
    )


@pytest.fixture
def better(honghu: str, tmp_path: Path) -> Report:
    """A report of a unit that is better than what the platform computes."""
    by = make.overseer()
    code, figure = computed_for("police")
    made = make.campaign(tmp_path, by=by)
    campaigns.bind(made.tasks.get(number="1").pk, [code], by=by)
    row, unit = make.running(made, "1", "police")
    return make.reported(row, by=unit, on=date(2026, 6, 22), value=Decimal(figure + 7))


def test_a_self_report_better_than_the_platform_is_taken_for_a_reason_only(better: Report) -> None:
    by = make.overseer()
    with pytest.raises(Invalid) as refusal:
        reporting.accept(better.pk, remark="好", by=by)
    assert set(refusal.value.fields) == {"remark"}
    assert reporting.accept_all([better.pk], by=by) == 0
    assert reporting.accept(better.pk, remark="平台缺两个乡镇的数", by=by).remark == "平台缺两个乡镇的数"


def test_the_figure_of_the_platform_is_taken_without_a_reason(better: Report) -> None:
    assert reporting.accept(better.pk, uses_platform=True, by=make.overseer()).uses_platform


@pytest.fixture
def two_months(by: Actor, tmp_path: Path) -> Campaign:
    """Two tasks of one unit on one indicator, two months reported of each: in June of task 1 better than computed."""
    code, figure = computed_for("police")
    made = make.campaign(tmp_path, by=by)
    for number, more in (("1", 7), ("2", 0)):
        campaigns.bind(made.tasks.get(number=number).pk, [code], by=by)
        row, unit = make.running(made, number, "police")
        make.reported(row, by=unit, on=date(2026, 6, 22), value=Decimal(figure + more))
        make.reported(row, by=unit, on=date(2026, 7, 22), value=Decimal(figure))
    return made


def test_each_waiting_report_of_a_unit_is_held_against_its_own_month(by: Actor, two_months: Campaign) -> None:
    waiting = following.waiting(two_months, by=by).reports
    held = comparing.of_reports(waiting)
    assert {
        (share.row.task.number, report.period, held[report.pk].month, held[report.pk].verdict.is_contradiction)
        for report, share in waiting
    } == {
        ("1", "2026-06", "2026-06", True),
        ("1", "2026-07", "2026-07", False),
        ("2", "2026-06", "2026-06", False),
        ("2", "2026-07", "2026-07", False),
    }


def test_a_report_of_last_month_is_not_held_against_the_window_that_opened_since(better: Report, by: Actor) -> None:
    shares = ledger.task(better.assignment.task_id, by=by, on=date(2026, 7, 22)).shares
    months = {share.row.organisation: share.row.pk for share in shares}
    found = comparing.compared(shares, month=date(2026, 7, 1))
    assert found[months["police"]].month == "2026-06"
    assert found[months["data"]].month == "2026-07"  # has not reported yet


def test_a_figure_is_computed_once_however_many_reports_are_reviewed(
    two_months: Campaign, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, date]] = []
    real = values.value

    def counted(pack: str, code: str, *, month: date, org: str = "") -> values.Value:
        asked.append((org, month))
        return real(pack, code, month=month, org=org)

    monkeypatch.setattr(values, "value", counted)
    each_once = [("police", MONTH), ("police", date(2026, 7, 1))]
    waiting = following.waiting(two_months, by=by).reports
    comparing.of_reports(waiting)
    assert sorted(asked) == each_once

    asked.clear()
    assert reporting.accept_all([report.pk for report, _ in waiting], by=by) == 3
    assert sorted(asked) == each_once
