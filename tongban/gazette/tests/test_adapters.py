"""Word, Excel and PDF files with merged cells, wrapped lines and pages; files that cannot be read."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from tongban.gazette import queries
from tongban.gazette.adapters import names, plain
from tongban.gazette.rules.shapes import Kind, Refused, Task, Theme
from tongban.gazette.tests import factories

HEAD = ["序号", "任务清单", "具体落实措施", "牵头单位", "责任单位", "完成期限"]
TASK_ROWS = [
    HEAD,
    ["1", "推进“一网通办”", "1.梳理事项清单。", "区行政审批局", "区直各部门", "2021年9月30日前"],
    ["", "", "2.优化流程。", "", "区大数据中心", "9月底前"],
    ["2", "深化改革", "新增主题。", "区司法局\n（区行政审批局）", "区公安局\n区民政局", "长期坚持"],
]
TASK_MERGES = [(1, 0, 2, 0), (1, 1, 2, 1), (1, 3, 2, 3)]
TASKS = [
    (1, "1", "推进“一网通办”", "梳理事项清单。", ["区行政审批局"], ["区直各部门"], date(2021, 9, 30)),
    (1, "2", "推进“一网通办”", "优化流程。", ["区行政审批局"], ["区大数据中心"], date(2021, 9, 30)),
    (2, None, "深化改革", "新增主题。", ["区司法局", "区行政审批局"], ["区公安局", "区民政局"], None),
]
THEME_ROWS = [
    ["序号", "“一件事”名称", "涉及事项", "牵头部门", "联办部门", "承诺办结时限"],
    [
        "1",
        "我要开酒店（宾馆、旅馆）一件事",
        "办理营业执照 公共场所卫生许可（新办） 公众聚集场所投入使用、营业前消防安全检查",
        "市公安局",
        "市卫健委、市城管执法局、市消防救援大队",
        "5个工作日",
    ],
    [
        "2",
        "新生儿出生一件事",
        "出生医学证明签发\n户口登记\n城乡居民基本医疗保险参保登记\n社会保障卡申领",
        "市卫健委",
        "市公安局\n市医保局\n市人社局",
        "即时办结",
    ],
    ["3", "企业注销一件事", "①税务注销 ②企业注销登记 ③社会保险注销", "市市场监管局", "", "三个工作日"],
]
THEMES = [
    ("我要开酒店（宾馆、旅馆）一件事",
     ["办理营业执照", "公共场所卫生许可（新办）", "公众聚集场所投入使用、营业前消防安全检查"],
     "市公安局", ["市卫健委", "市城管执法局", "市消防救援大队"], 5, False),
    ("新生儿出生一件事", ["出生医学证明签发", "户口登记", "城乡居民基本医疗保险参保登记", "社会保障卡申领"],
     "市卫健委", ["市公安局", "市医保局", "市人社局"], None, True),
    ("企业注销一件事", ["税务注销", "企业注销登记", "社会保险注销"], "市市场监管局", [], 3, False),
]  # fmt: skip


def tasks_of(path: Path, year: int | None = None) -> list[tuple[object, ...]]:
    rows = [row for row in queries.read(path, Kind.TASKS, year=year).rows if isinstance(row, Task)]
    return [
        (row.seq, row.sub, row.section, row.requirement, row.lead_units, row.responsible_units, row.deadline_date)
        for row in rows
    ]


def themes_of(path: Path) -> list[tuple[object, ...]]:
    rows = [row for row in queries.read(path, Kind.THEMES).rows if isinstance(row, Theme)]
    return [
        (row.theme, row.items, row.lead_unit, row.responsible_units, row.combined_limit_working_days, row.immediate)
        for row in rows
    ]


def test_word_table_with_merged_cells_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    factories.write_docx(path, TASK_ROWS, before=["区政府办公室", "2021年3月5日"], merges=TASK_MERGES)
    assert tasks_of(path) == TASKS


def test_word_table_with_a_head_in_two_rows_is_read(tmp_path: Path) -> None:
    rows = [
        ["序号", "任务", "责任分工", "", "时限"],
        ["", "", "牵头单位", "配合单位", ""],
        ["1", "建设大厅", "市政务局", "市财政局、市住建局", "2023年上半年"],
    ]
    merges = [(0, 2, 0, 3), (0, 0, 1, 0), (0, 1, 1, 1), (0, 4, 1, 4)]
    path = factories.write_docx(tmp_path / "a.docx", rows, merges=merges)
    assert tasks_of(path) == [
        (1, None, None, "建设大厅", ["市政务局"], ["市财政局", "市住建局"], date(2023, 6, 30)),
    ]


def test_word_themes_keep_the_paragraphs_of_a_cell_apart(tmp_path: Path) -> None:
    assert themes_of(factories.write_docx(tmp_path / "a.docx", THEME_ROWS)) == THEMES


def test_empty_numbers_of_a_word_table_are_replaced_by_the_order_and_reported(tmp_path: Path) -> None:
    rows = [
        ["序号", "工作任务", "牵头单位", "完成时限"],
        ["", "甲", "市政务局", "2021年6月"],
        ["", "乙", "市司法局", "2021年7月"],
    ]
    reading = queries.read(factories.write_docx(tmp_path / "a.docx", rows), Kind.TASKS)
    assert [row.seq for row in reading.rows] == [1, 2]
    assert "没有序号" in str(reading.findings[0])


def test_workbook_with_title_headings_dates_and_notes_is_read(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["附件：东湖区任务分解表", "", "", "", "", ""],
        list(HEAD),
        ["一、政务服务", "", "", "", "", ""],
        [1, *TASK_ROWS[1][1:]],
        ["", *TASK_ROWS[2][1:5], date(2021, 9, 30)],
        [2, *TASK_ROWS[3][1:]],
        ["注：由区行政审批局解释。", "", "", "", "", ""],
    ]
    merges = [(0, 0, 0, 5), (2, 0, 2, 5)]
    merges += [(top + 2, left, bottom + 2, right) for top, left, bottom, right in TASK_MERGES]
    assert tasks_of(factories.write_xlsx(tmp_path / "a.xlsx", rows, merges=merges), year=2021) == TASKS


@pytest.mark.parametrize("merged", [True, False])
def test_workbook_with_one_item_a_row_gives_one_theme(tmp_path: Path, *, merged: bool) -> None:
    rows: list[list[object]] = [
        ["序号", "主题名称", "事项名称", "责任部门", "牵头部门", "办理时限"],
        [1, "我要开药店", "营业执照办理", "市市场监管局", "市市场监管局", "3个工作日"],
        ["", "", "药品经营许可", "市药监局", "", ""],
        [2, "退休", "退休申请", "市人社局", "市人社局", "当场办结"],
        ["", "", "公积金提取", "市公积金中心", "", ""],
    ]
    merges = [(top, left, top + 1, left) for top in (1, 3) for left in (0, 1, 4, 5)] if merged else []
    assert themes_of(factories.write_xlsx(tmp_path / "a.xlsx", rows, merges=merges)) == [
        ("我要开药店", ["营业执照办理", "药品经营许可"], "市市场监管局", ["市市场监管局", "市药监局"], 3, False),
        ("退休", ["退休申请", "公积金提取"], "市人社局", ["市人社局", "市公积金中心"], None, True),
    ]


@pytest.mark.parametrize("height", ["297mm", "80mm"])
def test_pdf_themes_in_narrow_columns_are_read_over_pages(tmp_path: Path, height: str) -> None:
    widths = ["1cm", "2.6cm", "3.4cm", "2cm", "2.6cm", "2cm"]
    assert themes_of(factories.write_pdf(tmp_path / "a.pdf", THEME_ROWS, widths=widths, height=height)) == THEMES


@pytest.mark.parametrize(("ruled", "height"), [(True, "297mm"), (True, "70mm"), (False, "297mm")])
def test_pdf_tasks_are_read_ruled_or_not_and_over_pages(tmp_path: Path, height: str, *, ruled: bool) -> None:
    path = tmp_path / "a.pdf"
    widths = ["1cm", "2.2cm", "4cm", "2.4cm", "3.2cm", "2.6cm"]
    rows = [HEAD] + [
        [str(number), "", "健全12345热线工单办理机制，按时办结率达到100%，群众满意率达到95%以上。",
         "区政务服务和大数据管理局", "区直相关单位、区市场监督管理局，各镇人民政府", f"{number}月底前"]
        for number in range(1, 7)
    ]  # fmt: skip
    factories.write_pdf(path, rows, widths=widths, before=["区办公室 2022年3月1日印发"], ruled=ruled, height=height)
    assert [row[0] for row in tasks_of(path)] == [1, 2, 3, 4, 5, 6]
    assert {row[3] for row in tasks_of(path)} == {rows[1][2]}
    assert {tuple(row[4]) for row in tasks_of(path) if isinstance(row[4], list)} == {("区政务服务和大数据管理局",)}
    assert tasks_of(path)[1][6] == date(2022, 2, 28)


def test_cells_of_a_pdf_merged_downwards_hold_for_all_their_rows(tmp_path: Path) -> None:
    path = factories.write_pdf(
        tmp_path / "a.pdf", TASK_ROWS, widths=["1cm", "2cm", "1fr", "3cm", "3cm", "3cm"],
        before=["2021年3月1日印发"], merges=TASK_MERGES,
    )  # fmt: skip
    assert tasks_of(path) == TASKS


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".pdf"])
def test_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"%PDF-1.7 broken" if suffix == ".pdf" else b"PK\x03\x04 broken")
    with pytest.raises(Refused) as refusal:
        queries.read(path, Kind.TASKS)
    assert refusal.value.remedy


def test_office_file_of_the_other_sort_is_refused(tmp_path: Path) -> None:
    workbook = factories.write_xlsx(tmp_path / "a.xlsx", [["序号"]])
    shutil.copyfile(workbook, tmp_path / "a.docx")
    with pytest.raises(Refused):
        queries.read(tmp_path / "a.docx", Kind.TASKS)


@pytest.mark.parametrize("name", ["a.doc", "a.csv", "a", "missing.txt"])
def test_other_extension_or_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    if not name.startswith("missing"):
        (tmp_path / name).write_text("序号", encoding="utf-8")
    with pytest.raises(Refused):
        queries.read(tmp_path / name, Kind.TASKS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_is_read_in_the_encodings_offices_use(encoding: str) -> None:
    assert plain.decoded("序号\t主题".encode(encoding)) == "序号\t主题"


def test_binary_content_is_refused_as_text() -> None:
    with pytest.raises(Refused):
        plain.decoded(b"\x00\x01\xff")


def test_unit_names_are_read_from_json_and_from_lines(tmp_path: Path) -> None:
    listed, lined = tmp_path / "units.json", tmp_path / "units.txt"
    listed.write_text('[{"name": "州司法局", "aliases": ["司法局"]}, {"name": "州财政局"}]', encoding="utf-8")
    lined.write_text("州司法局\n\n 州财政局 \n", encoding="utf-8")
    assert names.read(listed) == ["州司法局", "司法局", "州财政局"]
    assert names.read(lined) == ["州司法局", "州财政局"]


@pytest.mark.parametrize("content", ['{"name": "州司法局"}', "[1]", "[{]"])
def test_unit_names_of_another_shape_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "units.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Refused):
        names.read(path)
