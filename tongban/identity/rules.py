"""Rules of accounts: passwords, lock-out, contact data. Source: assurance guide §9, §10."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from tongban.rules import masking, numbers

LEAST_PASSWORD = {"citizen": 8, "staff": 12}
MOST_FAILURES = 5
FAILURE_WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=20)
_COMMON = frozenset(
    "12345678 123456789 1234567890 password password1 qwertyui 11111111 88888888 66666666 00000000 abcd1234 a1234567 "
    "iloveyou 87654321 147258369 zhengwu123 tongban123 honghu123 12341234 aa123456 qwer1234 1qaz2wsx".split()
)


def password_problem(password: str, *, kind: str, words: tuple[str, ...]) -> str | None:
    """Return why a password cannot be taken, in Chinese, or None. `words` are the person's own (name, phone …)."""
    least = LEAST_PASSWORD[kind]
    if len(password) < least:
        return f"密码至少 {least} 个字符，现在是 {len(password)} 个。可以用几个不相干的词连起来"
    if len(password) > 128:
        return "密码最多 128 个字符"
    if password.lower() in _COMMON or len(set(password)) < 4:
        return "这个密码太常见，容易被猜到，请换一个"
    if any(len(word) >= 4 and word.lower() in password.lower() for word in words):
        return "密码里不要用自己的账号、手机号或证件号码"
    return None


def failures_after(failures: int, last_failed_at: datetime | None, *, at: datetime) -> int:
    """Return the count of failed sign-ins after one more: older than 15 minutes they no longer count."""
    recent = last_failed_at is not None and at - last_failed_at <= FAILURE_WINDOW
    return failures + 1 if recent else 1


def locked_until(failed_at: Iterable[datetime], *, at: datetime) -> datetime | None:
    """Return until when failures at these moments lock a name, or None when they do not lock it now."""
    failures, last, until = 0, None, None
    for moment in sorted(failed_at):
        failures, last = failures_after(failures, last, at=moment), moment
        if failures >= MOST_FAILURES:
            failures, until = 0, moment + LOCK
    return until if until is not None and until > at else None


def username_problem(value: str, *, least: int = 4) -> str | None:
    """Return what is wrong with the name of an account, or None. `value` is normal and in lower case."""
    if not least <= len(value) <= 40:
        return f"账号用 {least} 至 40 个字符，可以用手机号"
    if not re.fullmatch(r"[\w@.+-]+", value):
        return "账号里只能有文字、数字和 @ . + - _，不能有空格"
    return None


def phone_problem(value: str) -> str | None:
    """Return what is wrong with a mobile number, or None. `value` is compacted."""
    if re.fullmatch(r"1[3-9]\d{9}", value):
        return None
    if value.isdigit() and len(value) != 11:
        return f"手机号码应为 11 位，现在是 {len(value)} 位"
    return "请填 11 位手机号码，以 1 开头"


def name_problem(value: str) -> str | None:
    """Return what is wrong with a person's name, or None."""
    if not 2 <= len(value) <= 40:
        return "姓名应为 2 至 40 个字，与身份证上一致"
    if not re.fullmatch(r"[\u3400-\u9fff·A-Za-z .]+", value):
        return "姓名里只能有汉字、字母和间隔点"
    return None


def code_problem(code_type: str, code: str, *, on: date, demonstration: bool) -> str | None:
    """Return what is wrong with an identity number (111) or credit code (001), or None.

    Codes of the demonstration range are accepted only in demonstration profiles. Source: standards reference 2.4.
    """
    person = code_type == "111"
    problem = numbers.id_problem(code, on=on) if person else numbers.uscc_problem(code)
    if problem is None and not demonstration:
        is_demo = numbers.is_demo_id(code) if person else numbers.is_demo_uscc(code)
        if is_demo:
            return "这是示例号段的号码，只能在演示环境里用，请填真实号码"
    return problem


def normal_code(value: str) -> str:
    """Return an identity number or credit code as typed, made half-width, without blanks, in capitals."""
    return masking.compact(value)
