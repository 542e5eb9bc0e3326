"""Documents of several tables and torn rows: what goes on with a table, what is skipped, what is told."""

from __future__ import annotations

import pytest

from tongban.gazette.rules import tasks, themes
from tongban.gazette.rules.shapes import HARD, WRAP, Document, Kind, Reading, Refused, Row, Table, Task, Theme

HEAD: Row = ("序号", "工作内容", "牵头单位", "完成时限")
ONE: Row = ("1", "建大厅。", "市政务局", "2021年6月底")
TWO: Row = ("2", "减材料。", "市司法局", "2021年9月底")
THEMES: Row = ("序号", "主题名称", "联办事项", "牵头单位", "责任单位", "承诺时限")
SHOP: Row = ("1", "开超市", "办理营业执照；公章刻制", "市市场监管局", "市公安局", "5个工作日")


def in_tables(*tables: tuple[Row, ...]) -> Document:
    return Document("", tuple(Table(f"表{n}", rows) for n, rows in enumerate(tables, start=1)))


def tasks_of(*tables: tuple[Row, ...]) -> list[Task]:
    return [row for row in tasks.read(in_tables(*tables)).rows if isinstance(row, Task)]


def themes_of(*rows: Row, head: Row = THEMES) -> list[Theme]:
    return [row for row in themes.read(in_tables((head, *rows))).rows if isinstance(row, Theme)]


def reasons(reading: Reading) -> str:
    return "\n".join(map(str, reading.findings))


@pytest.mark.parametrize(
    ("rows", "goes_on"),
    [
        ((TWO,), True),
        ((("1", "续上。", "", ""), TWO), True),
        ((("3", *TWO[1:]),), False),
        ((("2", "减材料。", "市司法局"),), False),
        ((("", "抓落实。", "", ""),), True),
        ((("", "第一科。", "", ""), ("", "第二科。", "", "")), False),
    ],
)
def test_table_without_a_head_goes_on_where_its_numbers_do(rows: tuple[Row, ...], goes_on: bool) -> None:
    alone = [row.requirement for row in tasks_of((HEAD, ONE))]
    found = [row.requirement for row in tasks_of((HEAD, ONE), rows)]
    assert alone == ["建大厅。"]
    assert (found != alone) == goes_on


def test_table_without_a_head_is_not_gone_on_with_where_rows_have_no_number() -> None:
    rows = tasks_of((HEAD[1:], ONE[1:]), (TWO[1:],))
    assert [row.requirement for row in rows] == ["建大厅。"]


def test_table_of_another_kind_is_skipped_and_told_when_it_is_large() -> None:
    small: tuple[Row, ...] = (("甲", "乙", "丙"), ("一", "二", "三"))
    large: tuple[Row, ...] = (*small, ("四", "五", "六"))
    narrow: tuple[Row, ...] = tuple(row[:2] for row in large)
    for other, told in ((small, []), (narrow, []), (large, ["表1：表头认不出，整表未读"])):
        reading = tasks.read(in_tables(other, (HEAD, ONE)))
        assert [row.seq for row in reading.rows] == [1]
        assert [str(found) for found in reading.findings] == told


def test_what_a_skipped_table_says_still_dates_the_document() -> None:
    rows: tuple[Row, ...] = (("发文日期：2019年3月1日",), ("某某办公室",))
    undated: Row = (*ONE[:3], "6月底")
    found = tasks.read(in_tables(rows, (HEAD, undated))).rows[0]
    assert isinstance(found, Task)
    assert str(found.deadline_date) == "2019-06-30"


def test_empty_rows_and_repeated_heads_are_no_tasks() -> None:
    rows = tasks_of((HEAD, ONE, ("", " ", "", ""), ("序号", "工作内容", "牵头单位", ""), TWO))
    assert [row.seq for row in rows] == [1, 2]


def test_row_shorter_than_its_head_lacks_only_its_last_cells() -> None:
    (row,) = tasks_of((HEAD, ONE[:3]))
    assert (row.requirement, row.lead_units, row.deadline_text) == ("建大厅。", ["市政务局"], "")


def test_head_in_two_rows_is_one_head_only_where_both_are_as_wide() -> None:
    upper: Row = ("序号", "工作内容", "责任分工", "完成时限")
    (row,) = tasks_of((upper, ("", "", "牵头单位", ""), ONE))
    assert row.lead_units == ["市政务局"]
    assert [row.seq for row in tasks_of((HEAD, ("备注",), ONE))] == [1]
    rows = tasks_of((HEAD, ("1", "建大厅。", "市政务局"), TWO))
    assert [row.seq for row in rows] == [1, 2]


def test_list_of_the_other_kind_and_text_without_a_table_say_what_to_do() -> None:
    for rows, kind, code in (
        ((THEMES, SHOP), Kind.TASKS, "other_kind"), ((HEAD, ONE), Kind.THEMES, "other_kind"),
        ((("甲", "乙"), ("一", "二")), Kind.TASKS, "no_table"), ((), Kind.TASKS, "empty"),
    ):  # fmt: skip
        document = in_tables(rows) if rows else Document(" ")
        with pytest.raises(Refused) as refusal:
            (tasks.read if kind is Kind.TASKS else themes.read)(document)
        assert refusal.value.code == f"gazette.{code}"


# Rows of tasks


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([ONE, ("", "", "市财政局", "")], [(1, None, "建大厅。")]),
        ([ONE, ("1", "建大厅。", "市财政局", "")], [(1, None, "建大厅。")]),
        ([ONE, ("", "配设备。", "市财政局", "2021年9月底")], [(1, "1", "建大厅。"), (1, "2", "配设备。")]),
        ([("1", "建大", "市政务局", "2021年6月底"), ("", "厅", "", "")], [(1, None, "建大厅")]),
        ([("1", "1.建大厅。", *ONE[2:]), ("2", "2.减材料。", *TWO[2:])], [(1, None, "1.建大厅。"), (2, None, "2.减材料。")]),
        ([("1", "1.建大厅。", *ONE[2:]), ("2", "1.减材料。", *TWO[2:])], [(1, "1", "建大厅。"), (2, "1", "减材料。")]),
    ],
)  # fmt: skip
def test_row_is_a_task_a_measure_or_the_rest_of_the_one_above(
    rows: list[Row], found: list[tuple[int, str | None, str]]
) -> None:
    assert [(row.seq, row.sub, row.requirement) for row in tasks_of((HEAD, *rows))] == found


def test_measures_that_share_a_number_without_marks_are_numbered_and_told() -> None:
    reading = tasks.read(in_tables((HEAD, ONE, ("", "配设备。", "市财政局", "2021年9月底"))))
    assert "序号1-2（表1第3行）：同一序号下有多行而无分号，按次序编为2" in reasons(reading)


def test_row_without_a_number_above_all_others_and_an_empty_task_are_told() -> None:
    said = reasons(tasks.read(in_tables((HEAD, ("", *ONE[1:]), ("1", "", *TWO[2:])))))
    assert "表1第2行：此行没有序号" in said
    assert "工作要求为空" in said


FULL: Row = ("序号", "工作内容", "牵头单位", "责任单位", "完成时限")
FIRST: Row = ("1", "建大厅。", "市政务局", "市财政局", "2021年6月底")


@pytest.mark.parametrize(
    ("second", "lead", "responsible", "deadline", "said"),
    [
        (("2", "乙。", "同上", "〃", "同上"), ["市政务局"], ["市财政局"], "2021年6月底", ""),
        (("2", "乙。", "市司法局", "", "2021年9月底"), ["市司法局"], [], "2021年9月底", ""),
        (("2", "乙。", "市司法局", None, "2021年9月底"), ["市司法局"], ["市财政局"], "2021年9月底", ""),
        (("2", "乙。", "", "", ""), ["市政务局"], ["市财政局"], "2021年6月底", "“完成时限”为空，按合并单元格沿用上一行“2021年6月底”"),
        (("1", "2.乙。", "市司法局", "", "2021年9月底"), ["市司法局"], ["市财政局"], "2021年9月底",
         "“责任单位”为空，按合并单元格沿用上一行“市财政局”"),
    ],
)  # fmt: skip
def test_blank_cell_is_merged_only_where_it_can_be_meant(
    second: Row, lead: list[str], responsible: list[str], deadline: str, said: str
) -> None:
    reading = tasks.read(in_tables((FULL, FIRST, second)))
    row = reading.rows[1]
    assert isinstance(row, Task)
    assert (row.lead_units, row.responsible_units, row.deadline_text) == (lead, responsible, deadline)
    told = reasons(reading)
    assert said in told
    assert ("沿用" in told) == bool(said)


def test_blank_cell_under_a_blank_cell_stays_blank_and_is_not_told() -> None:
    reading = tasks.read(in_tables((FULL, (*FIRST[:4], ""), ("2", "乙。", "市司法局", "市财政局", ""))))
    assert [row.deadline_text for row in reading.rows if isinstance(row, Task)] == ["", ""]
    assert "沿用" not in reasons(reading)


# Rows of themes


def test_themes_without_numbers_are_numbered_as_they_come_and_told() -> None:
    reading = themes.read(in_tables((THEMES[1:], SHOP[1:], ("退休", "退休申请", "市人社局", "", "即办"))))
    assert [row.seq for row in reading.rows] == [1, 2]
    assert "表中没有序号，seq 按出现次序编排" in reasons(reading)


def test_heading_over_themes_is_no_theme() -> None:
    rows = themes_of(("一、个人全生命周期", "", "", "", "", ""), SHOP)
    assert [(row.seq, row.theme) for row in rows] == [(1, "开超市")]


@pytest.mark.parametrize(
    ("more", "names"),
    [
        (("1", "开小超市", "消防检查", "市消防救援局", "", "3个工作日"), ["开超市", "开小超市"]),
        (("", "", "消防检查", "", "", ""), ["开超市"]),
        (("1", "开超市", "消防检查", "", "", ""), ["开超市"]),
        (("", "（含便利店）", "", "", "", ""), ["开超市（含便利店）"]),
        (("", "开饭店", "食品经营许可", "市市场监管局", "", "3个工作日"), ["开超市", "开饭店"]),
    ],
)
def test_row_belongs_to_the_theme_above_or_is_one_of_its_own(more: Row, names: list[str]) -> None:
    assert [row.theme for row in themes_of(SHOP, more)] == names


@pytest.mark.parametrize(
    ("above", "more", "theme", "lead", "days"),
    [
        (("1", "开超市（含", *SHOP[2:]), ("", "便利店）", "门头招牌备案", "市城管局", "", "5个工作日"), "开超市（含便利店）", None, 5),
        (("1", "开超", "办理营业执照", "市市场监", "", ""), ("", "市", "公章刻制", "管局", "", ""), "开超市", "市市场监管局", None),
        (("1", "开超", "办理营业执照", "市公安局", "", "5个工"), ("", "市", "公章刻制", "", "", "作日"), "开超市", "市公安局", 5),
    ],
)  # fmt: skip
def test_half_a_name_or_half_a_limit_shows_that_a_row_was_torn(
    above: Row, more: Row, theme: str, lead: str | None, days: int | None
) -> None:
    (row,) = themes_of(above, more, head=THEMES)
    assert (row.theme, row.combined_limit_working_days) == (theme, days)
    assert lead is None or row.lead_unit == lead


def test_torn_row_without_items_adds_none() -> None:
    (row,) = themes_of(("1", "开超", "办理营业执照 公章刻制", "市公安局", "", "5个工"), ("", "市", "", "", "", "作日"))
    assert row.items == ["办理营业执照", "公章刻制"]


def test_blank_rest_of_a_theme_adds_no_item() -> None:
    (row,) = themes_of(
        ("1", "开超市", "办理营业执照、刻章备案", "市公安局", "", "即办"), ("", "", "", "", "市财政局", "")
    )
    assert (row.items, row.responsible_units) == (["办理营业执照", "刻章备案"], ["市财政局"])


@pytest.mark.parametrize(
    ("second", "lead", "responsible", "said"),
    [
        (("2", "退休", "退休申请", None, None, "即办"), "市市场监管局", ["市公安局"], ""),
        (("2", "退休", "退休申请", "", "市财政局", "即办"), "市市场监管局", ["市财政局"], "“牵头单位”为空，按合并单元格沿用上一行“市市场监管局”"),
        (("2", "退休", "退休申请", "市人社局", "", "即办"), "市人社局", [], ""),
        (("", "退休", "退休申请", "市人社局", "", "即办"), "市人社局", [], "此行没有序号"),
        (("2", "退休", "", "市人社局", "", "即办"), "市人社局", [], "联办事项为空"),
        (("2", "退休", "退休申请", "市人社局、市医保局", "", "即办"), "市人社局、市医保局", [], "牵头单位有2个：市人社局、市医保局"),
        (("5", "退休", "退休申请", "市人社局", "", "即办"), "市人社局", [], "序号不连续，上一行是序号1"),
        (("1", "退休", "退休申请", "市人社局", "", "即办"), "市人社局", [], ""),
    ],
)  # fmt: skip
def test_second_theme_takes_only_what_is_merged_and_doubts_are_told(
    second: Row, lead: str, responsible: list[str], said: str
) -> None:
    reading = themes.read(in_tables((THEMES, SHOP, second)))
    row = reading.rows[1]
    assert isinstance(row, Theme)
    assert (row.theme, row.lead_unit, row.responsible_units) == ("退休", lead, responsible)
    assert said in reasons(reading)
    if not said:
        assert reasons(reading) == ""


def test_blank_limit_under_a_blank_limit_stays_blank_and_only_that_is_told() -> None:
    reading = themes.read(in_tables((THEMES, (*SHOP[:5], ""), ("2", "退休", "退休申请", "市人社局", "", ""))))
    assert [row.combined_limit_text for row in reading.rows if isinstance(row, Theme)] == [None, None]
    assert [found.reason for found in reading.findings] == ["办理时限为空"] * 2


def test_number_that_comes_twice_is_told() -> None:
    rows = (SHOP, ("2", "退休", "退休申请", "市人社局", "", "即办"), ("2", "生育", "出生登记", "市卫健委", "", "即办"))
    assert "序号重复" in reasons(themes.read(in_tables((THEMES, *rows))))


def test_items_of_torn_cells_are_put_together_as_their_breaks_say() -> None:
    cells = [f"办理营业执照{HARD}食品经{WRAP}", ""]
    (row,) = themes_of(("1", "开超市", cells[0], "市公安局", "", "即办"), ("", "", "营许可", "", "", ""))
    assert row.items == ["办理营业执照", "食品经营许可"]
