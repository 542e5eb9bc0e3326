"""Lists in plain text of the kinds that other offices publish: other heads, other separators, broken rows."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.gazette.rules import tasks, themes
from tongban.gazette.rules.shapes import Document, Kind, Reading, Refused, Task, Theme

BREAKDOWN = """东湖区2021年政务服务任务分解表
发文日期：2021年3月5日
序号\t任务清单\t具体落实措施\t牵头单位\t责任单位\t完成期限
1\t推进“一网通办”\t1.梳理事项清单，做到应上尽上。\t区行政审批局\t区直各部门\t2021年9月30日前
\t\t2.优化网上办事流程。\t\t\t9月底前
\t\t3.推广电子证照。\t区大数据中心（区政务办）\t区公安局、区人社局\t长期坚持
2\t深化“一件事一次办”\t新增20个主题事项。\t区行政审批局 区市场监管局\t各镇（街道）\t12月底前
3\t优化热线\t1.归并热线；\t区信访局\t区直各部门，各街道办事处\t第三季度
\t\t2.提升工单办理质效。\t\t\t与省同步推进
"""
STREAM = """\f区重点任务清单
\t序号
\t重点任务
\t具体措施
\t责任单位
\t配合单位
\t时间节点
\t
1
\t优化环境
\t推进“高效办成一件事”，
实现一次办好，
\t区行政审
批局
\t区公安局
区民政局
\t9月30日前
- 3 -
\f区重点任务清单
\t序号
\t重点任务
\t具体措施
\t责任单位
\t配合单位
\t时间节点
\t
\t
\t提升满意度。
\t
\t
\t
\t2
\t
\t建立台账。
\t区司法局
\t各单位
\t持续推进
抄送：区委办。
区政府办公室 2022年3月1日印发
"""
LAID_OUT = """          某县任务清单

序号    工作任务              牵头单位        责任单位              完成时限
 1      推进政务服务大厅      县政务服务局    县财政局、县住建      2023年6月
        建设，设置综合窗                      局                    底前
        口。
 2      开展培训。            县人社局        各乡镇                2023年12月底前
                              县政务服务局
"""
BOXED = """
| 序号 | 工作任务 | 牵头单位 | 责任单位 | 完成时限 |
|------|----------|----------|----------|----------|
| 1 | 建设大厅 | 市政务局 | 市财政局 | 2023年6月底前 |
| 2 | 培训人员 | 市政务局 | 市人社局 | 2023年上半年 |
"""
CELL_A_LINE = (
    "序号\n工作任务\n牵头单位\n完成时限\n1\n建设大厅\n市政务局\n2023年6月底前\n2\n培训人员\n市人社局\n2023年9月底前\n"
)
PLACES = """XX市“一件事”清单
编号\t一件事名称\t涉及事项\t牵头部门\t联办部门\t承诺时限
1\t我要开超市\t①营业执照办理 ②食品经营许可（新办）③门头招牌备案\t市市场监管局\t市城管局、市卫健委\t当场办结
2\t我要开药店（含连锁、单体）\t1.药品经营许可；2.营业执照办理；3.医疗器械备案\t市市场监管局\t市医保局\t3 个工作日
3\t新生儿出生\t出生医学证明办理、户口登记、医保参保登记\t市卫健委\t市公安局
市医保局\t即办
4\t退休\t职工正常退休申请；公积金提取（退休）\t市人社局\t/\t除消防以外其它1个工作日可完成
5\t二手房过户\t不动产转移登记 缴税 水电气过户（水、电、 气）\t市自然资源局\t市税务局\t9个工作日（其中，低风险2个）
6\t军人退役\t报到登记
落户
预备役登记\t市退役军人局\t\t5日
"""


def tasks_of(text: str, year: int | None = None) -> list[Task]:
    return [row for row in tasks.read(Document(text), year=year).rows if isinstance(row, Task)]


def themes_of(text: str) -> list[Theme]:
    return [row for row in themes.read(Document(text)).rows if isinstance(row, Theme)]


def reasons(reading: Reading) -> str:
    return "\n".join(map(str, reading.findings))


def test_measures_under_one_number_become_rows_that_take_the_merged_cells_above() -> None:
    rows = tasks_of(BREAKDOWN)
    assert [(row.seq, row.sub, row.requirement) for row in rows] == [
        (1, "1", "梳理事项清单，做到应上尽上。"),
        (1, "2", "优化网上办事流程。"),
        (1, "3", "推广电子证照。"),
        (2, None, "新增20个主题事项。"),
        (3, "1", "归并热线；"),
        (3, "2", "提升工单办理质效。"),
    ]
    assert {row.section for row in rows} == {"推进“一网通办”", "深化“一件事一次办”", "优化热线"}
    assert rows[1].lead_units == ["区行政审批局"]
    assert rows[1].responsible_units == ["区直各部门"]


def test_deadlines_and_units_of_a_breakdown_are_read() -> None:
    rows = tasks_of(BREAKDOWN)
    day = date(2021, 9, 30)
    assert [row.deadline_date for row in rows] == [day, day, None, date(2021, 12, 31), day, None]
    assert [row.sync_with_province for row in rows] == [False] * 5 + [True]
    assert rows[2].lead_units == ["区大数据中心", "区政务办"]
    assert rows[3].lead_units == ["区行政审批局", "区市场监管局"]
    assert rows[3].responsible_units == ["各镇（街道）"]
    assert tasks.read(Document(BREAKDOWN)).findings == ()


def test_given_year_wins_over_the_date_of_the_document_and_the_difference_is_reported() -> None:
    reading = tasks.read(Document(BREAKDOWN), year=2022)
    assert [row.deadline_date for row in reading.rows if isinstance(row, Task)][1] == date(2022, 9, 30)
    assert "发文日期是 2021 年" in reasons(reading)


def test_missing_year_leaves_the_day_open_and_is_reported_row_by_row() -> None:
    reading = tasks.read(Document(BREAKDOWN.replace("发文日期：2021年3月5日\n", "")))
    assert [row.deadline_date for row in reading.rows if isinstance(row, Task)][1] is None
    assert "序号1-2" in reasons(reading)
    assert "没有年份" in reasons(reading)


def test_cells_that_came_apart_one_by_one_are_put_together_over_pages() -> None:
    rows = tasks_of(STREAM)
    assert [(row.seq, row.section, row.requirement) for row in rows] == [
        (1, "优化环境", "推进“高效办成一件事”，实现一次办好，提升满意度。"),
        (2, "优化环境", "建立台账。"),
    ]
    assert rows[0].lead_units == ["区行政审批局"]
    assert rows[0].responsible_units == ["区公安局", "区民政局"]
    assert rows[0].deadline_date == date(2022, 9, 30)
    assert rows[1].deadline_text == "持续推进"


def test_responsible_beside_supporting_is_taken_for_the_lead_and_reported() -> None:
    assert "以“责任单位”栏为牵头单位" in reasons(tasks.read(Document(STREAM)))


@pytest.mark.parametrize("text", [BOXED, CELL_A_LINE])
def test_boxed_table_and_one_cell_a_line_are_read(text: str) -> None:
    rows = tasks_of(text)
    assert [(row.seq, row.requirement) for row in rows] == [(1, "建设大厅"), (2, "培训人员")]
    assert rows[0].lead_units == ["市政务局"]
    assert rows[0].deadline_date == date(2023, 6, 30)


def test_columns_that_only_stand_in_line_are_read() -> None:
    rows = tasks_of(LAID_OUT)
    assert rows[0].requirement == "推进政务服务大厅建设，设置综合窗口。"
    assert rows[0].responsible_units == ["县财政局", "县住建局"]
    assert rows[0].deadline_date == date(2023, 6, 30)
    assert rows[1].lead_units == ["县人社局", "县政务服务局"]


def test_columns_in_another_order_with_broken_cells_are_read() -> None:
    text = (
        "责任单位\t完成时限\t牵头单位\t工作要求\t序号\n区公安局、区民\n政局，各街道\t6月底\t区行政\n审批局\t建设综合\n窗口。\t1\n"
        "区财政局\t2021-06-30\t区司法局\t清理证明事项。\t2\n"
    )
    rows = tasks_of(text, year=2021)
    assert [row.seq for row in rows] == [1, 2]
    assert rows[0].responsible_units == ["区公安局", "区民政局", "各街道"]
    assert rows[0].lead_units == ["区行政审批局"]
    assert rows[0].requirement == "建设综合窗口。"
    assert rows[0].deadline_date == date(2021, 6, 30)


def test_row_broken_line_by_line_across_all_columns_is_joined() -> None:
    text = (
        "序号\t主要任务\t工作要求\t牵头单位\t责任单位\t完成时限\n1\t推进“一网\t实现政务服务事\t市政务服务\t市公安局、市\t9月\n"
        "\t通办”\t项全程网办。\t管理局\t民政局\t底前\n2\t优化热线\t归并热线。\t市信访局\t市直部门\t年底\n"
    )
    rows = tasks_of(text, year=2021)
    assert [(row.seq, row.section, row.requirement) for row in rows] == [
        (1, "推进“一网通办”", "实现政务服务事项全程网办。"),
        (2, "优化热线", "归并热线。"),
    ]
    assert rows[0].lead_units == ["市政务服务管理局"]
    assert rows[0].responsible_units == ["市公安局", "市民政局"]
    assert rows[0].deadline_text == "9月底前"


def test_table_without_numbers_is_numbered_by_section_and_reported() -> None:
    text = (
        "任务清单\t具体落实措施\t牵头单位\t责任单位\t完成期限\n一、优化服务\t1.推进甲。\t区司法局\t区财政局\t6月底\n"
        "\t2.推进乙。\t区教育局\t区民政局\t年底前\n二、强化监管\t1.推进丙。\t区司法局\t区财政局\t全年\n"
    )
    reading = tasks.read(Document(text), year=2021)
    found = [(row.seq, row.sub, row.section) for row in reading.rows if isinstance(row, Task)]
    assert found == [(1, "1", "一、优化服务"), (1, "2", "一、优化服务"), (2, "1", "二、强化监管")]
    assert "没有序号" in reasons(reading)


def test_measures_numbered_inside_one_cell_become_rows() -> None:
    text = (
        "序号\t工作任务\t具体措施\t牵头单位\t完成时限\n1\t优化服务\t1.推进甲。2.推进乙。\t区司法局\t2021年6月底\n"
        '2\t强化监管\t"1.推进丙。\n2.推进丁。"\t区司法局\t"1.2021年6月底\n2.2021年9月底"\n'
    )
    rows = tasks_of(text)
    assert [(row.seq, row.sub, row.requirement) for row in rows] == [
        (1, "1", "推进甲。"), (1, "2", "推进乙。"), (2, "1", "推进丙。"), (2, "2", "推进丁。"),
    ]  # fmt: skip
    assert [row.deadline_date for row in rows][2:] == [date(2021, 6, 30), date(2021, 9, 30)]


def test_headings_between_rows_give_the_section() -> None:
    text = (
        "序号\t工作内容\t牵头单位\t完成时限\n一、政务服务\n1\t建大厅。\t市政务局\t2021年6月底\n二、营商环境\t\t\t\n"
        "2\t减材料。\t市司法局\t2021年9月底\n注：由市政务局解释。\n"
    )
    assert [(row.section, row.requirement) for row in tasks_of(text)] == [
        ("一、政务服务", "建大厅。"),
        ("二、营商环境", "减材料。"),
    ]


def test_missing_number_is_reported() -> None:
    text = "序号\t工作内容\t牵头单位\t完成时限\n1\t甲。\t市政务局\t2021年6月底\n3\t乙。\t市司法局\t2021年9月底\n"
    assert "序号不连续" in reasons(tasks.read(Document(text)))


def test_blank_lead_of_another_number_takes_the_one_above_and_is_reported() -> None:
    text = "序号\t工作内容\t牵头单位\t完成时限\n1\t甲。\t市政务局\t2021年6月底\n2\t乙。\t\t2021年9月底\n"
    reading = tasks.read(Document(text))
    assert [row.lead_units for row in reading.rows if isinstance(row, Task)] == [["市政务局"]] * 2
    assert "沿用上一行“市政务局”" in reasons(reading)


def test_themes_of_another_place_are_split_by_each_row_s_own_separator() -> None:
    rows = themes_of(PLACES)
    assert [row.items for row in rows] == [
        ["营业执照办理", "食品经营许可（新办）", "门头招牌备案"],
        ["药品经营许可", "营业执照办理", "医疗器械备案"],
        ["出生医学证明办理", "户口登记", "医保参保登记"],
        ["职工正常退休申请", "公积金提取（退休）"],
        ["不动产转移登记", "缴税", "水电气过户（水、电、气）"],
        ["报到登记", "落户", "预备役登记"],
    ]
    assert rows[2].responsible_units == ["市公安局", "市医保局"]
    assert rows[3].responsible_units == []


def test_limits_of_themes_are_read_and_an_unclear_one_is_reported() -> None:
    reading = themes.read(Document(PLACES))
    found = [(row.combined_limit_working_days, row.immediate) for row in reading.rows if isinstance(row, Theme)]
    assert found == [(None, True), (3, False), (None, True), (1, False), (9, False), (None, False)]
    assert [finding.reason for finding in reading.findings] == ["“5日”不是工作日数，也不是即办"]


def test_theme_continued_on_the_next_page_is_one_theme() -> None:
    head = "序号\t主题名称\t联办事项\t牵头单位\t责任单位\t承诺时限\n"
    text = (
        f"{head}1\t创业一件事\t创业指导 创业担保贷款申领\t市人社局\t市财政局\t2个工作日\n— 4 —\n\n{head}"
        "\t\t单位参保登记 社保卡申请\t\t市税务局\t\n2\t退休\t退休申请\t市人社局\t\t即办\n"
    )
    rows = themes_of(text)
    assert rows[0].items == ["创业指导", "创业担保贷款申领", "单位参保登记", "社保卡申请"]
    assert rows[0].responsible_units == ["市财政局", "市税务局"]
    assert [row.seq for row in rows] == [1, 2]


def test_theme_cut_within_its_cells_is_joined() -> None:
    head = "序号\t主题名称\t联办事项\t牵头单位\t责任单位\t承诺时限\n"
    text = (
        f"{head}1\t我要开超\t办理营业执照 食品经\t市市场监\t市公安局、\t5个工\n{head}"
        "\t市一件事\t营许可 公章刻制\t管局\t市卫健委\t作日\n"
    )
    (row,) = themes_of(text)
    assert row.theme == "我要开超市一件事"
    assert row.items == ["办理营业执照", "食品经营许可", "公章刻制"]
    assert (row.lead_unit, row.responsible_units) == ("市市场监管局", ["市公安局", "市卫健委"])
    assert row.combined_limit_working_days == 5


def test_head_without_rows_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        tasks.read(Document("序号\t工作内容\t牵头单位\t完成时限\n"))
    assert refusal.value.code == "gazette.no_rows"


HEADS = st.sampled_from(
    [
        "序号\t主题名称\t联办事项\t牵头单位\t责任单位\t承诺时限\n",
        "序号\t工作任务\t牵头单位\t完成时限\n",
        "任务清单\t具体措施\t完成期限\n",
        "\t主要任务\n\t序号\n\t工作要求\n\t完成时限\n\t牵头单位\n",
        "| 序号 | 任务 | 牵头单位 | 完成时限 |\n",
        "序号  工作任务  牵头单位  时限\n",
    ]
)
MESS = st.text(alphabet="\t\t\n\n\f 12.、；（）()“①一年月日底前局州市等\u2028\u2029㍿٣²", max_size=80)


@given(st.lists(st.one_of(HEADS, MESS, st.text(max_size=30)), max_size=8), st.sampled_from(list(Kind)))
def test_no_text_raises_anything_but_a_refusal(parts: list[str], kind: Kind) -> None:
    document = Document("".join(parts))
    with contextlib.suppress(Refused):
        assert (tasks.read(document, year=2021) if kind is Kind.TASKS else themes.read(document)).rows


def test_issue_date_in_brackets_with_its_verb_completes_deadlines() -> None:
    found = tasks.read(
        Document(
            "清单\n（2023年2月20日印发）\n序号\t工作任务\t牵头单位\t完成时限\n1\t建大厅。\t县政务局\t9月底前\n", ()
        )
    )
    assert (found.rows[0].deadline_date, found.findings) == (date(2023, 9, 30), ())


def test_first_level_of_tasks_is_the_section_and_a_dotted_month_ends_with_its_month() -> None:
    text = (
        "一级任务\t序号\t工作要求\t责任单位\t完成时限\n完善渠道\t1\t设评价器。\t县政务局牵头，县直各部门配合\t2024.2\n"
    )
    row = tasks.read(Document(text, ())).rows[0]
    assert (row.section, row.deadline_date) == ("完善渠道", date(2024, 2, 29))
    assert (list(row.lead_units), list(row.responsible_units)) == (["县政务局"], ["县直各部门"])


def test_items_marked_by_bracketed_numerals_lose_the_marks() -> None:
    text = "序号\t主题名称\t联办事项\t牵头单位\t办理时限\n1\t开影院\t（一）电影放映许可；（二）消防检查。\t市委宣传部\t3个工作日\n"
    assert list(themes.read(Document(text, ())).rows[0].items) == ["电影放映许可", "消防检查"]
