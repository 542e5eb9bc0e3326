"""The items in force."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from tongban.catalogue.models import BasicVersion, ItemVersion
from tongban.catalogue.rules import changed
from tongban.catalogue.rules.basic import BasicItem
from tongban.catalogue.rules.item import ItemSpec
from tongban.core import specs
from tongban.core.specs import Published
from tongban.licences import queries as licences
from tongban.orgs import queries as orgs
from tongban.rules.errors import Conflict, NotFound
from tongban.vocabulary import queries as vocabulary


def published(pack: str) -> dict[str, Published[ItemSpec]]:
    """Return the items in force by code."""
    return specs.published(ItemVersion, ItemSpec, pack)


def items(pack: str) -> dict[str, ItemSpec]:
    """Return the specs of the items in force by code."""
    return {code: row.spec for code, row in published(pack).items()}


def item(pack: str, code: str) -> Published[ItemSpec]:
    """Return one item in force. Raises NotFound."""
    try:
        return published(pack)[code]
    except KeyError as problem:
        raise _no_item(code) from problem


def _no_item(code: str) -> NotFound:
    return NotFound("catalogue.no_item", f"没有编码为“{code}”的事项", remedy="从事项列表里选择")


def basic_items(pack: str) -> dict[str, BasicItem]:
    """Return the entries of the basic list (基本目录) in force, by code of 12 digits."""
    return {code: row.spec for code, row in specs.published(BasicVersion, BasicItem, pack).items()}


def open_items(pack: str, *, on: date) -> dict[str, ItemSpec]:
    """Return the items that can be applied for on a day, by code."""
    return {code: spec for code, spec in items(pack).items() if not spec.closed_words(on)}


def require_open(spec: ItemSpec, *, on: date) -> None:
    """Raise Conflict, saying why, when an item cannot be applied for on a day."""
    words = spec.closed_words(on)
    if words:
        raise Conflict("catalogue.closed", f"“{spec.name}”：{words}", remedy="看办事指南上的说明，或打 12345 咨询")


def version(pack: str, code: str, number: int) -> ItemSpec:
    """Return one version of an item, in force or not. Versions never change, so each is read once."""
    return _version(pack, code, number, str(connection.settings_dict["NAME"]))


@lru_cache(maxsize=4096)
def _version(pack: str, code: str, number: int, database: str) -> ItemSpec:
    return specs.version(ItemVersion, ItemSpec, pack, code, number)


@dataclass(frozen=True)
class VersionRow:
    """One version of an item: its number, since when, whether it took the item out of use, whether it is the latest."""

    number: int
    effective_from: datetime
    is_retired: bool
    is_latest: bool
    digest: str


def versions(pack: str, code: str) -> list[VersionRow]:
    """Return the versions of an item, the newest first. Raises NotFound when it never was in the catalogue."""
    rows = ItemVersion.objects.filter(pack=pack, code=code).order_by("-version")
    found = [
        VersionRow(number, at, retired, n == 0, digest)
        for n, (number, at, retired, digest) in enumerate(
            rows.values_list("version", "effective_from", "is_retired", "digest")
        )
    ]
    if not found:
        raise _no_item(code)
    return found


def version_row(pack: str, code: str, number: int) -> VersionRow:
    """Return one version of an item, in force or not. Raises NotFound."""
    row = next((row for row in versions(pack, code) if row.number == number), None)
    if row is None:
        raise NotFound("catalogue.no_version", f"“{code}”没有第 {number} 版", remedy="看版本列表里有哪些")
    return row


@dataclass(frozen=True)
class Change:
    """An entry of the changes feed. `kind`: created (also after a retirement), changed, retired; `cursor` grows."""

    cursor: int
    code: str
    kind: Literal["created", "changed", "retired"]
    version: int
    at: datetime
    digest: str


def changes(pack: str, *, since: int, most: int) -> list[Change]:
    """Return what changed in the catalogue after a cursor, the oldest first; 0 begins at the beginning. One query."""
    before = ItemVersion.objects.filter(
        pack=pack, code=OuterRef("code"), version=OuterRef("version") - 1, is_retired=False
    )
    rows = ItemVersion.objects.filter(pack=pack, pk__gt=since).annotate(was_there=Exists(before)).order_by("pk")
    return [
        Change(row.pk, row.code, _kind(row.is_retired, row.was_there), row.version, row.effective_from, row.digest)
        for row in rows.defer("body")[:most]
    ]


def _kind(is_retired: bool, was_there: bool) -> Literal["created", "changed", "retired"]:
    return "retired" if is_retired else "changed" if was_there else "created"


@dataclass(frozen=True)
class Entry:
    """An entry of the public change log: a version with its body, and that of the version before; {} where there is none."""

    code: str
    name: str
    kind: Literal["created", "changed", "retired"]
    version: int
    at: datetime
    before: dict[str, Any]
    after: dict[str, Any]


def log_size(pack: str, *, code: str = "") -> int:
    """Return how many versions the change log of a place, or of one item, has."""
    return _logged(pack, code).count()


def log(pack: str, *, code: str = "", first: int, last: int) -> list[Entry]:
    """Return the entries `first` to `last` (not included) of the change log, the newest first. Two queries."""
    rows = list(_logged(pack, code).order_by("-pk")[first:last])
    wanted = Q(pk__in=[])
    for row in rows:
        wanted |= Q(code=row.code, version=row.version - 1)
    older = {(row.code, row.version): row for row in ItemVersion.objects.filter(wanted, pack=pack)}
    return [_entry(row, older.get((row.code, row.version - 1))) for row in rows]


def _logged(pack: str, code: str) -> QuerySet[ItemVersion]:
    return ItemVersion.objects.filter(pack=pack, **({"code": code} if code else {}))


def _entry(row: ItemVersion, older: ItemVersion | None) -> Entry:
    was_there = older is not None and not older.is_retired
    before, after = json.loads(older.body) if older is not None and was_there else {}, json.loads(row.body)
    kind = _kind(row.is_retired, was_there)
    return Entry(row.code, after["name"], kind, row.version, row.effective_from, before, after)


def names(pack: str) -> changed.Names:
    """Return how the bodies of the items of a place are said in words."""
    words = vocabulary.words(pack)
    return changed.item_names(
        {code: row.full_name for code, row in orgs.organisations(pack).items()},
        {code: row.name for code, row in words.materials.items()},
        {code: row.name for code, row in licences.licence_types(pack).items()},
        words.elements,
    )


def stamp(pack: str) -> int:
    """Return a number that grows with every version of an item published."""
    return specs.stamp(ItemVersion, pack)
