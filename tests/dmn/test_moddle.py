"""Exported tables open in dmn-moddle, the reader of the common DMN editors, without a warning and come back equal."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tongban.decisions.adapters import dmn, dmn_reading
from tongban.decisions.tests.factories import TABLES

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[dict[str, Any], bytes]]:
    """Open all our tables in one process of node; what moddle read, and wrote back, by code."""
    if shutil.which("node") is None or not (HERE / "node_modules" / "dmn-moddle").is_dir():
        pytest.fail(
            "dmn-moddle is not installed: install Node.js 20 and run sh tests/prepare.sh (or npm ci in tests/dmn)"
        )
    folder = tmp_path_factory.mktemp("dmn")
    paths = {table.code: folder / f"{table.code}.dmn" for table in TABLES}
    for table in TABLES:
        paths[table.code].write_bytes(dmn.write(table))
    run = subprocess.run(
        ["node", str(HERE / "check.mjs"), *map(str, paths.values())],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    return {code: (said[str(path)], Path(f"{path}.moddle").read_bytes()) for code, path in paths.items()}


def test_there_are_tables_of_every_hit_policy() -> None:
    assert len(TABLES) >= 12
    assert {table.hit for table in TABLES} == {"UNIQUE", "FIRST", "PRIORITY", "COLLECT"}
    assert {table.aggregation for table in TABLES} == {"LIST", "SUM", "MIN", "MAX", "COUNT"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)
def test_exported_table_opens_without_a_warning_and_comes_back_equal(table: Any, opened: dict[str, Any]) -> None:
    said, written = opened[table.code]
    assert said["warnings"] == []
    assert (said["hit"], said["aggregation"] or "LIST") == (table.hit, table.aggregation)
    assert said["cells"] == [list(row.when) for row in table.rows]
    again = dmn_reading.read(written)
    assert (again.table, again.problems) == (table, ())
