"""Publish the items of a pack and make them findable."""

from __future__ import annotations

from datetime import datetime

from tongban.catalogue.models import ItemVersion
from tongban.catalogue.rules import ItemSpec
from tongban.core import specs
from tongban.core.specs import Placed
from tongban.search import services as search


def differences(pack: str, items: list[Placed[ItemSpec]]) -> tuple[list[str], list[str], list[str]]:
    """Return the codes to create, to change and to retire."""
    return specs.differences(ItemVersion, ItemSpec, pack, items)


def apply(pack: str, items: list[Placed[ItemSpec]], *, at: datetime) -> None:
    """Bring items into force; what can be found follows in the same transaction."""
    specs.apply(ItemVersion, ItemSpec, pack, items, at=at)
    search.replace("item", pack, [findable(placed.spec) for placed in items])


def findable(item: ItemSpec) -> search.Findable:
    """Return what people find an item by."""
    return search.Findable(item.code, item.name, item.summary, (*item.aliases, *item.keywords, item.summary))


def exported(pack: str) -> list[tuple[str, str, object]]:
    """Return (file, "", body) of each item in force."""
    return [(file, "", body) for file, body in specs.exported(ItemVersion, ItemSpec, pack)]
