"""Measures of 好差评, unit by unit: the rows behind a figure are units, never who rated. Source: standards reference 1.7, 4.3."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from tongban.cases.queries import tallying
from tongban.core import time
from tongban.evaluation.queries import figures as ratings
from tongban.evaluation.rules.figures import Counts
from tongban.indicators.queries import rollups
from tongban.indicators.queries.measured import Measure, Measured, Scope, of_parts
from tongban.indicators.queries.of_cases import departments
from tongban.indicators.queries.of_items import share_of_items
from tongban.indicators.rules.figures import Part
from tongban.orgs import queries as orgs
from tongban.orgs.rules import level_of, lies_in

MEASURES: dict[str, Measure] = {}


def _days(scope: Scope) -> dict[str, object]:
    first, end = tallying.bounds(rollups.months_of(scope.month))
    return {"since": time.day_of(first), "until": time.day_of(end) - timedelta(days=1)}


def _by_unit(above: Callable[[Counts], int], below: Callable[[Counts], int], scope: Scope) -> Measured:
    found = scope.once("ratings by unit", lambda: ratings.counts(scope.pack, by="organisation", **_days(scope)))  # type: ignore[arg-type]
    names = {code: org.name for code, org in orgs.organisations(scope.pack).items()}
    return of_parts(
        "units",
        (Part(code, names.get(code, code), above(counts), below(counts)) for code, counts in sorted(found.items())),
    )


def _levels(scope: Scope) -> Measured:
    """好差评层级覆盖率 = (覆盖部门数 + 覆盖乡镇街道数) ÷ (部门数 + 乡镇街道数), without villages, as printed."""
    bodies = ratings.rated_organisations(scope.pack, **_days(scope))  # type: ignore[arg-type]
    places = ratings.rated_regions(scope.pack, **_days(scope))  # type: ignore[arg-type]
    home = orgs.place(scope.pack).region
    parts = [Part(code, name, int(code in bodies)) for code, name in departments(scope.pack)]
    parts += [
        Part(row.code, row.name, int(any(lies_in(code, row.code) for code in places)))
        for row in orgs.regions(scope.pack)
        if level_of(row.code) == "5" and lies_in(row.code, home)
    ]
    return of_parts("units", parts)


def _items(scope: Scope) -> Measured:
    """评价事项覆盖率 = 评价数据覆盖的事项数 ÷ 行政权力依申请类和公共服务依申请事项数."""
    rated = ratings.rated_items(scope.pack, **_days(scope))  # type: ignore[arg-type]
    return share_of_items(lambda item: item.code in rated, scope)


MEASURES["rated-levels"] = _levels
MEASURES["rated-items"] = _items
MEASURES["rated-cases"] = partial(_by_unit, lambda counts: counts.answered, lambda counts: counts.invited)
MEASURES["satisfied"] = partial(_by_unit, lambda counts: counts.good, lambda counts: counts.rated)
MEASURES["bad-settled"] = partial(_by_unit, lambda counts: counts.settled_in_time, lambda counts: counts.settle_due)
MEASURES["bad-verified"] = partial(_by_unit, lambda counts: counts.verified_in_time, lambda counts: counts.verify_due)
