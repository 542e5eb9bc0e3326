"""Measures of cases, from the rollups, and the coverage formulas as 望城区 printed them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from tongban.cases.queries.tallying import Behind
from tongban.indicators.queries import rollups
from tongban.indicators.queries.measured import Measure, Measured, Scope
from tongban.indicators.queries.of_items import share_of_items
from tongban.indicators.queries.of_themes import themes_of
from tongban.indicators.rules.figures import Figure, Part, summed
from tongban.orgs import queries as orgs

MEASURES: dict[str, Measure] = {}


def _behind(scope: Scope, measure: str, **more: object) -> Behind:
    themes = tuple(theme.code for theme in themes_of(Scope(scope.pack, scope.month, "", scope.about)))
    return Behind(
        measure, organisations=(scope.organisation,) if scope.organisation else None,
        themes=themes if scope.about else None, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _cases(above: str, below: str | None, scope: Scope, *, unit: str = "件", year: bool = False) -> Measured:
    """Return a ratio of counts, or one count; `above` may be “closed-on_time”: the first without the second."""
    first, _, without = above.partition("-")
    wanted = _behind(scope, first, without=without)
    number = rollups.count(scope.pack, scope.month, wanted, year=year)
    if below is None:
        return Measured(Figure(number, None, unit), "cases", (), wanted, None, year)
    whole = rollups.count(scope.pack, scope.month, _behind(scope, below), year=year)
    return Measured(Figure(number, whole), "cases", (), wanted, _behind(scope, below, without=above), year)


def _online_share(scope: Scope) -> Measured:
    wanted = _behind(scope, "received", channels=rollups.ONLINE)
    whole = _behind(scope, "received")
    figure = Figure(rollups.count(scope.pack, scope.month, wanted), rollups.count(scope.pack, scope.month, whole))
    missing = _behind(
        scope, "received", channels=tuple(rollups.channels(scope.pack, scope.month) - set(rollups.ONLINE))
    )
    return Measured(figure, "cases", (), wanted, missing)


def _uncorrected(scope: Scope) -> Measured:
    wanted, whole = _behind(scope, "received", without="asked"), _behind(scope, "received")
    figure = Figure(rollups.count(scope.pack, scope.month, wanted), rollups.count(scope.pack, scope.month, whole))
    return Measured(figure, "cases", (), wanted, _behind(scope, "asked"))


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
    return Measured(summed(parts), "units", tuple(parts))


def _items_with_cases(scope: Scope) -> Measured:
    """办件事项覆盖率 = 办件覆盖事项数 ÷ 依申请 6 类和公共服务的可办事项数."""
    used = rollups.items(scope.pack, scope.month)
    return share_of_items(lambda item: item.code in used, scope)


MEASURES["platform-levels"] = _levels
MEASURES["case-items"] = _items_with_cases
