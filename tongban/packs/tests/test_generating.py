from __future__ import annotations

import pytest

from tongban.orgs.rules import RegionSpec, level_of
from tongban.packs.rules.generating import FillRule, StationRule, fillers, missing, stations, townships, villages

COUNTY = "433122000000"
TOWNS = [
    RegionSpec(code=COUNTY, name="泸溪县", parent="433100000000"),
    RegionSpec(code="433122001000", name="某街道", parent=COUNTY),
    RegionSpec(code="433122102000", name="达岚镇", parent=COUNTY),
    RegionSpec(code="433122400000", name="某林场", parent=COUNTY),
    RegionSpec(code="433123101000", name="别县的镇", parent="433123000000"),
]
FILL = FillRule(
    code="county-licence", name="县级许可", level="4", types=("01",), total=5, org="hall", first="430194001000"
)


def rule(count: int) -> StationRule:
    return StationRule(county=COUNTY, villages=count, org="hall")


def test_townships_are_those_right_below_the_county() -> None:
    assert [town.name for town in townships(COUNTY, TOWNS)] == ["某街道", "达岚镇", "某林场"]


def test_villages_are_spread_evenly_with_codes_of_their_kind_and_none_on_a_farm() -> None:
    made = list(villages(rule(5), TOWNS))
    assert [row.code for row in made] == [
        "433122001001",
        "433122001002",
        "433122001003",
        "433122102201",
        "433122102202",
    ]
    assert [row.name for row in made] == ["示例社区01", "示例社区02", "示例社区03", "示例村01", "示例村02"]
    assert {row.parent for row in made} == {"433122001000", "433122102000"}
    assert {level_of(row.code) for row in made} == {"6"}


def test_county_without_towns_has_no_villages() -> None:
    assert list(villages(rule(5), TOWNS[:1])) == []


def test_each_township_and_each_village_has_a_window_at_its_level() -> None:
    below = list(villages(rule(2), TOWNS))
    made = list(stations(rule(2), TOWNS, below))
    assert [(w.level, w.region) for w in made] == [
        ("township", "433122001000"), ("township", "433122102000"), ("township", "433122400000"),
        ("village", "433122001001"), ("village", "433122102201"),
    ]  # fmt: skip
    assert made[-1].name == "达岚镇示例村01综合窗口"
    assert len({w.code for w in made}) == len(made)


def test_rows_fill_what_the_published_count_lacks_and_cannot_be_filed() -> None:
    made = list(fillers(FILL, 3))
    assert [item.catalog_code for item in made] == ["430194001000", "430194002000", "430194003000"]
    assert {(item.prepared, item.level, item.type, item.name[:6]) for item in made} == {
        (False, "4", "01", "示例·待编制")
    }
    assert missing(FILL, made) == 2


@pytest.mark.parametrize(
    ("change", "left"), [({}, 3), ({"level": "3"}, 5), ({"types": ("20",)}, 5), ({"types": ()}, 3), ({"total": 1}, -1)]
)
def test_what_counts_has_the_level_and_one_of_the_types(change: dict[str, object], left: int) -> None:
    assert missing(FILL.model_copy(update=change), list(fillers(FILL, 2))) == left


@pytest.mark.parametrize(
    ("audience", "asked", "topics"),
    [(("person",), "applicant-name", (True, False)), (("firm",), "firm-name", (False, True)),
     (("person", "firm"), "applicant-name", (True, True))],
)  # fmt: skip
def test_row_that_fills_has_topics_for_whom_it_is(
    audience: tuple[str, ...], asked: str, topics: tuple[bool, bool]
) -> None:
    (item,) = fillers(FILL.model_copy(update={"audience": audience}), 1)
    assert (item.fields[0].element, (bool(item.person_topics), bool(item.firm_topics))) == (asked, topics)
