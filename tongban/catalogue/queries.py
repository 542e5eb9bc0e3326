"""The items in force."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.db import connection

from tongban.catalogue.models import ItemVersion
from tongban.catalogue.rules.item import ItemSpec
from tongban.core import specs
from tongban.core.specs import Published
from tongban.rules.errors import Conflict, NotFound


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
        raise NotFound("catalogue.no_item", f"没有编码为“{code}”的事项", remedy="从事项列表里选择") from problem


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
