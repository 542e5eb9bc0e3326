"""Published words: sections, data elements, material types."""

from __future__ import annotations

from tongban.core.specs import SpecVersion


class SectionVersion(SpecVersion):
    """A version of a form section."""


class ElementVersion(SpecVersion):
    """A version of a data element (数据元)."""


class MaterialTypeVersion(SpecVersion):
    """A version of a material type (材料类型)."""
