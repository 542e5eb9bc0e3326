"""A small RDF graph as values, written as Turtle or JSON-LD: one node after the other, so that no graph has to fit in memory.

Only what the exports need: named nodes, references, texts with a language, typed values. No blank nodes, no reading. The address
of a prefix ends with "/" or "#".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

NO_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")
LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
XSD = "http://www.w3.org/2001/XMLSchema#"


@dataclass(frozen=True)
class Ref:
    """A reference to a node. Raises ValueError for what cannot stand in an address."""

    iri: str

    def __post_init__(self) -> None:
        if not self.iri or NO_IRI.search(self.iri):
            raise ValueError(f"not an address: {self.iri!r}")


@dataclass(frozen=True)
class Words:
    """A text in a language."""

    text: str
    language: str = "zh"


@dataclass(frozen=True)
class Plain:
    """A value: a plain string, or one of an XML Schema type (`duration`, `double`, `date`)."""

    text: str
    kind: str = ""


Value = Ref | Words | Plain


@dataclass(frozen=True)
class Node:
    """A named node: its classes and its properties in their order. Names are prefixed (`dct:title`)."""

    iri: str
    kinds: tuple[str, ...]
    properties: tuple[tuple[str, Value], ...]


def turtle(nodes: Iterable[Node], prefixes: Mapping[str, str]) -> Iterator[str]:
    """Give the graph as Turtle, one piece a node. Raises ValueError for a name without a known prefix."""
    yield "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in {**prefixes, "xsd": XSD}.items())
    for node in nodes:
        lines = [f"a {', '.join(_name(kind, prefixes) for kind in node.kinds)}"]
        lines += [f"{_name(name, prefixes)} {_turtle(value)}" for name, value in node.properties]
        yield f"\n<{Ref(node.iri).iri}> " + " ;\n    ".join(lines) + " .\n"


def _name(name: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = name.partition(":")
    if prefix not in prefixes:
        raise ValueError(f"no such prefix: {name}")
    return name if LOCAL.fullmatch(local) else f"<{Ref(prefixes[prefix] + local).iri}>"


def _turtle(value: Value) -> str:
    match value:
        case Ref(iri):
            return f"<{iri}>"
        case Words(text, language):
            return f"{_quoted(text)}@{language}"
        case _:
            return _quoted(value.text) + (f"^^xsd:{value.kind}" if value.kind else "")


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _quoted(text: str) -> str:
    escaped = "".join(_ESCAPES.get(char, f"\\u{ord(char):04X}" if ord(char) < 32 else char) for char in text)
    return f'"{escaped}"'


def jsonld(nodes: Iterable[Node], prefixes: Mapping[str, str]) -> Iterator[str]:
    """Give the graph as JSON-LD with its context inside, one piece a node. Raises ValueError for a name without a known prefix."""
    yield '{"@context": ' + json.dumps({**prefixes, "xsd": XSD}) + ',\n "@graph": ['
    before = "\n"
    for node in nodes:
        body: dict[str, object] = {"@id": Ref(node.iri).iri, "@type": [_known(kind, prefixes) for kind in node.kinds]}
        for name, value in node.properties:
            values = body.setdefault(_known(name, prefixes), [])
            assert isinstance(values, list)
            values.append(_jsonld(value))
        yield before + json.dumps(body, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def _known(name: str, prefixes: Mapping[str, str]) -> str:
    _name(name, prefixes)
    return name


def _jsonld(value: Value) -> dict[str, str]:
    match value:
        case Ref(iri):
            return {"@id": iri}
        case Words(text, language):
            return {"@value": text, "@language": language}
        case _:
            return {"@value": value.text} | ({"@type": f"xsd:{value.kind}"} if value.kind else {})
