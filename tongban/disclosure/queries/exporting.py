"""The catalogue of a place, gathered for the export as CPSV-AP: items with their themes, bodies, regions and materials."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules import cpsv, rdf
from tongban.catalogue.rules.cpsv import Event, Source
from tongban.core import time
from tongban.orgs import queries as orgs
from tongban.rules.errors import Invalid
from tongban.themes.queries import composing
from tongban.vocabulary import queries as vocabulary

FORMATS = {"turtle": "text/turtle", "jsonld": "application/ld+json"}


def source(pack: str, *, base: str) -> Source:
    """Return all that is exported of a place; `base` is the address of the site. Raises NotFound, Invalid."""
    if not base.startswith(("https://", "http://")) or rdf.NO_IRI.search(base):
        raise Invalid("disclosure.base", f"“{base}”不是网址", remedy="写成 https://主机/ 的样子")
    return Source(
        base=base.rstrip("/") + "/",
        place=orgs.place(pack),
        items=catalogue.items(pack),
        organisations=orgs.organisations(pack),
        regions={region.code: region.name for region in orgs.regions(pack)},
        materials=vocabulary.words(pack).materials,
        events=tuple(
            Event(theme.code, theme.name, theme.summary, theme.stage, theme.audience, tuple(m.item for m in theme.members))
            for theme in composing.themes(pack)
        ),
        on=time.today(),
    )  # fmt: skip


def written(pack: str, *, form: str, base: str) -> Iterator[str]:
    """Return the export piece by piece; `form` is turtle or jsonld. Raises NotFound, Invalid before the first piece."""
    nodes = cpsv.graph(source(pack, base=base))
    write = rdf.turtle if form == "turtle" else rdf.jsonld
    return write(nodes, cpsv.PREFIXES)


def stamp(pack: str) -> str:
    """Return what changes when the export does, but for the day."""
    return f"{catalogue.stamp(pack)}-{composing.stamp(pack)}-{orgs.stamp(pack)}-{vocabulary.stamp(pack)}"
