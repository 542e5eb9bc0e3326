"""Measures of cases, from the rollups, and the coverage formulas as 望城区 printed them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from tongban.cases.queries.tallying import Behind
from tongban.indicators.queries import rollups
from tongban.indicators.queries.measured import Measure, Measured, Scope, of_parts
from tongban.indicators.queries.of_items import share_of_items
from tongban.indicators.queries.of_themes import themes_of
from tongban.indicators.rules.figures import Figure, Part
from tongban.orgs import queries as orgs
from tongban.orgs.rules import lies_in

MEASURES: dict[str, Measure] = {}


def _behind(scope: Scope, measure: str, *, without: str = "", channels: Iterable[str] | None = None) -> Behind:
    """Return which cases a count is made of, in the parts of the place that the scope asks for."""
    chosen: dict[str, set[str]] = {} if channels is None else {"channels": set(channels)}
    if scope.about:
        chosen["themes"] = {theme.code for theme in themes_of(scope)}
    for part in scope.within:
        codes = regions_in(scope.pack, part.code) if part.way == "region" else {part.code}
        name = rollups.FIELDS[part.way]
        chosen[name] = chosen[name] & codes if name in chosen else codes
    return Behind(measure, without, **{name: tuple(sorted(codes)) for name, codes in chosen.items()})


def regions_in(pack: str, region: str) -> set[str]:
    """Return a region of a place and all that lies in it."""
    return {row.code for row in orgs.regions(pack) if lies_in(row.code, region)}


def _cases(above: str, below: str | None, scope: Scope, *, unit: str = "件", year: bool = False) -> Measured:
    """Return a ratio of counts, or one count; `above` may be “closed-on_time”: the first without the second."""
    first, _, without = above.partition("-")
    wanted = _behind(scope, first, without=without)
    if below is None:
        figure = Figure(rollups.count(scope.pack, scope.month, wanted, year=year), None, unit)
        return Measured(figure, "cases", behind=wanted, year_to_date=year)
    return _share(scope, wanted, _behind(scope, below), missing=_behind(scope, below, without=above))


def _share(scope: Scope, wanted: Behind, whole: Behind, *, missing: Behind) -> Measured:
    figure = Figure(rollups.count(scope.pack, scope.month, wanted), rollups.count(scope.pack, scope.month, whole))
    return Measured(figure, "cases", behind=wanted, whole=whole, missing=missing)


def _online_share(scope: Scope) -> Measured:
    wanted = _behind(scope, "received", channels=rollups.ONLINE)
    others = rollups.channels(scope.pack, scope.month) - set(rollups.ONLINE)
    return _share(scope, wanted, _behind(scope, "received"), missing=_behind(scope, "received", channels=others))


def _uncorrected(scope: Scope) -> Measured:
    wanted = _behind(scope, "received", without="asked")
    return _share(scope, wanted, _behind(scope, "received"), missing=_behind(scope, "asked"))


MEASURES["on-time"] = partial(_cases, "on_time", "closed")
MEASURES["late"] = partial(_cases, "closed-on_time", None)
MEASURES["received-in-year"] = partial(_cases, "received", None, year=True)
MEASURES["received-online"] = _online_share
MEASURES["done-in-one-go"] = _uncorrected


def departments(pack: str) -> Iterable[tuple[str, str]]:
    """Return the departments of a place (部门): code and name, outside bodies left out."""
    return [
        (code, org.name)
        for code, org in orgs.organisations(pack).items()
        if org.kind == "department" and not org.external
    ]


def _levels(scope: Scope) -> Measured:
    """平台层级覆盖率 = (有办件的部门数 + 有办件的乡镇街道数 + 有办件的社区数) ÷ (部门数 + 乡镇街道数 + 社区数)."""
    busy = rollups.organisations(scope.pack, scope.month)
    parts = [Part(code, name, int(code in busy)) for code, name in departments(scope.pack)]
    parts += [Part(code, name, int(has_cases)) for code, name, has_cases in rollups.stations(scope.pack, scope.month)]
    return of_parts("units", parts)


def _items_with_cases(scope: Scope) -> Measured:
    """办件事项覆盖率 = 办件覆盖事项数 ÷ 依申请 6 类和公共服务的可办事项数."""
    used = rollups.items(scope.pack, scope.month)
    return share_of_items(lambda item: item.code in used, scope)


MEASURES["platform-levels"] = _levels
MEASURES["case-items"] = _items_with_cases
