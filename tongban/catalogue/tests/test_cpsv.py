"""The export keeps to the profile: what CPSV-AP 3.2 demands of each class, in our own words, checked on a read-back graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, Namespace

from tongban.catalogue.rules import cpsv, rdf
from tongban.catalogue.rules.cpsv import PREFIXES, Event, Source
from tongban.catalogue.rules.item import ItemSpec
from tongban.catalogue.tests.test_item import ITEM
from tongban.orgs.rules import OrganisationSpec, PlaceSpec
from tongban.vocabulary.rules import MaterialType

# The reader warns of a class of its own.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
CV, CPSV, DCT = (Namespace(PREFIXES[prefix]) for prefix in ("cv", "cpsv", "dct"))
LANG, DURATION, DOUBLE = "rdf:langString", "xsd:duration", "xsd:double"


@dataclass(frozen=True)
class Demand:
    """What a property must be: how often, and of which class or datatype ("" for anything)."""

    name: str
    kind: str = ""
    least: int = 0
    most: int = 1_000_000


IDENTIFIER, TITLE = Demand("dct:identifier", "", 1, 1), Demand("dct:title", LANG, 1)
DESCRIPTION, LANGUAGE = Demand("dct:description", LANG), Demand("dct:language", "dct:LinguisticSystem")
KIND, ONE_KIND = Demand("dct:type", "skos:Concept"), Demand("dct:type", "skos:Concept", 0, 1)
HOURS = (
    Demand("cv:openingHours", "time:TemporalEntity"),
    Demand("cv:specialOpeningHoursSpecification", "time:TemporalEntity"),
)
TIME = Demand("cv:processingTime", DURATION, 0, 1)
# Source: CPSV-AP 3.2.0, the constraints of its classes. Where two publications of the profile differ (the territory of an
# organisation), both are demanded.
DEMANDS: dict[str, tuple[Demand, ...]] = {
    "cpsv:PublicService": (
        IDENTIFIER, TITLE, Demand("dct:description", LANG, 1), LANGUAGE, KIND, TIME, Demand("dcat:keyword", LANG),
        Demand("cv:hasCompetentAuthority", "cv:PublicOrganisation", 1), Demand("adms:status", "skos:Concept", 0, 1),
        Demand("cv:hasInputType", "cv:EvidenceType"), Demand("cpsv:hasInput", "cv:Evidence"), Demand("cpsv:produces", "cv:Output"),
        Demand("cpsv:follows", "cpsv:Rule"), Demand("cv:hasChannel", "cv:Channel"), Demand("cv:hasCost", "cv:Cost"),
        Demand("cv:contactPoint", "cv:ContactPoint"), Demand("cv:holdsRequirement", "cv:Requirement"),
        Demand("cv:hasLegalResource", "eli:LegalResource"), Demand("cv:isGroupedBy", "cv:Event"), Demand("cv:sector", "skos:Concept"),
        Demand("cv:thematicArea", "skos:Concept"), Demand("cv:isClassifiedBy", "skos:Concept"), Demand("dct:audience", "skos:Concept"),
        Demand("dct:spatial", "dct:Location"), Demand("dct:isPartOf", "dcat:Dataset"), Demand("dct:requires", "cpsv:PublicService"),
        Demand("cv:relatedService", "cpsv:PublicService"), Demand("cv:hasParticipation", "cv:Participation"),
    ),
    "cv:PublicOrganisation": (Demand("skos:prefLabel", LANG, 1), Demand("dct:spatial", "dct:Location", 1), Demand("dct:spatial", "atu:atu-type", 1)),
    "foaf:Agent": (IDENTIFIER, TITLE, Demand("locn:address", "locn:Address"), Demand("cv:participates", "cv:Participation")),
    "locn:Address": (Demand("locn:fullAddress", LANG), Demand("locn:thoroughfare", LANG), Demand("locn:postName", LANG)),
    "cv:Evidence": (IDENTIFIER, TITLE, DESCRIPTION, ONE_KIND, LANGUAGE, Demand("dct:conformsTo", "cv:EvidenceType"),
                    Demand("cv:supportsRequirement", "cv:Requirement"), Demand("foaf:page", "foaf:Document")),
    "cv:EvidenceType": (IDENTIFIER, Demand("cv:evidenceTypeClassification", "skos:Concept")),
    "cv:Requirement": (IDENTIFIER, TITLE, KIND, Demand("cv:fulfils", "cpsv:Rule"), Demand("cv:hasSupportingEvidence", "cv:Evidence")),
    "cv:Output": (IDENTIFIER, TITLE, DESCRIPTION, KIND, LANGUAGE),
    "cpsv:Rule": (IDENTIFIER, TITLE, Demand("dct:description", LANG, 1), ONE_KIND, LANGUAGE, Demand("cpsv:implements", "eli:LegalResource")),
    "eli:LegalResource": (Demand("dct:relation", "eli:LegalResource"),),
    "cv:Channel": (IDENTIFIER, DESCRIPTION, ONE_KIND, TIME, *HOURS, Demand("cv:ownedBy", "org:Organization"), Demand("cpsv:hasInput", "cv:Evidence")),
    "cv:Cost": (IDENTIFIER, DESCRIPTION, Demand("cv:hasValue", DOUBLE, 0, 1), Demand("cv:currency", "skos:Concept", 0, 1),
                Demand("cv:isDefinedBy", "org:Organization"), Demand("cv:ifAccessedThrough", "cv:Channel", 0, 1)),
    "cv:ContactPoint": (*HOURS, Demand("cv:contactPage", "foaf:Document")),
    "time:TemporalEntity": (DESCRIPTION, Demand("cv:frequency", "skos:Concept")),
    "cv:Event": (IDENTIFIER, TITLE, DESCRIPTION, Demand("cv:hasRelatedService", "cpsv:PublicService")),
    "cv:LifeEvent": (KIND,),
    "cv:BusinessEvent": (KIND,),
    "dcat:Dataset": (TITLE, Demand("dct:description", LANG, 1), Demand("dct:publisher", "foaf:Agent", 1, 1),
                     Demand("dct:hasPart", "cpsv:PublicService"), Demand("dcat:landingPage", "foaf:Document")),
    "skos:Collection": (Demand("skos:member", "skos:Concept"),),
}  # fmt: skip


def full(name: str) -> URIRef:
    prefix, _, local = name.partition(":")
    return URIRef({**PREFIXES, "xsd": rdf.XSD}[prefix] + local)


def breaches(graph: Graph) -> Iterator[str]:
    """Give where a graph breaks a demand, and what it refers to without defining it."""
    for kind, demands in DEMANDS.items():
        for node in graph.subjects(RDF.type, full(kind)):
            for demand in demands:
                values = list(graph.objects(node, full(demand.name)))
                if not demand.least <= len(values) <= demand.most:
                    yield f"{node} {demand.name}: {len(values)}"
                yield from (
                    f"{node} {demand.name}: {value!r}" for value in values if not fits(graph, value, demand.kind)
                )


def fits(graph: Graph, value: Any, kind: str) -> bool:
    if kind == LANG:
        return isinstance(value, Literal) and bool(value.language)
    if kind in (DURATION, DOUBLE):
        return isinstance(value, Literal) and value.datatype == full(kind) and not value.ill_typed
    return not kind or (isinstance(value, URIRef) and (value, RDF.type, full(kind)) in graph)


BODY = OrganisationSpec.model_validate({
    "code": "police", "name": "市公安局", "full_name": "洪湖市公安局", "uscc": "11421083MADEMX003P", "region": "421083000000",
    "address": "大厅 1 号", "phone": "12345"})  # fmt: skip
PLACE = PlaceSpec(
    code="honghu", name="洪湖市", region="421083000000", host="政务局", hours="周一至周五", definer="11420000MADEMX900X"
)
FULL: dict[str, Any] = {
    "aliases": ["开旅馆"], "keywords": ["旅馆", "开旅馆"], "firm_topics": ["010"], "person_topics": ["040"], "audience": ["firm", "person"],
    "fee": {"standard": "每证 12.5 元", "basis": "某文件", "amount_fen": 1250}, "ways": ["1", "2", "4"], "reach": "3",
    "materials": [{"type": "id-card", "note": "原件"}, {"type": "a-map", "necessity": "optional"}],
    "variants": [{"code": "01", "name": "新办"}],
}  # fmt: skip
THEME = Event("open-hotel", "开酒店", "一次办好", "开办", ("firm", "person"), ("hotel-licence", "no-such"))


def source(*events: Event, body: OrganisationSpec = BODY, place: PlaceSpec = PLACE, **more: Any) -> Source:
    item = ItemSpec.model_validate(ITEM | more)
    materials = {"id-card": MaterialType(code="id-card", name="身份证")}
    return Source(
        "http://a.example/", place, {item.code: item}, {"police": body}, {"421083000000": "洪湖市"}, materials, events, date(2026, 5, 1)
    )  # fmt: skip


def graph(made_of: Source) -> Graph:
    return Graph().parse(data="".join(rdf.turtle(cpsv.graph(made_of), PREFIXES)), format="turtle")


SERVICE = URIRef("http://a.example/items/hotel-licence#service")


@pytest.mark.parametrize(
    "made_of",
    [
        source(), source(THEME, **FULL), source(THEME, prepared=False), source(THEME, tracked_only=True, steps=[]),
        source(fee={"standard": "按面积", "basis": "某文件"}), source(body=BODY.model_copy(update={"address": "", "phone": ""})),
        source(place=PLACE.model_copy(update={"hours": ""})), source(basis=[{"law": "某法", "article": str(n)} for n in range(3)]),
    ],
)  # fmt: skip
def test_export_breaks_no_demand_of_the_profile(made_of: Source) -> None:
    assert list(breaches(graph(made_of))) == []


@pytest.mark.parametrize("made_of", [source(), source(THEME, **FULL)])
def test_nothing_of_our_own_is_named_without_being_defined(made_of: Source) -> None:
    found = graph(made_of)
    own = {value for value in found.objects() if isinstance(value, URIRef) and value.startswith(made_of.base)}
    assert {value for value in own if (value, RDF.type, None) not in found} == set()


def test_every_node_is_written_once() -> None:
    names = [node.iri for node in cpsv.graph(source(THEME, **FULL))]
    assert len(names) == len(set(names)) > 100


def test_both_forms_say_the_same() -> None:
    made_of = source(THEME, **FULL)
    linked = Graph().parse(data="".join(rdf.jsonld(cpsv.graph(made_of), PREFIXES)), format="json-ld")
    assert set(linked) == set(graph(made_of))


def test_the_service_says_what_the_item_says() -> None:
    found = graph(source(THEME, **FULL))

    def values(name: str) -> set[str]:
        return {str(value).rpartition("#")[2] for value in found.objects(SERVICE, full(name))}

    assert values("dct:identifier") == {f"{BODY.uscc}4420100005000"}
    assert values("cv:processingTime") == {"P10D"}
    assert values("cv:sector") == {"firm-topic-010"}
    assert values("cv:thematicArea") == {"firm-topic-010", "person-topic-040"}
    assert values("dcat:keyword") == {"开旅馆", "旅馆"}
    assert values("cv:isClassifiedBy") >= {"type-01", "level-4", "depth-4", "reach-3", "online-6", "power-1", "body-1"}
    assert values("adms:status") == {"state-1"}
    assert values("cpsv:hasInput") == {"input-id-card", "input-a-map"}
    assert values("cv:hasChannel") == {"way-1", "way-2", "way-4"}


def test_theme_is_an_event_of_both_lives_and_groups_what_is_exported() -> None:
    found = graph(source(THEME, **FULL))
    event = URIRef("http://a.example/themes/open-hotel#event")
    assert {CV.Event, CV.LifeEvent, CV.BusinessEvent} == set(found.objects(event, RDF.type))
    assert list(found.objects(event, CV.hasRelatedService)) == [SERVICE]
    assert list(found.objects(SERVICE, CV.isGroupedBy)) == [event]


def test_fee_is_in_yuan_and_its_currency_is_of_the_european_list() -> None:
    found = graph(source(**FULL))
    cost = next(found.objects(SERVICE, CV.hasCost))
    assert float(str(next(found.objects(cost, CV.hasValue)))) == 12.5
    assert str(next(found.objects(cost, CV.currency))).endswith("/currency/CNY")
    assert (None, CV.hasCost, None) not in graph(source())


def test_item_still_to_be_prepared_is_no_public_service() -> None:
    assert (None, RDF.type, CPSV.PublicService) not in graph(source(THEME, prepared=False))


def test_the_window_says_where_and_when_and_the_net_does_not() -> None:
    found = graph(source(**FULL))
    window, net = (URIRef(f"http://a.example/items/hotel-licence#way-{way}") for way in "12")
    assert str(next(found.objects(window, DCT.description))) == "窗口办理：大厅 1 号"
    assert ((window, CV.openingHours, None) in found, (net, CV.openingHours, None) in found) == (True, False)


@pytest.mark.parametrize(
    ("mend", "breach"),
    [
        ((SERVICE, DCT.title, None), "dct:title: 0"), ((SERVICE, CV.hasCompetentAuthority, None), "cv:hasCompetentAuthority: 0"),
        ((None, RDF.type, DCT.Location), "dct:spatial"), ((None, RDF.type, CV.Output), "cpsv:produces"),
    ],
)  # fmt: skip
def test_the_check_of_the_profile_sees_what_is_missing(mend: tuple[Any, Any, Any], breach: str) -> None:
    found = graph(source(THEME, **FULL))
    found.remove(mend)
    assert any(breach in said for said in breaches(found))
