"""Publish the items of a pack and make them findable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tongban.catalogue.models import BasicVersion, ItemVersion
from tongban.catalogue.rules.basic import BasicItem
from tongban.catalogue.rules.item import ItemSpec
from tongban.core import specs
from tongban.core.specs import Placed
from tongban.jobs import services as jobs
from tongban.orgs import queries as orgs
from tongban.search import services as search
from tongban.search.rules.narrowing import Facts


def differences(pack: str, items: list[Placed[ItemSpec]]) -> tuple[list[str], list[str], list[str]]:
    """Return the codes to create, to change and to retire."""
    return specs.differences(ItemVersion, ItemSpec, pack, items)


def apply(pack: str, items: list[Placed[ItemSpec]], *, at: datetime) -> None:
    """Bring items into force; what can be found follows in the same transaction.

    One publisher of a place at a time: the feed of changes is read by row, and a later row is never seen before an earlier one.
    """
    jobs.next_serial(f"catalogue:{pack}")
    specs.apply(ItemVersion, ItemSpec, pack, items, at=at)
    names = {code: org.name for code, org in orgs.organisations(pack).items()}
    # What is still to be prepared nobody looks for.
    prepared = [placed.spec for placed in items if placed.spec.prepared]
    search.replace("item", pack, [findable(spec, names) for spec in prepared])
    search.replace("question", pack, [one for spec in prepared for one in findable_questions(spec, names)])


def basic_differences(pack: str, rows: list[Placed[BasicItem]]) -> tuple[list[str], list[str], list[str]]:
    """Return the codes of the basic list to create, to change and to retire."""
    return specs.differences(BasicVersion, BasicItem, pack, rows)


def apply_basic(pack: str, rows: list[Placed[BasicItem]], *, at: datetime) -> None:
    """Bring entries of the basic list (基本目录) into force."""
    specs.apply(BasicVersion, BasicItem, pack, rows, at=at)


def exported_basic(pack: str) -> list[tuple[str, str, object]]:
    """Return (file, list, body) of each entry of the basic list in force."""
    return [(file, "basic_items", body) for file, body in specs.exported(BasicVersion, BasicItem, pack)]


def findable(item: ItemSpec, names: Mapping[str, str]) -> search.Findable:
    """Return what people find an item by; `names` are those of the organisations."""
    words = (*item.aliases, *item.keywords, item.summary)
    return search.Findable(item.code, item.name, item.summary, words, facts=_facts(item, names))


QUESTION_WEIGHT = 0.5  # A question answers one point of an item that is found itself.


def findable_questions(item: ItemSpec, names: Mapping[str, str]) -> list[search.Findable]:
    """Return the frequent questions (常见问题) of an item; the code is the item's and the number of the question."""
    facts = _facts(item, names)
    return [
        search.Findable(f"{item.code}/{n}", row.ask, row.answer, (row.answer,), QUESTION_WEIGHT, facts)
        for n, row in enumerate(item.faq, 1)
    ]


def _facts(item: ItemSpec, names: Mapping[str, str]) -> Facts:
    return Facts(tuple(item.audience), item.org, names.get(item.org, ""), item.visits, item.is_online)


def exported(pack: str) -> list[tuple[str, str, object]]:
    """Return (file, "", body) of each item in force."""
    return [(file, "", body) for file, body in specs.exported(ItemVersion, ItemSpec, pack)]
