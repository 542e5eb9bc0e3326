"""A figure of a part of the place, and the same figure part by part: by unit, region, item, theme, channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from tongban.catalogue import queries as catalogue
from tongban.indicators.queries import rollups
from tongban.indicators.queries.measured import Measured
from tongban.indicators.rules.figures import Figure, Part
from tongban.indicators.rules.scopes import WAYS, Within, around
from tongban.orgs import queries as orgs
from tongban.orgs.rules import lies_in
from tongban.themes.queries import composing

# Row of a figure -> the parts of the place that it belongs to.
Belongs = Callable[[str], Collection[str]]
# What the rows of a figure can be told apart by.
SPLITS: Mapping[str, tuple[str, ...]] = {
    "cases": tuple(WAYS), "items": ("organisation", "theme", "item", "region"), "licence types": ("organisation", "theme", "item", "region"),
    "themes": ("organisation", "theme", "region"), "units": ("organisation", "region"),
}  # fmt: skip


def narrowed(pack: str, found: Measured, within: Iterable[Within]) -> Measured | None:
    """Return a figure made of rows for some parts of the place; None where its rows cannot be told apart that way.

    Figures of cases are narrowed where they are counted.
    """
    for part in within:
        if part.way not in SPLITS[found.rows_are]:
            return None
        if found.rows_are != "cases":
            belongs = _belongs(pack, found.rows_are, part.way)
            parts = tuple(row for row in found.parts if part.code in belongs(row.key))
            found = replace(found, parts=parts, figure=found.fold(parts))
    return found


def split(pack: str, month: date, found: Measured, way: str) -> dict[str, Figure]:
    """Return a figure part by part: code -> figure, parts without any row left out. At most two queries.

    A region counts all that lies in it; the place itself is no part.
    """
    if way not in SPLITS[found.rows_are]:
        return {}
    made = _of_cases(pack, month, found, way) if found.rows_are == "cases" else _of_parts(pack, found, way)
    if way != "region":
        return made
    home, known = orgs.place(pack).region, {row.code for row in orgs.regions(pack)}
    return {code: figure for code, figure in made.items() if code in known and code != home and lies_in(code, home)}


def _of_parts(pack: str, found: Measured, way: str) -> dict[str, Figure]:
    belongs, groups = _belongs(pack, found.rows_are, way), dict[str, list[Part]]()
    for row in found.parts:
        for code in belongs(row.key):
            groups.setdefault(code, []).append(row)
    return {code: found.fold(rows) for code, rows in groups.items()}


def _of_cases(pack: str, month: date, found: Measured, way: str) -> dict[str, Figure]:
    assert found.behind is not None
    ask = partial(rollups.counts, pack, month, way=way, year=found.year_to_date)
    above, below = ask(found.behind), ask(found.whole) if found.whole else None
    if way == "region":
        above, below = _upwards(above), None if below is None else _upwards(below)
    codes = [code for code, n in (above if below is None else below).items() if n and (code or way == "theme")]
    return {
        code: Figure(above.get(code, 0), None if below is None else below[code], found.figure.unit) for code in codes
    }


def _upwards(counts: Mapping[str, int]) -> dict[str, int]:
    """Let each region count what lies in it."""
    sums: Counter[str] = Counter()
    for region, n in counts.items():
        sums.update(dict.fromkeys(around(region), n))
    return dict(sums)


def _belongs(pack: str, rows_are: str, way: str) -> Belongs:
    homes = {code: org.region for code, org in orgs.organisations(pack).items()}
    if rows_are == "units":  # a unit by its code, a township or village by that of its region
        return partial(_of_unit, homes, way)
    if rows_are == "themes":
        leads = {theme.code: theme.lead for theme in composing.themes(pack)}
        return lambda key: (key,) if way == "theme" else _of_unit(homes, way, leads.get(key, ""))
    items = _of_items(pack, homes, way)
    if rows_are == "items":
        return lambda key: items.get(key, ())
    kinds: dict[str, set[str]] = {}
    for code, spec in catalogue.items(pack).items():
        if spec.prepared and not spec.tracked_only and spec.result.licence_type:
            kinds.setdefault(spec.result.licence_type, set()).update(items[code])
    return lambda key: kinds.get(key, ())


def _of_unit(homes: Mapping[str, str], way: str, unit: str) -> Collection[str]:
    if way == "region":
        return around(homes.get(unit, unit))
    return (unit,) if unit in homes else ()


def _of_items(pack: str, homes: Mapping[str, str], way: str) -> dict[str, Collection[str]]:
    specs = catalogue.items(pack)
    if way == "item":
        return {code: (code,) for code in specs}
    if way != "theme":
        return {code: _of_unit(homes, way, spec.org) for code, spec in specs.items()}
    themes: dict[str, list[str]] = {code: [] for code in specs}
    for theme in composing.themes(pack):
        for member in {member.item for member in theme.members}:
            if member in themes:
                themes[member].append(theme.code)
    return dict(themes)
