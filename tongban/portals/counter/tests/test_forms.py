"""Rows of the window's screen."""

from __future__ import annotations

import pytest

from tongban.cases.rules.plan import PlannedField, PlannedMaterial
from tongban.portals.counter import forms
from tongban.themes.rules.materials import Standing, ways


def standing(way: str, *, necessity: str = "required", **more: object) -> Standing:
    material = PlannedMaterial("m", "材料", necessity, "copy", 2, ("i",), **more)  # type: ignore[arg-type]
    offered = ways(material, licence_id="x" if way == "licence" else None, has_earlier=way == "reuse", at_window=True)
    return Standing(material, offered, way, (), None, "", None)


@pytest.mark.parametrize(
    ("row", "chosen", "open_states", "note"),
    [
        (standing("counter"), "ready", ["counter", "missing"], "窗口收原件 2 份"),
        (standing("missing"), "missing", ["counter", "missing"], "没有带来"),
        (standing("upload"), "ready", ["upload", "missing"], "网上已传"),
        (standing("licence"), "free", ["counter", "missing", "licence"], "已有电子证照"),
        (standing("member", provided_by="x"), "free", ["member"], "由“甲”取得"),
        (standing("check", by_check=True, checked_by="市公安局"), "free", ["check"], "由市公安局核验"),
        (standing("defer", necessity="deferrable", defer_days=10), "defer", ["counter", "missing", "defer"], "先受理，10 个工作日内补交"),
        (standing("commit", commitment="我承诺"), "commit", ["counter", "missing", "commit"], "当面签承诺书"),
        (standing("none", necessity="optional"), "", ["counter", "none"], "选交，没有交"),
    ],
)  # fmt: skip
def test_material_shows_its_state_and_only_the_states_it_can_take(
    row: Standing, chosen: str, open_states: list[str], note: str
) -> None:
    shown = forms.material_row(row, provider="甲")
    assert (shown.state, [s.value for s in shown.states if s.value], shown.note) == (chosen, open_states, note)
    assert [s.is_chosen for s in shown.states].count(True) == 1


def field(name: str, value: str, *, required: bool = True, error: str = "") -> forms.FieldRow:
    planned = PlannedField(name, name, "text", "s", "部分", required, ())
    return forms.field_row(planned, value, error=error, source="", drives=False)


@pytest.mark.parametrize(
    ("rows", "after", "first"),
    [
        ([field("a", "1"), field("b", ""), field("c", "")], "", "b"),
        ([field("a", "1"), field("b", ""), field("c", "")], "b", "c"),
        ([field("a", ""), field("b", "1")], "b", "a"),  # round to the top
        ([field("a", "", required=False), field("b", "x", error="不对")], "", "b"),
        ([field("a", "1")], "gone", ""),
    ],
)
def test_cursor_goes_to_the_first_open_field_behind(rows: list[forms.FieldRow], after: str, first: str) -> None:
    assert next((row.name for row in forms.focus(rows, after=after) if row.is_first), "") == first
