"""The packs of three places: what the mission documents and the standards reference say of them."""

from __future__ import annotations

import time
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from tongban.core.actor import Actor
from tongban.hall import permissions as hall
from tongban.orgs.models import Region, Window
from tongban.orgs.rules import level_of
from tongban.packs import services
from tongban.packs.adapters import folder
from tongban.packs.rules.pack import Pack
from tongban.packs.tests.factories import HONGHU, WANGCHENG, XIANGXI, change, copy_of_pack
from tongban.rules.errors import Conflict

pytestmark = pytest.mark.usefixtures("own_caches")
# 湘西任务清单 1: 州本级许可、公共服务、中介服务，县市许可、公共服务，乡镇，村.
PUBLISHED = {("3", "01"): 247, ("3", "20"): 315, ("3", "10"): 97, ("4", "01"): 299, ("4", "20"): 344}
# Standards reference 2.6.
VILLAGES = {"433101": 152, "433122": 148, "433123": 283, "433124": 228, "433125": 172, "433126": 112, "433127": 303,
            "433130": 399}  # fmt: skip
TOWNSHIPS = {
    "433101": 12,
    "433122": 12,
    "433123": 17,
    "433124": 12,
    "433125": 12,
    "433126": 7,
    "433127": 23,
    "433130": 21,
}
BY = Actor.system()


@lru_cache(maxsize=3)
def place(path: Path) -> Pack:
    pack, found = folder.read(path)
    assert found == []
    return pack


@pytest.mark.parametrize("path", [XIANGXI, WANGCHENG], ids=["xiangxi", "wangcheng"])
def test_pack_has_nothing_wrong(path: Path) -> None:
    assert services.check(path) == []
    assert [row.finding for row in services.report(path) if row.blocks] == []


def test_items_of_xiangxi_are_as_many_by_level_as_was_published() -> None:
    items = [row.spec for row in place(XIANGXI).items.values()]
    by_level = Counter(item.level for item in items)
    by_both = Counter((item.level, item.type) for item in items)
    assert {key: by_both[key] for key in PUBLISHED} == PUBLISHED
    assert (by_level["3"], by_level["4"], by_level["5"], by_level["6"]) == (659, 643, 103, 48)


def test_all_48_items_of_the_villages_are_written_by_hand_and_can_be_filed() -> None:
    items = [row.spec for row in place(XIANGXI).items.values() if row.spec.level == "6"]
    assert {item.prepared for item in items} == {True}
    assert {item.code for item in items} == {
        row.spec.code for row in place(XIANGXI).items.values() if "village" in row.spec.stations
    }


def test_rows_that_only_fill_a_count_say_so() -> None:
    rows = [row.spec for row in place(XIANGXI).items.values() if not row.spec.prepared]
    assert len(rows) > 1000
    assert {row.name.partition("：")[0] for row in rows} == {row.note for row in rows} == {"示例·待编制"}


def test_at_least_150_items_over_the_three_places_are_written_by_hand() -> None:
    written = {
        code for path in (HONGHU, XIANGXI, WANGCHENG) for code, row in place(path).items.items() if row.spec.prepared
    }
    assert len(written) >= 150


def test_new_items_have_conditions_steps_fields_materials_and_questions() -> None:
    old = set(place(HONGHU).items)
    rows = [row.spec for code, row in place(XIANGXI).items.items() if row.spec.prepared and code not in old]
    thin = [r.code for r in rows if not (r.conditions and r.steps and len(r.fields) >= 4 and r.materials and r.faq)]
    assert (thin, len(rows) >= 55) == ([], True)


def test_regions_of_xiangxi_have_the_townships_and_as_many_villages_as_the_statistics() -> None:
    codes = list(place(XIANGXI).regions)
    by_level = {level: Counter(c[:6] for c in codes if level_of(c) == level) for level in "56"}
    assert (by_level["5"], by_level["6"]) == (TOWNSHIPS, VILLAGES)
    assert sum(VILLAGES.values()) == 1797


def test_every_township_and_village_has_its_window() -> None:
    for path in (XIANGXI, WANGCHENG):
        pack = place(path)
        below = {code for code in pack.regions if level_of(code) in "56"}
        assert below == {row.spec.region for row in pack.windows.values() if row.spec.level != "hall"}


def test_credit_codes_of_the_new_places_are_demonstration_codes_used_once() -> None:
    codes = [row.spec.uscc for path in (XIANGXI, WANGCHENG) for row in place(path).organisations.values()]
    assert len(codes) == len(set(codes))
    assert {code[8:14] for code in codes} == {"MADEMX"}


def test_wangcheng_inherits_with_local_differences_that_say_why() -> None:
    items = {code: row.spec for code, row in place(WANGCHENG).items.items()}
    assert len(items) >= 100
    assert items["old-age-allowance"].promised_days < place(XIANGXI).items["old-age-allowance"].spec.promised_days
    assert any("比对" in row.reason for row in items["old-age-allowance"].local)


def test_more_items_by_hand_than_were_published_is_a_finding(tmp_path: Path) -> None:
    pack = copy_of_pack(tmp_path, XIANGXI)
    line = change(pack, "generate.yaml", "total: 48", "total: 40")
    assert [(f.file, f.line, f.rule) for f in folder.read(pack)[1]] == [("generate.yaml", line, "fill")]


def test_stations_for_a_county_that_the_pack_does_not_know_are_a_finding(tmp_path: Path) -> None:
    pack = copy_of_pack(tmp_path, XIANGXI)
    line = change(pack, "generate.yaml", 'county: "433126000000"', 'county: "433177000000"')
    assert [(f.file, f.line, f.rule) for f in folder.read(pack)[1]] == [("generate.yaml", line, "region")]


@pytest.mark.django_db
def test_xiangxi_loads_in_time_and_a_village_window_takes_48_items(tmp_path: Path) -> None:
    before = time.monotonic()
    services.apply(XIANGXI, by=BY)
    assert time.monotonic() - before < 180

    assert services.plan(XIANGXI).is_empty
    villages = Window.objects.filter(pack="xiangxi", level="village")
    assert villages.count() == 1797 == Region.objects.filter(pack="xiangxi").exclude(code__endswith="000").count()
    for window in (villages.first(), villages.last()):
        assert window is not None
        assert len(hall.allowed_items(window)) == 48
    services.export("xiangxi", tmp_path / "out")
    assert services.check(tmp_path / "out") == []
    assert services.plan(tmp_path / "out").is_empty


@pytest.mark.django_db
def test_two_places_share_common_words_in_one_database(honghu: str) -> None:
    services.apply(WANGCHENG, by=BY)
    assert services.plan(WANGCHENG).is_empty
    assert services.plan(HONGHU).is_empty


@pytest.mark.django_db
def test_region_of_another_pack_is_not_taken_over(honghu: str, tmp_path: Path) -> None:
    pack = copy_of_pack(tmp_path)
    change(pack, "pack.yaml", "code: honghu", "code: other")
    with pytest.raises(Conflict, match="已由目录包“honghu”装入"):
        services.apply(pack, by=BY)


def test_longer_promise_of_xiangxi_is_accepted_for_its_reason_alone(tmp_path: Path) -> None:
    pack = copy_of_pack(tmp_path, XIANGXI)
    change(
        pack, "items/tree-felling-permit.yaml", "local:\n  - {element: promised_days,", "keywords:\n  - {element: x,"
    )
    change(
        pack,
        "items/tree-felling-permit.yaml",
        "  - {element: x, reason: 伐区多在山区，现场查验要集中几天（示例）}",
        "  - 砍树",
    )
    found = [(row.finding.file, row.finding.rule) for row in services.report(pack)]
    assert found == [("items/tree-felling-permit.yaml", "N-promised_days")]
