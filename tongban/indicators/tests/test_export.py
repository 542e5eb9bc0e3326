"""Parquet for analysts: every case once, nothing of a person, the same counts as the pages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tongban.cases.models import Case
from tongban.cases.queries import facts as cases
from tongban.core import time
from tongban.core.cli import Output
from tongban.indicators import cli
from tongban.indicators.adapters import parquet
from tongban.indicators.queries import facts
from tongban.indicators.services import freezing
from tongban.indicators.tests.factories import MARCH, on, small_march
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import at_desk
from tongban.rules.errors import Unsupported


@pytest.fixture
def folder(honghu: str, tmp_path: Path) -> Path:
    small_march()
    with time.moved(time.at_china(on(2, 4), 9)):
        freezing.freeze(honghu, MARCH, by=at_desk("data", SUPERVISOR_POST))
    export(tmp_path)
    return tmp_path


def export(folder: Path, *words: str) -> None:
    parser = argparse.ArgumentParser()
    cli.add_commands(parser.add_subparsers())
    args = parser.parse_args(["indicators", "export", str(folder), *words])
    assert args.run(args, Output(as_json=True)) == 0


def ask(sql: str) -> list[tuple[Any, ...]]:
    return duckdb.sql(sql).fetchall()


def test_each_case_is_there_once_in_the_month_of_its_submission(folder: Path) -> None:
    rows = ask(f"SELECT month, count(*) FROM read_parquet('{folder}/cases/*/*.parquet') GROUP BY 1 ORDER BY 1")
    assert rows == [("2026-02", 1), ("2026-03", 3)]
    kept = {str(row[0]): row[1:] for row in ask(f"SELECT case_id, closed_at, due_on FROM '{folder}/cases/*/*.parquet'")}
    assert kept == {
        str(row.pk): (row.closed_at and row.closed_at.replace(tzinfo=None), row.due_on) for row in Case.objects.all()
    }


def test_nothing_of_a_person_is_in_it(folder: Path) -> None:
    for path in folder.rglob("*.parquet"):
        content = str(ask(f"SELECT * FROM '{path}'"))
        assert "张示例" not in content and "13" + "9" * 5 not in content
    assert set(cases.COLUMNS) & {"applicant", "applicant_name", "by_name", "reason", "number"} == set()


def test_counts_and_frozen_values_are_those_of_the_pages(folder: Path) -> None:
    march = "month = DATE '2026-03-01'"
    assert ask(f"SELECT sum(received), sum(closed), sum(on_time) FROM '{folder}/rollups.parquet' WHERE {march}") == [
        (3, 4, 3)
    ]
    late = "indicator = 'hh-overtime-item-count' AND value > 0"
    rows = ask(f"SELECT way, code, value FROM '{folder}/indicators.parquet' WHERE {late} ORDER BY way")
    assert [(way, code, float(value)) for way, code, value in rows] == [("", "", 1.0), ("organisation", "market", 1.0)]
    assert len(ask(f"SELECT * FROM '{folder}/indicators.parquet' WHERE way = ''")) == 178


def test_one_month_alone_leaves_the_others(folder: Path) -> None:
    before = (folder / "cases/month=2026-02/cases.parquet").stat().st_mtime_ns
    export(folder, "--month", "2026-03")
    assert (folder / "cases/month=2026-02/cases.parquet").stat().st_mtime_ns == before


def test_nothing_is_no_empty_text_and_a_file_without_rows_has_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    columns = {"words": "VARCHAR", "n": "INTEGER"}
    assert parquet.write(path, columns, [("", 1), (None, None), ('引"号,逗号\n换行', 3)]) == 3
    assert ask(f"SELECT * FROM '{path}'") == [("", 1), (None, None), ('引"号,逗号\n换行', 3)]
    assert parquet.write(path, facts.ROLLUPS, []) == 0
    assert ask(f"SELECT count(*), sum(received) FROM '{path}'") == [(0, None)]


def test_where_duckdb_is_not_installed_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(Unsupported) as refusal:
        parquet.write(tmp_path / "rows.parquet", {"n": "INTEGER"}, [(1,)])
    assert "tongban[analysis]" in refusal.value.remedy
    assert not (tmp_path / "rows.parquet").exists()
