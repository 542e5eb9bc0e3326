from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tongban.core import time
from tongban.rules.errors import Invalid
from tongban.visits import rules
from tongban.visits.rules import Line


def test_checklist_is_the_conditions_of_the_item() -> None:
    assert rules.checklist(["通道畅通", "设施齐全"]) == [Line("通道畅通"), Line("设施齐全")]


@pytest.mark.parametrize("names", ["张一、李二", "张一，李二", "张一 李二", "张一;李二；张一"])
def test_officers_are_named_apart_and_once(names: str) -> None:
    assert rules.officers(names, kind="onsite") == ["张一", "李二"]


@pytest.mark.parametrize(("names", "kind"), [("张一", "onsite"), ("张一、张一", "onsite"), (" ", "remote")])
def test_too_few_officers_are_refused(names: str, kind: str) -> None:
    # 行政许可法 art. 34: 两名以上工作人员
    with pytest.raises(Invalid) as refusal:
        rules.officers(names, kind=kind)
    assert "officers" in refusal.value.fields


def test_remote_check_needs_one_officer() -> None:
    assert rules.officers("张一", kind="remote") == ["张一"]


GOOD, BAD = Line("通道", True), Line("设施", False, "缺两具灭火器")


@pytest.mark.parametrize(
    ("lines", "conclusion", "remark", "wrong"),
    [
        ([Line("通道")], "pass", "", "line-0"),
        ([GOOD, Line("设施", False, "缺")], "fail", "缺两具灭火器", "line-1"),
        ([GOOD], "", "", "conclusion"),
        ([GOOD, BAD], "pass", "", "conclusion"),
        ([BAD], "fail", "不行", "remark"),
    ],
)
def test_incomplete_record_says_where(lines: list[Line], conclusion: str, remark: str, wrong: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.answered(lines, conclusion, remark)
    assert list(refusal.value.fields) == [wrong]


@pytest.mark.parametrize(
    ("lines", "conclusion", "remark"), [([GOOD], "pass", ""), ([GOOD, BAD], "fail", "缺两具灭火器")]
)
def test_complete_record_is_taken(lines: list[Line], conclusion: str, remark: str) -> None:
    rules.answered(lines, conclusion, remark)
    assert rules.lines_of([line.as_json() for line in lines]) == lines


@pytest.mark.parametrize(
    ("text", "value"), [("", None), ("29.8", Decimal("29.800000")), ("-90", Decimal("-90.000000"))]
)
def test_coordinate_is_degrees_or_left_out(text: str, value: Decimal | None) -> None:
    assert rules.coordinate(text, most=90) == value


@pytest.mark.parametrize("text", ["abc", "90.1", "NaN", "1e9"])
def test_what_is_no_coordinate_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        rules.coordinate(text, most=90)


def test_visit_lies_ahead() -> None:
    at = time.now()
    rules.check_time(at + timedelta(minutes=1), at=at)
    with pytest.raises(Invalid):
        rules.check_time(at, at=at)
