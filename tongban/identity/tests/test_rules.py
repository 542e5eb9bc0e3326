from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tongban.identity import rules
from tongban.rules.numbers import demo_id, demo_uscc

AT = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 6)


@pytest.mark.parametrize(
    ("password", "kind", "words"),
    [
        ("short7!", "citizen", "至少 8 个字符，现在是 7 个"),
        ("elevenchars", "staff", "至少 12 个字符"),
        ("12345678", "citizen", "太常见"),
        ("PASSWORD1", "citizen", "太常见"),
        ("aaaaaaaaaaaa", "staff", "太常见"),
        ("x" * 129, "citizen", "最多 128"),
        ("my-zhangsan-9", "citizen", "不要用自己的账号"),
        ("my-ZhangSan-9", "citizen", "不要用自己的账号"),
        ("13900000001", "citizen", "不要用自己的账号"),
    ],
)
def test_weak_password_is_refused_with_a_reason(password: str, kind: str, words: str) -> None:
    problem = rules.password_problem(password, kind=kind, words=("zhangsan", "13900000001", ""))
    assert words in str(problem)


@pytest.mark.parametrize("password", ["correct horse 9", "湖岸边的白鹭一号", "Tr0ub4dor&3"])
def test_long_uncommon_password_is_taken_without_further_rules(password: str) -> None:
    assert rules.password_problem(password, kind="citizen", words=("zhangsan",)) is None


@pytest.mark.parametrize(
    ("failures", "minutes_ago", "after"), [(0, None, 1), (3, 1, 4), (4, 15, 5), (4, 16, 1), (3, 600, 1)]
)
def test_failures_older_than_a_quarter_of_an_hour_no_longer_count(
    failures: int, minutes_ago: int | None, after: int
) -> None:
    last = None if minutes_ago is None else AT - timedelta(minutes=minutes_ago)
    assert rules.failures_after(failures, last, at=AT) == after


@pytest.mark.parametrize("value", ["zhang", "zhang.san@hh", "13900000001", "x" * 40, "张三_一号", "a+b-c"])
def test_name_of_an_account_is_taken(value: str) -> None:
    assert rules.username_problem(value) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("abc", "4 至 40 个字符"),
        ("x" * 41, "4 至 40 个字符"),
        ("zhang san", "不能有空格"),
        ("zhang/san", "只能有文字、数字"),
        ("zhang\n", "不能有空格"),
    ],
)
def test_wrong_name_of_an_account_says_what_to_mend(value: str, words: str) -> None:
    assert words in str(rules.username_problem(value))


@pytest.mark.parametrize("value", ["13900000001", "19912345678"])
def test_mobile_number_is_taken(value: str) -> None:
    assert rules.phone_problem(value) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [("1390000000", "现在是 10 位"), ("12900000001", "以 1 开头"), ("1390000000a", "11 位手机号码"), ("", "11 位")],
)
def test_wrong_mobile_number_says_what_to_mend(value: str, words: str) -> None:
    assert words in str(rules.phone_problem(value))


@pytest.mark.parametrize("value", ["张三", "买买提·艾力", "John Smith", "㐀三"])
def test_name_is_taken(value: str) -> None:
    assert rules.name_problem(value) is None


@pytest.mark.parametrize("value", ["张", "张3", "<b>张三</b>", "张" * 41, "张\n三"])
def test_what_is_no_name_is_refused(value: str) -> None:
    assert rules.name_problem(value)


@pytest.mark.parametrize(
    ("kind", "code"), [("111", demo_id(1, date(1990, 1, 2))), ("001", demo_uscc("91", "421083", 1))]
)
def test_demonstration_code_is_for_demonstrations_only(kind: str, code: str) -> None:
    assert rules.code_problem(kind, code, on=TODAY, demonstration=True) is None
    assert "示例号段" in str(rules.code_problem(kind, code, on=TODAY, demonstration=False))


def test_real_shaped_code_is_taken_everywhere() -> None:
    assert rules.code_problem("111", "430102199001010016", on=TODAY, demonstration=False) is None
