"""What a pack must satisfy as a whole: names resolve, nothing hangs in the air, nothing is said twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from tongban.calendars.rules import seeded
from tongban.catalogue.rules import ItemSpec, instant_flaws
from tongban.decisions.rules import checks as decision_checks
from tongban.decisions.rules import facts as decision_facts
from tongban.decisions.rules.table import Table
from tongban.documents.rules import TemplateSpec
from tongban.licences.rules import LicenceType
from tongban.orgs.rules import OrganisationSpec, PlaceSpec, RegionSpec, WindowSpec, takes
from tongban.rules.conditions import Facts, When, alternatives, facts_of, holds
from tongban.rules.specs import Document, Finding, Path, Spec
from tongban.themes.rules import compose as composer
from tongban.themes.rules import guidance, permits
from tongban.themes.rules.spec import ThemeSpec
from tongban.vocabulary.rules import Element, MaterialType, Section

S = TypeVar("S", bound=Spec)


class Synonyms(Spec):
    """Groups of words that mean the same to people who search (同义词)."""

    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Located(Generic[S]):
    """A spec with the document and the place where it stands."""

    spec: S
    document: Document
    path: Path
    position: int

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
    items: dict[str, Located[ItemSpec]] = field(default_factory=dict)
    themes: dict[str, Located[ThemeSpec]] = field(default_factory=dict)
    synonyms: tuple[tuple[str, ...], ...] = ()


def check(pack: Pack) -> list[Finding]:
    """Return all that is wrong with a pack whose single specs are well formed."""
    found = [*_check_orgs(pack), *_check_windows(pack), *_check_words(pack), *_check_items(pack), *_check_themes(pack),
             *_check_decisions(pack), *_check_templates(pack)]  # fmt: skip
    if not found:
        found = list(_check_composable(pack))
    return found


def _check_orgs(pack: Pack) -> Iterator[Finding]:
    for place in pack.places.values():
        if place.spec.region not in pack.regions:
            yield place.finding(("region",), "region", f"区划 {place.spec.region} 没有定义", "在 regions.yaml 里补上")
    for region in pack.regions.values():
        if region.spec.parent and region.spec.parent not in pack.regions:
            yield region.finding(
                ("parent",), "region", f"上级区划 {region.spec.parent} 没有定义", "补上这个区划，或改 parent"
            )
    seen: dict[str, str] = {}
    for org in pack.organisations.values():
        if org.spec.region not in pack.regions:
            yield org.finding(("region",), "region", f"区划 {org.spec.region} 没有定义", "改为 regions.yaml 里有的区划")
        if org.spec.uscc in seen:
            yield org.finding(("uscc",), "uscc-twice", f"信用代码与 {seen[org.spec.uscc]} 相同", "每个机构用自己的代码")
        seen[org.spec.uscc] = org.spec.code


def _check_windows(pack: Pack) -> Iterator[Finding]:
    for window in pack.windows.values():
        spec = window.spec
        if spec.org not in pack.organisations:
            yield window.finding(("org",), "org", f"没有定义机构“{spec.org}”", "改为 organisations.yaml 里的 code")
        if spec.region not in pack.regions:
            yield window.finding(("region",), "region", f"区划 {spec.region} 没有定义", "在 regions.yaml 里补上")
        for n, code in enumerate(spec.items):
            item = pack.items.get(code)
            if item is None:
                yield window.finding(("items", n), "item", f"没有定义事项“{code}”", "在 items 里补上，或改名")
            elif not takes(spec.level, (), code, stations=item.spec.stations):
                yield window.finding(
                    ("items", n),
                    "item-level",
                    f"“{item.spec.name}”没有下放到这一级",
                    "在事项的 stations 里写上，或从窗口里删去",
                )


def _check_words(pack: Pack) -> Iterator[Finding]:
    for element in pack.elements.values():
        if element.spec.section not in pack.sections:
            yield element.finding(
                ("section",), "section", f"没有定义表单部分“{element.spec.section}”", "改为 sections 里有的部分"
            )
        source = element.spec.prefill
        if source.startswith("licence:") and source.split(":")[1] not in pack.licences:
            yield element.finding(
                ("prefill",), "licence-type", f"没有定义证照类型“{source.split(':')[1]}”", "改 prefill"
            )
    for material in pack.materials.values():
        if material.spec.licence_type and material.spec.licence_type not in pack.licences:
            yield material.finding(
                ("licence_type",),
                "licence-type",
                f"没有定义证照类型“{material.spec.licence_type}”",
                "在 licences 里补上，或改名",
            )
    serials: dict[str, str] = {}
    for kind in pack.licences.values():
        if kind.spec.serial in serials:
            yield kind.finding(
                ("serial",), "serial-twice", f"顺序码与 {serials[kind.spec.serial]} 相同", "换一个三位顺序码"
            )
        serials[kind.spec.serial] = kind.spec.code
        for n, line in enumerate(kind.spec.face):
            source, _, name = line.source.partition(":")
            if source == "element" and name not in pack.elements:
                yield kind.finding(("face", n, "source"), "element", f"没有定义数据元“{name}”", "改为已有的数据元")


def _check_items(pack: Pack) -> Iterator[Finding]:
    names: dict[str, str] = {}
    codes: dict[str, str] = {}
    shapes: dict[object, str] = {}
    for item in pack.items.values():
        spec = item.spec
        for n, name in enumerate((spec.name, *spec.aliases)):
            if name in names:
                place: Path = ("name",) if n == 0 else ("aliases", n - 1)
                yield item.finding(
                    place, "name-twice", f"名称“{name}”已用于 {names[name]}", "同一事项合成一个，名称写成别名"
                )
            names[name] = spec.code
        if spec.catalog_code in codes:
            yield item.finding(
                ("catalog_code",), "code-twice", f"基本编码与 {codes[spec.catalog_code]} 相同", "换一个编码"
            )
        codes[spec.catalog_code] = spec.code
        shape = (frozenset(u.element for u in spec.fields), frozenset(u.type for u in spec.materials),
                 tuple(s.name for s in spec.steps))  # fmt: skip
        if shape in shapes:
            yield item.finding(
                (), "same-shape", f"字段、材料和环节与 {shapes[shape]} 完全一样", "写出这个事项自己的内容"
            )
        shapes[shape] = spec.code
        yield from _check_uses(item, pack)


def _check_uses(item: Located[ItemSpec], pack: Pack) -> Iterator[Finding]:
    spec = item.spec
    if spec.org not in pack.organisations:
        yield item.finding(("org",), "org", f"没有定义机构“{spec.org}”", "改为 organisations.yaml 里的 code")
    own = {use.element for use in spec.fields}
    for n, use in enumerate(spec.fields):
        if use.element not in pack.elements:
            yield item.finding(
                ("fields", n, "element"), "element", f"没有定义数据元“{use.element}”", "在 vocabulary 里补上，或改名"
            )
        yield from _check_when(item, ("fields", n, "when"), use.when, own, pack)
    for n, material in enumerate(spec.materials):
        if material.type not in pack.materials:
            yield item.finding(
                ("materials", n, "type"),
                "material",
                f"没有定义材料类型“{material.type}”",
                "在 vocabulary 里补上，或改名",
            )
        yield from _check_when(item, ("materials", n, "when"), material.when, own, pack)
    for n, other in enumerate(spec.fee.others if spec.fee else ()):
        yield from _check_when(item, ("fee", "others", n, "when"), other.when, own, pack)
    kind = spec.result.licence_type
    if kind is not None and kind not in pack.licences:
        yield item.finding(
            ("result", "licence_type"), "licence-type", f"没有定义证照类型“{kind}”", "在 licences 里补上，或改名"
        )
    elif kind is not None:
        wanted = {line.source[8:] for line in pack.licences[kind].spec.face if line.source.startswith("element:")}
        for element in sorted(wanted - own):
            yield item.finding(
                ("fields",), "face", f"证照“{kind}”的照面要用“{element}”，这个事项没有问", "在 fields 里加上这个数据元"
            )


def _check_when(item: Located[ItemSpec], path: Path, when: When, own: set[str], pack: Pack) -> Iterator[Finding]:
    for name in sorted(facts_of(when)):
        if name not in own:
            yield item.finding(path, "when", f"条件用到“{name}”，这个事项没有问", "先在 fields 里问，或改条件")
        elif name in pack.elements and not pack.elements[name].spec.choices:
            yield item.finding(path, "when", f"条件用到“{name}”，它不是单选或多选", "条件只能看有选项的数据元")
        elif name in pack.elements:
            yield from _check_values(
                item, path, when, name, {choice.value for choice in pack.elements[name].spec.choices}
            )


def _check_values(row: Located[S], path: Path, when: When, name: str, known: set[str]) -> Iterator[Finding]:
    """A condition on a value that nobody can choose never holds; nor does one without a value."""
    if any(mapping.get(name) == [] for mapping in alternatives(when)):
        yield row.finding(
            (*path, name), "when-value", f"“{name}”后面没有写选项，条件永远不成立", f"写上：{'、'.join(sorted(known))}"
        )
    for value in sorted({value for mapping in alternatives(when) for value in mapping.get(name, [])} - known):
        yield row.finding(
            (*path, name), "when-value", f"“{name}”没有“{value}”这个选项", f"改为：{'、'.join(sorted(known))}"
        )


def _check_themes(pack: Pack) -> Iterator[Finding]:
    numbers: dict[int, str] = {}
    for theme in pack.themes.values():
        spec = theme.spec
        if spec.seq in numbers:
            yield theme.finding(("seq",), "seq-twice", f"序号与 {numbers[spec.seq]} 相同", "用官方清单的序号")
        numbers[spec.seq] = spec.code
        for path, org in [
            (("lead",), spec.lead),
            *((("responsible", n), org) for n, org in enumerate(spec.responsible)),
        ]:
            if org not in pack.organisations:
                yield theme.finding(path, "org", f"没有定义机构“{org}”", "改为 organisations.yaml 里的 code")
        for n, member in enumerate(spec.members):
            if member.item not in pack.items:
                yield theme.finding(
                    ("members", n, "item"), "item", f"没有定义事项“{member.item}”", "在 items 里补上，或改名"
                )
                continue
            item = pack.items[member.item].spec
            if member.name not in (item.name, *item.aliases):
                yield theme.finding(("members", n, "name"), "member-name", f"“{member.name}”不是 {member.item} 的名称或别名",
                                    "照官方清单写，并在事项里列为别名")  # fmt: skip
        members = [pack.items[member.item].spec for member in spec.members if member.item in pack.items]
        for at, message, remedy in permits.flaws(
            spec, types={code: kind.spec for code, kind in pack.licences.items()}, organisations=pack.organisations,
            given={item.code: item.result.licence_type for item in members},
            asked={use.element for item in members for use in item.fields},
        ):  # fmt: skip
            yield theme.finding(at, "permit", message, remedy)
        yield from _check_answers(theme)
        yield from _check_idle(theme, pack)
        for n, question in enumerate(spec.questions):
            yield from _check_question(theme, n, question.element, {c.value for c in question.choices}, pack)


def _check_answers(theme: Located[ThemeSpec]) -> Iterator[Finding]:
    spec = theme.spec
    known = {question.code: {choice.value for choice in question.choices} for question in spec.questions}
    conditions: list[tuple[Path, When]] = [
        (("members", n, "when"), member.when) for n, member in enumerate(spec.members)
    ]
    conditions += [(("questions", n, "when"), question.when) for n, question in enumerate(spec.questions)]
    conditions += [(("limit", "conditional", n, "when"), other.when) for n, other in enumerate(spec.limit.conditional)]
    for path, when in conditions:
        for name in sorted(facts_of(when) & set(known)):
            yield from _check_values(theme, path, when, name, known[name])


def _check_idle(theme: Located[ThemeSpec], pack: Pack) -> Iterator[Finding]:
    """A question is asked for something: a member, a limit, a later question or a field hangs on its answer."""
    spec = theme.spec
    items = [pack.items[member.item].spec for member in spec.members if member.item in pack.items]
    asked = {use.element for item in items for use in item.fields}
    conditions = [
        *(m.when for m in spec.members),
        *(q.when for q in spec.questions),
        *(c.when for c in spec.limit.conditional),
    ]
    used = set().union(*(facts_of(when) for when in conditions))
    for n, question in enumerate(spec.questions):
        if question.code not in used and question.element not in asked:
            yield theme.finding(("questions", n, "code"), "question-idle", f"题目“{question.code}”怎么答都不改变事项、表单和材料",
                                "删去这道题，或让成员、表单用到它")  # fmt: skip


MOST_OUTCOMES = 5000


def _outcomes(theme: ThemeSpec) -> list[Facts] | None:
    """Return the facts of every way through guidance, or None when there are too many to look at."""
    open_ways: list[dict[str, str]] = [{}]
    found: list[Facts] = []
    while open_ways:
        answers = open_ways.pop()
        question = guidance.next_question(theme, answers)
        if question is None:
            found.append(guidance.facts_of_answers(theme, answers))
        else:
            open_ways += [{**answers, question.code: choice.value} for choice in question.choices]
        if len(found) + len(open_ways) > MOST_OUTCOMES:
            return None
    return found


def _check_reachable(theme: Located[ThemeSpec]) -> Iterator[Finding]:
    """A member, question or limit that no way through guidance leads to is dead."""
    spec, outcomes = theme.spec, _outcomes(theme.spec)
    places: list[tuple[Path, When, str]] = [
        (("members", n), m.when, f"成员“{m.name}”") for n, m in enumerate(spec.members)
    ]
    places += [(("questions", n), q.when, f"题目“{q.code}”") for n, q in enumerate(spec.questions)]
    places += [(("limit", "conditional", n), c.when, f"时限“{c.label}”") for n, c in enumerate(spec.limit.conditional)]
    for path, when, what in places if outcomes is not None else ():
        if when and not any(holds(when, facts) is True for facts in outcomes or ()):
            yield theme.finding(
                (*path, "when"),
                "when-dead",
                f"怎么回答都不会用到{what}，它的条件永远不成立",
                "改条件，或改前面题目的条件",
            )


def _check_question(
    theme: Located[ThemeSpec], n: int, element: str | None, values: set[str], pack: Pack
) -> Iterator[Finding]:
    if element is None:
        return
    if element not in pack.elements:
        yield theme.finding(
            ("questions", n, "element"), "element", f"没有定义数据元“{element}”", "改为已有的数据元，或去掉"
        )
    elif not values <= {choice.value for choice in pack.elements[element].spec.choices}:
        yield theme.finding(
            ("questions", n, "choices"), "choices", f"选项和数据元“{element}”的选项不一致", "用数据元已有的选项 value"
        )


def _check_decisions(pack: Pack) -> Iterator[Finding]:
    """Decision tables ask for facts that cases know, and are whole in themselves."""
    answers: dict[str, set[str]] = {}
    for theme in pack.themes.values():
        for question in theme.spec.questions:
            answers.setdefault(question.code, set()).update(choice.value for choice in question.choices)
    facts = {**decision_facts.of_answers(answers), **decision_facts.of_elements(e.spec for e in pack.elements.values()),
             **decision_facts.of_case()}  # fmt: skip
    for table in pack.decisions.values():
        if table.spec.org not in pack.organisations:
            yield table.finding(("org",), "org", f"没有定义机构“{table.spec.org}”", "改为 organisations.yaml 里的 code")
        for flaw in decision_checks.errors(table.spec, facts):
            yield table.finding(flaw.path, f"decision-{flaw.rule}", flaw.message, flaw.remedy)
    for item in pack.items.values():
        used = pack.decisions.get(item.spec.instant.table) if item.spec.instant else None
        known = {use.element for use in item.spec.fields} | answers.keys() | decision_facts.of_case().keys()
        for path, message, remedy in instant_flaws(item.spec, used.spec if used else None, known):
            yield item.finding(path, "instant", message, remedy)


def _check_templates(pack: Pack) -> Iterator[Finding]:
    """Templates belong to organisations of the place, and no two are for the same papers. Applying draws a sample of each."""
    seen: dict[tuple[str, str], str] = {}
    for row in pack.templates.values():
        spec = row.spec
        if spec.org and spec.org not in pack.organisations:
            yield row.finding(("org",), "org", f"没有定义机构“{spec.org}”", "改为 organisations.yaml 里的 code")
        key = (spec.org, spec.kind.value if spec.kind else "")
        if key in seen:
            yield row.finding(("kind",), "template-twice", f"和“{seen[key]}”用于同样的文书", "只留一个")
        seen[key] = spec.code


def _check_composable(pack: Pack) -> Iterator[Finding]:
    """Compose every theme with all members: no circle, and the combined limit is kept."""
    catalogue = catalogue_of(pack)
    for theme in pack.themes.values():
        yield from _check_reachable(theme)
        try:
            plan = composer.compose(
                composer.of_theme(theme.spec), catalogue, answers=None, start_on=date(2026, 3, 2), calendar=seeded()
            )
        except ValueError:
            yield theme.finding(
                ("members",),
                "circle",
                "成员互相等待（有的用到对方的证照），排不出先后",
                "检查材料和 waits_for，断开这个圈",
            )
            continue
        for said in plan.schedule.breaks:
            yield theme.finding(("limit",), "limit-broken", said, "减少成员的 limit_days，或改先后次序")


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
