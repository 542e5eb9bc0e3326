"""The words in force."""

from __future__ import annotations

from dataclasses import dataclass

from tongban.core import specs
from tongban.vocabulary.models import ElementVersion, MaterialTypeVersion, SectionVersion
from tongban.vocabulary.rules import Element, MaterialType, Section


@dataclass(frozen=True)
class Words:
    """The vocabulary of a place; mappings are in the order of the pack."""

    sections: dict[str, Section]
    elements: dict[str, Element]
    materials: dict[str, MaterialType]


def stamp(pack: str) -> str:
    """Return what changes when the vocabulary of a place does."""
    models = (SectionVersion, ElementVersion, MaterialTypeVersion)
    return ".".join(str(specs.stamp(model, pack)) for model in models)


def words(pack: str) -> Words:
    """Return the vocabulary in force."""
    return Words(
        {code: row.spec for code, row in specs.published(SectionVersion, Section, pack).items()},
        {code: row.spec for code, row in specs.published(ElementVersion, Element, pack).items()},
        {code: row.spec for code, row in specs.published(MaterialTypeVersion, MaterialType, pack).items()},
    )
