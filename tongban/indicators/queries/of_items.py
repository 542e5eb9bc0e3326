"""Measures of the catalogue, over items that are prepared and that we do not only track.

Rows made to fill a published count (待编制) are told apart, never counted as done. Source: standards reference 1.7.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules import elements
from tongban.catalogue.rules.item import ItemSpec
from tongban.disclosure.queries import measuring
from tongban.indicators.queries import rollups
from tongban.indicators.queries.measured import Measure, Measured, Scope, of_parts
from tongban.indicators.rules.figures import Part, counted, summed

MEASURES: dict[str, Measure] = {}


def _own(scope: Scope) -> list[ItemSpec]:
    return [item for item in catalogue.items(scope.pack).values() if not item.tracked_only]


def _from_disclosure(key: str, scope: Scope) -> Measured:
    names = {item.code: item.name for item in _own(scope)}
    figure = measuring.whole(scope.pack).group.figures[key]
    parts = (Part(p.code, names[p.code], p.numerator, p.denominator) for p in figure.parts if p.code in names)
    return of_parts("items", parts, partial(summed, is_mean=figure.is_mean))


Fits = Callable[[ItemSpec], bool]


def share_of_items(fits: Fits, scope: Scope, *, among: Fits = lambda item: item.prepared) -> Measured:
    """Return the share of some items for which something holds."""
    return of_parts("items", (Part(item.code, item.name, int(fits(item))) for item in _own(scope) if among(item)))


def _items_with(fits: Fits, unit: str, scope: Scope) -> Measured:
    parts = (Part(item.code, item.name, 1, 0) for item in _own(scope) if item.prepared and fits(item))
    return of_parts("items", parts, partial(counted, unit=unit))


def at_window(item: ItemSpec) -> bool:
    """Return whether an item can be handled at a window of the hall."""
    return item.in_hall and "1" in item.ways


def _across_provinces(item: ItemSpec) -> bool:
    return item.reach == "1"


def _by_promise(item: ItemSpec) -> bool:
    return any(use.commitment for use in item.materials)


def _at_village(item: ItemSpec) -> bool:
    return "village" in item.stations


def _executed(scope: Scope) -> Measured:
    used = rollups.items_ever(scope.pack)
    return share_of_items(lambda item: item.code in used, scope)


def _cited(scope: Scope) -> Measured:
    known = {row.code for row in catalogue.basic_items(scope.pack).values()}
    return share_of_items(lambda item: item.catalog_code in known, scope)


def _filled(scope: Scope) -> Measured:
    whole = len(elements.METERED)
    parts = (
        Part(item.code, item.name, whole - len(elements.completeness(item.model_dump())[1]), whole)
        for item in _own(scope)
    )
    return of_parts("items", parts)


def _licence_types(scope: Scope) -> Measured:
    kinds: dict[str, Part] = {}
    for item in _own(scope):
        if item.prepared and item.result.licence_type:
            kinds.setdefault(item.result.licence_type, Part(item.result.licence_type, item.result.name, 1, 0))
    return of_parts("licence types", kinds.values(), partial(counted, unit="种"))


for _key in ("limit", "limit-mean", "on-the-spot", "no-visit", "one-visit", "online", "depth-3", "depth-4", "less-steps",
             "less-materials", "less-days", "less-visits", "less-fee"):  # fmt: skip
    MEASURES[_key] = partial(_from_disclosure, _key)
MEASURES["items-executed"] = _executed
MEASURES["items-cited"] = _cited
MEASURES["items-filled"] = _filled
MEASURES["items-published"] = partial(share_of_items, lambda item: item.prepared, among=lambda item: True)
MEASURES["items-both-ways"] = partial(share_of_items, lambda item: item.is_online and at_window(item))
MEASURES["items-electronic-result"] = partial(share_of_items, lambda item: item.result.licence_type is not None)
MEASURES["licence-types"] = _licence_types
MEASURES["village-items-doable"] = partial(share_of_items, lambda item: item.prepared, among=_at_village)
MEASURES["across-provinces-items"] = partial(_items_with, _across_provinces, "项")
MEASURES["across-provinces-window"] = partial(share_of_items, at_window, among=_across_provinces)
MEASURES["across-provinces-online"] = partial(share_of_items, lambda item: item.is_online, among=_across_provinces)
MEASURES["promise-published"] = partial(share_of_items, lambda item: item.prepared, among=_by_promise)
