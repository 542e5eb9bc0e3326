"""What is written down is read back by a foreign reader as it was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, XSD

from tongban.catalogue.rules import rdf
from tongban.catalogue.rules.rdf import Node, Plain, Ref, Words

# The reader warns of a class of its own.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
PREFIXES = {"dct": str(DCTERMS), "odd": "http://a.example/odd#"}
FORMS = {"turtle": rdf.turtle, "json-ld": rdf.jsonld}
A = "http://a.example/a"


def read_back(form: str, *nodes: Node) -> Graph:
    return Graph().parse(data="".join(FORMS[form](nodes, PREFIXES)), format=form)


@pytest.mark.parametrize("form", FORMS)
def test_graph_is_read_back_as_it_was_meant(form: str) -> None:
    node = Node(A, ("dct:Agent", "odd:2x"), (
        ("dct:title", Words("甲")), ("dct:title", Words("A", "en")), ("dct:identifier", Plain("001")),
        ("dct:extent", Plain("P3D", "duration")), ("dct:isPartOf", Ref("http://a.example/b")), ("odd:é", Plain("x"))))  # fmt: skip
    a = URIRef(A)
    assert set(read_back(form, node)) == {
        (a, RDF.type, DCTERMS.Agent), (a, RDF.type, URIRef("http://a.example/odd#2x")), (a, DCTERMS.title, Literal("甲", lang="zh")),
        (a, DCTERMS.title, Literal("A", lang="en")), (a, DCTERMS.identifier, Literal("001")),
        (a, DCTERMS.extent, Literal("P3D", datatype=XSD.duration)), (a, DCTERMS.isPartOf, URIRef("http://a.example/b")),
        (a, URIRef("http://a.example/odd#é"), Literal("x")),
    }  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30))
def test_any_text_survives(form: str, text: str) -> None:
    graph = read_back(form, Node(A, ("dct:Agent",), (("dct:title", Words(text)), ("dct:identifier", Plain(text)))))
    assert {str(value) for _, name, value in graph if name != RDF.type} == {text}


@pytest.mark.parametrize("form", FORMS)
def test_graph_without_nodes_is_empty_and_readable(form: str) -> None:
    assert len(read_back(form)) == 0


@pytest.mark.parametrize(
    "iri", ["", "http://a b", "http://a<b", "http://a>b", 'http://a"b', "http://a\nb", "http://a\\b", "{x}"]
)
def test_what_cannot_stand_in_an_address_is_refused(iri: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        Ref(iri)
    for write in FORMS.values():
        with pytest.raises(ValueError, match="not an address"):
            "".join(write([Node(iri, ("dct:Agent",), ())], PREFIXES))


@pytest.mark.parametrize("node", [Node(A, ("no:Such",), ()), Node(A, ("dct:Agent",), (("no:such", Plain("x")),))])
def test_name_without_a_known_prefix_is_refused(node: Node) -> None:
    for write in FORMS.values():
        with pytest.raises(ValueError, match="no such prefix"):
            "".join(write([node], PREFIXES))
