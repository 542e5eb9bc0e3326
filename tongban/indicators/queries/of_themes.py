"""Measures of themes (一件事): what can be done where, and what one of them demands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from tongban.catalogue import queries as catalogue
from tongban.indicators.queries.measured import Measure, Measured, Scope, of_parts
from tongban.indicators.queries.of_items import Fits, at_window
from tongban.indicators.rules.figures import Figure, Part, counted
from tongban.themes.queries import composing
from tongban.themes.rules.spec import ThemeSpec

MEASURES: dict[str, Measure] = {}


def themes_of(scope: Scope) -> list[ThemeSpec]:
    """Return the themes that a scope is about."""
    return [theme for theme in composing.themes(scope.pack) if scope.about in ("", theme.name, theme.short_name)]


def _share_of_themes(fits: Fits, scope: Scope) -> Measured:
    specs = catalogue.items(scope.pack)
    return of_parts("themes", (
        Part(theme.code, theme.short_name, int(all(m.item in specs and fits(specs[m.item]) for m in theme.members)))
        for theme in themes_of(scope)
    ))  # fmt: skip


def _themes_adding(worth: Callable[[ThemeSpec, Scope], int], unit: str, scope: Scope) -> Measured:
    parts = (Part(theme.code, theme.short_name, worth(theme, scope), 0) for theme in themes_of(scope))
    if scope.about:
        return of_parts("themes", parts, partial(_of_one, unit=unit))
    return of_parts("themes", (part for part in parts if part.above), partial(counted, unit=unit))


def _of_one(parts: Iterable[Part], *, unit: str) -> Figure:
    """Return what one theme makes; of one that is not there nothing can be said."""
    rows = list(parts)
    return counted(rows, unit=unit) if rows else Figure(0, 0, unit)


def _paid_members(theme: ThemeSpec, scope: Scope) -> int:
    specs = catalogue.items(scope.pack)
    return sum(member.item in specs and specs[member.item].fee is not None for member in theme.members)


MEASURES["themes-online"] = partial(_share_of_themes, lambda item: item.prepared and item.is_online)
MEASURES["themes-window"] = partial(_share_of_themes, lambda item: item.prepared and at_window(item))
MEASURES["themes-guide"] = partial(_share_of_themes, lambda item: item.prepared)
MEASURES["themes"] = partial(_themes_adding, lambda theme, scope: 1, "个")
MEASURES["themes-with-permit"] = partial(_themes_adding, lambda theme, scope: int(theme.permit is not None), "个")
MEASURES["theme-members"] = partial(_themes_adding, lambda theme, scope: len(theme.members), "项")
MEASURES["theme-days"] = partial(_themes_adding, lambda theme, scope: theme.limit.days or 0, "个工作日")
MEASURES["theme-visits"] = partial(_themes_adding, lambda theme, scope: theme.visits, "次")
MEASURES["theme-paid-members"] = partial(_themes_adding, _paid_members, "项")
