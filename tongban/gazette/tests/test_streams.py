"""Tables of a plain text whose ruling was torn: broken cells, cells too many or too few, feet, blank rows."""

from __future__ import annotations

import pytest

from tongban.gazette.rules import boxes, streams, tasks
from tongban.gazette.rules.shapes import Document, Kind, Task

HALL = (1, "建大厅。", ["市政务局"], "6月底")
TRAINING = (2, "培训。", ["市人社局"], "年底")
TABS = "序号\t工作任务\t牵头单位\t完成时限\n"
CELLS = "\t序号\n\t工作任务\n\t牵头单位\n\t完成时限\n"


def read(text: str) -> tuple[list[tuple[int | None, str, list[str], str]], list[str]]:
    """Return number, requirement, lead and deadline of each task, and what was told."""
    reading = tasks.read(Document(text), year=2021)
    rows = [(r.seq, r.requirement, r.lead_units, r.deadline_text) for r in reading.rows if isinstance(r, Task)]
    return rows, [str(found) for found in reading.findings]


def cells(*texts: str) -> str:
    """Return cells as a text in which each tab opens one."""
    return "".join(f"\t{text}\n" for text in texts)


def test_cells_broken_over_lines_between_rules_are_one_cell_each() -> None:
    rule = "+------+----------+----------+----------+\n"
    text = (
        f"{rule}| 序号 | 工作任务 | 牵头单位 | 完成时限 |\n{rule}| 1 | 建大 | 市政 | 6月 |\n|   | 厅。 | 务局 | 底 |\n"
        f"{rule}| 2 | 培训。 | 市人社局 | 年底 |\n{rule}"
    )
    assert read(text) == ([HALL, TRAINING], [])
    found = boxes.read(text.split("\n"), Kind.TASKS)
    assert found is not None
    assert found.tables[0].rows[1] == ("1\n", "建大\n厅。", "市政\n务局", "6月\n底")


@pytest.mark.parametrize(
    "text",
    [
        TABS + "1\t建大厅。\t市政务局\t6月底\t\t \n2\t培训。\t市人社局\t年底\n",
        TABS + "\t1\t建大厅。\t市政务局\t6月底\n2\t培训。\t市人社局\t年底\n",
        TABS + "1\t建大厅。\t市政务局\t6月底\n\n本页由某科印制\n2\t培训。\t市人社局\t年底\n",
        "序号  工作任务      牵头单位      完成时限\n 1    建大厅。      市政务局      6月底\n 2    培训。        市人社局      年底\n"
        "注：由市政务局解释。\n                    市政府办公室\n",
        CELLS + cells("1", "建大厅。", "市政务局", "6月底", "", "", "", "", "2", "培训。", "市人社局", "年底"),
        CELLS + cells("1", "建大", "市政务局", "6月底", "", "厅。", "", "", "2", "培训。", "市人社局", "年底"),
        CELLS[1:] + "1\n\t建大厅。\n\t市政务局\n\t6月底\n2\n\t培训。\n\t市人社局\n\t年底\n",
    ],
    ids=["cells too many", "a cell before", "a line of the page", "a foot", "a blank row", "a row over two", "no tab before rows"],
)  # fmt: skip
def test_what_a_torn_table_has_too_much_or_too_little_changes_no_row(text: str) -> None:
    assert read(text) == ([HALL, TRAINING], [])


def test_cell_beyond_the_head_goes_into_the_last_one_and_is_told() -> None:
    rows, told = read(TABS + "1\t建大厅。\t市政务局\t6月\t底\n2\t培训。\t市人社局\t年底\n")
    assert rows == [HALL, TRAINING]
    assert told == ["“1建大厅。市政务局6月底”一行：比表头多出栏目，多出的并入末栏"]


def test_cell_that_is_missing_is_told_and_the_next_row_begins_at_its_number() -> None:
    rows, told = read(CELLS + cells("1", "建大厅。", "市政务局", "2", "培训。", "市人社局", "年底"))
    assert rows == [(*HALL[:3], ""), TRAINING]
    assert told[0] == "第1行：单元格数目与表头不符，请核对此行各栏"


def test_one_row_without_a_number_keeps_its_cells_and_blank_rows_are_left_out() -> None:
    head = ["工作任务", "牵头单位", "完成时限"]
    found = streams.read(
        ("\t" + "\t".join([*head, "建大厅。", "市政务局", "6月底", "", "", ""])).split("\n"), Kind.TASKS
    )
    assert found is not None
    assert found.tables[0].rows == (tuple(head), ("建大厅。", "市政务局", "6月底"))
