"""What changed between two versions is said element by element, in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.catalogue.rules import changed
from tongban.vocabulary.rules import Choice, Element

KIND = Element(code="kind", name="经营方式", kind="choice", section="main",
               choices=(Choice(value="shop", label="开店"), Choice(value="stall", label="摆摊")))  # fmt: skip
NAMES = changed.item_names({"town": "示例镇"}, {"plan": "平面图", "deed": "房产证"}, {"food": "食品证"}, {"kind": KIND})

WORDS = st.sampled_from(["", "1", "plan", "kind", "shop", "A"])
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.just(10**400)
PARTS = st.sampled_from([*changed.KEYS, "when", "amount_fen", "others", "zz"])
TYPED = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PARTS, inner, max_size=3), max_leaves=8
)
DRAFTS = st.dictionaries(st.sampled_from(["materials", "fee", "ways", "faq", "steps", "zz"]), TYPED, max_size=2)


def only(element: str, was: Any, now: Any, *, is_public: bool = True) -> tuple[list[str], list[str]]:
    """Return what is said of the one element that changed."""
    (found,) = changed.changes({"name": "甲", element: was}, {"name": "甲", element: now}, NAMES, is_public=is_public)
    lines = (found.before, found.after)
    before, after = ([f"{line.verb}：{line.text}" if line.verb else line.text for line in side] for side in lines)
    return before, after


def test_two_versions_differ_by_elements_in_the_order_of_the_guide() -> None:
    found = changed.changes(
        {"name": "甲", "visits": 1, "fee": {"standard": "10 元"}}, {"name": "乙", "visits": 1, "zz": True}, NAMES
    )
    assert [(d.element, d.words, [x.text for x in d.before], [x.text for x in d.after]) for d in found] == [
        ("name", "事项名称", ["甲"], ["乙"]), ("fee", "收费", ["10 元"], []), ("zz", "zz", [], ["是"]),
    ]  # fmt: skip


def test_of_a_first_version_all_is_new() -> None:
    (row,) = changed.changes({}, {"name": "甲"}, NAMES)
    assert (row.before, [line.text for line in row.after]) == ((), ["甲"])


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_what_is_empty_in_another_way_is_no_change(nothing: Any) -> None:
    assert changed.changes({}, {"name": nothing}, NAMES) == changed.changes({"name": nothing}, {}, NAMES) == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, ["是"]), (False, ["否"]), (0, ["0"]), (1.5, ["1.5"]), (["甲", "乙"], ["加上：甲", "加上：乙"]),
        ([{"ask": "问", "answer": "答"}, {"zz": 1}], ["加上：问，答：答", "加上：zz：1"]),
        ({"zz": [True, "甲"], "hint": None}, ["zz：是、甲，提示：没有写"]), ({"zz": [], "when": {}}, ["zz：没有写，条件：没有"]),
    ],
)  # fmt: skip
def test_value_of_an_element_is_a_line_of_text(value: object, said: list[str]) -> None:
    assert only("zz", None, value) == ([], said)
    assert only("zz", value, "")[0] == [line.replace("加上", "去掉") for line in said]


def test_what_was_typed_in_another_form_is_still_said() -> None:
    assert only("conditions", ["一"], "一") == (["一"], ["一"])
    assert only("fee", {"amount_fen": 100}, {"amount_fen": "一元"}) == (["金额：¥1.00"], ["金额：一元"])
    was, now = [{"type": "plan", "when": {"kind": "shop"}}], [{"type": "plan", "when": ["kind"]}]
    assert only("materials", was, now, is_public=False) == (
        ["改：平面图，条件：kind：shop"], ["改：平面图，条件：kind"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("element", "was", "now", "before", "after"),
    [
        ("summary", "旧", "新", ["旧"], ["新"]),
        ("promised_days", 5, 3, ["5"], ["3"]),
        ("phone", None, "12345", [], ["12345"]),
        ("org", "town", "gone", ["示例镇"], ["gone"]),
        ("reach", None, "3", [], ["全市通办"]),
        ("kiosk", None, True, [], ["是"]),
        ("audience", ["person"], ["person", "firm"], [], ["加上：法人和其他组织"]),
        ("promised_days", 5, 0, ["5"], ["0"]),
        ("fee", {"when": "before_result"}, {"when": "before_decision"}, ["条件：作出决定后、领取结果前交"], ["条件：受理后、作出决定前交"]),
        ("fee", {"standard": "甲"}, {"standard": "甲", "when": "before_decision"}, ["条件：没有写"], ["条件：受理后、作出决定前交"]),
        ("grant", None, {"held_by": "town"}, [], ["原实施主体：示例镇"]),
        ("conditions", ["一", "二"], ["二", "三"], ["去掉：一"], ["加上：三"]),
        ("conditions", ["一", "二"], ["二", "一"], [], ["内容没有变，只调整了先后次序"]),
        ("fields", [{"element": "kind"}], [], ["去掉：经营方式"], []),
    ],
)  # fmt: skip
def test_values_are_said_in_words(element: str, was: Any, now: Any, before: list[str], after: list[str]) -> None:
    assert only(element, was, now) == (before, after)


def test_of_a_material_only_what_differs_is_said() -> None:
    was = [{"type": "plan", "form": "copy", "when": {"kind": ["shop"]}}, {"type": "deed"}]
    now = [{"type": "plan", "form": "copy", "when": {"kind": ["stall"]}, "necessity": "optional"}, {"type": "deed"}]
    assert only("materials", was, now) == (
        ["改：平面图，条件：“经营方式”是“开店”，必要性：没有写"], ["改：平面图，条件：“经营方式”是“摆摊”，必要性：可以不交"]
    )  # fmt: skip


def test_a_condition_that_goes_or_cannot_be_said_is_still_a_change() -> None:
    was, now = [{"type": "plan", "when": {"nobody-knows": ["x"]}}], [{"type": "plan"}]
    assert only("materials", was, now) == (["改：平面图，条件：看情况"], ["改：平面图，条件：没有"])


def test_who_edits_reads_the_codes_of_a_condition_that_cannot_be_said() -> None:
    was, now = [{"type": "plan", "when": {"nobody-knows": ["x"]}}], [{"type": "plan", "when": {"kind": ["shop"]}}]
    assert only("materials", was, now, is_public=False) == (
        ["改：平面图，条件：nobody-knows：x"], ["改：平面图，条件：“经营方式”是“开店”"]
    )  # fmt: skip


def test_two_entries_of_one_kind_are_two() -> None:
    was, now = [{"type": "plan"}], [{"type": "plan"}, {"type": "plan", "form": "copy"}]
    assert only("materials", was, now) == ([], ["加上：平面图，形式：复印件"])
    assert only("materials", now, was) == (["去掉：平面图，形式：复印件"], [])
    assert only("materials", [], [{"type": "plan"}] * 2) == ([], ["加上：平面图", "加上：平面图"])
    assert only("materials", [{"type": "plan"}] * 2, [{"type": "plan"}]) == (["去掉：平面图"], [])
    laws = [{"law": "某法", "article": each} for each in ("一", "二")]
    assert only("basis", laws, laws[1:]) == (["去掉：某法，条款：一"], [])


def test_a_step_is_known_by_its_code_and_called_by_its_name() -> None:
    was, now = [{"code": "look", "name": "看", "days": 1}], [{"code": "look", "name": "看", "days": 2, "role": "head"}]
    assert only("steps", was, now) == (["改：看，天数：1，岗位：没有写"], ["改：看，天数：2，岗位：决定"])


def test_codes_of_ours_are_for_who_edits_alone() -> None:
    new = [{"code": "look", "name": "看", "after": ["ask"]}]
    assert only("steps", None, new) == ([], ["加上：看"])
    assert only("steps", None, new, is_public=False) == ([], ["加上：看，代码：look，等待：ask"])
    assert only("variants", None, [{"code": "01", "name": "新开"}]) == ([], ["加上：新开"])
    assert only("variants", None, [{"code": "01", "name": "新开"}], is_public=False) == ([], ["加上：新开，代码：01"])


def test_money_is_said_in_yuan_and_of_a_fee_only_what_differs() -> None:
    was, now = (
        {"standard": "每件", "basis": "文", "amount_fen": 12000},
        {"standard": "每件", "basis": "文", "amount_fen": 6050},
    )
    assert only("fee", was, now) == (["金额：¥120.00"], ["金额：¥60.50"])
    assert only("fee", None, now) == ([], ["每件，依据：文，金额：¥60.50"])
    assert only("fee", {"standard": "每件", "basis": "文"}, now) == (["金额：没有写"], ["金额：¥60.50"])
    others = {"others": [{"amount_fen": 100, "when": {"kind": ["shop"]}}, {"amount_fen": 200, "when": {"x": ["y"]}}]}
    told = "其他金额：金额：¥1.00，条件：“经营方式”是“开店”；金额：¥2.00，条件：看情况"
    assert only("fee", None, others) == ([], [told])
    assert only("baseline", None, {"fee_fen": 0}) == ([], ["收费：¥0.00"])


def test_a_list_inside_a_part_is_said_in_one_line() -> None:
    assert only("instant", None, {"table": "t", "grant": ["a", "b"]}) == ([], ["决策表：t，grant：a、b"])


def test_a_long_text_begins_short() -> None:
    (row,) = changed.changes({"summary": "短"}, {"summary": "长" * 101}, NAMES)
    assert row.after[0].start == "长" * 80 + "……"
    assert row.before[0].start == ""
    (row,) = changed.changes({"summary": "短"}, {"summary": "长" * 100}, NAMES)
    assert row.after[0].start == "", "what is hardly longer is not folded"


@given(before=DRAFTS, after=DRAFTS, is_public=st.booleans())
def test_whatever_was_typed_its_changes_can_be_said(before: Any, after: Any, is_public: bool) -> None:
    found = changed.changes(before, after, NAMES, is_public=is_public)
    assert {row.element for row in found} <= {*before, *after}
    assert all(isinstance(line.text, str) for row in found for line in (*row.before, *row.after))


@pytest.mark.parametrize("is_public", [True, False])
@pytest.mark.parametrize(
    ("element", "was", "now", "before", "after"),
    [
        ("ways", ["1"], [1], ["改：窗口办理"], ["改：窗口办理"]),
        ("faq", ["A"], [{"code": "A"}], ["改：A"], ["改：代码：A"]),
        ("faq", [{"code": "A", "ask": "问"}], [{"item": "A"}], ["改：问，代码：A"], ["改：A"]),
        ("fee", {"amount_fen": 1}, {"amount_fen": 10**15}, ["金额：¥0.01"], ["金额：1000000000000000"]),
    ],
)  # fmt: skip
def test_entries_of_two_kinds_are_said_whole(
    element: str, was: Any, now: Any, before: list[str], after: list[str], is_public: bool
) -> None:
    assert only(element, was, now, is_public=is_public) == (before, after)


@pytest.mark.parametrize("value", [[{"a": 1}], [["shop"]], [1]])
def test_a_condition_with_values_that_are_no_texts_is_still_said(value: Any) -> None:
    was, now = [{"type": "plan"}], [{"type": "plan", "when": {"kind": value}}]
    assert only("materials", was, now) == (["改：平面图，条件：没有"], ["改：平面图，条件：看情况"])
