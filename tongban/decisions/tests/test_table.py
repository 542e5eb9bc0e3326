from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tongban.decisions.rules.changes import compare
from tongban.decisions.rules.standing import Standing, is_ready
from tongban.decisions.rules.table import Table
from tongban.decisions.tests.factories import AGE, KIND, RESULT, column, make, small
from tongban.rules.specs import canonical

BODY: dict[str, Any] = {
    "code": "demo", "name": "示例", "org": "market", "inputs": [{"name": "age", "type": "number"}],
    "outputs": [{"name": "fee", "type": "number"}], "rows": [{"when": ["-"], "then": ["1"]}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"inputs": []}, "at least 1"), ({"outputs": []}, "at least 1"), ({"rows": []}, "at least 1"), ({"hit": "ANY"}, "UNIQUE"),
        ({"rows": [{"when": [], "then": ["1"]}]}, "条件有 0 格"), ({"rows": [{"when": ["-"], "then": []}]}, "结果有 0 格"),
        ({"inputs": BODY["inputs"] * 2, "rows": [{"when": ["-", "-"], "then": ["1"]}]}, "不同的名称"),
        ({"inputs": [{"name": "and", "type": "number"}]}, "不能作"), ({"inputs": [{"name": "5x", "type": "number"}]}, "pattern"),
        ({"inputs": [{"name": "a b", "type": "number"}]}, "pattern"), ({"inputs": [{"name": "age", "type": "time"}]}, "string"),
        ({"aggregation": "SUM"}, "只有 COLLECT"), ({"name": "a\nb"}, "pattern"), ({"rows": [{"when": ["\x07"], "then": ["1"]}]}, "pattern"),
        ({"rows": [{"when": ["-"], "then": ["1"]}] * 501}, "at most 500"), ({"rows": [{"when": ["1" * 401], "then": ["1"]}]}, "at most 400"),
        ({"hit": "COLLECT", "aggregation": "SUM", "outputs": [{"name": "a", "type": "number"}, {"name": "b", "type": "number"}],
          "rows": [{"when": ["-"], "then": ["1", "2"]}]}, "只能有一列输出"),
    ],
)  # fmt: skip
def test_table_that_is_not_whole_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Table.model_validate({**BODY, **change})


def test_empty_cell_looks_at_nothing_so_that_files_come_back_equal() -> None:
    table = Table.model_validate({**BODY, "rows": [{"when": [" "], "then": ["1"]}]})
    assert table.rows[0].when == ("-",)
    assert Table.model_validate_json(canonical(table)) == table


def test_comparison_names_rows_added_removed_and_changed() -> None:
    old = small((["1", "-"], ["1"]), (["2", "-"], ["2"]), (["3", "-"], ["3"]))
    new = small((["1", "-"], ["1"]), (["2", "-"], ["9"]), (["3", "-"], ["3"]), (["4", "-"], ["4"]))
    changes = compare(old, new)
    assert [(row.kind, row.before, row.after) for row in changes.rows] == [
        ("same", 1, 1), ("changed", 2, 2), ("same", 3, 3), ("added", None, 4),
    ]  # fmt: skip
    assert [(row.kind, row.before, row.after) for row in compare(new, old).rows][-1] == ("removed", 4, None)
    assert changes.rows[3].old is None
    assert (changes.rows[3].words, changes.is_same, changes.notes) == ("新增", False, ())


def test_comparison_of_equal_tables_is_the_same() -> None:
    assert compare(small((["1", "-"], ["1"])), small((["1", "-"], ["1"]))).is_same


def test_comparison_names_columns_name_and_hit_policy() -> None:
    old = make((["-", "-"], ['"approve"']), inputs=[AGE, KIND], outputs=[RESULT])
    new = make(
        (["-", "-"], ["1"]), inputs=[column("kind", "string"), column("size", "number")], outputs=[column("fee", "number")],
        hit="COLLECT", aggregation="SUM",
    ).model_copy(update={"name": "新名"})  # fmt: skip
    notes = compare(old, new).notes
    assert notes == (
        "名称由“示例表 demo-table”改为“新名”", "对上的办法由“只许一行对上”改为“对上的都要，相加”", "新增输入“size”", "删去输入“年龄”",
        "输入“kind”的说明、类型或取值改了", "新增输出“fee”", "删去输出“结论”",
    )  # fmt: skip
    turned = make((["-", "-"], ['"approve"']), inputs=[KIND, AGE], outputs=[RESULT])
    assert compare(old, turned).notes == ("输入的先后改了",)


@pytest.mark.parametrize(("streak", "least", "ready"), [(9, 10, False), (10, 10, True), (11, 10, True), (0, 1, False)])
def test_table_is_ready_after_enough_agreement_in_a_row(streak: int, least: int, ready: bool) -> None:
    assert Standing(compared=20, agreed=19, waiting=0, streak=streak).is_ready(least) is ready


def test_table_never_goes_live_without_comparison() -> None:
    standing = Standing(compared=3, agreed=1, waiting=0, streak=1)
    assert standing.differed == 2
    with pytest.raises(ValueError, match="at least one"):
        standing.is_ready(0)


@pytest.mark.parametrize(
    ("latest", "least", "ready"),
    [
        ([True] * 3, 3, True),
        ([True] * 2, 3, False),
        ([True, False, True], 2, False),
        ([True, True, False], 2, True),
        ([], 1, False),
    ],
)
def test_readiness_follows_from_the_latest_comparisons_alone(latest: list[bool], least: int, ready: bool) -> None:
    assert is_ready(latest, least) is ready
    with pytest.raises(ValueError):
        is_ready(latest, 0)
