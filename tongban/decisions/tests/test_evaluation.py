from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tongban.decisions.rules import evaluation
from tongban.decisions.rules.evaluation import ask, compiled, nearest, plain, shown, value_of
from tongban.decisions.tests.factories import TABLES, column, make, small

BY_CODE = {table.code: compiled(table) for table in TABLES}


@pytest.mark.parametrize(
    ("code", "given", "outcome", "rows"),
    [
        ("unique-numbers", {"age": 17}, {"result": "refuse"}, (1,)),
        ("unique-numbers", {"age": 18}, {"result": "approve"}, (2,)),
        ("unique-numbers", {"age": "61"}, {"result": "manual"}, (3,)),
        ("unique-sets", {"kind": "a", "insured": False}, {"result": "refuse"}, (3,)),
        ("unique-sets", {"kind": "c"}, {"result": "manual"}, (2,)),
        ("unique-dates", {"since": date(2026, 6, 30)}, {"result": "approve"}, (2,)),
        ("unique-dates", {"since": "2026-07-01"}, {"result": "manual"}, (3,)),
        ("unique-flag", {"insured": "true"}, {"result": "approve"}, (2,)),
        ("first-fallback", {"kind": "c", "age": 10}, {"result": "refuse"}, (1,)),
        ("first-fallback", {"kind": "a", "age": 10}, {"result": "manual"}, (2,)),
        ("first-fallback", {}, {"result": "approve"}, (3,)),
        ("first-conditions", {"age": 30, "kind": "a"}, {"result": "approve"}, (1,)),
        ("first-conditions", {"age": 61, "kind": "b"}, {"result": "refuse"}, (2,)),
        ("first-conditions", {"age": 30, "kind": "b"}, {"result": "manual"}, (3,)),
        ("first-in", {"age": 60}, {"result": "approve"}, (1,)),
        ("first-in", {"age": 7}, {"result": "manual"}, (2,)),
        ("priority-results", {"age": 15}, {"result": "manual"}, (1,)),
        ("priority-results", {"age": 35}, {"result": "approve"}, (2,)),
        ("priority-two", {"age": 35}, {"risk": "high", "step": 3}, (3,)),
        ("priority-two", {"age": 25}, {"risk": "high", "step": 2}, (2,)),
        ("collect-list", {"age": 15}, [{"check": "check-a"}, {"check": "check-c"}], (1, 3)),
        ("collect-sum", {"kind": "a", "age": 61}, {"amount": Decimal("150.5")}, (1, 2)),
        ("collect-min", {"age": 21}, {"amount": Decimal("1.5")}, (1, 2)),
        ("collect-max", {"age": 21}, {"amount": 3}, (1, 2)),
        ("collect-count", {"age": 21}, {"amount": 2}, (1, 2)),
        ("collect-count", {"age": 1}, {"amount": 0}, ()),
        ("unique-odd", {"温度": -5, "名称": '"x\\y"'}, {"日期": date(2026, 5, 1), "能办": True, "amount": None}, (1,)),
    ],
)  # fmt: skip
def test_table_answers(code: str, given: dict[str, evaluation.Given], outcome: object, rows: tuple[int, ...]) -> None:
    result = ask(BY_CODE[code], given)
    assert (result.outcome, result.rows, result.problem) == (outcome, rows, "")


@pytest.mark.parametrize("code", ["unique-numbers", "priority-results", "collect-sum", "collect-min"])
def test_no_row_is_no_answer(code: str) -> None:
    result = ask(BY_CODE[code], {})
    assert (result.outcome, result.rows, result.reasons, result.problem) == (None, (), (), "没有一行对得上")
    assert not result.is_decided


def test_several_rows_of_a_unique_table_are_named_and_decide_nothing() -> None:
    table = small((["> 1", "-"], ["1"]), (["> 9", "-"], ["2"]), (["> 2", "-"], ["3"]))
    result = ask(compiled(table), {"age": 5})
    assert (result.outcome, result.rows) == (None, (1, 3))
    assert result.problem == "第 1、3 行都对得上，这张表只许一行"
    assert len(result.reasons) == 2


def test_priority_without_a_listed_result_comes_last_and_ties_go_to_the_upper_row() -> None:
    out = [column("fee", "number", "2,1")]
    table = make(
        (["-"], ["null"]), (["-"], ["1"]), (["-"], ["1"]), inputs=[column("age", "number")], outputs=out, hit="PRIORITY"
    )
    assert ask(compiled(table), {}).rows == (2,)


def test_sum_of_nothing_but_empty_results_is_no_answer() -> None:
    table = small((["-", "-"], ["null"]), hit="COLLECT", aggregation="SUM")
    result = ask(compiled(table), {})
    assert (result.outcome, result.problem) == (None, "对上的行没有数字可以汇总")


def test_reasons_say_which_value_met_which_test() -> None:
    table = small((["[18..60]", "-"], ["1"]), (["> 60", 'not("a")'], ["2"]))
    assert [reason.words for reason in ask(compiled(table), {"age": "61.50", "kind": "b"}).reasons] == [
        "第 2 行：age是61.5，符合 > 60", "第 2 行：kind是“b”，符合 not(\"a\")",
    ]  # fmt: skip


def test_literal_of_another_kind_is_never_met_and_never_fatal() -> None:
    table = small((['"x"', "-"], ["1"]), (["-", "< 5"], ["2"]))
    assert not ask(compiled(table), {"age": 1, "kind": "a"}).is_decided
    dates = make(
        (["[1..5]"], ["1"]), (["1,2"], ["1"]), inputs=[column("on", "date")], outputs=[column("fee", "number")]
    )
    assert not ask(compiled(dates), {"on": "2026-01-01"}).is_decided


def test_condition_on_a_name_that_is_no_input_is_never_met() -> None:
    assert not ask(compiled(small((["other > 1", "-"], ["1"]))), {"age": 1, "kind": "a", "other": 5}).is_decided


@pytest.mark.parametrize(
    ("given", "kind", "value"),
    [
        ("12", "number", 12), (" 12", "number", None), ("1e5", "number", None), ("１２", "number", None), (float("nan"), "number", None),
        (float("inf"), "number", None), (0.1, "number", Decimal("0.1")), (True, "number", None), (10**500, "number", None),
        (Decimal("1e500"), "number", None), (Decimal("NaN"), "number", None), ("+1.50", "number", Decimal("1.5")), ("9" * 31, "number", None),
        (date(2026, 1, 1), "number", None), ("a", "string", "a"), ("", "string", None), (5, "string", None), (None, "string", None),
        ("true", "boolean", True), ("false", "boolean", False), ("True", "boolean", None), ("", "boolean", None), (1, "boolean", None),
        ("2026-01-01", "date", date(2026, 1, 1)), ("20260101", "date", None), (datetime(2026, 1, 1, tzinfo=UTC), "date", None), (5, "date", None),
    ],
)  # fmt: skip
def test_value_is_taken_as_its_column_says(given: evaluation.Given, kind: evaluation.Kind, value: object) -> None:
    assert value_of(given, kind) == value


def test_values_are_shown_and_kept() -> None:
    assert [shown(v) for v in (None, True, False, "a", 5, Decimal("5.50"), date(2026, 1, 1))] == [
        "没有填", "是", "否", "“a”", "5", "5.5", "2026-01-01",
    ]  # fmt: skip
    assert [plain(v) for v in (None, True, "a", 5, Decimal("5.0"), Decimal("5.50"), Decimal("1e3"), date(2026, 1, 1))] == [
        None, True, "a", 5, 5, "5.5", 1000, "2026-01-01",
    ]  # fmt: skip


def test_kept_inputs_give_the_same_answer_again() -> None:
    given: dict[str, evaluation.Given] = {"温度": 0.5, "名称": "<&>", "别的": "不留"}
    table = BY_CODE["unique-odd"]
    kept = evaluation.plain_inputs(table.table, given)
    assert kept == {"温度": "0.5", "名称": "<&>"}
    assert ask(table, json.loads(json.dumps(kept))) == ask(table, given)


def test_nearest_row_names_what_it_lacks() -> None:
    assert nearest(BY_CODE["unique-sets"], {"kind": "a"}) == (1, ("是否参保",))
    table = small((["> 60", '"a"'], ["1"]), (["< 18", '"b"'], ["2"]), (['age > 1 and kind = "c"', "-"], ["3"]))
    assert nearest(compiled(table), {"age": 30, "kind": "b"}) == (2, ("age",))
    assert nearest(compiled(table), {"age": 30, "kind": "x"}) == (3, ("age",))
    assert nearest(compiled(table), {"age": 70, "kind": "a"}) is None


def test_outcomes_are_kept_as_json() -> None:
    keep = evaluation.plain_outcome
    assert keep(ask(BY_CODE["collect-list"], {"age": 1}).outcome) == [{"check": "check-c"}]
    assert keep(ask(BY_CODE["collect-sum"], {"kind": "a", "age": 61}).outcome) == {"amount": "150.5"}
    assert keep(None) is None
