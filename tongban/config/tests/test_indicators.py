"""The commands of indicators as an operator runs them."""

from __future__ import annotations

import json

import pytest

from tongban.config.cli import main
from tongban.indicators.models import Rollup
from tongban.indicators.tests.factories import small_march


def test_all_indicators_are_listed_with_kind_source_and_reason(honghu: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["indicators", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 178
    assert all(row["kind"] and row["source"] and row["place"] for row in rows)
    assert all(bool(row["measure"]) != bool(row["reason"]) for row in rows)
    assert sum(row["way"] == "computed" for row in rows) >= 40


def test_a_frozen_month_is_compared_and_rollups_are_rebuilt(honghu: str, capsys: pytest.CaptureFixture[str]) -> None:
    small_march()
    assert main(["indicators", "freeze", "--month", "2026-03", "--json"]) == 0
    assert main(["indicators", "freeze", "--month", "2026-03", "--json"]) == 1
    capsys.readouterr()
    assert main(["indicators", "compare", "--month", "2026-03", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"compared": 178, "changed": []}
    Rollup.objects.filter(month="2026-03-01", on_time__gt=0).update(on_time=0)
    assert main(["indicators", "compare", "--month", "2026-03"]) == 1
    assert "冻结时 1 件，现在 4 件" in capsys.readouterr().out
    assert main(["indicators", "rebuild", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["same"] is False
    assert main(["indicators", "compare", "--month", "2026-03"]) == 0


@pytest.mark.parametrize("month", ["2026", "2026-13", "三月"])
def test_a_month_that_is_none_is_wrong_usage(month: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["indicators", "freeze", "--month", month]) == 2
    assert "月份写成 2026-11 这样" in capsys.readouterr().err
