"""Cells, columns and lines of spreadsheets, read without a database."""

from __future__ import annotations

from typing import Any

import pytest

from tongban.authoring.rules import cells, columns, laying, lines, planning, sheets
from tongban.authoring.rules.cells import NOTE, PARTIAL
from tongban.authoring.rules.sheets import Grid

AROUND = lines.Lookup(
    organisations={"市市监局": "market", "洪湖市市场监督管理局": "market"}, usccs={"11430112000000019H": "market", "000000019": "market"},
    materials={"身份证": "id-card"}, licences={"营业执照": "licence"}, basic=frozenset({"420100001001"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value", "level"),
    [
        ("5", 5, ""), ("5个工作日", 5, ""), ("５个工作日内办结", 5, ""), ("20.0", 20, ""), ("十五个工作日", 15, ""), ("二十工作日",
           20, ""), ("即办", 0, ""),
        ("当场办结", 0, ""), ("0日", 0, ""), ("20日", 20, NOTE), ("3 天", 3, NOTE), ("无", None, ""), ("", None, ""), ("1个月", None, PARTIAL),
        ("30自然日", None, PARTIAL), ("5-10个工作日", None, PARTIAL), ("2.5", None, PARTIAL), ("999", None, PARTIAL), ("尽快", None, PARTIAL),
    ],
)  # fmt: skip
def test_a_limit_is_read_as_working_days_or_told(text: str, value: int | None, level: str) -> None:
    read = cells.days(text)
    assert (read.value, read.level) == (value, level)


def test_the_unit_of_a_limit_may_stand_in_a_column_of_its_own() -> None:
    assert cells.days("5", "自然日").level == PARTIAL
    assert cells.days("5", "工作日") == cells.Read(5)
    assert cells.days("0", "小时").value == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-12-01", "2026-12-01"), ("2026年12月1日", "2026-12-01"), ("2026.12.1", "2026-12-01"), ("2026/12/01 00:00:00", "2026-12-01"),
        ("20261201", "2026-12-01"), ("46357", "2026-12-01"), ("２０２６－12－01".replace("－", "-"), "2026-12-01"), ("2026-13-01", None),
           ("明年", None),
        ("无", None),
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text: str, value: str | None) -> None:
    assert cells.day(text).value == value


@pytest.mark.parametrize(
    ("text", "value"), [("是", True), ("√", True), ("Y", True), ("TRUE", True), ("不收费", False), ("×", False), ("0", False), ("无",
       False), ("待定", None), ("可能", None)]
)  # fmt: skip
def test_yes_and_no_in_many_words(text: str, value: bool | None) -> None:
    assert cells.yes(text).value is value
    assert (cells.yes("可能").level, cells.yes("待定").level) == (PARTIAL, "")


@pytest.mark.parametrize(
    ("text", "value"), [("不用跑", 0), ("最多跑一次", 1), ("2次", 2), ("1.0", 1), ("两次", 2), ("9", None), ("好多", None), ("", None)]
)  # fmt: skip
def test_visits_are_counted(text: str, value: int | None) -> None:
    assert cells.whole(text, most=5, words=cells.VISITS).value == value


def test_blanks_breaks_and_full_width_are_cleaned() -> None:
    assert cells.line(" 食品　经营\n许可\u200b证（２０２６）_x000D_ ") == "食品经营许可证（2026）"
    assert cells.block("一\r\n\r\n 二 _x000D_\n") == "一\n二"
    assert cells.code(" ４２０1-0000 1001' ") == "420100001001"


@pytest.mark.parametrize("text", ["甲、乙；丙", "甲,乙/丙", "甲\n乙，丙、甲", "甲^乙|丙。"])
def test_several_values_of_one_cell_are_parted(text: str) -> None:
    assert cells.many(text) == ["甲", "乙", "丙"]


@pytest.mark.parametrize(
    "text",
    [
        "1.有场所；2.有设备；3.有人员",
        "有场所\n有设备\n有人员",
        "（一）有场所；（二）有设备；（三）有人员。",
        "一、有场所。二、有设备。三、有人员。",
    ],
)
def test_conditions_lose_their_numbers(text: str) -> None:
    assert cells.sentences(text) == ["有场所", "有设备", "有人员"]


def test_a_dictionary_is_read_by_code_name_and_other_names_and_what_is_in_none_is_told() -> None:
    column = columns.BY_KEY["type"]
    said = [
        cells.choice(text, column.options, column.aliases).value
        for text in ("01", "1", "1.0", "行政许可", "许可", "其他行政权力", "无")
    ]
    assert said == ["01", "01", "01", "01", "01", "10", None]
    ways = columns.BY_KEY["ways"]
    read = cells.several("窗口、网上办理、飞鸽", ways.options, ways.aliases)
    assert read.value == ["1", "2"]
    assert "飞鸽" in read.said


def test_laws_are_read_with_their_articles_and_one_without_is_told() -> None:
    said = "1.《食品安全法》（主席令第二十一号）第三十五条：国家对食品……；2.《行政许可法》第十二条第三项"
    assert cells.laws(said).value == [
        {"law": "《食品安全法》（主席令第二十一号）", "article": "第三十五条"}, {"law": "行政许可法", "article": "第十二条第三项"},
    ]  # fmt: skip
    bare = cells.laws("省政府文件")
    assert (bare.value, bare.level) == ([{"law": "省政府文件"}], NOTE)
    assert cells.laws("无").value is None


def test_questions_are_read_in_pairs() -> None:
    assert cells.questions("问：要多久？\n答：5 天。\n问：收费吗？答：不收。").value == [
        {"ask": "要多久？", "answer": "5 天。"}, {"ask": "收费吗？", "answer": "不收。"},
    ]  # fmt: skip
    assert cells.questions("随便写写").level == PARTIAL
    assert cells.questions("无").value is None


@pytest.mark.parametrize(
    ("text", "fen"), [("25", 2500), ("￥1,200.5元", 120050), ("不收费", None), ("面议", None), ("10元/本", 1000)]
)
def test_money_is_read_in_yuan(text: str, fen: int | None) -> None:
    assert cells.yuan(text).value == fen


def test_credit_codes_that_do_not_check_are_taken_and_told() -> None:
    assert cells.credit_code("11430112000000019h") == cells.Read("11430112000000019H")
    wrong, nine, bad_nine, spoilt = (
        cells.credit_code(t) for t in ("114301120000000191", "00612224-4", "006122245", "1.14301E+17")
    )
    assert [wrong.level, nine.level, bad_nine.level, spoilt.level] == [NOTE, NOTE, NOTE, PARTIAL]
    assert (wrong.value, nine.value, spoilt.value) == ("114301120000000191", "006122244", None)
    assert "校验位也不对" in bad_nine.said


def one(heads: list[str], texts: list[str]) -> tuple[dict[str, Any], list[lines.Finding]]:
    keys = columns.matched(tuple(heads), "items")
    return lines.read(texts, keys, ("表", 2, heads), AROUND)


@pytest.mark.parametrize(
    ("code", "kept", "level"),
    [
        ("420100001001", "420100001001", ""), ("420100001001 ", "420100001001", ""), ("4201000010010", "420100001001", NOTE),
           ("42010000100101", "420100001001", NOTE),
        ("4301000010017", "4301000010017", PARTIAL), ("4.201E+11", None, PARTIAL), ("43X", "43X", PARTIAL),
    ],
)  # fmt: skip
def test_basic_codes_of_twelve_to_fourteen_characters(code: str, kept: str | None, level: str) -> None:
    values, found = one(["事项名称", "基本编码"], ["甲事项", code])
    assert values.get("catalog_code") == kept
    assert [f.level for f in found] == ([level] if level else [])


def test_old_codes_go_where_old_codes_belong() -> None:
    values, found = one(["事项名称", "基本编码", "旧编码"], ["甲事项", "0100001001", "123456789012345678901234、12"])
    assert values["old_codes"] == ["123456789012345678901234", "0100001001"]
    assert "catalog_code" not in values
    assert [(f.column, f.level) for f in found] == [("B", NOTE), ("C", PARTIAL)]


def test_an_implementation_code_says_the_body_the_level_and_the_basic_code() -> None:
    values, _ = one(["task_name", "task_code"], ["甲事项", "11430112000000019H4420100001001"])
    assert (values["org"], values["level"], values["catalog_code"], values["type"]) == (
        "market",
        "4",
        "420100001001",
        "01",
    )
    _, found = one(
        ["task_name", "task_code", "catalog_code"], ["甲", "11430112000000019H4420100001001", "420100001002"]
    )
    assert any("不一致" in f.message for f in found)
    _, found = one(["task_name", "task_handle_item"], ["甲", "11430112000000019H442010000100107"])
    assert any("顺序码 07" in f.message for f in found)


def test_a_body_is_found_by_its_nine_characters_where_its_name_is_unknown() -> None:
    values, found = one(["事项名称", "实施主体", "组织机构代码"], ["甲事项", "市监管局（旧）", "000000019"])
    assert values["org"] == "market"
    assert any("照统一社会信用代码认" in f.message and f.level == NOTE for f in found)


def test_the_kind_of_case_and_the_fee_are_held_against_what_else_is_said() -> None:
    values, _ = one(["事项名称", "办件类型"], ["甲事项", "即办件"])
    assert values["promised_days"] == 0
    _, found = one(["事项名称", "办件类型", "承诺时限"], ["甲事项", "即办件", "5"])
    assert any("照承诺取" in f.message for f in found)
    values, found = one(["事项名称", "是否收费", "收费标准"], ["甲事项", "否", "10元"])
    assert not [key for key in values if key.startswith("fee.")]
    assert found[0].column == "B"
    values, found = one(["事项名称", "是否收费"], ["甲事项", "是"])
    assert [f.level for f in found] == [PARTIAL]


def test_what_is_not_on_application_is_not_taken() -> None:
    assert one(["事项名称", "事项类型"], ["甲事项", "行政处罚"])[1][0].level == cells.FAULT


def test_heads_are_known_by_their_names_and_by_the_national_fields() -> None:
    heads = ("序号", "*事项名称（必填）", "dept_name", "promise_day", "是否进驻政务大厅", "事项名称", "颜色")
    assert columns.matched(heads, "items") == ["@none", "name", "org", "promised_days", "in_hall", "", ""]
    assert columns.kind_of(("事项编码", "材料名称", "必要性")) == "materials"
    assert columns.kind_of(("姓名", "电话")) == ""
    assert columns.key_of("承诺时限（工作日）", "items") == "promised_days"
    assert columns.key_of("不取", "items") == columns.IGNORED
    with pytest.raises(KeyError):
        columns.key_of("颜色", "items")


def test_heads_may_stand_below_a_title_and_merged_cells_are_filled_downwards_only() -> None:
    rows = (("某市政务服务事项目录", "", ""), ("实施主体", "事项名称", "时限"), ("市市监局", "甲", "5"), ("", "乙", ""), ("", "丙", ""),
       ("", "", ""),
            ("示例", "丁", ""), ("实施主体", "事项名称", "时限"))  # fmt: skip
    book = sheets.book([Grid("表", rows, ((2, 0, 3, 0), (0, 0, 0, 2)))])
    sheet = book.sheets[0]
    assert (sheet.head_line, sheet.kind) == (2, "items")
    assert [(line.number, line.cells[0], line.filled) for line in sheet.lines] == [
        (3, "市市监局", ()),
        (4, "市市监局", (0,)),
        (5, "", ()),
    ]
    assert [word for word in ("空行", "示例行", "合并") if not any(word in note for note in book.notes)] == []


def test_a_column_without_a_head_and_a_sheet_without_heads_are_told() -> None:
    book = sheets.book(
        [Grid("甲", (("事项名称", "基本编码", ""), ("A 事项", "", "备注在这里"))), Grid("乙", (("随手写的",),))]
    )
    assert book.sheets[0].heads[2] == "（没有列名，C 列）"
    assert any("“乙”没有认得出的列名" in note for note in book.notes)
    assert [sheets.letter(n) for n in (0, 25, 26, 701)] == ["A", "Z", "AA", "ZZ"]


def test_what_a_line_does_not_say_stays_and_what_it_says_already_changes_nothing() -> None:
    body = {
        "name": "甲",
        "steps": [{"code": "check", "name": "审查", "days": 3}],
        "conditions": ["有甲；有乙", "有丙"],
        "ways": ["2", "1"],
    }
    assert (
        laying.laid(
            body,
            {"name": "甲", "conditions": ["有甲", "有乙", "有丙"], "ways": ["1", "2"], "kiosk": False, "in_hall": True},
        )
        == body
    )
    assert laying.laid(body, {"steps": ["受理", "审查", "制证"]})["steps"] == [
        {"code": "check", "name": "审查", "days": 3}, {"code": "s2", "name": "制证"},
    ]  # fmt: skip
    assert laying.laid({"fee": {"standard": "x"}}, {"fee": {}}) == {}
    assert laying.laid({}, {"fee.standard": "10 元", "result.name": "证"}) == {
        "fee": {"standard": "10 元"},
        "result": {"name": "证"},
    }
    assert laying.laid({}, {"level": "4"}, usual={"level": "4"}) == {}


def test_a_material_is_laid_over_the_one_of_its_type() -> None:
    body = {
        "materials": [
            {"type": "id-card", "necessity": "deferrable", "defer_days": 5, "when": {"x": "y"}},
            {"type": "b"},
        ]
    }
    said = laying.with_material(
        body, {"m.type": "id-card", "m.necessity": "deferrable", "m.defer_days": 3, "m.copies": 1}
    )
    assert said["materials"][0] == {"type": "id-card", "necessity": "deferrable", "defer_days": 3, "when": {"x": "y"}}
    assert laying.with_material({}, {"m.type": "a", "m.copies": 2, "m.form": "electronic"})["materials"] == [
        {"type": "a", "copies": 2}
    ]


def known() -> planning.Known:
    standing = planning.Standing(
        "food", {}, 3, "items/food.yaml", "market", "食品经营许可", "420100001001", ("0100001001",)
    )
    locked = planning.Standing(
        "locked", {"name": "送审中"}, 0, "items/locked.yaml", "market", "送审中", "", draft="x", is_locked=True
    )
    body = {
        "code": "food",
        "name": "食品经营许可",
        "org": "market",
        "catalog_code": "420100001001",
        "type": "01",
        "promised_days": 5,
    }
    return planning.Known(
        {"food": standing, "locked": locked},
        lambda code: dict(body) if code == "food" else {},
        {},
        {},
        {"market", "data"},
    )


def planned(
    *rows: tuple[str, ...],
    own: frozenset[str] | None = None,
    heads: tuple[str, ...] = ("事项名称", "基本编码", "实施主体", "承诺时限"),
) -> planning.Plan:
    book = sheets.book([Grid("表", (heads, *rows))])
    return planning.plan(book, sheets.mapping_of(book), AROUND, known(), own)


def test_lines_are_new_changed_the_same_or_to_mend_and_they_add_up() -> None:
    plan = planned(
        ("食品经营许可", "420100001001", "市市监局", "5个工作日"), ("新事项", "420100001002", "市市监局", "3"), ("", "", "市市监局", "3"),
        ("新事项", "420100001002", "市市监局", "3"), ("新事项", "420100001002", "市市监局", "4"), ("新事项", "420100001003", "市市监局", "4"),
        ("送审中", "", "市市监局", "4"), ("无主事项", "", "火星局", "1"),
    )  # fmt: skip
    assert [row.outcome for row in plan.rows] == ["same", "new", "faulty", "same", "faulty", "new", "faulty", "new"]
    counts = plan.counts()
    assert counts["rows"] == counts["new"] + counts["changed"] + counts["same"] + counts["faulty"] == 8
    assert plan.rows[7].is_partial
    assert "一模一样" in plan.rows[3].findings[-1].message
    assert "同名" in plan.rows[5].findings[-1].message
    assert (plan.rows[4].findings[-1].column, plan.rows[4].findings[-1].value) == ("B", "420100001002")


def test_an_item_is_found_by_its_old_code_and_by_its_name() -> None:
    plan = planned(("食品经营许可", "0100001001", "市市监局", "4"))
    assert (plan.rows[0].code, plan.rows[0].outcome) == ("food", "changed")
    assert planned(("食品 经营许可", "", "", "4")).rows[0].code == "food"
    assert plan.drafts[0].version == 3
    assert plan.drafts[0].body["promised_days"] == 4


def test_a_line_that_several_items_fit_is_told() -> None:
    rows = (
        ("同名事项", "420100001003", "市市监局", "1"),
        ("同名事项", "420100001004", "市市监局", "1"),
        ("同名事项", "", "市市监局", "1"),
    )
    row = planned(*rows).rows[2]
    assert (row.outcome, row.findings[-1].column) == ("faulty", "A")
    assert "认不出是哪一个" in row.findings[-1].message


def test_a_department_imports_its_own_items_only() -> None:
    own = frozenset({"data"})
    rows = (("甲事项", "", "", "4"), ("乙", "", "火星局", ""), ("别家的新事项", "420100001077", "市市监局", "1"))
    assert [row.outcome for row in planned(*rows, own=own).rows] == ["new", "faulty", "faulty"]
    taken = planned(("food", "我的事项"), own=own, heads=("内部代码", "事项名称"))
    assert "不归你编制" in taken.rows[0].findings[-1].message
    mine = lines.Lookup(organisations={"我局": "data"})
    book = sheets.book([Grid("表", (("内部代码", "事项名称", "实施主体"), ("food", "我的事项", "我局")))])
    plan = planning.plan(book, sheets.mapping_of(book), mine, known(), own)
    assert "是别的单位的事项" in plan.rows[0].findings[-1].message


def test_materials_follow_the_item_of_their_line() -> None:
    items = Grid(
        "事项",
        (
            ("事项名称", "基本编码", "实施主体"),
            ("新事项", "420100001002", "市市监局"),
            ("坏事项", "420100001009", "市市监局"),
            ("坏事项", "420100001009", "洪湖市市场监督管理局"),
        ),
    )
    rows = (("事项编码", "事项名称", "材料名称", "必要性"), ("420100001002", "", "身份证", "必要"), ("", "新事项", "没听过的表",
       "非必要"), ("", "没有的事项", "身份证", ""), ("420100001002", "", "", ""),
            ("420100001002", "", "身份证", "必要"), ("420100001002", "", "身份证", "非必要"), ("food", "", "身份证", ""))  # fmt: skip
    book = sheets.book([items, Grid("材料", rows)])
    plan = planning.plan(book, sheets.mapping_of(book), AROUND, known(), None)
    assert [row.outcome for row in plan.rows if row.sheet == 1] == [
        "new",
        "new",
        "faulty",
        "faulty",
        "same",
        "faulty",
        "new",
    ]
    bodies = {draft.code: draft.body for draft in plan.drafts}
    assert [m["type"] for m in bodies["market-420100001002"]["materials"]] == ["id-card", "没听过的表"]
    assert bodies["food"]["materials"] == [{"type": "id-card"}]


def test_columns_that_nothing_knows_are_kept_with_the_line() -> None:
    plan = planned(
        ("甲事项", "", "市市监局", "1", "红"), heads=("事项名称", "基本编码", "实施主体", "承诺时限", "颜色")
    )
    assert plan.ignored == (("表", "E", "颜色"),)
    assert plan.rows[0].unknown == {"E 颜色": "红"}
