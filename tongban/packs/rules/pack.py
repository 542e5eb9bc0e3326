"""A pack as values: every spec with the document and the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tongban.catalogue.rules.basic import BasicItem
from tongban.catalogue.rules.item import ItemSpec
from tongban.decisions.rules.table import Table
from tongban.documents.rules import TemplateSpec
from tongban.indicators.rules.spec import IndicatorSpec
from tongban.licences.rules import LicenceType
from tongban.orgs.rules import OrganisationSpec, PlaceSpec, RegionSpec, WindowSpec
from tongban.rules.specs import Document, Finding, Path, Spec
from tongban.themes.rules import compose as composer
from tongban.themes.rules.spec import ThemeSpec
from tongban.vocabulary.rules import Element, MaterialType, Section

S = TypeVar("S", bound=Spec)


class Synonyms(Spec):
    """Groups of words that mean the same to people who search (同义词)."""

    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Inherited(Document):
    """A body of `packs/common` with the keys that a place's own file puts in their stead.

    Each top-level key is wholly the place's or wholly the common one's, so each value has one file and one line.
    """

    base: Document
    own: frozenset[str]

    def finding(self, path: Path, rule: str, message: str, remedy: str) -> Finding:
        """Return a finding in the file in which the value at `path` really stands; what is nowhere, in the place's own."""
        inherited = isinstance(self.base.data, dict) and path and path[0] in self.base.data
        if inherited and path[0] not in self.own:
            return self.base.finding(path, rule, message, remedy)
        return super().finding(path, rule, message, remedy)


def inherit(own: Document, base: Document) -> Inherited:
    """Lay a place's own file over a common body: keys at the top replace, lists and all; the rest is inherited."""
    mine = {key: value for key, value in own.data.items() if key != "inherits"} if isinstance(own.data, dict) else {}
    body = base.data if isinstance(base.data, dict) else {}
    return Inherited(own.file, {**body, **mine}, own.lines, base, frozenset(mine))


@dataclass(frozen=True)
class Located(Generic[S]):
    """A spec with the document and the place where it stands."""

    spec: S
    document: Document
    path: Path
    position: int
    # The file that it is kept in once applied, where that is not the one that it was read from: common, generated.
    kept_in: str = ""

    @property
    def file(self) -> str:
        """The file of the pack in which an export writes it."""
        return self.kept_in or self.document.file

    def finding(self, path: Path, rule: str, message: str, remedy: str) -> Finding:
        """Return a finding at a place inside this spec."""
        return self.document.finding((*self.path, *path), rule, message, remedy)


@dataclass
class Pack:
    """All specs of a pack by kind and code."""

    code: str
    places: dict[str, Located[PlaceSpec]] = field(default_factory=dict)
    regions: dict[str, Located[RegionSpec]] = field(default_factory=dict)
    organisations: dict[str, Located[OrganisationSpec]] = field(default_factory=dict)
    windows: dict[str, Located[WindowSpec]] = field(default_factory=dict)
    sections: dict[str, Located[Section]] = field(default_factory=dict)
    elements: dict[str, Located[Element]] = field(default_factory=dict)
    materials: dict[str, Located[MaterialType]] = field(default_factory=dict)
    licences: dict[str, Located[LicenceType]] = field(default_factory=dict)
    decisions: dict[str, Located[Table]] = field(default_factory=dict)
    templates: dict[str, Located[TemplateSpec]] = field(default_factory=dict)
    basic_items: dict[str, Located[BasicItem]] = field(default_factory=dict)
    items: dict[str, Located[ItemSpec]] = field(default_factory=dict)
    themes: dict[str, Located[ThemeSpec]] = field(default_factory=dict)
    indicators: dict[str, Located[IndicatorSpec]] = field(default_factory=dict)
    synonyms: tuple[tuple[str, ...], ...] = ()


def catalogue_of(pack: Pack) -> composer.Catalogue:
    """Return what the composer reads, from a pack that is not applied."""
    return composer.Catalogue(
        items={code: row.spec for code, row in pack.items.items()},
        versions=dict.fromkeys(pack.items, 0),
        sections={code: row.spec for code, row in pack.sections.items()},
        elements={code: row.spec for code, row in pack.elements.items()},
        materials={code: row.spec for code, row in pack.materials.items()},
        organisations={code: row.spec for code, row in pack.organisations.items()},
    )
