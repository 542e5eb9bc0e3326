"""The ledger of a campaign, its matrix and its timeline."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tongban.core.actor import Actor
from tongban.taskforce.queries import charting, ledger
from tongban.taskforce.rules.lists import ALL, Match
from tongban.taskforce.services import importing
from tongban.taskforce.services.campaigns import Settings
from tongban.taskforce.tests import factories as make

pytestmark = pytest.mark.django_db


def test_the_ledger_shows_lamps_and_each_unit_sees_its_own(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")
    make.reported(row, by=unit, on=date(2026, 6, 25), progress=100)

    found = ledger.ledger(made, by=by, on=date(2026, 7, 10))
    assert {task.task.number: task.lamp.kind for task in found.tasks} == {"1": "warn", "2": "bad", "3": "off"}
    assert found.counts == {"ok": 1, "warn": 2, "bad": 2, "off": 2}

    own = ledger.ledger(made, by=unit, on=date(2026, 7, 10))
    assert [[share.row.organisation for share in task.shares] for task in own.tasks] == [["police"], ["police"]]
    late = ledger.ledger(made, by=by, on=date(2026, 7, 10), wanted=ledger.Filters(lamp="bad"))
    assert [task.task.number for task in late.tasks] == ["2"]


def test_the_matrix_has_a_cell_for_each_share(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)

    found = charting.matrix(ledger.ledger(made, by=by, on=date(2026, 7, 10)))

    rows = {row.code: [cell.lamp.kind if cell else "" for cell in row.cells] for row in found.rows}
    assert rows["police"] == ["warn", "bad", ""]
    assert found.rows[0].code == "data"  # who leads most stands first
    assert "3 项任务中 1 项有单位超期，共 2 处" in found.finding


def test_the_timeline_groups_by_month_and_puts_the_undated_last(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by, phases=(("攻坚阶段", date(2026, 6, 1), date(2026, 7, 1)),))

    rows = charting.timeline(made, ledger.ledger(made, by=by, on=date(2026, 7, 10)), on=date(2026, 7, 10))

    assert [(row.month, row.phase, row.is_past) for row in rows] == [
        ("2026-06", "攻坚阶段", True), ("2026-09", "", False), ("", "", False),
    ]  # fmt: skip


def test_the_ledger_of_58_tasks_takes_few_queries(by: Actor, django_assert_max_num_queries: object) -> None:
    row = importing.upload(make.OFFICIAL, "清单.txt", name="攻坚行动", year=2021, by=by)
    importing.map_units(row.pk, {name: Match((ALL,)) for name in row.units}, by=by)
    made = importing.take(row.pk, Settings(date(2021, 6, 1)), by=by)

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        found = ledger.ledger(made, by=by, on=date(2021, 6, 1) + timedelta(days=30))
    assert len(found.tasks) == 58
