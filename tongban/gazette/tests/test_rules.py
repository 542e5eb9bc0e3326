"""Rules of gazette on single cells: deadlines, limits, units, items, texts, numbers."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.gazette.rules import deadlines, heads, issued, items, limits, ordinals, texts, units
from tongban.gazette.rules.shapes import HARD, WRAP, Column, Kind

JUNE_30 = date(2021, 6, 30)
SEPTEMBER_30 = date(2021, 9, 30)
YEAR_END = date(2021, 12, 31)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("8 月底前", date(2021, 8, 31)),
        ("6月底", JUNE_30),
        ("2月底前", date(2021, 2, 28)),
        ("9月30日前", SEPTEMBER_30),
        ("九月三十日前", SEPTEMBER_30),
        ("6月中旬", date(2021, 6, 20)),
        ("6-9月", SEPTEMBER_30),
        ("6月1日—9月30日", SEPTEMBER_30),
        ("第二季度", JUNE_30),
        ("三季度末前", SEPTEMBER_30),
        ("上半年", JUNE_30),
        ("下半年", YEAR_END),
        ("年底前", YEAR_END),
        ("全年", YEAR_END),
        ("明年3月底前", date(2022, 3, 31)),
    ],
)
def test_deadline_without_year_is_the_last_day_in_the_given_year(text: str, day: date) -> None:
    assert deadlines.read(text, year=2021) == deadlines.Deadline(day)


@pytest.mark.parametrize("text", ["8月底前", "9月30日前", "第二季度", "上半年", "年底前", "全年"])
def test_deadline_without_any_year_has_no_day_and_is_reported(text: str) -> None:
    found = deadlines.read(text, year=None)
    assert found.day is None
    assert "没有年份" in found.doubt


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021年9月30日前", SEPTEMBER_30),
        ("2021年9月底前", SEPTEMBER_30),
        ("二〇二一年九月底前", SEPTEMBER_30),
        ("2021-06-30", JUNE_30),
        ("2021/6/30", JUNE_30),
        ("2021.6.30", JUNE_30),
        ("2021年第三季度末", SEPTEMBER_30),
        ("2021年上半年", JUNE_30),
        ("2021年底前", YEAR_END),
        ("2021年6月至9月", SEPTEMBER_30),
        ("2020年12月至2021年6月", JUNE_30),
        ("2021年6月底前完成并长期坚持", JUNE_30),
    ],
)
def test_year_printed_in_a_deadline_wins_over_the_given_one(text: str, day: date) -> None:
    assert deadlines.read(text, year=1999) == deadlines.Deadline(day)


@pytest.mark.parametrize("text", ["长期坚持", "持续推进", "全年持续推进", "常态化开展"])
def test_lasting_task_has_no_day_and_is_no_doubt(text: str) -> None:
    assert deadlines.read(text, year=2021) == deadlines.Deadline()


@pytest.mark.parametrize("text", ["与省同步推进", "与全省同步", "按省要求同步推进"])
def test_task_in_step_with_the_province_has_no_day(text: str) -> None:
    assert deadlines.read(text, year=2021) == deadlines.Deadline(sync_with_province=True)


@pytest.mark.parametrize(
    "text", ["2月30日前", "13月底前", "6月初", "6月前", "每月25日前", "即日起", "印发之日起30日内", ""]
)
def test_unclear_deadline_has_no_day_and_is_reported(text: str) -> None:
    found = deadlines.read(text, year=2021)
    assert found.day is None
    assert found.doubt


def test_last_of_several_days_is_taken_and_reported() -> None:
    found = deadlines.read("6月底前完成方案，9月底前完成建设", year=2021)
    assert found.day == SEPTEMBER_30
    assert "多个时间" in found.doubt


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3 个工作日", 3),
        ("三个工作日内", 3),
        ("不超过5个工作日", 5),
        ("除消防以外其它1个工作日可完成", 1),
        ("9个工作日（其中，低风险项目为2个工作日）", 9),
        ("20个工作日，其中审批5个工作日", 20),
        ("0.5个工作日", 0.5),
    ],
)
def test_limit_counts_the_working_days_of_the_main_case(text: str, days: float) -> None:
    assert limits.read(text) == limits.Limit(days)


@pytest.mark.parametrize("text", ["当场办结", "即办", "即时办结", "即来即办", "立等可取"])
def test_immediate_limit_has_no_working_days(text: str) -> None:
    assert limits.read(text) == limits.Limit(immediate=True)


@pytest.mark.parametrize("text", ["5日", "2小时", "3-5个工作日", "内资1个工作日，外资3个工作日", "", "/"])
def test_unclear_limit_is_reported_and_not_guessed(text: str) -> None:
    found = limits.read(text)
    assert (found.working_days, found.immediate) == (None, False)
    assert found.doubt


def test_bare_number_counts_only_under_a_head_that_names_working_days() -> None:
    assert limits.read("5", in_working_days=True).working_days == 5
    assert limits.read("5").working_days is None


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("州行政审批服 务局", ["州行政审批服务局"]),
        ("州优化办、州 行政审批服务 局\n州政务中心", ["州优化办", "州行政审批服务局", "州政务中心"]),
        ("州司法局（州行政审批服务局）", ["州司法局", "州行政审批服务局"]),
        ("州司法局(州行政审批服务局)", ["州司法局", "州行政审批服务局"]),
        ("区公安局 区民政局\n区财政局", ["区公安局", "区民政局", "区财政局"]),
        (
            "州人社局、湘西海关等州直\n相关单位，各县市人\n民政府",
            ["州人社局", "湘西海关", "州直相关单位", "各县市人民政府"],
        ),
        ("区委\n宣传部、市政府\n办公室", ["区委宣传部", "市政府办公室"]),
        ("湘西高新区管委\n会", ["湘西高新区管委会"]),
        ("市自然资源和规划局、市发展和改革委", ["市自然资源和规划局", "市发展和改革委"]),
        ("各县市人民政府和湘西高新区管委会", ["各县市人民政府", "湘西高新区管委会"]),
        ("各镇（街道）、各县（市、区）人民政府", ["各镇（街道）", "各县（市、区）人民政府"]),
        ("各市州、县市区人民政府", ["各市州、县市区人民政府"]),
        ("市公安局按职责分工负责", ["市公安局"]),
        ("省高等法院", ["省高等法院"]),
        ("/", []),
        ("", []),
    ],
)
def test_cell_of_units_is_split_into_whole_names(cell: str, names: list[str]) -> None:
    assert units.split(cell, units.Lexicon()) == units.Units(tuple(names))


def test_known_names_settle_what_their_form_leaves_open() -> None:
    words = units.lexicon(["市数字办公共服务站", "各街道办事处、镇人民政府"], [])
    assert units.split("市数字办\n公共服务站、各街道办事处、镇人民政府", words).names == (
        "市数字办公共服务站",
        "各街道办事处、镇人民政府",
    )


def test_text_that_is_no_unit_name_is_kept_and_reported() -> None:
    found = units.split("区公安局、张三", units.Lexicon())
    assert found.names == ("区公安局", "张三")
    assert "张三" in found.doubts[0]


@pytest.mark.parametrize(
    "cell",
    [
        "牵头单位：市人社局；配合单位：市公安局、市医保局",
        "市人社局（牵头）、市公安局、市医保局",
        "市人社局牵头，市公安局、市医保局配合",
    ],
)
def test_lead_named_inside_a_cell_of_units_is_found(cell: str) -> None:
    lead, others = units.labelled(cell)
    assert units.split(lead, units.Lexicon()).names == ("市人社局",)
    assert units.split(others, units.Lexicon()).names == ("市公安局", "市医保局")


@pytest.mark.parametrize(
    "cell",
    [
        "办理营业执照 食品经营许可（新办、 变更） 公章刻制备案",
        "办理营业执照、食品经营许可（新办、变更）、公章刻制备案",
        "办理营业执照；食品经营许可（新办、变更）；公章刻制备案。",
        "办理营业执照\n食品经营许可（新办、变更）\n公章刻制备案",
        f"办理营业执照{HARD}食品经营许可（新办、{WRAP}变更）{HARD}公章刻制备案",
        "①办理营业执照②食品经营许可（新办、变更） ③公章刻制备案",
        "1.办理营业执照；2.食品经营许可（新办、变更）；3.公章刻制备案",
        "1、办理营业执照 2、食品经营许可（新办、变更） 3、公章刻制备案",
        "（1）办理营业执照\n（2）食品经营许可（新办、变更）\n（3）公章刻制备案",
        "办理营业执照　食品经营许可 （新办、变更）　公章刻制备案",
    ],
)
def test_items_are_parted_by_whatever_stands_between_them(cell: str) -> None:
    names = [name.replace(" ", "") for name in items.split_column([cell])[0].names]
    assert names == ["办理营业执照", "食品经营许可（新办、变更）", "公章刻制备案"]


def test_comma_belongs_to_a_name_where_blanks_part_the_items() -> None:
    cells = ["办理营业执照 投入使用、营业前消防安全检查", "企业设立登记 刻章备案", "缴税 不动产登记"]
    found = items.split_column(cells)
    assert found[0].names == ("办理营业执照", "投入使用、营业前消防安全检查")


def test_blank_of_a_line_wrap_does_not_part_items_where_commas_do() -> None:
    found = items.split_column(["办理营业 执照、刻章备案", "企业设立登记、社保登记", "缴税、不动产登记"])
    assert found[0].names == ("办理营业执照", "刻章备案")


def test_line_that_is_full_by_chance_still_ends_its_item() -> None:
    cell = f"出生医学证明签发{WRAP}户口登记{HARD}城乡居民基本医疗{WRAP}保险参保登记"
    assert items.split_column([cell])[0].names == ("出生医学证明签发", "户口登记", "城乡居民基本医疗保险参保登记")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("37 个州直单位 97   项", "37个州直单位97项"),
        ("达到 100% 。州", "达到100%。州"),
        ("压缩至 0. 5 个", "压缩至0.5个"),
        ("做到 “一 窗\n通办”", "做到“一窗通办”"),
        ("窗口 AB 角 open data", "窗口AB角open data"),
        ("⼀件事　清\ufeff单", "一件事清单"),
    ],
)
def test_cleaned_text_keeps_blanks_between_english_words_only(text: str, cleaned: str) -> None:
    assert texts.clean(text) == cleaned


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("3", (3, None)),
        ("３．", (3, None)),
        ("（三）", (3, None)),
        ("十二、", (12, None)),
        ("2.1", (2, "1")),
        ("①", (1, None)),
        ("1\n0", (10, None)),
        ("合计", None),
        ("", None),
    ],
)
def test_number_cell_is_read_in_all_its_writings(cell: str, number: tuple[int, str | None] | None) -> None:
    assert ordinals.ordinal(cell) == number


def test_decimal_and_foreign_marks_do_not_open_a_part() -> None:
    assert ordinals.enumerated("1.5万人次参加") == []
    parts = ordinals.enumerated("1.开展培训2.5万人次；2.2021年底前验收")
    assert [part.body for part in parts] == ["开展培训2.5万人次；", "2021年底前验收"]


def test_year_of_issue_comes_from_label_then_printing_note_then_signature_then_number() -> None:
    prose = "州政办发〔2018〕21号\n2019年6月5日\n某办公室 2020 年 6 月 7 日印发"
    assert issued.year_of(prose + "\n发文日期:2021-06-05") == 2021
    assert issued.year_of(prose) == 2020
    assert issued.year_of("州政办发〔2018〕21号\n 2019年6月5日 ") == 2019
    assert issued.year_of("州政办发〔2018〕21号") == 2018
    assert issued.year_of("根据《意见》（国办发〔2018〕35号）要求，到2019年底") is None


def test_columns_are_found_in_any_order_and_under_other_heads() -> None:
    layout = heads.layout(("完成期限", "任务清单", "责任单位", "具体落实措施", "牵 头\n单 位", "备注"), Kind.TASKS)
    assert layout
    assert [layout.columns.get(at) for at in range(6)] == [
        Column.DEADLINE, Column.SECTION, Column.RESPONSIBLE, Column.REQUIREMENT, Column.LEAD, None,
    ]  # fmt: skip


def test_limit_after_the_reform_wins_over_the_limit_before() -> None:
    layout = heads.layout(("一件事名称", "涉及事项", "联办前办理时限", "联办后办理时限"), Kind.THEMES)
    assert layout
    assert layout.heads[Column.LIMIT] == "联办后办理时限"


def test_day_that_no_calendar_has_is_passed_over_for_the_next_best() -> None:
    assert issued.issued_on("发文日期：2021年2月30日") is None
    assert issued.issued_on("发文日期：2021年2月30日\n某办公室2021年3月5日印发") == date(2021, 3, 5)


def test_of_two_columns_of_items_the_first_names_the_theme() -> None:
    layout = heads.layout(("序号", "事项名称", "涉及事项", "牵头单位"), Kind.THEMES)
    assert layout
    assert [layout.columns[at] for at in range(4)] == [Column.SEQ, Column.THEME, Column.ITEMS, Column.LEAD]


@pytest.mark.parametrize(
    ("cell", "names", "doubt"),
    [
        ("办理营业执照 食品经营许 可 公章刻制", ("办理营业执照", "食品经营许可", "公章刻制"), "“食品经营许可”原文有断开，已并为一项"),
        ("办理营业执照 —— 公章刻制", ("办理营业执照", "公章刻制"), None),
        ("办理营业执照 。公章刻制 刻章备案", ("办理营业执照。公章刻制", "刻章备案"), None),
    ],
)  # fmt: skip
def test_broken_off_character_belongs_to_the_item_before_it(
    cell: str, names: tuple[str, ...], doubt: str | None
) -> None:
    found = items.split_column([cell])[0]
    assert found == items.Items(names, (doubt,) if doubt else ())


def test_lines_as_long_as_the_column_go_on_unless_they_end_an_item() -> None:
    found = items.split_column(
        [
            "出生医学证明办理\n户口登记与城乡居\n民医保参保登记",
            "办理营业执照登记\n食品经营许可新办\n公章刻制",
            "报名\n社保卡申领登记表",
        ]
    )
    assert [one.names for one in found] == [
        ("出生医学证明办理", "户口登记与城乡居民医保参保登记"),
        ("办理营业执照登记", "食品经营许可新办", "公章刻制"),
        ("报名", "社保卡申领登记表"),
    ]


@pytest.mark.parametrize(
    ("above", "below", "names"),
    [
        ("办理营业执照 食品经", "营许可 公章刻制", ("办理营业执照", "食品经营许可", "公章刻制")),
        (f"办理营业执照{HARD}食品经{WRAP}", "营许可", ("办理营业执照", "食品经营许可")),
        (f"办理营业执照{HARD}公章刻制{WRAP}", "刻章备案", ("办理营业执照", "公章刻制", "刻章备案")),
        ("办理营业执照 公章刻制", " ", ("办理营业执照", "公章刻制")),
        ("", "办理营业执照", ("办理营业执照",)),
    ],
)
def test_cell_cut_between_two_pages_is_joined_within_an_item_or_after_one(
    above: str, below: str, names: tuple[str, ...]
) -> None:
    assert items.split_column([items.joined(above, below)])[0].names == names


@pytest.mark.parametrize("text", ["二十十", "一百百", "十二十"])
def test_what_is_no_numeral_is_no_number_anywhere(text: str) -> None:
    with pytest.raises(ValueError):
        ordinals.numeral(text)
    assert ordinals.ordinal(text) is None
    assert ordinals.section_number(f"{text}、优化服务") is None
    assert ordinals.arabic(f"{text}年底前") == f"{text}年底前"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1.甲（2.乙）2.丙", [(1, "甲（2.乙）"), (2, "丙")]),
        ("1.甲①乙2.丙", [(1, "甲①乙"), (2, "丙")]),
        ("1.甲3.丙2.乙", [(1, "甲3.丙"), (2, "乙")]),
        ("甲1.乙2.丙", []),
    ],
)
def test_only_the_next_number_in_the_same_style_outside_of_brackets_opens_a_part(
    text: str, parts: list[tuple[int, str]]
) -> None:
    assert [(part.number, part.body) for part in ordinals.enumerated(text)] == parts


def test_bracket_without_a_partner_encloses_nothing() -> None:
    assert texts.depths("（甲“乙）丙”") == [0, 1, 1, 1, 0, 0, 0]
    assert texts.split_outside("市公安局（含“支队）、市财政局", "、") == ["市公安局（含“支队）", "市财政局"]


@pytest.mark.parametrize(
    ("text", "more", "whole"),
    [
        ("甲", " ", "甲"),
        ("甲（乙）", "甲 (乙)", "甲（乙）"),
        (f"甲{WRAP}", "乙", f"甲{WRAP}乙"),
        ("甲", "乙", "甲\n乙"),
        (" ", "乙", "乙"),
    ],
)
def test_continued_cell_is_joined_once(text: str, more: str, whole: str) -> None:
    assert texts.append(text, more) == whole


@pytest.mark.parametrize(
    ("cell", "names", "doubt"),
    [
        ("市公安局等", ("市公安局",), "“市公安局等”未列全单位"),
        ("市公安局等单位", ("市公安局",), "“市公安局等单位”未列全单位"),
        ("市公安局等有关部门", ("市公安局", "有关部门"), None),
        ("甲" * 81 + " 市公安局", ("甲" * 81, "市公安局"), f"“{'甲' * 81}”不像单位名称，照原文保留"),
        ("甲" * 9 + " 市公安局", ("甲" * 9 + "市公安局",), None),
    ],
)
def test_open_end_of_a_list_and_a_text_too_long_for_a_name_are_told(
    cell: str, names: tuple[str, ...], doubt: str | None
) -> None:
    assert units.split(cell, units.Lexicon()) == units.Units(names, (doubt,) if doubt else ())
