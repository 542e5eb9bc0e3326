"""The part of the place a page is about, as the address says it (`in=region:421083001000`)."""

from __future__ import annotations

from django.http import HttpRequest

from tongban.indicators.queries import overview
from tongban.indicators.rules.scopes import WAYS, Within, within
from tongban.orgs import queries as orgs
from tongban.orgs.rules import level_of, lies_in
from tongban.portals.supervisor.views.shell import PLACE
from tongban.rules.errors import NotFound


def chosen(request: HttpRequest) -> Within | None:
    """Return the part in the address; None for the whole place. Raises NotFound where there is no such part."""
    said = request.GET.get("in", "")
    part = within(said) if said else None
    if said and (part is None or part.code not in overview.names(PLACE, part.way)):
        raise NotFound("supervisor.no_part", "没有这个单位、区划、事项、一件事或渠道", remedy="从列表里选一个范围")
    return part


def name(part: Within | None) -> str:
    """Return a part in words; "" for the whole place."""
    return f"{WAYS[part.way]}：{overview.names(PLACE, part.way)[part.code]}" if part else ""


def said(part: Within | None) -> str:
    """Return a part as the address says it; "" for the whole place."""
    return f"{part.way}:{part.code}" if part else ""


def offered() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the parts to choose from: units, counties, townships; words of the kind, then what the address says and the name."""
    units = [(code, org.name) for code, org in orgs.organisations(PLACE).items() if not org.external]
    home = orgs.place(PLACE).region
    inside = [row for row in orgs.regions(PLACE) if row.code != home and lies_in(row.code, home)]
    regions = [(row.code, row.name) for row in inside if level_of(row.code) < "6"]
    kinds: list[tuple[str, list[tuple[str, str]]]] = [("organisation", units), ("region", regions)]
    return [(WAYS[way], [(said(Within(way, code)), words) for code, words in rows]) for way, rows in kinds if rows]
