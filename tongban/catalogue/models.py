"""Published items."""

from __future__ import annotations

from tongban.core.specs import SpecVersion


class BasicVersion(SpecVersion):
    """A version of an entry of the basic list (基本目录)."""


class ItemVersion(SpecVersion):
    """A version of an item (实施清单); running cases stay with the version they began with."""
