"""Measures of themes (一件事): what can be done where, and what one of them demands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tongban.catalogue import queries as catalogue
from tongban.indicators.queries.measured import Measure, Measured, Scope
from tongban.indicators.queries.of_items import Fits, at_window
from tongban.indicators.rules.figures import Figure, Part, counted, summed
from tongban.themes.queries import composing
from tongban.themes.rules.spec import ThemeSpec

MEASURES: dict[str, Measure] = {}


def themes_of(scope: Scope) -> list[ThemeSpec]:
    """Return the themes that a scope is about."""
    found = composing.themes(scope.pack)
    chosen = [theme for theme in found if scope.about in ("", theme.name, theme.short_name)]
    return [theme for theme in chosen if scope.organisation in ("", theme.lead)]


def _share_of_themes(fits: Fits, scope: Scope) -> Measured:
    specs = catalogue.items(scope.pack)
    parts = tuple(
        Part(theme.code, theme.short_name, int(all(m.item in specs and fits(specs[m.item]) for m in theme.members)))
        for theme in themes_of(scope)
    )
    return Measured(summed(parts), "themes", parts)


def _themes_adding(worth: Callable[[ThemeSpec, Scope], int], unit: str, scope: Scope) -> Measured:
    themes = themes_of(scope)
    parts = tuple(Part(theme.code, theme.short_name, worth(theme, scope), 0) for theme in themes)
    counting = tuple(part for part in parts if part.above)
    figure = counted(parts, unit=unit) if themes or not scope.about else Figure(0, 0, unit)
    return Measured(figure, "themes", counting)


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
