"""四减 and the public rates of a place: figures over all its items, by department, by theme, by region or item by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tongban.cases.queries import coverage
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules import reductions
from tongban.catalogue.rules.item import ItemSpec
from tongban.catalogue.rules.reductions import Comparison, Counted, Figure, Part
from tongban.orgs import queries as orgs
from tongban.rules.errors import NotFound
from tongban.themes.queries import composing
from tongban.vocabulary import queries as vocabulary

WAYS = {"department": "部门", "theme": "一件事", "region": "区划", "item": "事项"}


@dataclass(frozen=True)
class Group:
    """Some items with their figures by key and the five measures before and after."""

    code: str
    name: str
    items: int
    bare: int  # items without a baseline
    figures: Mapping[str, Figure]
    comparisons: tuple[Comparison, ...]
    grades: Mapping[int, int]


@dataclass(frozen=True)
class Whole:
    """All items of a place that count, with how many do not and why."""

    group: Group
    unprepared: int
    tracked: int


def whole(pack: str) -> Whole:
    """Return the figures over all items of a place."""
    specs = list(catalogue.items(pack).values())
    unprepared = sum(not item.prepared for item in specs)
    tracked = sum(item.prepared and item.tracked_only for item in specs)
    return Whole(_group("", "全部", _counted(pack, specs)), unprepared, tracked)


@dataclass(frozen=True)
class Members:
    """A group before its figures are computed: its code, its name, its items that count."""

    code: str
    name: str
    rows: tuple[Counted, ...]


def members(pack: str, way: str) -> list[Members]:
    """Return the groups by department, theme, region or item; those of which no item counts are left out. Raises NotFound."""
    counted = {row.item.code: row for row in _counted(pack, catalogue.items(pack).values())}
    found = [
        Members(code, name, tuple(counted[item] for item in items if item in counted))
        for code, name, items in _members(pack, way)
    ]
    return [each for each in found if each.rows]


def group(chosen: Members) -> Group:
    """Return the figures of a group."""
    return _group(chosen.code, chosen.name, list(chosen.rows))


def _members(pack: str, way: str) -> list[tuple[str, str, list[str]]]:
    """Return (code, name, items) of the groups of a way."""
    if way == "theme":
        return [(theme.code, theme.short_name, [m.item for m in theme.members]) for theme in composing.themes(pack)]
    specs, bodies = catalogue.items(pack), orgs.organisations(pack)
    if way == "item":
        return [(item.code, item.name, [item.code]) for item in sorted(specs.values(), key=lambda item: item.name)]
    if way == "department":
        keys = {code: body.name for code, body in bodies.items()}
        of = {item.code: item.org for item in specs.values()}
    elif way == "region":
        keys = {region.code: region.name for region in orgs.regions(pack)}
        of = {item.code: bodies[item.org].region for item in specs.values()}
    else:
        raise NotFound("disclosure.no_way", "没有这种分组", remedy="按部门、一件事、区划或事项看")
    found: dict[str, list[str]] = {}
    for item, key in of.items():
        found.setdefault(key, []).append(item)
    return [(key, name, found[key]) for key, name in keys.items() if key in found]


def _counted(pack: str, items: Iterable[ItemSpec]) -> list[Counted]:
    free = {code for code, kind in vocabulary.words(pack).materials.items() if kind.by_check}
    return reductions.counted(items, free=free)


def _group(code: str, name: str, rows: list[Counted]) -> Group:
    return Group(
        code, name, len(rows), reductions.without_baseline(rows), {figure.key: figure for figure in reductions.figures(rows)},
        tuple(reductions.comparisons(rows)), reductions.grades(rows),
    )  # fmt: skip


def rates(pack: str) -> list[Figure]:
    """Return how much of the catalogue is public (公开率) and how much of it was ever applied for (执行率)."""
    specs, used = catalogue.items(pack), coverage.applied_for(pack)
    public = tuple(Part(code, int(item.prepared), 1) for code, item in specs.items())
    done = tuple(Part(code, int(code in used), 1) for code, item in specs.items() if item.prepared)
    return [
        Figure("public", "事项公开率", "实施清单已编制并公开的事项 ÷ 目录里的全部事项", public),
        Figure("executed", "事项执行率", "有过办件的事项 ÷ 已公开的事项", done),
    ]


@dataclass(frozen=True)
class Opened:
    """A figure with its rows: each item with its name, what it adds, and whether it stands above the line."""

    figure: Figure
    group: str
    rows: tuple[tuple[Part, str], ...]


def opened(pack: str, key: str, *, way: str = "", code: str = "") -> Opened:
    """Return a figure with the items that it counts, of the whole place or of one group. Raises NotFound."""
    chosen = _chosen(pack, way, code)
    known = {**{figure.key: figure for figure in rates(pack)}, **chosen.figures}
    if key not in known:
        raise NotFound("disclosure.no_figure", "没有这个指标", remedy="从公开的指标里选择")
    names = {item.code: item.name for item in catalogue.items(pack).values()}
    rows = tuple((part, names[part.code]) for part in known[key].parts)
    return Opened(known[key], chosen.name if chosen.code else "", rows)


def _chosen(pack: str, way: str, code: str) -> Group:
    if not way:
        return whole(pack).group
    found = next((each for each in members(pack, way) if each.code == code), None)
    if found is None:
        raise NotFound("disclosure.no_group", "没有这一组事项", remedy="从列表里选择")
    return group(found)
