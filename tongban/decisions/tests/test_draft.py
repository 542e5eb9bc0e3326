from __future__ import annotations

import pytest

from tongban.decisions.rules import draft as drafts
from tongban.decisions.rules.draft import Draft
from tongban.decisions.tests.factories import TABLES, small

START = drafts.of_table(small((["1", "a"], ["10"]), (["2", "b"], ["20"]), (["3", "c"], ["30"])))


def column(draft: Draft, n: int = 0) -> list[str]:
    return [row.when[n] for row in draft.rows]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)
def test_table_comes_back_from_a_draft(table: object) -> None:
    assert drafts.table(drafts.of_table(table)) == (table, [])  # type: ignore[arg-type]


def sent(draft: Draft) -> dict[str, str]:
    form = {"name": draft.name, "hit": draft.hit, "aggregation": draft.aggregation}
    form |= {"inputs": str(len(draft.inputs)), "outputs": str(len(draft.outputs)), "rows": str(len(draft.rows))}
    for side, columns in (("in", draft.inputs), ("out", draft.outputs)):
        form |= {f"{side}-{n}-{name}": value for n, each in enumerate(columns) for name, value in vars(each).items()}
    for r, row in enumerate(draft.rows):
        form |= {f"r-{r}-w-{n}": text for n, text in enumerate(row.when)}
        form |= {f"r-{r}-t-{n}": text for n, text in enumerate(row.then)} | {f"r-{r}-note": row.note}
    return form


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)
def test_draft_comes_back_from_its_form(table: object) -> None:
    draft = drafts.of_table(table)  # type: ignore[arg-type]
    assert drafts.read(sent(draft), org=draft.org, code=draft.code) == draft
    assert len(sent(draft)) <= draft.size


@pytest.mark.parametrize("form", [{}, {"rows": "-1"}, {"rows": "x", "inputs": "99999"}, {"rows": "１"}])
def test_form_that_makes_no_sense_is_an_empty_draft(form: dict[str, str]) -> None:
    draft = drafts.read(form, org="market", code="demo")
    assert (draft.inputs, draft.rows) == ((), ())
    assert drafts.table(draft)[0] is None


def test_form_cannot_ask_for_more_than_a_table_holds() -> None:
    draft = drafts.read({"inputs": "9999", "outputs": "9999", "rows": "9999"}, org="market", code="demo")
    assert (len(draft.inputs), len(draft.outputs), len(draft.rows)) == (20, 10, 500)


def test_aggregation_counts_only_where_all_rows_do() -> None:
    form = sent(START) | {"aggregation": "SUM"}
    assert drafts.read(form, org="market", code="demo").aggregation == "LIST"
    assert drafts.read(form | {"hit": "COLLECT"}, org="market", code="demo").aggregation == "SUM"


@pytest.mark.parametrize(
    ("act", "rows", "focus"),
    [
        ("row-add", ["1", "2", "3", "-"], "r-3-w-0"), ("row-add-0", ["1", "-", "2", "3"], "r-1-w-0"), ("row-copy-1", ["1", "2", "2", "3"], "r-2-w-0"),
        ("row-remove-0", ["2", "3"], "r-0-w-0"), ("row-remove-2", ["1", "2"], "r-1-w-0"), ("row-up-2", ["1", "3", "2"], "r-1-w-0"),
        ("row-down-0", ["2", "1", "3"], "r-1-w-0"), ("row-up-0", ["1", "2", "3"], ""), ("row-down-2", ["1", "2", "3"], ""),
        ("row-remove-9", ["1", "2", "3"], ""), ("row-copy-9", ["1", "2", "3"], ""), ("row-copy", ["1", "2", "3"], ""),
        ("input-up-1", ["1", "2", "3"], ""), ("check", ["1", "2", "3"], ""), ("row-add-999", ["1", "2", "3", "-"], "r-3-w-0"),
    ],
)  # fmt: skip
def test_button_moves_rows(act: str, rows: list[str], focus: str) -> None:
    draft, seen = drafts.acted(START, act)
    assert (column(draft), seen) == (rows, focus)


def test_buttons_add_and_remove_columns_with_their_cells() -> None:
    wider, focus = drafts.acted(START, "input-add")
    assert (len(wider.inputs), column(wider, 2), focus) == (3, ["-"] * 3, "in-2-name")
    narrower, focus = drafts.acted(START, "input-remove-0")
    assert ([c.name for c in narrower.inputs], column(narrower), focus) == (["kind"], ["a", "b", "c"], "in-0-name")
    wider, focus = drafts.acted(START, "output-add")
    assert ([row.then for row in wider.rows], focus) == ([("10", ""), ("20", ""), ("30", "")], "out-1-name")
    assert [row.then for row in drafts.acted(wider, "output-remove-0")[0].rows] == [("",)] * 3
    assert drafts.acted(wider, "output-remove-1") == (START, "out-0-name")


def test_last_row_and_last_columns_stay() -> None:
    draft = drafts.blank("market")
    for act in ("row-remove-0", "input-remove-0", "output-remove-0", "input-remove-5", "output-remove-5"):
        assert drafts.acted(draft, act) == (draft, "")


def test_draft_grows_no_further_than_a_form_carries() -> None:
    draft = drafts.blank("market")
    for act in ("input-add", "output-add", "row-add"):
        for _ in range(600):
            draft, _ = drafts.acted(draft, act)
    assert draft.fits_a_form
    assert (len(draft.inputs), len(draft.outputs)) == (20, 10)
    assert drafts.acted(draft, "row-add") == (draft, "")


def test_blank_draft_says_what_it_needs_and_nothing_twice() -> None:
    table, flaws = drafts.table(drafts.blank("market"))
    assert table is None
    assert [drafts.field_of(flaw.path) for flaw in flaws] == ["code", "name", "in-0-name"]
    assert not any("^" in flaw.message + flaw.remedy for flaw in flaws)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (("rows", 3, "when", 1), "r-3-w-1"), (("rows", 3, "then", 0), "r-3-t-0"), (("rows", 3, "note"), "r-3-note"), (("rows", 3), "r-3"),
        (("inputs", 2, "values"), "in-2-values"), (("inputs", 2), "in-2-name"), (("outputs", 0, "type"), "out-0-type"), (("hit",), "hit"),
        ((), "name"),
    ],
)  # fmt: skip
def test_place_of_a_flaw_is_a_field_of_the_form(path: tuple[str | int, ...], field: str) -> None:
    assert drafts.field_of(path) == field


def test_cell_too_long_is_told_at_its_place() -> None:
    long = drafts.acted(START, "row-add")[0]
    rows = (*long.rows[:3], drafts.Line(("1" * 401, "-"), ("1",)))
    table, flaws = drafts.table(drafts.replace(long, rows=rows))
    assert table is None
    assert [drafts.field_of(flaw.path) for flaw in flaws] == ["r-3-w-0"]
