"""Thresholds of a place and of its regions: which hold for a unit, who changes them, and that versions are kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tongban.cases.tests.factories import PACK
from tongban.orgs.models import Region
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound
from tongban.supervision.models import ThresholdVersion
from tongban.supervision.queries import thresholds as known
from tongban.supervision.services import thresholds
from tongban.supervision.tests.factories import (
    UNIT,
    accepted,
    card,
    head,
    move_to,
    overseer,
    rules_of,
    set_thresholds,
    sweep,
)

pytestmark = pytest.mark.usefixtures("honghu")
TOWN, OTHER, ELSEWHERE = "421083001000", "421083002000", "421099001000"


def publish(
    region: str = TOWN, *, reason: str = "测试用的调整", by: Any = None, seen: int | None = None, **changes: Any
) -> None:
    found = known.in_force(PACK, region)
    thresholds.publish(
        PACK, {**found.thresholds.model_dump(), **changes}, reason=reason, seen=found.version if seen is None else seen,
        by=by or overseer(), region=region,
    )  # fmt: skip


def points(kind: str, n: int) -> dict[str, Any]:
    return {"kinds": {kind: {"level": "yellow", "points": n}}}


def test_unit_of_a_region_is_held_by_the_regions_own_and_others_by_the_place() -> None:
    move_to(TOWN)
    publish(**points("promise_over", 7), cure_days=9)
    own, other = card(1), card(2, organisation="market")
    assert (own.points, own.thresholds, other.points, other.thresholds) == (7, 1, 1, 0)
    assert own.standing.cure_by_on.isoformat() == "2026-03-27"
    assert other.standing.cure_by_on.isoformat() == "2026-03-19"


def test_region_above_holds_for_a_unit_below_it_unless_nearer_has_its_own() -> None:
    village = Region.objects.create(code="421083001201", pack=PACK, name="示例村", parent_id=TOWN, file="", position=99)
    move_to(village.code)
    move_to(TOWN, "market")
    move_to(OTHER, "fire")
    move_to(ELSEWHERE, "housing")
    set_thresholds(**points("promise_over", 5))
    publish(TOWN, **points("promise_over", 3))
    publish(OTHER, **points("promise_over", 4))

    def of(unit: str) -> int:
        return known.table(PACK).of(unit).thresholds.use("promise_over").points

    units = (UNIT, "market", "fire", "housing", "water")
    assert [of(unit) for unit in units] == [3, 3, 4, 5, 5]
    assert known.in_force(PACK, village.code).region == TOWN
    publish(village.code, **points("promise_over", 2))
    assert [of(unit) for unit in units] == [2, 3, 4, 5, 5]


def test_warning_kind_off_in_a_region_is_off_there_alone() -> None:
    accepted()
    move_to(TOWN)
    publish(kinds={"promise_near": {"is_on": False, "level": "blue", "points": 0}})
    assert "promise_near" not in rules_of(sweep(3, 12))
    publish(kinds={"promise_near": {"is_on": True, "level": "blue", "points": 0}}, near_days=2)
    assert rules_of(sweep(3, 12)) == ["promise_near"]


@pytest.mark.parametrize(("least", "is_warned"), [(5, True), (6, False)])
def test_short_promises_are_not_warned_of(least: int, is_warned: bool) -> None:
    accepted()  # five working days
    set_thresholds(near_least=least)
    assert ("promise_near" in rules_of(sweep(3, 12))) is is_warned


def test_region_follows_the_place_again_and_its_history_stays() -> None:
    move_to(TOWN)
    publish(**points("promise_over", 7))
    thresholds.withdraw(PACK, TOWN, reason="全市统一执行", seen=1, by=overseer())
    assert (known.in_force(PACK, TOWN).version, card().points) == (0, 1)
    assert [(row.version, row.region, bool(row.body)) for row in known.history(PACK)] == [
        (2, TOWN, False),
        (1, TOWN, True),
    ]
    with pytest.raises(Conflict, match="没有自己的规则"):
        thresholds.withdraw(PACK, TOWN, reason="全市统一执行", seen=0, by=overseer())


def test_only_the_overseer_changes_them_with_a_reason_and_for_a_region_with_units() -> None:
    move_to(TOWN)
    with pytest.raises(NotAllowed):
        publish(by=head(), cure_days=9)
    with pytest.raises(NotAllowed):
        thresholds.withdraw(PACK, TOWN, reason="全市统一执行", seen=0, by=head())
    with pytest.raises(Invalid):
        publish(reason="改", cure_days=9)
    with pytest.raises(NotFound):
        publish(OTHER, cure_days=9)
    with pytest.raises(Conflict, match="没有改动"):
        publish()
    publish(cure_days=9)
    with pytest.raises(Conflict, match="第 1 版"):
        publish(seen=0, cure_days=10)
    with pytest.raises(Conflict, match="第 1 版"):
        thresholds.withdraw(PACK, TOWN, reason="全市统一执行", seen=0, by=overseer())
    with pytest.raises(Invalid):
        thresholds.withdraw(PACK, TOWN, reason="", seen=1, by=overseer())


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_database_refuses_to_change_a_version(verb: str) -> None:
    set_thresholds(cure_days=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        if verb == "update":
            ThresholdVersion.objects.update(reason="另一种说法")
        else:
            ThresholdVersion.objects.all()._raw_delete("default")  # as somebody at the database would
