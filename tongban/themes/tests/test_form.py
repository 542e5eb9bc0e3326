from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tongban.cases.rules.plan import Option, Plan, PlannedField, PlannedMaterial, Schedule
from tongban.rules.numbers import demo_id, demo_uscc
from tongban.themes.rules import form, materials

TODAY = date(2026, 3, 6)
CHOICES = (Option("own", "自有"), Option("rent", "租用"), Option("free", "无偿使用"))
PERSON, FIRM = demo_id(1, date(1990, 1, 2)), demo_uscc("91", "421083", 50)


def field(kind: str, **more: Any) -> PlannedField:
    choices = CHOICES if kind in ("choice", "multi") else ()
    known: dict[str, Any] = {"element": "it", "name": "这一格", "section": "s", "section_name": "部分", "required": True,
                             "items": ("one",), "choices": choices}  # fmt: skip
    return PlannedField(kind=kind, **(known | more))


def plan_of(*fields: PlannedField, needs: tuple[PlannedMaterial, ...] = ()) -> Plan:
    schedule = Schedule("2026-03-06", 1, "2026-03-09", False, (), "1个工作日", 1, True, ())
    return Plan(None, "one", "一件", "market", "市市场监管局", (), (), fields, needs, (), schedule, (), {})


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "  湖岸酒店\u3000", "湖岸酒店"),
        ("text", "Ｎｏ．１", "No．1"),
        ("textarea", "第一行\n第二行", "第一行\n第二行"),
        ("integer", "１２０", "120"),
        ("integer", " 1,200 间 ", "1200"),
        ("integer", "120.0", "120.0"),
        ("decimal", "86.50", "86.50"),
        ("money", "1，000", "1000"),
        ("date", "2026-12-01", "2026-12-01"),
        ("date", "2026年12月1日", "2026-12-01"),
        ("date", "2026/12/1", "2026-12-01"),
        ("date", "２０２６.１２.１", "2026-12-01"),
        ("date", "20261201", "2026-12-01"),
        ("choice", "rent", "rent"),
        ("choice", "租用", "rent"),
        ("multi", "free|own", "own|free"),
        ("idcard", f" {PERSON[:6]} {PERSON[6:14]}-{PERSON[14:].lower()}", PERSON),
        ("uscc", FIRM.lower(), FIRM),
        ("phone", "139 0000-1234", "13900001234"),
        ("phone", "１３９００００１２３４", "13900001234"),
        ("email", " name@example.cn ", "name@example.cn"),
    ],
)
def test_what_people_mean_is_taken_and_made_normal(kind: str, typed: str, kept: str) -> None:
    unit = "间" if "间" in typed else ""
    assert form.clean(field(kind, unit=unit), typed, on=TODAY, demonstration=True) == (kept, None)


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        ("text", " \u3000 ", "请填写这一格"),
        ("choice", "", "请选择这一格"),
        ("text", "字" * 101, "最多 100 个字，现在是 101 个"),
        ("text", "看不\x00见", "特殊字符"),
        ("text", "半个\ud800字", "特殊字符"),
        ("integer", "十二", "请只填数字"),
        ("integer", "1e999999999", "请只填数字"),  # would be a number of a milliard digits
        ("integer", "nan", "请只填数字"),
        ("integer", "1_000", "请只填数字"),
        ("integer", "12.5", "请填整数"),
        ("integer", "0", "不能小于 1间"),
        ("integer", "501", "不能大于 500间，请核对单位"),
        ("decimal", "1.234", "最多两位小数"),
        ("date", "明天", "例如 2026 年 12 月 1 日"),
        ("date", "2026-02-30", "没有这一天"),
        ("choice", "buy", "请从选项里选择这一格：自有、租用、无偿使用"),
        ("choice", "own|rent", "只能选一项"),
        ("multi", "own|buy", "请从选项里选择"),
        ("idcard", PERSON[:17], "现在是 17 位"),
        ("idcard", PERSON[:17] + ("0" if PERSON[17] != "0" else "1"), "最后一位和前面对不上"),
        ("uscc", FIRM[:17] + ("0" if FIRM[17] != "0" else "1"), "最后一位和前面对不上"),
        ("uscc", "91421083MADEMX5O" + FIRM[16:], "数字 1、0、5、2"),
        ("phone", "1390000123", "现在是 10 位"),
        ("phone", "23900001234", "以 1 开头"),
        ("email", "name.example.cn", "name@example.cn"),
    ],
)
def test_what_cannot_be_taken_says_how_to_mend_it(kind: str, typed: str, words: str) -> None:
    limits = {"min": 1, "max": 500, "unit": "间"} if kind == "integer" else {}
    _, problem = form.clean(field(kind, **limits), typed, on=TODAY, demonstration=True)
    assert words in str(problem)


@pytest.mark.parametrize(("kind", "code"), [("idcard", PERSON), ("uscc", FIRM)])
def test_demonstration_codes_are_refused_outside_the_demonstration(kind: str, code: str) -> None:
    _, problem = form.clean(field(kind), code, on=TODAY, demonstration=False)
    assert "示例号段" in str(problem)


def test_optional_field_may_stay_empty() -> None:
    assert form.check(plan_of(field("text", required=False)), {}, answered={}, on=TODAY, demonstration=True) == ({}, {})


def test_answer_of_guidance_fills_its_field_whatever_is_typed() -> None:
    tenure = field("choice", answered="rent")
    values, problems = form.check(plan_of(tenure), {"it": "own"}, answered={}, on=TODAY, demonstration=True)
    assert (values, problems) == ({"it": "rent"}, {})


TENURE = field("choice", element="tenure", name="房屋")
LANDLORD = field("choice", element="landlord", name="房东", when={"tenure": ["rent"]})
LICENCE_NO = field("text", element="licence-no", name="房东证号", when={"landlord": ["free"]})


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ({"tenure": "own"}, {"tenure"}),
        ({"tenure": "rent", "landlord": "own"}, {"tenure", "landlord"}),
        ({"tenure": "租用", "landlord": "无偿使用"}, {"tenure", "landlord", "licence-no"}),  # as its label is typed
        ({"tenure": "own", "landlord": "free"}, {"tenure"}),  # chosen before, no longer asked
    ],
)
def test_only_fields_that_apply_are_asked(typed: dict[str, str], asked: set[str]) -> None:
    raw = {"licence-no": "", **typed}
    values, problems = form.check(plan_of(TENURE, LANDLORD, LICENCE_NO), raw, answered={}, on=TODAY, demonstration=True)
    assert set(values) | set(problems) == asked


def test_material_that_hangs_on_a_choice_that_is_not_asked_is_not_wanted() -> None:
    contract = PlannedMaterial("contract", "合同", "required", "copy", 1, ("one",), when={"landlord": ["free"]})
    plan = plan_of(TENURE, LANDLORD, needs=(contract,))
    for raw, wanted in (({"tenure": "own"}, 0), ({"tenure": "rent"}, 1), ({"tenure": "rent", "landlord": "free"}, 1)):
        rows = materials.standings(plan, {}, licences={}, earlier={}, facts=form.facts(plan, raw, {}))
        assert len(rows) == wanted, raw


def test_problems_of_all_fields_are_told_at_once() -> None:
    fields = [replace(field("text"), element=f"e{n}") for n in range(5)]
    _, problems = form.check(plan_of(*fields), {}, answered={}, on=TODAY, demonstration=True)
    assert list(problems) == [f"e{n}" for n in range(5)]
