from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tongban.documents.rules import (
    TITLES,
    WAY_WORDS,
    WORDS,
    Kind,
    Served,
    TemplateSpec,
    Way,
    chosen,
    code_of,
    effective_on,
    fault_of,
    number,
    sample,
    service_flaws,
)

ISSUED, TODAY = date(2026, 3, 2), date(2026, 3, 6)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_paper_has_a_title_a_word_of_its_own_and_a_sample(kind: Kind) -> None:
    assert TITLES[kind]
    assert list(WORDS.values()).count(WORDS[kind]) == 1
    assert TITLES[kind] in sample(kind).paragraphs[0]
    assert bool(sample(kind).remedy) == (kind in (Kind.REFUSAL, Kind.NOT_ACCEPTED, Kind.TERMINATION, Kind.REVOCATION))
    assert all(len(row) == len(sample(kind).head) for row in sample(kind).rows)


def test_number_is_written_as_official_papers_are() -> None:
    assert number("市监", Kind.GRANT, 2026, 12) == "市监准〔2026〕12 号"


def template(org: str, kind: Kind | None) -> TemplateSpec:
    return TemplateSpec(code=code_of(org or "place", kind), name="模板", org=org, kind=kind, text="a")


def test_own_template_comes_before_that_of_the_place_and_one_for_the_kind_before_one_for_all() -> None:
    wanted = [("market", Kind.GRANT), ("market", None), ("", Kind.GRANT), ("", None)]
    known = {f"{org}-{kind}": template(org, kind) for org, kind in wanted}
    for org, kind in wanted:
        assert chosen(known, org="market", kind=Kind.GRANT) == f"{org}-{kind}"
        del known[f"{org}-{kind}"]
    others = {"x": template("police", None), "y": template("market", Kind.REFUSAL)}
    assert chosen(others, org="market", kind=Kind.GRANT) == ""


def test_code_of_a_template_names_organisation_and_kind() -> None:
    assert code_of("market", Kind.NOT_ACCEPTED) == "market.not-accepted"
    assert code_of("market", None) == "market.all"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("unknown variable: foo", "没有叫“foo”的变量"),
        ('dictionary does not contain key "nope"', "数据里没有“nope”"),
        ("unclosed delimiter", "没有配成对"),
        ("unexpected closing bracket", "多了一个右括号"),
        ("expected expression", "应当是 expression"),
        ("missing argument: body", "少写了参数 body"),
        ("unexpected argument: foo", "多写了参数"),
        ("file not found (searched at /x)", "不能读文件"),
        ('path `"../x"` would escape the project root', "不能读文件"),
        ("failed to download package (x)", "不能下载"),
        ("maximum function call depth exceeded", "一直算不完"),
        ("condition is always true", "一直算不完"),
        ("unknown font family: foo", "没有“foo”这种字体"),
        ("too many pages", "超过 50 页"),
        ("cannot add integer and string", "不能这样用（add integer and string）"),
        ("panicked with: 停", "模板自己停了：停"),
        ("something new", "排版程序说：something new"),
    ],
)
def test_what_the_typesetter_says_is_told_in_plain_words_at_its_line(said: str, words: str) -> None:
    fault = fault_of(said, "error: x\n  ┌─ main.typ:12:5\n  │\n")
    assert (fault.line, words in fault.words) == (12, True), fault.words
    assert str(fault).startswith("第 12 行：")


def test_fault_without_a_place_stands_at_the_first_line() -> None:
    assert fault_of("too many pages", "").line == fault_of("something new", "").line == 1


def served(way: Way, **changes: object) -> Served:
    whole = Served(
        way, "张示例", date(2026, 3, 5), witness="社区王某", entrusted_to="武汉市示例局", waybill="SF123456",
        announced_in="市政府网站", note="拒绝签收",
    )  # fmt: skip
    return replace(whole, **changes)  # type: ignore[arg-type]


def flaws(found: Served, *, has_consent: bool = True) -> dict[str, str]:
    return service_flaws(found, issued_on=ISSUED, today=TODAY, has_consent=has_consent)


@pytest.mark.parametrize("way", list(Way))
def test_each_way_of_service_can_be_recorded_whole(way: Way) -> None:
    assert WAY_WORDS[way].endswith("送达")
    assert flaws(served(way)) == {}


@pytest.mark.parametrize(
    ("way", "changes", "field"),
    [
        (Way.DIRECT, {"recipient": ""}, "recipient"),
        (Way.DIRECT, {"recipient": "张" * 61}, "recipient"),
        (Way.DIRECT, {"served_on": date(2026, 3, 1)}, "served_on"),
        (Way.DIRECT, {"served_on": date(2026, 3, 7)}, "served_on"),
        (Way.DIRECT, {"note": "长" * 201}, "note"),
        (Way.LEFT, {"witness": ""}, "witness"),
        (Way.LEFT, {"witness": "长" * 101}, "witness"),
        (Way.LEFT, {"note": ""}, "note"),
        (Way.ENTRUSTED, {"entrusted_to": ""}, "entrusted_to"),
        (Way.MAILED, {"waybill": ""}, "waybill"),
        (Way.ANNOUNCED, {"announced_in": ""}, "announced_in"),
        (Way.ANNOUNCED, {"announced_days": 29}, "announced_days"),
        (Way.ANNOUNCED, {"announced_days": 181}, "announced_days"),
    ],
)
def test_service_without_its_proof_is_refused_at_its_field(way: Way, changes: dict[str, object], field: str) -> None:
    assert list(flaws(served(way, **changes))) == [field]


def test_proof_of_another_way_is_not_asked_for() -> None:
    assert flaws(served(Way.DIRECT, witness="", waybill="", entrusted_to="", announced_in="", note="")) == {}
    assert flaws(served(Way.DIRECT, announced_days=0)) == {}


def test_electronic_service_needs_consent() -> None:
    # 民事诉讼法 (2023) art. 90
    assert list(flaws(served(Way.ELECTRONIC), has_consent=False)) == ["way"]
    assert flaws(served(Way.DIRECT), has_consent=False) == {}


def test_announcement_takes_effect_when_its_days_are_over_and_every_other_way_at_once() -> None:
    # 民事诉讼法 (2023) art. 95: thirty days from the announcement, the day itself not counted
    assert effective_on(served(Way.ANNOUNCED)) == date(2026, 4, 4)
    for way in set(Way) - {Way.ANNOUNCED}:
        assert effective_on(served(way)) == date(2026, 3, 5)
