from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.decisions.rules import evaluation, feel
from tongban.decisions.rules.feel import FeelError
from tongban.decisions.tests.factories import column, make


def holds(text: str, value: object, kind: str = "number", **others: object) -> bool:
    table = make(
        ([text, "-"], ["1"]), inputs=[column("x", kind), column("y", "number")], outputs=[column("r", "number")]
    )
    return evaluation.ask(evaluation.compiled(table), {"x": value, **others}).is_decided  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("text", "met", "unmet"),
    [
        ("5", [5, "5", 5.0, "5.00", Decimal("5.0")], [4, 5.1, "x", True]),
        ("-5", [-5], [5]),
        (".5", [0.5, "0.5"], [5]),
        ("< 5", [4, 4.999], [5, 6]),
        ("<= 5", [5, 4], [6]),
        ("> 5", [6], [5]),
        (">= 5", [5, 6], [4.9]),
        ("= 5", [5], [6]),
        ("!= 5", [6], [5]),
        ("[1..5]", [1, 3, 5], [0.9, 5.1]),
        ("(1..5)", [1.1, 4.9], [1, 5]),
        ("]1..5[", [2], [1, 5]),
        ("[1..5)", [1], [5]),
        ("[5..5]", [5], [4, 6]),
        ("(1..5]", [5], [1]),
        ("1,3,[7..9]", [1, 3, 8], [2, 10]),
        ("not(1,3)", [2], [1, 3]),
        ("not(> 5)", [5], [6]),
        ("-", [0, None, "x"], []),
        ("", [0], []),
        ("? > 1 and ? < 5", [2], [1, 5]),
        ("x > 1 and x < 5", [2], [1, 5]),
        ("x < 1 or x > 5", [0, 6], [1, 5]),
        ("x between 1 and 5", [1, 5], [0, 6]),
        ("x in [1..5]", [1], [6]),
        ("x in (1,7,>= 9)", [1, 7, 9], [2]),
        ("x in 4", [4], [5]),
        ("x = 1 and (x = 1 or x = 2)", [1], [2]),
        ("not(x = 1)", [2], [1]),
    ],
)
def test_number_meets_the_test(text: str, met: list[object], unmet: list[object]) -> None:
    assert [holds(text, value) for value in met] == [True] * len(met)
    assert [holds(text, value) for value in unmet] == [False] * len(unmet)


@pytest.mark.parametrize(
    ("kind", "text", "met", "unmet"),
    [
        ("string", '"a"', ["a"], ["b", "A", 1]),
        ("string", '"a","b"', ["a", "b"], ["c", "a|b"]),
        ("string", 'not("a")', ["b"], ["a", None, ""]),
        ("string", '!= "a"', ["b"], ["a", None]),
        ("string", r'"a\"b\\c\nd"', ['a"b\\c\nd'], ["a"]),
        ("boolean", "true", [True, "true"], [False, "false", None, 1, "yes"]),
        ("boolean", "false", [False, "false"], [True, None, 0]),
        ("boolean", "x", [True], [False]),
        ("boolean", "not(true)", [False], [True]),
        (
            "date",
            'date("2026-01-01")',
            [date(2026, 1, 1), "2026-01-01"],
            ["2026-01-02", "2026-1-1", 20260101, "", "2026-02-30"],
        ),
        ("date", '@"2026-01-01"', [date(2026, 1, 1)], [date(2026, 1, 2)]),
        ("date", '< date( "2026-01-01" )', ["2025-12-31"], ["2026-01-01"]),
        ("date", '[date("2026-01-01")..date("2026-02-01"))', ["2026-01-31"], ["2026-02-01"]),
    ],
)
def test_text_truth_and_day_meet_the_test(kind: str, text: str, met: list[object], unmet: list[object]) -> None:
    assert [holds(text, value, kind) for value in met] == [True] * len(met)
    assert [holds(text, value, kind) for value in unmet] == [False] * len(unmet)


@pytest.mark.parametrize(
    ("text", "x", "y", "met"),
    [
        ("? > 1 and y > 1", 2, 2, True), ("? > 1 and y > 1", 2, None, False), ("? > 1 or y > 1", 2, None, True),
        ("? > 5 or y > 1", 2, None, False), ("not(y > 1)", 2, None, False), ("not(y > 1)", 2, 1, True),
        ("y > 1", None, 2, False), ("not(? > 5 and y > 1)", 2, None, True), ("y between 2 and 3", 1, 3, True),
    ],
)  # fmt: skip
def test_condition_that_misses_a_value_is_not_met(text: str, x: object, y: object, met: bool) -> None:
    assert holds(text, x, y=y) is met


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"a', "引号没有成对"), ("1，2", "全角"), ("“a”", "全角"), ("approve!", "不认识"), ("1 2", "读不懂"), ("x in not(1)", "少了值"),
        ("< ", "少了值"), ("[1..", "少了值"), ("[1..5", "没有收尾"), ("[1,5]", "少了“..”"), ("[5..1]", "前端比后端大"),
        ('["a".."b"]', "只有数字和日期"), ('[1..date("2026-01-01")]', "不是同一类"), ("not 5", "少了“(”"), ("not(5", "少了“)”"),
        ("(5", "少了“)”"), ("x = null", "null"), ("foo(1)", "不支持函数"), (">1 and <5", "两边要写出名称"),
        ("x > 1 and 5", "两边要写出名称"), ("and", "放错了地方"), ("..", "放错了地方"), ("1,", "没有写完"), ("x between 1 or 5", "少了“and”"),
        ('date("2026-02-30")', "不是日期"), ('date("26-2-3")', "不是日期"), (r'"a\q"', "不认识“"), ("1" * 31, "数字太长"),
        ("(" * 13 + "1" + ")" * 13, "套得太深"), ("1," * 199 + "1", "写得太多"), ("x" * 401, "超过 400"), ("not(-)", "不认识“-”"),
    ],
)  # fmt: skip
def test_cell_that_cannot_be_read_says_why(text: str, words: str) -> None:
    with pytest.raises(FeelError) as refusal:
        feel.read(text)
    assert words in refusal.value.message
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-0.5", Decimal("-0.5")),
        ('"a"', "a"),
        ("true", True),
        ('date("2026-01-01")', date(2026, 1, 1)),
        ("null", None),
    ],
)
def test_result_is_one_literal(text: str, value: object) -> None:
    assert feel.literal(text) == value


@pytest.mark.parametrize(
    ("text", "words"), [("", "没有写结果"), ("approve", "不是一个值"), ("1,2", "不是一个值"), ("< 5", "不是一个值")]
)
def test_result_that_is_no_literal_is_refused(text: str, words: str) -> None:
    with pytest.raises(FeelError, match=words):
        feel.literal(text)


def test_list_of_values_keeps_its_order() -> None:
    assert feel.literals('"b", "a"') == ["b", "a"]
    assert feel.literals("3,2.5") == [3, Decimal("2.5")]


@pytest.mark.parametrize("text", ["", "1,", ",1", "1 2", "< 1", "a", "1,,2"])
def test_what_is_no_list_of_values_is_refused(text: str) -> None:
    with pytest.raises(FeelError):
        feel.literals(text)


@given(st.text(alphabet='?-,."()[]<>=! aandornotxy15date在“', max_size=60))
def test_any_text_is_read_or_refused_with_words(text: str) -> None:
    with contextlib.suppress(FeelError):
        test = feel.read(text, own="x")
        assert all(feel.kind_of(value) in feel.KINDS for value in feel.values_of(test))
        assert "x" not in feel.names_of(test)


@given(
    st.sampled_from(["< 5", "not(5)", "[1..9]", '"a"', 'not("a")', "true", '> date("2026-01-01")', "? > 1 and y < 3", "-"]),
    st.sampled_from(["string", "number", "boolean", "date"]),
    st.one_of(st.none(), st.text(max_size=12), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.decimals()),
)  # fmt: skip
def test_asking_never_raises(text: str, kind: str, value: object) -> None:
    assert holds(text, value, kind) in (True, False)


def test_own_name_and_question_mark_say_the_same() -> None:
    assert feel.read("x > 1 and x < 5", own="x") == feel.read("? > 1 and ? < 5")
    assert feel.names_of(feel.read("x between 1 and 2 or not(y = 3)", own="x")) == {"y"}


def test_missing_value_meets_the_dash_alone() -> None:
    for text in ("5", "not(5)", "!= 5", "< 5", "[1..5]", "x != 5", "not(x = 5)", "1,2"):
        assert not holds(text, None)
        assert not holds(text, "")
    assert holds("-", None)


def test_reading_takes_time_in_proportion_to_length() -> None:
    # A pattern that backtracks would take seconds on this.
    with pytest.raises(FeelError):
        feel.read('"' + "\\" * 398)
    with pytest.raises(FeelError):
        feel.read("date(" * 80)
