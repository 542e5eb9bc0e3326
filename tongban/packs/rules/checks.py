"""What a pack must satisfy as a whole: names resolve, nothing hangs in the air, nothing is said twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tongban.catalogue.rules import alike
from tongban.catalogue.rules.checks import Fault, Surroundings, faults
from tongban.catalogue.rules.instant import instant_flaws
from tongban.catalogue.rules.item import ItemSpec
from tongban.decisions.rules import checks as decision_checks
from tongban.decisions.rules import facts as decision_facts
from tongban.orgs.rules import level_of, takes
from tongban.packs.rules.pack import Located, Pack
from tongban.packs.rules.themes import check_composable, check_themes, check_values
from tongban.rules.conditions import When, facts_of
from tongban.rules.specs import Finding, Path


def check(pack: Pack) -> list[Finding]:
    """Return all that is wrong with a pack whose single specs are well formed."""
    found = [*_check_orgs(pack), *_check_windows(pack), *_check_words(pack), *_check_items(pack), *check_themes(pack),
             *_check_decisions(pack), *_check_templates(pack)]  # fmt: skip
    if not found:
        found = list(check_composable(pack))
    return found


def _check_orgs(pack: Pack) -> Iterator[Finding]:
    for place in pack.places.values():
        if place.spec.region not in pack.regions:
            yield place.finding(("region",), "region", f"区划 {place.spec.region} 没有定义", "在 regions.yaml 里补上")
        for key in ("overseer", "appeals", "arbiter"):
            code = getattr(place.spec, key)
            if code and code not in pack.organisations:
                yield place.finding((key,), "org", f"没有定义机构“{code}”", "改为 organisations.yaml 里的 code")
        if place.spec.appeals and place.spec.appeals == place.spec.overseer:
            yield place.finding(("appeals",), "appeals", "监督和申诉复核是同一个机构", "换一个机构复核申诉")
        if place.spec.arbiter and place.spec.arbiter in (place.spec.overseer, place.spec.appeals):
            yield place.finding(
                ("arbiter",), "arbiter", "申诉复核机构自己的申诉，由它自己或监督机构决定", "换一个机构，或不写 arbiter"
            )
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
    codes: dict[tuple[str, str | None, str], str] = {}
    shapes: dict[object, str] = {}
    for item in pack.items.values():
        spec = item.spec
        if spec.grant is not None:  # The same item by another body: it has the other's names and shape.
            yield from _check_grant(item, pack)
            yield from _check_uses(item, pack)
            continue
        for n, name in enumerate((spec.name, *spec.aliases)):
            if name in names:
                place: Path = ("name",) if n == 0 else ("aliases", n - 1)
                yield item.finding(
                    place, "name-twice", f"名称“{name}”已用于 {names[name]}", "同一事项合成一个，名称写成别名"
                )
            names[name] = spec.code
        key = (spec.org, spec.level, spec.catalog_code)
        if key in codes:
            yield item.finding(("catalog_code",), "code-twice", f"基本编码与 {codes[key]} 相同", "换一个编码")
        codes[key] = spec.code
        shape = (frozenset(u.element for u in spec.fields), frozenset(u.type for u in spec.materials),
                 tuple(s.name for s in spec.steps))  # fmt: skip
        if shape in shapes and spec.prepared:
            yield item.finding(
                (), "same-shape", f"字段、材料和环节与 {shapes[shape]} 完全一样", "写出这个事项自己的内容"
            )
        if spec.prepared:
            shapes[shape] = spec.code
        yield from _check_uses(item, pack)


def _check_grant(item: Located[ItemSpec], pack: Pack) -> Iterator[Finding]:
    """Check that what was granted (园区赋权) was the other body's to give."""
    spec, grant = item.spec, item.spec.grant
    if grant is None:
        return
    if grant.held_by not in pack.organisations:
        yield item.finding(
            ("grant", "held_by"), "org", f"没有定义机构“{grant.held_by}”", "改为 organisations.yaml 里的 code"
        )
    elif grant.held_by == spec.org:
        yield item.finding(("grant", "held_by"), "grant", "赋权的一方和承接的一方是同一个机构", "写原来办这一项的机构")
    elif not any(
        row.spec.org == grant.held_by and row.spec.catalog_code == spec.catalog_code and row.spec.grant is None
        for row in pack.items.values()
    ):
        yield item.finding(
            ("grant", "held_by"), "grant", "这个机构没有基本编码相同的事项，无从赋权", "改 held_by，或先编制它的事项"
        )


def item_faults(pack: Pack) -> Iterator[tuple[Located[ItemSpec], Fault]]:
    """Give what is wrong with the items as implementation lists, with rule numbers; the elements of N同 as well.

    A pack is applied in spite of these; an item edited on screen is not published while one of them blocks.
    """
    materials = {code: row.spec for code, row in pack.materials.items()}
    basic = {row.spec.code: row.spec for row in pack.basic_items.values()}
    parents = {row.spec.catalog_code[:9] for row in pack.items.values() if row.spec.catalog_code[9:] != "000"}
    for item in pack.items.values():
        spec = item.spec
        org = pack.organisations.get(spec.org)
        place = next(iter(pack.places.values())).spec
        around = Surroundings(
            province=place.region[:2], organisation_level=level_of(org.spec.region) if org else "",
            phone=org.spec.phone if org else "", supervision_phone=place.phone, address=org.spec.address if org else "",
            basic=basic, materials=materials,
        )  # fmt: skip
        for fault in faults(spec, around):
            yield item, fault
        if spec.prepared and spec.catalog_code.endswith("000") and spec.catalog_code[:9] in parents:
            yield (
                item,
                Fault(("catalog_code",), "1.2-4", "这是有子项的主项，本身不能办理", "办理的是子项：换成子项的编码"),
            )
        if spec.prepared and spec.catalog_code in basic:
            for fault in alike.differences(spec, basic[spec.catalog_code]):
                yield item, fault


# The rule numbers of what the reader of specs and the checks above find in an item.
NUMBERS = {
    "missing": "1.4-1", "type": "1.4-2", "bounds": "1.4-2", "choice": "1.4-2", "pattern": "1.4-2", "value": "1.4-2", "unknown": "1.4-3",
    "name-twice": "1.4-7", "same-shape": "1.4-7", "code-twice": "1.2-3", "org": "1.4-8", "element": "1.4-8", "material": "1.4-8",
    "licence-type": "1.4-8", "face": "1.4-8", "when": "1.4-8", "when-value": "1.4-8", "instant": "1.4-8",
}  # fmt: skip


def numbered(finding: Finding) -> Finding:
    """Return a finding in an item under the number of its rule; others as they are."""
    return replace(finding, rule=NUMBERS.get(finding.rule, finding.rule)) if "items/" in finding.file else finding


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
            yield from check_values(
                item, path, when, name, {choice.value for choice in pack.elements[name].spec.choices}
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
