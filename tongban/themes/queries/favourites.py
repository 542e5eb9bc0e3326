"""What a citizen keeps to find again (收藏), and what of it changed since."""

from __future__ import annotations

from dataclasses import dataclass

from tongban.catalogue import queries as catalogue
from tongban.core.actor import Actor
from tongban.themes.models import Favourite


@dataclass(frozen=True)
class Kept:
    """A favourite: the item as it is named now, whether it changed since it was seen, whether it is offered no more."""

    code: str
    name: str
    organisation: str
    is_changed: bool
    is_gone: bool


def favourites(pack: str, *, by: Actor) -> list[Kept]:
    """Return the actor's favourites, what changed first, then the last kept; one out of the catalogue keeps its last name."""
    offered = catalogue.published(pack)
    rows = Favourite.objects.filter(owner_id=by.account, pack=pack).order_by("-kept_at", "-pk")
    found = []
    for row in rows:
        now = offered.get(row.item_code)
        spec = now.spec if now else catalogue.version(pack, row.item_code, row.seen_version)
        is_changed = now is not None and now.version > row.seen_version
        found.append(Kept(row.item_code, spec.name, spec.org, is_changed, now is None))
    return sorted(found, key=lambda kept: not kept.is_changed)


def is_kept(pack: str, code: str, *, by: Actor) -> bool:
    """Return whether the actor keeps an item; nobody keeps one without signing in."""
    return by.is_signed_in and Favourite.objects.filter(owner_id=by.account, pack=pack, item_code=code).exists()
