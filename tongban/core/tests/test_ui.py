from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.template import engines

from tongban.core.templatetags import ui

AT = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2026, 11, 21), "2026年11月21日（星期六）"),
        ("2026-11-21", "2026年11月21日（星期六）"),
        (AT, "2026年11月21日（星期六）"),
        (None, ""),
    ],
)
def test_day_is_written_in_prose(value: date | str | None, words: str) -> None:
    assert ui.day(value) == words


def test_moment_is_that_of_china() -> None:
    assert [ui.moment(AT), ui.short_moment(AT), ui.moment(None)] == ["2026-11-21 15:30", "11-21 15:30", ""]
    assert [ui.iso_day(AT), ui.short_day(AT)] == ["2026-11-21", "11月21日"]


@pytest.mark.parametrize("kind", ["ok", "warn", "bad", "off", "done"])
def test_lamp_has_a_shape_and_a_word(kind: str) -> None:
    drawn = engines["django"].from_string("{% lamp kind words %}").render({"kind": kind, "words": "<临期>"})
    assert "<svg" in drawn
    assert "&lt;临期&gt;" in drawn


def test_shapes_of_lamps_differ() -> None:
    assert len(set(ui.LAMPS.values())) == len(ui.LAMPS)


@pytest.mark.parametrize(
    ("filter_", "value", "shown"),
    [
        (ui.masked_code, "11010519491231002X", "110***********002X"), (ui.masked_phone, "13900001234", "139****1234"),
        (ui.masked_name, "张三", "张*"), (ui.grouped, "4210832026", "4210832026"),
        (ui.grouped, "42108320261121000001T", "421083 20261121 000001 T"), (ui.megabytes, 310 * 1024, "310 KB"),
        (ui.megabytes, 2_500_000, "2.4 MB"), (ui.megabytes, 1, "1 KB"),
    ],
)  # fmt: skip
def test_values_are_shown_as_the_product_guide_says(filter_, value: object, shown: str) -> None:  # type: ignore[no-untyped-def]
    assert filter_(value) == shown
