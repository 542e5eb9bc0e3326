"""Figures of parts of a place: by unit, region, item, theme, channel."""

from __future__ import annotations

import random
from datetime import date

import pytest

from tongban.core import time
from tongban.evaluation.tests.factories import decided, rated
from tongban.indicators.models import Rollup
from tongban.indicators.queries import splitting, values
from tongban.indicators.queries.measured import Measured, Scope
from tongban.indicators.queries.measures import MEASURES
from tongban.indicators.queries.values import Group
from tongban.indicators.rules.scopes import WAYS, Within, around, within
from tongban.indicators.tests.factories import MARCH, on, small_march
from tongban.orgs.models import Region
from tongban.orgs.tests.factories import at_desk
from tongban.themes.queries import composing

PACK, TOWN, VILLAGE = "honghu", "421083001000", "421083001201"
LATE = "hh-overtime-item-count"


@pytest.fixture
def march(honghu: str) -> str:
    small_march()
    with time.moved(time.at_china(on(5), 10)):
        rated(decided(clerk=at_desk("market")), 1)
    return honghu


def count(*, received: int = 0, closed: int = 0, on_time: int = 0, **where: str) -> None:
    """Let a rollup say how many cases of a kind there were in March."""
    known = {
        "organisation": "market",
        "region": "421083000000",
        "item_code": "item",
        "theme_code": "",
        "channel": "web",
    }
    Rollup.objects.create(
        pack=PACK, month=MARCH, received=received, asked=0, accepted=received, closed=closed, on_time=on_time, granted=closed,
        refused=0, **{**known, **where},
    )  # fmt: skip


def measured_by(measure: str) -> str:
    return next(code for code, spec in values.specs(PACK).items() if spec.measure == measure and not spec.about)


def measured(measure: str, *parts: Within) -> Measured:
    return MEASURES[measure](Scope(PACK, MARCH, parts))


def words(measure: str, way: str) -> dict[str, str]:
    found = splitting.split(PACK, MARCH, measured(measure), way)
    return {code: figure.words for code, figure in found.items()}


def test_every_part_says_the_same_as_the_value_asked_for_that_part_alone(march: str) -> None:
    known = [row for row in values.values(PACK, month=MARCH) if row.measured is not None]
    told: list[tuple[str, Group]] = [
        (row.spec.code, group) for row in known for way in WAYS for group in values.groups(PACK, row, way)
    ]
    assert {group.part.way for _, group in told} == set(WAYS)
    for code, group in random.sample(told, 40):
        alone = values.value(PACK, code, month=MARCH, within=(group.part,))
        assert alone.measured is not None and alone.measured.figure == group.figure, (code, group)
        assert (alone.meets, alone.missing) == (group.meets, group.missing)


def test_cases_behind_the_figure_of_a_part_are_of_that_part(march: str) -> None:
    whole = values.value(PACK, LATE, month=MARCH)
    for way in ("organisation", "item", "channel"):
        for row in values.groups(PACK, whole, way):
            behind = values.cases_behind(PACK, values.value(PACK, LATE, month=MARCH, within=(row.part,)))
            assert behind is not None and behind.count() == row.figure.above == 1
    assert words("late", "organisation") == {"market": "1 件"}


def test_a_region_counts_what_lies_in_it_and_the_place_itself_is_no_part(honghu: str) -> None:
    Region.objects.create(code=VILLAGE, pack=PACK, name="示例村", parent_id=TOWN, file="", position=99)
    count(closed=4, on_time=1, region=VILLAGE)
    count(closed=6, on_time=6, region=TOWN)
    count(closed=90, on_time=90)
    count(closed=7, on_time=0, region="421099001000")  # of another place
    assert words("on-time", "region") == {VILLAGE: "25.0 %", TOWN: "70.0 %"}
    assert measured("on-time", Within("region", TOWN)).figure.words == "70.0 %"


def test_parts_that_are_asked_for_together_must_all_hold(honghu: str) -> None:
    count(closed=4, on_time=1, region=TOWN)
    count(closed=2, on_time=2, region=TOWN, channel="window")
    count(closed=9, on_time=9, region=TOWN, organisation="police")
    town, market, police = Within("region", TOWN), Within("organisation", "market"), Within("organisation", "police")
    assert measured("on-time", market, town).figure.words == "50.0 %"
    assert measured("on-time", market, town, Within("channel", "web")).figure.words == "25.0 %"
    assert measured("on-time", market, police).figure.words == "无数据"


def test_share_of_online_cases_within_a_channel_is_all_or_nothing(honghu: str) -> None:
    count(received=3)
    count(received=5, channel="window")
    assert words("received-online", "channel") == {"web": "100.0 %", "window": "0.0 %"}


def test_cases_of_no_theme_are_a_part_of_their_own_and_the_worst_comes_first(honghu: str) -> None:
    theme = next(iter(composing.themes(PACK)))
    count(closed=4, on_time=1)
    count(closed=9, on_time=1, theme_code=theme.code)
    rows = values.groups(PACK, values.value(PACK, LATE, month=MARCH), "theme")
    assert [(row.name, row.figure.words, row.meets) for row in rows] == [
        (theme.short_name, "8 件", False), ("单独办理", "3 件", False)
    ]  # fmt: skip


def test_items_are_told_apart_by_unit_theme_and_region_of_the_unit(honghu: str) -> None:
    found = values.value(PACK, measured_by("no-visit"), month=MARCH)
    assert found.measured is not None
    by_unit = values.groups(PACK, found, "organisation")
    assert sum(row.figure.above for row in by_unit) == found.measured.figure.above
    assert sum(row.figure.below or 0 for row in by_unit) == found.measured.figure.below
    assert values.groups(PACK, found, "channel") == [] == values.groups(PACK, found, "region")
    assert len(values.groups(PACK, found, "theme")) == 40
    assert splitting.SPLITS["items"] == ("organisation", "theme", "item", "region")


def test_what_cannot_be_told_apart_says_so_and_is_no_zero(honghu: str) -> None:
    item_measure = measured_by("no-visit")
    found = values.value(PACK, item_measure, month=MARCH, within=(Within("channel", "web"),))
    assert (found.words, found.number, found.meets, found.is_apart) == ("不这样分", None, None, True)
    report = values.value(PACK, "xx-county-hall-area", month=MARCH, within=(Within("region", TOWN),))
    assert (report.words, report.meets) == ("不这样分", None)
    assert values.value(PACK, "xx-county-hall-area", month=MARCH, org="market").words == "未填报"
    assert values.groups(PACK, report, "organisation") == []


def test_a_target_of_the_whole_place_is_none_of_its_parts(march: str) -> None:
    code = "wc-annual-case-count"  # 不低于 26 万
    whole = values.value(PACK, code, month=MARCH)
    assert whole.meets is False and not whole.is_beyond
    own = values.value(PACK, code, month=MARCH, org="market")
    assert own.meets is None and own.is_beyond
    assert {row.meets for row in values.groups(PACK, whole, "item")} == {None}


def test_addresses_name_parts() -> None:
    assert within("region:421083001000") == Within("region", TOWN)
    assert within("unit:market") is within("region:") is within("") is None
    assert around(VILLAGE) == {VILLAGE, TOWN, "421083000000", "421000000000", "420000000000"}
    assert date(2026, 3, 1) == MARCH
