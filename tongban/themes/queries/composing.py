"""Themes in force, guidance, composing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tongban.calendars import queries as calendars
from tongban.cases.rules.plan import Plan
from tongban.catalogue import queries as catalogue
from tongban.core import specs, time
from tongban.core.specs import Published
from tongban.orgs import queries as orgs
from tongban.rules.errors import NotFound
from tongban.themes.models import ThemeVersion
from tongban.themes.rules import compose as composer
from tongban.themes.rules import guidance
from tongban.themes.rules.spec import ThemeSpec
from tongban.vocabulary import queries as vocabulary


def published(pack: str) -> dict[str, Published[ThemeSpec]]:
    """Return the themes in force by code."""
    return specs.published(ThemeVersion, ThemeSpec, pack)


def stamp(pack: str) -> int:
    """Return a number that grows with every version of a theme published."""
    return specs.stamp(ThemeVersion, pack)


def themes(pack: str) -> list[ThemeSpec]:
    """Return the themes in force by official number."""
    return sorted((row.spec for row in published(pack).values()), key=lambda theme: theme.seq)


def theme(pack: str, code: str) -> ThemeSpec:
    """Return one theme in force. Raises NotFound."""
    try:
        return published(pack)[code].spec
    except KeyError as problem:
        raise NotFound("themes.none", f"没有编码为“{code}”的一件事", remedy="从一件事列表里选择") from problem


def catalogue_of(pack: str) -> composer.Catalogue:
    """Return all that the composer reads of a place."""
    rows = catalogue.published(pack)
    words = vocabulary.words(pack)
    return composer.Catalogue(
        items={code: row.spec for code, row in rows.items()},
        versions={code: row.version for code, row in rows.items()},
        sections=words.sections,
        elements=words.elements,
        materials=words.materials,
        organisations=orgs.organisations(pack),
    )


def compose_theme(pack: str, code: str, answers: dict[str, str] | None, *, start_on: date | None = None) -> Plan:
    """Return the plan of a theme under answers; None skips guidance. Raises NotFound, Invalid."""
    spec = theme(pack, code)
    return composer.compose(
        composer.of_theme(spec),
        catalogue_of(pack),
        answers=None if answers is None else guidance.checked(spec, answers),
        theme=spec,
        start_on=start_on or time.today(),
        calendar=calendars.calendar(),
    )


def compose_item(pack: str, code: str, *, start_on: date | None = None) -> Plan:
    """Return the plan of a single item. Raises NotFound."""
    spec = catalogue.item(pack, code).spec
    return composer.compose(
        composer.of_item(spec), catalogue_of(pack), answers=None, start_on=start_on or time.today(),
        calendar=calendars.calendar(),
    )  # fmt: skip


def published_at(pack: str) -> datetime | None:
    """Return when the catalogue of a place was last changed."""
    return max((row.effective_from for row in published(pack).values()), default=None)


@dataclass(frozen=True)
class OrganisationRow:
    """An organisation and how many items it offers."""

    code: str
    name: str
    full_name: str
    items: int
    phone: str
    address: str


def organisations_with_items(pack: str, *, all_too: bool = False) -> list[OrganisationRow]:
    """Return the organisations by number of items, the most first; those without only when asked for."""
    counts: dict[str, int] = {}
    for item in catalogue.items(pack).values():
        counts[item.org] = counts.get(item.org, 0) + 1
    rows = [
        OrganisationRow(code, org.name, org.full_name, counts.get(code, 0), org.phone, org.address)
        for code, org in orgs.organisations(pack).items()
        if all_too or code in counts
    ]
    return sorted(rows, key=lambda row: -row.items)
