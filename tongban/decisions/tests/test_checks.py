from __future__ import annotations

import pytest

from tongban.decisions.rules import checks, evaluation
from tongban.decisions.rules.checks import Fact
from tongban.decisions.tests.factories import AGE, FLAG, KIND, ON, RESULT, TABLES, column, make, small


def found(table: object, facts: dict[str, Fact] | None = None) -> list[tuple[str, str, tuple[object, ...]]]:
    return [(flaw.kind, flaw.rule, flaw.path) for flaw in checks.flaws(table, facts)]  # type: ignore[arg-type]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)
def test_tables_of_all_kinds_have_no_errors(table: object) -> None:
    assert checks.errors(table) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "rule", "place"),
    [
        ((['"x"', "-"], ["1"]), "type", ("rows", 0, "when", 0)),
        ((["-", "5"], ["1"]), "type", ("rows", 0, "when", 1)),
        ((["-", '> "a"'], ["1"]), "order", ("rows", 0, "when", 1)),
        ((["[1", "-"], ["1"]), "feel", ("rows", 0, "when", 0)),
        ((["other > 5", "-"], ["1"]), "name", ("rows", 0, "when", 0)),
        ((["approve", "-"], ["1"]), "name", ("rows", 0, "when", 0)),
        ((['? > 1 and kind > "b"', "-"], ["1"]), "order", ("rows", 0, "when", 0)),
        ((["[date(\"2026-01-01\")..date(\"2026-01-02\")]", "-"], ["1"]), "type", ("rows", 0, "when", 0)),
        ((["-", "-"], ['"1"']), "type", ("rows", 0, "then", 0)),
        ((["-", "-"], ["one"]), "feel", ("rows", 0, "then", 0)),
        ((["-", "-"], [""]), "feel", ("rows", 0, "then", 0)),
    ],
)  # fmt: skip
def test_wrong_cell_is_named_with_its_place(
    cells: tuple[list[str], list[str]], rule: str, place: tuple[object, ...]
) -> None:
    assert found(small(cells)) == [("error", rule, place)]


@pytest.mark.parametrize(
    ("inputs", "outputs", "when", "then", "rule", "place"),
    [
        ([KIND], [RESULT], '"d"', '"approve"', "unknown", ("rows", 0, "when", 0)),
        ([KIND], [RESULT], 'not("d")', '"approve"', "unknown", ("rows", 0, "when", 0)),
        ([AGE], [RESULT], "121", '"approve"', "unknown", ("rows", 0, "when", 0)),
        ([AGE], [RESULT], "> 130", '"approve"', "empty", ("rows", 0, "when", 0)),
        ([AGE], [RESULT], "> 5", '"grant"', "unknown", ("rows", 0, "then", 0)),
        ([column("x", "number", "[0")], [RESULT], "-", '"approve"', "feel", ("inputs", 0, "values")),
        ([column("x", "number", '"a"')], [RESULT], "-", '"approve"', "type", ("inputs", 0, "values")),
        ([column("x", "number", "y > 5")], [RESULT], "-", '"approve"', "values", ("inputs", 0, "values")),
        ([AGE], [column("r", "number", '"a"')], "-", "1", "type", ("outputs", 0, "values")),
        ([AGE], [column("r", "number", "1,1")], "-", "1", "twice", ("outputs", 0, "values")),
        ([AGE], [column("r", "number", "< 1")], "-", "1", "feel", ("outputs", 0, "values")),
    ],
)  # fmt: skip
def test_value_outside_its_column_is_named(
    inputs: list[dict[str, str]],
    outputs: list[dict[str, str]],
    when: str,
    then: str,
    rule: str,
    place: tuple[object, ...],
) -> None:
    assert ("error", rule, place) in found(make(([when], [then]), inputs=inputs, outputs=outputs))


def test_priority_needs_an_order_and_sums_need_numbers() -> None:
    plain = [column("r", "string")]
    assert found(make((["-"], ['"a"']), inputs=[AGE], outputs=plain, hit="PRIORITY")) == [
        ("error", "priority", ("outputs", 0, "values"))
    ]
    summed = make((["-"], ['"a"']), inputs=[AGE], outputs=plain, hit="COLLECT", aggregation="SUM")
    assert found(summed) == [("error", "aggregation", ("outputs", 0, "type"))]


@pytest.mark.parametrize(
    ("first", "second", "overlaps"),
    [
        (["[1..5]", "-"], ["5", "-"], True), (["[1..5)", "-"], [">= 5", "-"], False), (["< 1", "-"], ["> 1", "-"], False),
        (["< 2", "-"], ["> 1", "-"], True), (["(1..2)", "-"], ["(1..2)", '"a"'], True), (["1", '"a"'], ["1", '"b"'], False),
        (["1", 'not("a")'], ["1", '"b"'], True), (["1", 'not("a")'], ["1", '"a"'], False), (["1", 'not("a")'], ["1", 'not("b")'], True),
        (["? > 1 and ? < 3", "-"], ["2.5", "-"], True), (["1,2", "-"], ["3,4", "-"], False), (["not(< 5)", "-"], ["< 5", "-"], False),
        (["-", 'age > 5 and ? = "a"'], ["-", '"a"'], False),
    ],
)  # fmt: skip
def test_rows_of_a_unique_table_may_not_overlap(first: list[str], second: list[str], overlaps: bool) -> None:
    flaws = [flaw for flaw in checks.flaws(small((first, ["1"]), (second, ["2"]))) if flaw.rule == "overlap"]
    assert [flaw.path for flaw in flaws] == ([("rows", 1)] if overlaps else [])


def test_overlap_says_with_which_row_and_where() -> None:
    table = make(
        (["< 18", "-"], ['"refuse"']), (["[10..20]", "true"], ['"manual"']), inputs=[AGE, FLAG], outputs=[RESULT]
    )
    flaw = checks.errors(table)[0]
    assert "和第 1 行会同时对上" in flaw.message
    given = {"age": 10, "insured": True}
    assert evaluation.ask(evaluation.compiled(table), given).rows == (1, 2)


@pytest.mark.parametrize(
    ("rows", "unreached"),
    [
        ([["-", "-"], ["> 5", "-"]], [1]), ([["> 5", "-"], ["> 6", "-"], ["-", "-"]], [1]), ([["> 5", "-"], ["<= 5", "-"], ["-", '"a"']], [2]),
        ([["> 5", "-"], ["< 5", "-"], ["-", "-"]], []), ([["> 5", '"a"'], ["> 6", "-"]], []), ([["-", '"a","b"'], ["-", '"b"']], [1]),
        ([['? > 5 or kind = "a"', "-"], ["> 5", "-"]], []), ([["-", "-"], ['? > 5 or kind = "a"', "-"]], [1]),
    ],
)  # fmt: skip
def test_row_that_those_above_cover_is_not_reached(rows: list[list[str]], unreached: list[int]) -> None:
    flaws = checks.flaws(small(*((row, ["1"]) for row in rows), hit="FIRST"))
    assert [flaw.path[1] for flaw in flaws if flaw.rule == "unreachable"] == unreached


def test_gap_is_a_hint_with_an_example_that_no_row_matches() -> None:
    table = make(
        (["< 18", "-"], ['"refuse"']), ([">= 18", "true"], ['"approve"']), inputs=[AGE, FLAG], outputs=[RESULT]
    )
    flaws = checks.flaws(table)
    assert [(flaw.kind, flaw.rule, flaw.path) for flaw in flaws] == [("hint", "gap", ("rows",))]
    assert "是否参保是否" in flaws[0].message or "insured是否" in flaws[0].message
    assert not evaluation.ask(evaluation.compiled(table), {"age": 18, "insured": False}).is_decided


@pytest.mark.parametrize(
    "rows",
    [[["< 5", "-"], [">= 5", "-"]], [["-", "-"]], [["-", 'not("a")'], ["-", '"a"']], [["? > 1 or ? <= 1", "-"]]],
)
def test_table_that_covers_all_has_no_gap(rows: list[list[str]]) -> None:
    assert checks.flaws(small(*((row, ["1"]) for row in rows))) == []


def test_days_are_whole_so_neighbours_leave_no_gap() -> None:
    table = make(
        (['<= date("2026-06-30")'], ['"refuse"']),
        (['>= date("2026-07-01")'], ['"approve"']),
        inputs=[ON],
        outputs=[RESULT],
    )
    assert checks.flaws(table) == []


def test_first_and_last_day_of_the_calendar_are_no_trap() -> None:
    table = make((['[date("0001-01-01")..date("9999-12-31")]'], ['"approve"']), inputs=[ON], outputs=[RESULT])
    assert checks.flaws(table) == []


def test_word_for_other_values_is_never_one_of_the_table() -> None:
    assert [flaw.rule for flaw in checks.flaws(small((["-", '"其他"'], ["1"])))] == ["gap"]


def test_table_too_wide_to_walk_is_checked_without_gaps() -> None:
    inputs = [column(f"x{n}", "number") for n in range(20)]
    rows = [([f"> {r + n}" if (r + n) % 3 else "-" for n in range(20)], ["1"]) for r in range(40)]
    table = make(*rows, inputs=inputs, outputs=[column("fee", "number")], hit="FIRST")
    assert [flaw for flaw in checks.flaws(table) if flaw.rule in ("gap", "unreachable")] == []


def test_largest_table_is_checked_in_seconds() -> None:
    rows = [([f"[{n}..{n + 1})", "-"], ["1"]) for n in range(500)]
    assert [flaw.rule for flaw in checks.flaws(small(*rows))] == ["gap"]


FACTS = {"age": Fact("number"), "kind": Fact("string", frozenset({"a", "b"})), "insured": Fact("string")}


@pytest.mark.parametrize(
    ("inputs", "when", "rule", "place"),
    [
        ([column("size", "number")], "> 5", "fact", ("inputs", 0, "name")),
        ([FLAG], "true", "fact", ("inputs", 0, "type")),
        ([column("kind", "string")], '"c"', "choice", ("rows", 0, "when", 0)),
        ([KIND], '"a"', "choice", ("inputs", 0, "values")),
    ],
)
def test_input_that_no_case_knows_is_named(
    inputs: list[dict[str, str]], when: str, rule: str, place: tuple[object, ...]
) -> None:
    assert found(make(([when], ['"approve"']), inputs=inputs, outputs=[RESULT]), FACTS) == [("error", rule, place)]


def test_input_that_cases_know_is_fine() -> None:
    table = make((["> 5", '"a"'], ['"approve"']), inputs=[AGE, column("kind", "string", '"a","b"')], outputs=[RESULT])
    assert checks.errors(table, FACTS) == []


def test_cell_that_cannot_be_read_is_reported_once_with_facts() -> None:
    assert found(small((["-", '"a'], ["1"])), FACTS) == [("error", "feel", ("rows", 0, "when", 1))]


def test_errors_come_before_hints_and_are_not_endless() -> None:
    table = small(*((["'", "'"], ["'"]) for _ in range(100)))
    assert len(checks.flaws(table)) == checks.MOST_FLAWS
