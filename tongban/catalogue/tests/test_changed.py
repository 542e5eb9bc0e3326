"""What changed between two versions is said element by element, in words."""

from __future__ import annotations

from typing import Any

import pytest

from tongban.catalogue.rules import changed
from tongban.vocabulary.rules import Choice, Element

KIND = Element(code="kind", name="经营方式", kind="choice", section="main",
               choices=(Choice(value="shop", label="开店"), Choice(value="stall", label="摆摊")))  # fmt: skip
NAMES = changed.Names({"town": "示例镇"}, {"plan": "平面图", "deed": "房产证"}, {"food": "食品证"}, {"kind": KIND})


def only(element: str, was: Any, now: Any) -> tuple[list[str], list[str]]:
    """Return what is said of the one element that changed."""
    (found,) = changed.changes({"name": "甲", element: was}, {"name": "甲", element: now}, NAMES)
    lines = (found.before, found.after)
    before, after = ([f"{line.verb}：{line.text}" if line.verb else line.text for line in side] for side in lines)
    return before, after


def test_a_first_version_changes_nothing() -> None:
    assert changed.changes({}, {"name": "甲"}, NAMES) == []


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


def test_a_step_is_known_by_its_code_and_called_by_its_name() -> None:
    was, now = [{"code": "look", "name": "看", "days": 1}], [{"code": "look", "name": "看", "days": 2, "role": "head"}]
    assert only("steps", was, now) == (["改：看，天数：1，岗位：没有写"], ["改：看，天数：2，岗位：决定"])


def test_money_is_said_in_yuan_and_of_a_fee_only_what_differs() -> None:
    was, now = (
        {"standard": "每件", "basis": "文", "amount_fen": 12000},
        {"standard": "每件", "basis": "文", "amount_fen": 6050},
    )
    assert only("fee", was, now) == (["金额：¥120.00"], ["金额：¥60.50"])
    assert only("fee", None, now) == ([], ["每件，依据：文，金额：¥60.50"])
    assert only("fee", {"standard": "每件", "basis": "文"}, now) == (["金额：没有写"], ["金额：¥60.50"])


def test_a_list_inside_a_part_is_said_in_one_line() -> None:
    assert only("instant", None, {"table": "t", "grant": ["a", "b"]}) == ([], ["决策表：t，grant：a、b"])


def test_a_long_text_begins_short() -> None:
    (row,) = changed.changes({"summary": "短"}, {"summary": "长" * 101}, NAMES)
    assert row.after[0].start == "长" * 80 + "……"
    assert row.before[0].start == ""
    (row,) = changed.changes({"summary": "短"}, {"summary": "长" * 100}, NAMES)
    assert row.after[0].start == "", "what is hardly longer is not folded"
