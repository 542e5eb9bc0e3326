"""The catalogue as public services of the European core vocabulary CPSV-AP 3.2: nodes of a graph, code lists first.

Pure mapping; `rdf` writes the nodes down. Limits stand as ISO durations of days, and are working days. What the profile has
no class for (steps, form fields) is left to the API. Source: CPSV-AP 3.2.0, SEMIC; standards reference 1.1–1.4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tongban.catalogue.rules import dictionaries as words
from tongban.catalogue.rules.exchange import TASK_STATES, level, task_code, task_state
from tongban.catalogue.rules.item import ItemSpec
from tongban.catalogue.rules.rdf import Node, Plain, Ref, Value, Words
from tongban.orgs.rules import OrganisationSpec, PlaceSpec
from tongban.vocabulary.rules import MaterialType

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#", "atu": "http://data.europa.eu/88u/dataset/", "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/", "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#", "foaf": "http://xmlns.com/foaf/0.1/", "locn": "http://www.w3.org/ns/locn#",
    "org": "http://www.w3.org/ns/org#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#", "time": "http://www.w3.org/2006/time#",
}  # fmt: skip
CHINESE = "http://publications.europa.eu/resource/authority/language/ZHO"
YUAN = "http://publications.europa.eu/resource/authority/currency/CNY"
SCHEMES: dict[str, tuple[str, Mapping[str, str]]] = {
    "type": ("事项类型", words.ON_APPLICATION), "level": ("行使层级", words.LEVELS), "power": ("权力来源", words.POWER_SOURCES),
    "body": ("实施主体性质", words.BODIES), "way": ("办理形式", words.WAYS), "online": ("网办环节", words.ONLINE),
    "reach": ("通办范围", words.REACHES), "depth": ("网上办理深度", {str(n): said for n, said in words.DEPTHS.items()}),
    "audience": ("服务对象", words.AUDIENCES), "person-topic": ("自然人事项主题", words.PERSON_TOPICS),
    "firm-topic": ("法人事项主题", words.FIRM_TOPICS), "state": ("事项状态", TASK_STATES),
    "result": ("审批结果类型", {"licence": "证照", "paper": "批文", "record": "其他"}),
    "necessity": ("材料必要性", {"required": "必要", "optional": "非必要", "deferrable": "容缺后补"}),
}  # fmt: skip
Properties = Iterator[tuple[str, Value]]


@dataclass(frozen=True)
class Event:
    """A theme (一件事) as an event in life or business: what it is called, at which stage, which items it groups."""

    code: str
    name: str
    summary: str
    stage: str
    audience: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """All that is exported. `base` is the address of the site, with a slash at its end; `regions` are names by code."""

    base: str
    place: PlaceSpec
    items: Mapping[str, ItemSpec]
    organisations: Mapping[str, OrganisationSpec]
    regions: Mapping[str, str]
    materials: Mapping[str, MaterialType]
    events: tuple[Event, ...]
    on: date

    @property
    def exported(self) -> dict[str, ItemSpec]:
        """The items that are public services: those still to be prepared (待编制) are left out."""
        return {code: item for code, item in self.items.items() if item.prepared}

    def document(self, name: str) -> str:
        """Return the address of something that this export itself defines."""
        return f"{self.base}api/v1/catalogue/cpsv.ttl#{name}"

    def concept(self, scheme: str, code: str) -> Ref:
        """Return a concept of one of the code lists."""
        return Ref(self.document(f"{scheme}-{code}"))

    def item(self, code: str, part: str = "service") -> str:
        """Return the address of a service or of a part of it: its guide page is there."""
        return f"{self.base}items/{code}#{part}"

    def event(self, code: str) -> str:
        """Return the address of a theme."""
        return f"{self.base}themes/{code}#event"


def graph(source: Source) -> Iterator[Node]:
    """Give the whole graph, what is shared first, each node once."""
    yield from _code_lists(source)
    yield from _places(source)
    yield from _laws(source)
    yield from _evidence_types(source)
    events: dict[str, list[Event]] = {}
    for event in source.events:
        for code in event.items:
            events.setdefault(code, []).append(event)
    for code, item in source.exported.items():
        yield from _item(source, item, events.get(code, []))
    for event in source.events:
        yield _event(source, event)


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _code_lists(source: Source) -> Iterator[Node]:
    stages = {_mark(event.stage): event.stage for event in source.events}
    for scheme, (name, codes) in {**SCHEMES, "stage": ("人生和经营阶段", stages)}.items():
        whole = Ref(source.document(scheme))
        yield Node(whole.iri, ("skos:ConceptScheme",), (("dct:title", Words(name)), ("skos:prefLabel", Words(name))))
        for code, said in codes.items():
            yield _concept(source.concept(scheme, code).iri, code, said, whole)
    yield Node(YUAN, ("skos:Concept",), (("skos:notation", Plain("CNY")), ("skos:prefLabel", Words("人民币"))))
    yield Node(CHINESE, ("dct:LinguisticSystem", "skos:Concept"), (("skos:prefLabel", Words("中文")),))


def _concept(iri: str, code: str, said: str, scheme: Ref) -> Node:
    return Node(
        iri, ("skos:Concept",),
        (("skos:notation", Plain(code)), ("skos:prefLabel", Words(said)), ("skos:inScheme", scheme), ("skos:topConceptOf", scheme)),
    )  # fmt: skip


def _region(source: Source, code: str) -> Ref:
    return Ref(source.document(f"region-{code}"))


def _body(source: Source, code: str) -> Ref:
    return Ref(f"{source.base}departments#{code}")


def _places(source: Source) -> Iterator[Node]:
    used = {item.org for item in source.exported.values()}
    bodies = {code: body for code, body in source.organisations.items() if code in used}
    for code in sorted({body.region for body in bodies.values()} | {source.place.region}):
        label = Words(source.regions.get(code, code))
        yield Node(
            _region(source, code).iri, ("dct:Location", "atu:atu-type"), (("dct:identifier", Plain(code)), ("skos:prefLabel", label))
        )  # fmt: skip
    for code, body in bodies.items():
        yield from _organisation(source, code, body)
    host = Words(source.place.host)
    publisher = Ref(source.document("publisher"))
    yield Node(publisher.iri, ("foaf:Agent",), (("dct:identifier", Plain(source.place.code)), ("dct:title", host)))
    about = f"{source.place.name}的政务服务事项目录。办理时限均为工作日。"
    yield Node(
        source.document("catalogue"), ("dcat:Dataset",),
        (("dct:identifier", Plain(source.place.code)), ("dct:title", Words(f"{source.place.name}政务服务事项目录")),
         ("dct:description", Words(about)), ("dct:publisher", publisher)),
    )  # fmt: skip


def _organisation(source: Source, code: str, body: OrganisationSpec) -> Iterator[Node]:
    address = Ref(source.document(f"address-{code}"))
    # What is true of any agent and organisation is said too: readers that infer the superclasses look for it.
    yield Node(
        _body(source, code).iri, ("cv:PublicOrganisation", "org:Organization", "foaf:Agent"),
        (("dct:identifier", Plain(body.uscc)), ("dct:title", Words(body.full_name)), ("skos:prefLabel", Words(body.full_name)),
         ("skos:altLabel", Words(body.name)), ("dct:spatial", _region(source, body.region)),
         *([("locn:address", address)] if body.address else [])),
    )  # fmt: skip
    if body.address:
        yield Node(address.iri, ("locn:Address",), (("locn:fullAddress", Words(body.address)),))


def _law(source: Source, name: str) -> Ref:
    return Ref(source.document(f"law-{_mark(name)}"))


def _laws(source: Source) -> Iterator[Node]:
    for name in dict.fromkeys(basis.law for item in source.exported.values() for basis in item.basis):
        yield Node(
            _law(source, name).iri, ("eli:LegalResource",), (("dct:title", Words(name)), ("eli:title", Words(name)))
        )


def _evidence_types(source: Source) -> Iterator[Node]:
    for code in dict.fromkeys(use.type for item in source.exported.values() for use in item.materials):
        yield Node(
            source.document(f"material-{code}"), ("cv:EvidenceType",),
            (("dct:identifier", Plain(code)), ("dct:title", Words(_material_name(source, code)))),
        )  # fmt: skip


def _material_name(source: Source, code: str) -> str:
    return source.materials[code].name if code in source.materials else code


def _item(source: Source, item: ItemSpec, events: Iterable[Event]) -> Iterator[Node]:
    yield Node(source.item(item.code), ("cpsv:PublicService",), tuple(_service(source, item, events)))
    code = task_code(item, source.organisations[item.org])
    for n, basis in enumerate(item.basis, 1):
        title = f"《{basis.law}》{basis.article}"
        yield Node(
            source.item(item.code, f"rule-{n}"), ("cpsv:Rule",),
            (("dct:identifier", Plain(f"{code}-R{n}")), ("dct:title", Words(title)), ("dct:description", Words(f"{item.name}依据{title}办理")),
             ("dct:language", Ref(CHINESE)), ("cpsv:implements", _law(source, basis.law))),
        )  # fmt: skip
    for n, condition in enumerate(item.conditions, 1):
        yield Node(
            source.item(item.code, f"condition-{n}"), ("cv:Requirement",),
            (("dct:identifier", Plain(f"{code}-C{n}")), ("dct:title", Words(condition))),
        )  # fmt: skip
    yield from _evidence(source, item, code)
    yield Node(
        source.item(item.code, "output"), ("cv:Output",),
        (("dct:identifier", Plain(f"{code}-O")), ("dct:title", Words(item.result.name)),
         ("dct:type", source.concept("result", item.result.kind)), ("dct:language", Ref(CHINESE))),
    )  # fmt: skip
    yield from _channels(source, item, code)
    if item.fee is not None:
        yield Node(source.item(item.code, "cost"), ("cv:Cost",), tuple(_cost(item, code)))
    yield from _contact(source, item)


def _service(source: Source, item: ItemSpec, events: Iterable[Event]) -> Properties:
    body = source.organisations[item.org]
    yield "dct:identifier", Plain(task_code(item, body))
    yield "dct:title", Words(item.name)
    yield "dct:description", Words(item.summary)
    yield from (("dcat:keyword", Words(text)) for text in dict.fromkeys((*item.aliases, *item.keywords)))
    yield "dct:language", Ref(CHINESE)
    yield "dct:isPartOf", Ref(source.document("catalogue"))
    yield "dct:spatial", _region(source, body.region)
    yield "cv:hasCompetentAuthority", _body(source, item.org)
    yield "adms:status", source.concept("state", task_state(item, source.on))
    yield "cv:processingTime", Plain(f"P{item.promised_days}D", "duration")
    yield from (("dct:audience", source.concept("audience", who)) for who in item.audience)
    yield from (("cv:thematicArea", source.concept("person-topic", topic)) for topic in item.person_topics)
    for topic in item.firm_topics:
        yield "cv:thematicArea", source.concept("firm-topic", topic)
        yield "cv:sector", source.concept("firm-topic", topic)
    classes = [("type", item.type), ("level", level(item, body)), ("power", item.power_source), ("body", item.body),
               ("depth", str(item.reached_depth)), *(("online", code) for code in item.online)]  # fmt: skip
    classes += [("reach", item.reach)] if item.reach else []
    yield from (("cv:isClassifiedBy", source.concept(*each)) for each in classes)
    yield from (("cv:isGroupedBy", Ref(source.event(event.code))) for event in events)
    yield from (("cv:hasLegalResource", _law(source, law)) for law in dict.fromkeys(basis.law for basis in item.basis))
    yield from (("cpsv:follows", Ref(source.item(item.code, f"rule-{n}"))) for n in range(1, len(item.basis) + 1))
    yield from (
        ("cv:holdsRequirement", Ref(source.item(item.code, f"condition-{n}"))) for n in range(1, len(item.conditions) + 1)
    )  # fmt: skip
    for use in item.materials:
        yield "cpsv:hasInput", Ref(source.item(item.code, f"input-{use.type}"))
        yield "cv:hasInputType", Ref(source.document(f"material-{use.type}"))
    yield "cpsv:produces", Ref(source.item(item.code, "output"))
    yield from (("cv:hasChannel", Ref(source.item(item.code, f"way-{way}"))) for way in item.ways)
    if item.fee is not None:
        yield "cv:hasCost", Ref(source.item(item.code, "cost"))
    yield "cv:contactPoint", Ref(source.item(item.code, "contact"))


def _evidence(source: Source, item: ItemSpec, code: str) -> Iterator[Node]:
    for use in item.materials:
        about = [("dct:description", Words(text)) for text in (use.note, use.accept_rule) if text]
        yield Node(
            source.item(item.code, f"input-{use.type}"), ("cv:Evidence",),
            (("dct:identifier", Plain(f"{code}-{use.type}")), ("dct:title", Words(_material_name(source, use.type))), *about[:1],
             ("dct:type", source.concept("necessity", use.necessity)), ("dct:language", Ref(CHINESE)),
             ("dct:conformsTo", Ref(source.document(f"material-{use.type}")))),
        )  # fmt: skip


def _channels(source: Source, item: ItemSpec, code: str) -> Iterator[Node]:
    body = source.organisations[item.org]
    for way in item.ways:
        at_window = way == "1"
        address = item.address or body.address
        said = f"{words.WAYS[way]}：{address}" if at_window and address else words.WAYS[way]
        hours = (
            [("cv:openingHours", Ref(source.item(item.code, "hours")))] if at_window and _hours(source, item) else []
        )
        yield Node(
            source.item(item.code, f"way-{way}"), ("cv:Channel",),
            (("dct:identifier", Plain(f"{code}-W{way}")), ("dct:type", source.concept("way", way)), ("dct:description", Words(said)),
             ("cv:ownedBy", _body(source, item.org)), *hours),
        )  # fmt: skip


def _hours(source: Source, item: ItemSpec) -> str:
    return item.hours or source.place.hours


def _cost(item: ItemSpec, code: str) -> Properties:
    assert item.fee is not None
    yield "dct:identifier", Plain(f"{code}-F")
    yield "dct:description", Words(f"{item.fee.standard}（依据：{item.fee.basis}）")
    if item.fee.amount_fen is not None:
        yield "cv:hasValue", Plain(f"{item.fee.amount_fen / 100:.2f}", "double")
    yield "cv:currency", Ref(YUAN)


def _contact(source: Source, item: ItemSpec) -> Iterator[Node]:
    hours, phone = _hours(source, item), item.phone or source.organisations[item.org].phone or source.place.phone
    when = Ref(source.item(item.code, "hours"))
    yield Node(
        source.item(item.code, "contact"), ("cv:ContactPoint",),
        (("cv:telephone", Plain(phone)), *([("cv:openingHours", when)] if hours else [])),
    )  # fmt: skip
    if hours:
        yield Node(when.iri, ("time:TemporalEntity",), (("dct:description", Words(hours)),))


def _event(source: Source, event: Event) -> Node:
    kinds = [kind for who, kind in (("person", "cv:LifeEvent"), ("firm", "cv:BusinessEvent")) if who in event.audience]
    related = [("cv:hasRelatedService", Ref(source.item(code))) for code in event.items if code in source.exported]
    return Node(
        source.event(event.code), ("cv:Event", *kinds),
        (("dct:identifier", Plain(event.code)), ("dct:title", Words(event.name)), ("dct:description", Words(event.summary)),
         ("dct:type", source.concept("stage", _mark(event.stage))), *related),
    )  # fmt: skip
