"""Publish the vocabulary of a pack."""

from __future__ import annotations

from datetime import datetime

from tongban.core import specs
from tongban.core.specs import Placed
from tongban.vocabulary.models import ElementVersion, MaterialTypeVersion, SectionVersion
from tongban.vocabulary.rules import Element, MaterialType, Section

Changes = tuple[list[str], list[str], list[str]]


def differences(
    pack: str, sections: list[Placed[Section]], elements: list[Placed[Element]], materials: list[Placed[MaterialType]]
) -> Changes:
    """Return the codes to create, to change and to retire."""
    parts = (
        specs.differences(SectionVersion, Section, pack, sections),
        specs.differences(ElementVersion, Element, pack, elements),
        specs.differences(MaterialTypeVersion, MaterialType, pack, materials),
    )
    create, change, retire = ([code for part in parts for code in part[n]] for n in range(3))
    return create, change, retire


def apply(
    pack: str, sections: list[Placed[Section]], elements: list[Placed[Element]], materials: list[Placed[MaterialType]],
    *, at: datetime,
) -> None:  # fmt: skip
    """Bring the vocabulary into force."""
    specs.apply(SectionVersion, Section, pack, sections, at=at)
    specs.apply(ElementVersion, Element, pack, elements, at=at)
    specs.apply(MaterialTypeVersion, MaterialType, pack, materials, at=at)


def exported(pack: str) -> list[tuple[str, str, object]]:
    """Return (file, list key, body) of each word in force."""
    return [
        *((file, "sections", body) for file, body in specs.exported(SectionVersion, Section, pack)),
        *((file, "elements", body) for file, body in specs.exported(ElementVersion, Element, pack)),
        *((file, "materials", body) for file, body in specs.exported(MaterialTypeVersion, MaterialType, pack)),
    ]
