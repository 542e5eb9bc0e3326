"""Whole documents: two official lists as they came out of PDF, and two papers that hold no such list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tongban.gazette import cli, queries
from tongban.gazette.rules.shapes import Kind, Refused

SAMPLES = Path(__file__).parent / "data"


def in_narrow_brackets(value: object) -> object:
    return json.loads(json.dumps(value, ensure_ascii=False).replace("（", "(").replace("）", ")"))


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [("xiangxi-2021-task-list", Kind.TASKS, 58), ("honghu-2022-one-thing-plan", Kind.THEMES, 40)],
)
def test_official_list_is_read_as_it_was_by_hand(name: str, kind: Kind, count: int) -> None:
    expected = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))

    reading = queries.read(SAMPLES / f"{name}.txt", kind)

    rows = json.loads(cli.as_json(reading))
    assert len(rows) == count
    assert in_narrow_brackets(rows) == in_narrow_brackets(expected)
    assert reading.findings == ()


def test_themes_of_the_plan_hold_all_their_items() -> None:
    rows = json.loads(cli.as_json(queries.read(SAMPLES / "honghu-2022-one-thing-plan.txt", Kind.THEMES)))
    assert sum(len(row["items"]) for row in rows) == 181


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("name", ["hunan-2019-work-points", "xiangxi-2021-action-plan"])
def test_paper_without_a_list_is_refused_with_the_way_to_mend_it(name: str, kind: Kind) -> None:
    with pytest.raises(Refused) as refusal:
        queries.read(SAMPLES / f"{name}.txt", kind)
    assert refusal.value.code == "gazette.no_table"
    assert "表头" in refusal.value.remedy


@pytest.mark.parametrize(
    ("name", "kind", "other"),
    [("xiangxi-2021-task-list", Kind.THEMES, "tasks"), ("honghu-2022-one-thing-plan", Kind.TASKS, "themes")],
)
def test_list_of_the_other_kind_is_refused_and_named(name: str, kind: Kind, other: str) -> None:
    with pytest.raises(Refused) as refusal:
        queries.read(SAMPLES / f"{name}.txt", kind)
    assert f"--as {other}" in refusal.value.remedy
