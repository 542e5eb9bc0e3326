"""Files of other makers, DMN 1.1 to 1.5, are read; what is not supported is listed with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tongban.decisions.adapters import dmn, dmn_reading, xml
from tongban.decisions.rules import evaluation
from tongban.decisions.rules.evaluation import Given
from tongban.decisions.rules.reading import Reading
from tongban.decisions.tests.factories import TABLES, small

FOREIGN = Path(__file__).resolve().parent / "foreign"


def read(name: str, decision: str = "") -> Reading:
    return dmn_reading.read((FOREIGN / name).read_bytes(), decision=decision, org="market")


@pytest.mark.parametrize(
    ("name", "decision", "given", "outcome", "row"),
    [
        ("discount-1.1.dmn", "", {"customerType": "gold", "orderValue": 100}, {"discount": "0.05"}, 2),
        ("discount-1.1.dmn", "", {"customerType": "bronze", "orderValue": 999}, {"discount": None}, 3),
        ("discount-1.1.dmn", "", {"orderValue": 99}, {"discount": 0}, 1),
        ("prefixed-1.2.dmn", "", {"Violation-Kind": "speed", "Speed-Over": 30}, {"Fine": 1000}, 2),
        ("prefixed-1.2.dmn", "", {"Violation-Kind": "speed", "Speed-Over": 10}, {"Fine": 500}, 1),
        ("dish-1.3.dmn", "", {"season": "Fall", "guestCount": 8, "day": "2026-01-01", "vegetarian": True},
         {"dish": 'Roastbeef, but "green"', "price": "12.5"}, 1),
        ("dish-1.3.dmn", "", {"guestCount": 30, "day": "2026-05-01", "vegetarian": False}, {"dish": "Stew", "price": 8}, 2),
        ("collect-1.4.dmn", "", {"years": 4}, {"points": 10}, 1),
        ("several-1.5.dmn", "risk", {"score": 0.5}, {"Risk": "high"}, 2),
        ("several-1.5.dmn", "grant", {"Risk": "low"}, {"grant": True}, 1),
    ],
)  # fmt: skip
def test_foreign_table_is_read_and_answers(
    name: str, decision: str, given: dict[str, Given], outcome: dict[str, object], row: int
) -> None:
    table = read(name, decision).table
    assert table is not None
    result = evaluation.ask(evaluation.compiled(table), given)
    assert evaluation.plain_outcome(result.outcome) == outcome
    assert result.rows[0] == row
    assert dmn_reading.read(dmn.write(table)).table == table


def test_what_changed_on_the_way_is_told() -> None:
    said = [problem.message for problem in read("prefixed-1.2.dmn").problems]
    assert said == ["第 1 列输入“Violation Kind”改名为“Violation-Kind”", "第 2 列输入“Speed Over”改名为“Speed-Over”"]
    table = read("prefixed-1.2.dmn").table
    assert table is not None
    assert table.inputs[0].values == '"speed", "parking", "driving under the influence"'
    assert table.rows[1].when[1] == '? >= 30 and Violation-Kind = "speed"'
    assert (table.hit, table.outputs[0].values, table.rows[0].note) == ("PRIORITY", "1000, 500, 100", "Section 4")


def test_untyped_column_is_guessed_and_notes_are_joined() -> None:
    reading = read("collect-1.4.dmn")
    assert [(p.kind, p.message) for p in reading.problems] == [("hint", "没有写类型，按内容当作数字")]
    assert reading.table is not None
    assert (reading.table.aggregation, reading.table.rows[0].note) == ("MAX", "first years；§ 3")


def test_file_with_several_decisions_asks_which() -> None:
    reading = read("several-1.5.dmn")
    assert (reading.table, reading.problems) == (None, ())
    assert [(choice.id, choice.name) for choice in reading.choices] == [
        ("risk", "Risk"),
        ("grant", "Grant"),
        ("rate", "Rate"),
    ]
    assert "业务知识模型“Instalment”没有读" in [p.message for p in read("several-1.5.dmn", "risk").problems]
    assert "这个决策用到另一个决策的结果" in [p.message for p in read("several-1.5.dmn", "grant").problems]
    assert next(p.message for p in read("several-1.5.dmn", "rate").problems) == "这个决策是文字表达式，不是决策表"
    assert [p.message for p in read("several-1.5.dmn", "nothing").problems] == ["文件里没有决策“nothing”"]


def test_all_that_is_not_supported_is_listed_with_its_line() -> None:
    reading = read("unsupported-1.3.dmn")
    assert reading.table is None
    assert [(p.line, p.message) for p in reading.problems] == [
        (4, "不支持命中策略 OUTPUT ORDER"),
        (5, "第 1 列输入的表达式“applicant.age”不是一个名称"),
        (7, "不支持类型 dateTime"),
        (10, "第 3 列输入用的是 javascript，不是 FEEL"),
        (12, "第 1 列输出有默认值，不支持"),
        (14, "“floor(3.5)”：不支持函数“floor”"),
        (16, "这一格用的是 groovy，不是 FEEL"),
        (17, "“1 + 1”：不认识“+”"),
        (18, "这一行有 1 格条件、1 格结果，和列数不一致"),
    ]
    assert all(problem.remedy for problem in reading.problems)
    assert [p.message for p in read("context-1.3.dmn").problems] == [
        "这个决策调用业务知识模型，不支持", "这个决策是上下文（context），不是决策表",
    ]  # fmt: skip


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)
def test_export_import_export_is_byte_equal(table: object) -> None:
    first = dmn.write(table)  # type: ignore[arg-type]
    reading = dmn_reading.read(first)
    assert (reading.table, reading.problems) == (table, ())
    assert reading.table is not None
    assert dmn.write(reading.table) == first


def wrapped(grid: str, space: str = "https://www.omg.org/spec/DMN/20191111/MODEL/") -> bytes:
    return f'<definitions xmlns="{space}"><decision id="d" name="d">{grid}</decision></definitions>'.encode()


ENTITIES = b'<!DOCTYPE d [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><d>&c;</d>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (ENTITIES, "DOCTYPE"), (b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>', "DOCTYPE"), (b"", "不是合格的 XML"), (b"{}", "不是合格的 XML"),
        (b"<d>", "不是合格的 XML"), (b"<d>" * 60, "套得太深"), (b"<d>" + b"<e/>" * 50_001 + b"</d>", "内容太多"),
        (b" " * (xml.MOST_BYTES + 1), "超过 2 MB"), (b'<?xml version="1.0" encoding="x-none"?><d/>', "编码"), (b"\xff\xfe", "不是合格的 XML"),
        (b"<html/>", "不是 DMN"), (wrapped("", "http://www.omg.org/spec/BPMN/20100524/MODEL"), "不是 DMN"),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "没有决策"), (wrapped(""), "空的"),
        (wrapped("<decisionTable/>"), "inputs"), (wrapped('<decisionTable hitPolicy="RULE ORDER"/>'), "RULE ORDER"),
        (wrapped('<decisionTable hitPolicy="ANY"/>'), "ANY"), (wrapped('<decisionTable hitPolicy="COLLECT" aggregation="AVG"/>'), "AVG"),
    ],
)  # fmt: skip
def test_bad_file_is_refused_in_words(content: bytes, words: str) -> None:
    reading = dmn_reading.read(content)
    assert reading.table is None
    assert words in reading.problems[0].message


def test_own_file_keeps_its_code_and_organisation_and_a_foreign_one_takes_those_given() -> None:
    own = dmn_reading.read(dmn.write(small((["-", "-"], ["1"]))))
    assert own.table is not None
    assert (own.table.code, own.table.org) == ("demo-table", "human-resources")
    foreign = read("dish-1.3.dmn")
    assert foreign.table is not None
    assert (foreign.table.code, foreign.table.org, foreign.table.name) == ("dish-decision", "market", "Dish Decision")
