"""Check what people type into the one form: full-width digits, blanks and pasted marks are accepted and made normal.

The same checks serve the portal, the window and the API.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from tongban.cases.rules.plan import Plan, PlannedField
from tongban.identity import rules as identity
from tongban.rules import masking
from tongban.rules.conditions import Facts, holds

NOT_ASKED = "-"  # the value of a choice that is not asked: it fits no condition, and it is not unknown either
_DIGITS = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,10})?")


def facts(plan: Plan, values: Mapping[str, str], answered: Facts) -> dict[str, str]:
    """Return what is known: the answers of guidance and the choices made in the form, as `clean` takes them.

    A choice that is not asked, because another one rules it out, counts as made against every condition, whatever
    was chosen before: what hangs on it is then not asked either.
    """
    chosen = {
        f.element: _choice(f, masking.normal(values[f.element]))[0]
        for f in plan.fields
        if f.choices and values.get(f.element)
    }
    known = {**chosen, **answered, **{f.element: f.answered for f in plan.fields if f.answered}}
    open_choices = [f for f in plan.fields if f.choices and f.when and f.answered is None]
    while hidden := [f for f in open_choices if known.get(f.element) != NOT_ASKED and holds(f.when, known) is False]:
        known |= {f.element: NOT_ASKED for f in hidden}
    return known


def clean(field: PlannedField, raw: str, *, on: date, demonstration: bool) -> tuple[str, str | None]:
    """Return the normal form of a value and what is wrong with it (in Chinese, with how to mend it), or None.

    An empty value of a required field is wrong; dates are ISO, several choices are joined by “|”.
    """
    value = masking.normal(raw)
    if not value:
        return "", _missing(field) if field.required else None
    match field.kind:
        case "integer" | "decimal" | "money":
            return _number(field, value)
        case "date":
            return _date(field, value)
        case "choice" | "multi":
            return _choice(field, value)
        case "idcard":
            code = identity.normal_code(value)
            return code, identity.code_problem("111", code, on=on, demonstration=demonstration)
        case "uscc":
            code = identity.normal_code(value)
            return code, identity.code_problem("001", code, on=on, demonstration=demonstration)
        case "phone":
            phone = masking.compact(value)
            return phone, identity.phone_problem(phone)
        case "email":
            return value, None if re.fullmatch(
                r"[^@\s]+@[^@\s]+\.[^@\s]+", value
            ) else "电子邮箱应像 name@example.cn 这样"
        case _:
            return _text(field, value)


def _missing(field: PlannedField) -> str:
    if field.name.endswith(("吗", "？")):
        return f"请回答“{field.name.removesuffix('？')}”"
    return f"请选择{field.name}" if field.choices else f"请填写{field.name}"


def _text(field: PlannedField, value: str) -> tuple[str, str | None]:
    if len(value) > field.max_length:
        return value, f"{field.name}最多 {field.max_length} 个字，现在是 {len(value)} 个"
    if masking.has_odd(value):
        return value, f"{field.name}里有表情符号或看不见的特殊字符，请删掉后重新输入"
    return value, None


def _number(field: PlannedField, value: str) -> tuple[str, str | None]:
    plain = value.replace(",", "").replace("，", "").removesuffix(field.unit).strip()
    if not _DIGITS.fullmatch(plain):  # Decimal alone would also take 1e9, nan, 1_000 and digits of other scripts.
        return value, f"{field.name}请只填数字，例如 120"
    number = Decimal(plain)
    if field.kind == "integer" and number != number.to_integral_value():
        return value, f"{field.name}请填整数"
    if number.as_tuple().exponent < -2:  # type: ignore[operator]  # finite, so an int
        return value, f"{field.name}最多两位小数"
    if field.min is not None and number < Decimal(str(field.min)):
        return value, f"{field.name}不能小于 {field.min:g}{field.unit}"
    if field.max is not None and number > Decimal(str(field.max)):
        return value, f"{field.name}不能大于 {field.max:g}{field.unit}，请核对单位是不是{field.unit}"
    return format(number, "f"), None


def _date(field: PlannedField, value: str) -> tuple[str, str | None]:
    found = re.fullmatch(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?", value)
    if found is None:
        return value, f"{field.name}请填年、月、日，例如 2026 年 12 月 1 日"
    try:
        return date(*(int(part) for part in found.groups())).isoformat(), None
    except ValueError:
        return value, f"{field.name}没有这一天，请核对年、月、日"


def _choice(field: PlannedField, value: str) -> tuple[str, str | None]:
    allowed = {option.value for option in field.choices} | set()
    by_label = {option.label: option.value for option in field.choices}
    chosen = [by_label.get(part, part) for part in value.split("|") if part]
    if not chosen or set(chosen) - allowed:
        labels = "、".join(option.label for option in field.choices)
        return value, f"请从选项里选择{field.name}：{labels}"
    if field.kind == "choice" and len(chosen) > 1:
        return value, f"{field.name}只能选一项"
    return "|".join(option.value for option in field.choices if option.value in chosen), None


def check(
    plan: Plan, raw: Mapping[str, str], *, answered: Facts, on: date, demonstration: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the clean values of all fields that apply, and the problems by element. Answers of guidance fill theirs."""
    values: dict[str, str] = {}
    problems: dict[str, str] = {}
    known = facts(plan, raw, answered)
    for field in plan.fields:
        if not field.applies(known):
            continue
        value, problem = clean(
            field, field.answered or str(raw.get(field.element, "")), on=on, demonstration=demonstration
        )
        if problem:
            problems[field.element] = problem
        elif value:
            values[field.element] = value
    return values, problems
