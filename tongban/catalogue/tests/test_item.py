from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from tongban.catalogue.rules import alike, checks, elements
from tongban.catalogue.rules.basic import BasicItem
from tongban.catalogue.rules.instant import instant_flaws
from tongban.catalogue.rules.item import ItemSpec
from tongban.decisions.rules.table import Table

ITEM: dict[str, Any] = {
    "code": "hotel-licence", "name": "旅馆许可", "type": "01", "catalog_code": "420100005000", "org": "police", "summary": "开旅馆",
    "basis": [{"law": "旅馆业治安管理办法", "article": "第四条"}], "audience": ["firm"], "conditions": ["有房屋"], "statutory_days": 20,
    "promised_days": 10, "fields": [{"element": "premises-name"}], "result": {"kind": "paper", "name": "批复"},
    "steps": [{"code": "paper", "name": "书面审查"}, {"code": "site", "name": "现场", "after": []},
              {"code": "sign", "name": "审批", "after": ["paper", "site"]}],
}  # fmt: skip

INSTANT: dict[str, Any] = {"table": "hotel-table"}
DEFAULT = {"document": "某办法", "quote": "逾期视为同意"}


def item(**more: Any) -> ItemSpec:
    return ItemSpec.model_validate(ITEM | more)


@pytest.mark.parametrize(("step", "waits"), [("paper", ()), ("site", ()), ("sign", ("paper", "site"))])
def test_step_waits_for_those_it_names(step: str, waits: tuple[str, ...]) -> None:
    assert item().waits(step) == waits


def test_step_that_names_none_waits_for_the_one_before() -> None:
    spec = item(steps=[{"code": "one-step", "name": "一"}, {"code": "two-step", "name": "二"}])
    assert [spec.waits(step.code) for step in spec.steps] == [(), ("one-step",)]


@pytest.mark.parametrize(
    ("more", "words"),
    [  # standards reference 1.5
        ({"promised_days": 21}, "承诺时限比法定时限长"),
        ({"visits": 1}, "visit_reason"),
        ({"catalog_code": "420700005000"}, "第 3、4 位"),
        ({"steps": []}, "至少要有一个审查环节"),
        ({"fields": [{"element": "premises-name"}] * 2}, "同一数据元只写一次"),
        ({"materials": [{"type": "id-card"}] * 2}, "同一材料类型只写一次"),
        ({"steps": [{"code": "paper", "name": "一"}] * 2}, "code 不能重复"),
        ({"steps": [{"code": "paper", "name": "一", "after": ["sign"]}]}, "不在它前面"),
        ({"materials": [{"type": "id-card", "necessity": "deferrable"}]}, "defer_days"),
        ({"materials": [{"type": "id-card", "defer_days": 5}]}, "defer_days"),
        ({"result": {"kind": "licence", "name": "许可证"}}, "licence_type"),
        ({"result": {"kind": "paper", "name": "批复", "licence_type": "business-licence"}}, "licence_type"),
        ({"instant": INSTANT, "tracked_only": True}, "只跟踪的事项不能秒批"),
        ({"instant": INSTANT, "safety": True}, "人身健康的事项不能秒批"),
        ({"instant": INSTANT, "fee": {"standard": "10元", "basis": "某文"}}, "收费的事项不能秒批"),
        ({"instant": INSTANT, "visits": 1, "visit_reason": "面签"}, "要到现场的事项不能秒批"),
        ({"instant": INSTANT, "steps": [{"code": "site", "name": "现场", "on_site": True}]}, "要到现场的事项不能秒批"),
        ({"instant": INSTANT | {"grant": []}}, "grant"),
        ({"on_timeout": DEFAULT, "safety": True}, "人身健康的事项不能超时默认"),
        ({"on_timeout": DEFAULT, "tracked_only": True}, "只跟踪的事项不能超时默认"),
        ({"instant": INSTANT | {"grant": ["yes"], "refuse": ["no", "yes"]}}, "同一个结论"),
        ({"basis": []}, "basis"),
        ({"fields": []}, "fields"),
        ({"audience": []}, "audience"),
        ({"conditions": []}, "conditions"),
        ({"type": "99"}, "type"),
    ],
)
def test_item_that_breaks_a_rule_is_refused_with_words(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        item(**more)
    assert words in str(refusal.value)


def test_permit_of_an_outside_body_needs_no_steps() -> None:
    assert item(steps=[], tracked_only=True).steps == ()


TABLE = {
    "code": "hotel-table", "name": "旅馆秒批", "org": "police", "inputs": [{"name": "premises-name", "type": "string"}],
    "outputs": [{"name": "result", "type": "string"}], "rows": [{"when": ["-"], "then": ['"approve"']}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("instant", "table", "facts", "words"),
    [
        ({}, TABLE, {"premises-name"}, []),
        ({}, TABLE, set(), ["要看“premises-name”"]),
        ({}, None, {"premises-name"}, ["没有定义决策表"]),
        ({}, TABLE | {"org": "fire"}, {"premises-name"}, ["由别的单位负责"]),
        ({"output": "answer"}, TABLE, {"premises-name"}, ["没有叫“answer”的输出"]),
        ({"grant": ["yes", "sure"]}, TABLE, {"premises-name"}, ["没有一行的结论是yes、sure"]),
        ({"grant": ["yes", "approve"]}, TABLE, {"premises-name"}, []),
    ],
)
def test_table_that_could_never_decide_a_case_is_a_flaw(
    instant: dict[str, Any], table: dict[str, Any] | None, facts: set[str], words: list[str]
) -> None:
    spec = Table.model_validate(table) if table else None
    found = [message for _, message, _ in instant_flaws(item(instant=INSTANT | instant), spec, facts)]
    assert len(found) == len(words) and all(each in said for each, said in zip(words, found, strict=True))


def test_item_without_a_table_has_no_flaw_of_it() -> None:
    assert list(instant_flaws(item(), None, set())) == []


@pytest.mark.parametrize(
    ("more", "on", "words"),
    [
        ({}, date(2026, 5, 1), ""),
        ({"prepared": False}, date(2026, 5, 1), "还在编制"),
        ({"suspended": {"since": date(2026, 5, 1), "words": "系统升级"}}, date(2026, 4, 30), ""),
        ({"suspended": {"since": date(2026, 5, 1), "words": "系统升级"}}, date(2026, 5, 1), "系统升级"),
        ({"from_on": date(2026, 5, 1)}, date(2026, 4, 30), "起才能办理"),
        ({"from_on": date(2026, 5, 1)}, date(2026, 5, 1), ""),
        ({"until_on": date(2026, 5, 1)}, date(2026, 4, 30), ""),
        ({"until_on": date(2026, 5, 1)}, date(2026, 5, 1), "取消"),
    ],
)
def test_an_item_says_on_which_days_it_cannot_be_applied_for(more: dict[str, Any], on: date, words: str) -> None:
    said = item(**more).closed_words(on)
    assert (words in said) if words else said == ""


@pytest.mark.parametrize(
    ("online", "visits", "grade"),
    [(("4", "5", "6"), 0, 4), (("4", "5", "6"), 1, 3), (("4",), 0, 3), (("4",), 2, 1), (("2", "4"), 2, 2), (("3",), 0, 2), (("1",), 0, 1)],
)  # fmt: skip
def test_the_grade_of_online_handling_follows_from_what_is_done_online_and_the_visits(
    online: tuple[str, ...], visits: int, grade: int
) -> None:
    assert item(online=online, visits=visits, visit_reason="核验原件").reached_depth == grade


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"statutory_days": 1, "promised_days": 2}, "1.5-8"),
        ({"visits": 1}, "1.5-2"),
        ({"catalog_code": "420500001000"}, "1.2-2"),
        ({"type": "01", "catalog_code": "420100001000", "steps": []}, "1.5-7"),
        ({"person_topics": ["080"]}, "1.3-1"),
        ({"firm_topics": ["001"]}, "1.3-1"),
        ({"body": "3"}, "1.3-2"),
        ({"entrusted_by": "县司法局"}, "1.3-2"),
        ({"from_on": date(2026, 5, 2), "until_on": date(2026, 5, 2)}, "1.4-4"),
    ],
)
def test_a_broken_item_names_the_rule_it_breaks(more: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError) as problem:
        item(**more)
    assert [error["ctx"]["error"].rule for error in problem.value.errors()] == [rule]


def test_an_item_nobody_can_call_or_find_is_at_fault() -> None:
    found = {fault.rule: fault for fault in checks.faults(item(), checks.Surroundings())}
    assert "咨询电话、投诉电话、办理地点" in found["1.4-6"].message
    told = checks.Surroundings(phone="0716-1", supervision_phone="12345", address="大厅")
    assert "1.4-6" not in {fault.rule for fault in checks.faults(item(), told)}
    assert not next(
        f for f in checks.faults(item(tracked_only=True), checks.Surroundings()) if f.rule == "1.4-6"
    ).blocks


@pytest.mark.parametrize(
    ("steps", "days"),
    [
        ([], 0),
        ([{"code": "aa", "name": "甲", "days": 2}, {"code": "bb", "name": "乙", "days": 3}], 5),
        ([{"code": "aa", "name": "甲", "days": 2}, {"code": "bb", "name": "乙", "days": 3, "after": []}], 3),
    ],
)
def test_the_longest_chain_of_steps_counts(steps: list[dict[str, Any]], days: int) -> None:
    assert checks.longest(item(type="20", catalog_code="422000005000", steps=steps)) == days


def test_the_meter_counts_what_a_guide_would_miss() -> None:
    assert elements.completeness({}) == (0, [elements.WORDS[e] for e in elements.METERED])
    whole = dict.fromkeys(elements.METERED, "x")
    assert elements.completeness(whole) == (100, [])
    assert elements.completeness({**whole, "faq": []}) == (93, ["常见问题"])


@pytest.mark.parametrize(
    ("element", "before", "after"),
    [
        ("name", {"name": "甲", "aliases": ["丙"]}, {"name": "乙", "aliases": ["丙", "甲"]}),
        ("type", {"type": "10"}, {"type": "01"}),
        ("audience", {"audience": ["firm"]}, {"audience": ["person"]}),
        ("statutory_days", {}, {"statutory_days": 20}),
        ("promised_days", {"promised_days": 9}, {"promised_days": 5}),
        ("materials", {"materials": [{"type": "aa"}, {"type": "bb"}]}, {"materials": [{"type": "aa"}]}),
        ("fee", {"fee": {"standard": "x"}, "visits": 1}, {"visits": 1}),
        ("summary", {"summary": "丁", "fee": {"standard": "x"}}, {"summary": "丁", "fee": {"standard": "x"}}),
    ],
)
def test_one_element_is_taken_over_from_the_basic_list(
    element: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    basic = BasicItem(
        code="420100005000",
        name="乙",
        type="01",
        audience=("person",),
        statutory_days=20,
        promised_days=5,
        materials=("aa",),
    )
    assert alike.adopted(before, element, basic) == after


GRANT = {"held_by": "county-market", "document": "示例赋权〔2025〕1号"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"grant": GRANT, "from_on": "2026-01-01"}, "赋权的事项要写权力来源"),
        ({"grant": GRANT, "power_source": "2"}, "赋权的事项要写权力来源"),
        ({"grant": {**GRANT, "revoked_by": "示例〔2026〕2号"}, "power_source": "2", "from_on": "2026-01-01"}, "收回赋权要写"),
        ({"grant": {**GRANT, "revoked_by": "示例〔2026〕2号", "reason": "承接能力不足"}, "power_source": "2", "from_on": "2026-01-01"},
         "从哪天起停办"),
    ],
)  # fmt: skip
def test_a_grant_to_a_park_says_whence_from_when_and_why_it_ended(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        item(**more)


def test_a_granted_item_can_be_filed_from_its_day_to_the_day_it_was_taken_back() -> None:
    granted = item(
        grant={**GRANT, "revoked_by": "示例〔2026〕2号", "reason": "承接能力不足"}, power_source="2", from_on="2026-01-01",
        until_on="2026-06-01",
    )  # fmt: skip
    closed = [
        bool(granted.closed_words(date.fromisoformat(day)))
        for day in ("2025-12-31", "2026-01-01", "2026-05-31", "2026-06-01")
    ]
    assert closed == [True, False, False, True]
