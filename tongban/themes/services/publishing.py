"""Publish the themes of a pack and make them findable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tongban.core import specs
from tongban.core.specs import Placed
from tongban.orgs import queries as orgs
from tongban.search import services as search
from tongban.search.rules.narrowing import Facts
from tongban.themes.models import ThemeVersion
from tongban.themes.rules.spec import ThemeSpec

THEME_WEIGHT = 1.6  # A theme does more for a person than one of its items.


def differences(pack: str, themes: list[Placed[ThemeSpec]]) -> tuple[list[str], list[str], list[str]]:
    """Return the codes to create, to change and to retire."""
    return specs.differences(ThemeVersion, ThemeSpec, pack, themes)


def apply(pack: str, themes: list[Placed[ThemeSpec]], *, at: datetime) -> None:
    """Bring themes into force; what can be found follows in the same transaction."""
    specs.apply(ThemeVersion, ThemeSpec, pack, themes, at=at)
    names = {code: org.name for code, org in orgs.organisations(pack).items()}
    search.replace("theme", pack, [_findable(placed.spec, names) for placed in themes])


def _findable(theme: ThemeSpec, names: Mapping[str, str]) -> search.Findable:
    words = (theme.short_name, *theme.keywords, *theme.keywords, theme.summary)
    facts = Facts(tuple(theme.audience), theme.lead, names.get(theme.lead, ""), theme.visits, True)
    return search.Findable(theme.code, theme.name, theme.summary, words, THEME_WEIGHT, facts)


def exported(pack: str) -> list[tuple[str, str, object]]:
    """Return (file, "", body) of each theme in force."""
    return [(file, "", body) for file, body in specs.exported(ThemeVersion, ThemeSpec, pack)]
