"""Rows of a list, the names in them, and what stands in the way."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.taskforce.rules import lists
from tongban.taskforce.rules.lists import ALL, Doubt, Match, Row, Unit


def row(seq: str = "1", **more: object) -> Row:
    given: dict[str, object] = {
        "sub": "",
        "section": "",
        "requirement": "做",
        "deadline": "",
        "due_on": None,
        "syncs": False,
        "lead": ("甲局",),
        "responsible": (),
    }
    return Row(seq, **(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("where", "place"),
    [("序号8（第2页）", ("8", "")), ("序号8-2（第9行）", ("8", "2")), ("完成时限", None), ("第3行", None)],
)
def test_a_finding_finds_its_row(where: str, place: tuple[str, str] | None) -> None:
    assert lists.place_of(where) == place


@pytest.mark.parametrize(
    ("reason", "column"),
    [
        ("“某某”不像单位名称，照原文保留", "responsible"),
        ("“牵头单位”为空，按合并单元格沿用上一行“甲”", "lead"),
        ("“尽快”认不出日期", "deadline"),
        ("序号不连续，上一行是序号3", "seq"),
        ("工作要求为空", "requirement"),
    ],
)
def test_a_finding_finds_its_column(reason: str, column: str) -> None:
    assert lists.column_of(reason) == column


def test_faults_of_rows() -> None:
    rows = [
        row(),
        row("2"),
        row("2"),
        row("2", sub="1"),
        row(""),
        row("5", requirement=""),
        row("6", lead=()),
        row("2", left_out="重复"),
    ]
    found = [[fault.words for fault in faults] for faults in lists.faults(rows)]
    double = ["序号 2 有 2 行，请改成不同的序号"]
    assert found == [[], double, double, [], ["没有序号"], ["工作要求为空"], ["没有牵头单位，也没有责任单位"], []]


@pytest.mark.parametrize(
    ("day", "years", "moved"),
    [
        (date(2021, 8, 31), 5, date(2026, 8, 31)),
        (date(2021, 2, 28), 3, date(2024, 2, 29)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2021, 9, 20), 0, date(2021, 9, 20)),
        (None, 5, None),
        (date(2021, 6, 7), 5, date(2026, 6, 7)),
    ],
)
def test_moved_years_keep_the_end_of_a_month(day: date | None, years: int, moved: date | None) -> None:
    assert lists.moved(day, years) == moved


def test_the_first_year_of_a_list_becomes_the_wanted_one() -> None:
    assert lists.year_shift([None, date(2022, 1, 31), date(2021, 9, 30)], 2026) == 5
    assert lists.year_shift([None], 2026) == 0


UNITS = (
    Unit("data", "市政务数据局", ("洪湖市政务服务和大数据管理局",)),
    Unit("market", "市市场监管局", ("洪湖市市场监督管理局",)),
    Unit("development", "市发改局", ("洪湖市发展和改革局",)),
    Unit("gas", "市中燃公司", ("洪湖市中燃公司",)),
)


@pytest.mark.parametrize(
    ("name", "codes", "how"),
    [
        ("市政务数据局", ("data",), "name"),
        ("市 政务数据局", ("data",), "name"),
        ("洪湖市政务服务和大数据管理局", ("data",), "alias"),
        ("州市场监督管理局", ("market",), "like"),
        ("州发改委", ("development",), "like"),
        ("州推进办", (), ""),
        ("县老名字", ("gas",), "before"),
        ("局", (), ""),
    ],
)
def test_a_printed_name_is_matched(name: str, codes: tuple[str, ...], how: str) -> None:
    found = lists.match(name, UNITS, {"县老名字": ["gas"]})
    assert (found.codes, found.how) == (codes, how)


def test_an_outside_unit_of_an_earlier_list_stays_outside() -> None:
    found = lists.match("火星局", UNITS, {"火星局": []})
    assert found.outside
    assert found.is_known


def test_a_likeness_to_two_is_none() -> None:
    twins = (Unit("a", "市水务局"), Unit("b", "县水务局"))
    assert lists.match("州水务局", twins, {}) == Match()


def test_a_likeness_is_not_yet_knowledge() -> None:
    assert not Match(("a",), how="like").is_known
    assert Match(("a",), how="hand").is_known
    assert not Match().is_known


def test_each_takes_part_once_and_who_leads_leads() -> None:
    known = {
        "甲局": Match(("a",), how="name"),
        "甲局老名": Match(("a",), how="alias"),
        "各单位": Match((ALL,), how="hand"),
        "外单位": Match(outside=True),
    }
    given = row(lead=("甲局",), responsible=("甲局老名", "各单位", "外单位"))
    found = [(share.code, share.name, share.leads) for share in lists.shares(given, known, ("a", "b"))]
    assert found == [("a", "甲局", True), ("b", "各单位", False), ("", "外单位", False)]


def test_a_list_is_clear_when_nothing_stands_in_the_way() -> None:
    known = {"甲局": Match(("a",), how="name")}
    assert lists.check([row()], known).is_clear
    assert lists.check([row(lead=("乙局",))], known).unknown == ("乙局",)
    assert lists.check([row(lead=("乙局",), left_out="不要")], known).is_clear
    assert not lists.check([row(), row()], known).is_clear


def test_names_typed_into_a_cell_are_parted_outside_brackets() -> None:
    assert lists.split_names("甲局、乙局（含丙、丁），戊办；甲局\n己") == ("甲局", "乙局（含丙、丁）", "戊办", "己")
    assert lists.split_names(" ") == ()


def test_doubt_keeps_its_words() -> None:
    assert row(doubts=(Doubt("seq", "x"),)).doubts[0].words == "x"
    assert row("8", sub="2").number == "8-2"
