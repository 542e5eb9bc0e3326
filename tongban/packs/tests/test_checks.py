"""Packs with one fault in their organisations, windows, words, tables or themes: each fault is found, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tongban.packs import services
from tongban.packs.adapters import folder
from tongban.packs.rules import themes
from tongban.packs.rules.pack import Located
from tongban.packs.tests.factories import HONGHU, change, copy_of_pack, place_of
from tongban.themes.rules.spec import Choice, Question, ThemeSpec

HOTEL = "themes/honghu-12.yaml"
VILLAGE = 'region: "421083101000", org: data, level: village'


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return copy_of_pack(tmp_path)


FAULTS = [
    ("organisations.yaml", 'region: "421083000000"', 'region: "421083999000"', "region", "区划 421083999000 没有定义"),
    ("windows.yaml", "org: neighbour-hall", "org: nobody", "org", "没有定义机构“nobody”"),
    ("windows.yaml", 'region: "421099000000"', 'region: "421098000000"', "region", "区划 421098000000 没有定义"),
    ("windows.yaml", VILLAGE, f"{VILLAGE}, items: [no-such-item]", "item", "没有定义事项“no-such-item”"),
    ("windows.yaml", VILLAGE, f"{VILLAGE}, items: [business-licence]", "item-level", "没有下放到这一级"),
    ("vocabulary/core.yaml", "prefill: party.name", "prefill: licence:no-licence:name", "licence-type", "没有定义证照类型“no-licence”"),
    ("vocabulary/core.yaml", "licence_type: business-licence", "licence_type: no-licence", "licence-type", "没有定义证照类型“no-licence”"),
    ("decisions.yaml", "org: human-resources", "org: nobody", "org", "没有定义机构“nobody”"),
    ("decisions.yaml", "name: employed-on", "name: employed-since", "decision-", "employed-since"),
    (HOTEL, "value: own, label: 自有", "value: mine, label: 自有", "choices", "选项和数据元“premises-tenure”的选项不一致"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "old", "new", "rule", "words"), FAULTS, ids=[f"{n}-{row[3]}" for n, row in enumerate(FAULTS)]
)
def test_fault_of_a_pack_is_found_where_it_stands(
    pack: Path, name: str, old: str, new: str, rule: str, words: str
) -> None:
    file = place_of(pack, name, old)
    line = change(pack, name, old, new)
    here = [f for f in services.check(pack) if f.file == file and f.rule.startswith(rule) and words in f.message]
    assert here, services.check(pack)[:3]
    assert abs(here[0].line - line) <= 1


def test_window_of_a_station_may_take_what_is_let_down_to_it(pack: Path) -> None:
    change(pack, "windows.yaml", VILLAGE, f"{VILLAGE}, items: [vaccination-query]")
    assert services.check(pack) == []


def test_condition_on_an_element_that_is_nowhere_is_told_once_as_a_missing_element(pack: Path) -> None:
    name = place_of(pack, "vocabulary/core.yaml", "code: premises-tenure")
    change(pack, name, "code: premises-tenure", "code: premises-tenancy")
    assert {f.rule for f in services.check(pack)} == {"element"}


def test_circle_made_by_a_licence_that_an_earlier_member_needs_is_found(pack: Path) -> None:
    change(
        pack,
        "items/business-licence.yaml",
        "- {type: lease-contract",
        "- {type: hotel-circle}\n  - {type: lease-contract",
    )
    core = place_of(pack, "vocabulary/core.yaml", "materials:\n")
    material = (
        "{code: hotel-circle, name: 旅馆业特种行业许可证（示例）, why: 试一试, licence_type: special-trade-licence}"
    )
    change(pack, core, "materials:\n", f"materials:\n  - {material}\n")
    circles = [f for f in services.check(pack) if f.rule == "circle"]
    assert [(f.file, "互相等待" in f.message) for f in circles][:1] == [(HOTEL, True)], services.check(pack)[:3]


def question(n: int) -> Question:
    choices = tuple(Choice(value=f"way-{way}", label=f"{way}") for way in range(6))
    return Question(code=f"question-{n}", ask=f"第 {n} 题", why="试一试", choices=choices)


def test_too_many_ways_through_guidance_are_not_walked() -> None:
    pack, _ = folder.read(HONGHU)
    theme = pack.themes["honghu-12"]
    dead = tuple(member.model_copy(update={"when": {"question-0": ["no-way"]}}) for member in theme.spec.members)

    def asking(count: int) -> Located[ThemeSpec]:
        questions = tuple(question(n) for n in range(count))
        return replace(theme, spec=theme.spec.model_copy(update={"questions": questions, "members": dead}))

    assert len(themes.outcomes(asking(4).spec) or ()) == 6**4
    assert themes.outcomes(asking(5).spec) is None
    for count, rules in ((4, {"when-dead"}), (5, set())):
        pack.themes = {theme.spec.code: asking(count)}
        assert {f.rule for f in themes.check_composable(pack)} == rules
        assert [f.rule for f in themes.dead_ends(asking(count))] == ["dead-end"] * bool(rules)


GRANT = 'grant: {held_by: market, document: 示例赋权〔2025〕1号}\npower_source: "2"\nfrom_on: 2026-01-01\n'


def granted(pack: Path, org: str, grant: str = GRANT) -> list[tuple[str, str]]:
    (pack / "items" / "business-licence-park.yaml").write_text(
        f'code: business-licence-park\ninherits: business-licence\ncatalog_code: "420700001000"\norg: {org}\n{grant}',
        "utf-8",
    )
    return [(found.rule, found.message) for found in services.check(pack)]


def test_what_was_granted_to_another_body_may_bear_the_same_name(pack: Path) -> None:
    assert granted(pack, "data") == []


@pytest.mark.parametrize(
    ("org", "grant", "words"),
    [
        ("data", GRANT.replace("market", "nobody"), "没有定义机构“nobody”"),
        ("market", GRANT, "同一个机构"),
        ("data", GRANT.replace("market", "police"), "无从赋权"),
    ],
)
def test_only_what_a_body_has_can_be_granted(pack: Path, org: str, grant: str, words: str) -> None:
    assert any(words in message for _, message in granted(pack, org, grant))


def test_supervision_and_appeals_are_two_bodies_that_exist(pack: Path) -> None:
    change(pack, "pack.yaml", "appeals: business-environment", "appeals: data")
    assert any(found.rule == "appeals" for found in services.check(pack))
    change(pack, "pack.yaml", "appeals: data", "appeals: nobody")
    assert any("没有定义机构“nobody”" in found.message for found in services.check(pack))


def test_a_place_names_a_third_body_or_none(pack: Path) -> None:
    assert not [found for found in services.check(pack) if found.rule in ("arbiter", "org")]
    for code, rule in (
        ("data", "arbiter"),
        ("business-environment", "arbiter"),
        ("nobody", "org"),
        ("development", ""),
    ):
        change(pack, "pack.yaml", "appeals: business-environment", f"appeals: business-environment\narbiter: {code}")
        assert {found.rule for found in services.check(pack)} & {"arbiter", "org"} == ({rule} if rule else set())
        change(pack, "pack.yaml", f"\narbiter: {code}", "")
