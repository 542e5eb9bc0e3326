"""The public lists of a place, drawn from its catalogue in force."""

from __future__ import annotations

from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.disclosure.rules import lists
from tongban.disclosure.rules.lists import Around, Entry, Listing
from tongban.orgs import queries as orgs
from tongban.rules.errors import NotFound
from tongban.vocabulary import queries as vocabulary


def entries(pack: str) -> list[Entry]:
    """Return the items in force, in the order of their bodies in the pack and of their names."""
    bodies = orgs.organisations(pack)
    place = {code: n for n, code in enumerate(bodies)}
    rows = sorted(catalogue.published(pack).values(), key=lambda row: (place[row.spec.org], row.spec.name))
    return [
        Entry(row.spec, row.version, time.day_of(row.effective_from), bodies[row.spec.org]) for row in rows
    ]  # fmt: skip


def listing(pack: str, code: str) -> Listing:
    """Return one list. Raises NotFound."""
    if code not in lists.LISTS:
        raise NotFound("disclosure.no_list", "没有这个清单", remedy="从公开清单里选择")
    return lists.drawn(code, entries(pack), _around(pack))


def listings(pack: str) -> list[Listing]:
    """Return all lists, in their order."""
    found, around = entries(pack), _around(pack)
    return [lists.drawn(code, found, around) for code in lists.LISTS]


def _around(pack: str) -> Around:
    names = {code: body.full_name for code, body in orgs.organisations(pack).items()}
    return Around(vocabulary.words(pack).materials, time.today(), names)
