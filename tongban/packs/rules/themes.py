"""What the themes of a pack must satisfy: members, questions and answers fit, and every one of them can be composed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tongban.calendars.rules import seeded
from tongban.packs.rules.pack import Located, Pack, S, catalogue_of
from tongban.rules.conditions import Facts, When, alternatives, facts_of, holds
from tongban.rules.specs import Finding, Path
from tongban.themes.rules import compose as composer
from tongban.themes.rules import guidance, permits
from tongban.themes.rules.spec import ThemeSpec


def check_themes(pack: Pack) -> Iterator[Finding]:
    """Yield what is wrong with the themes of a pack: numbers, members, lead, conditions, questions nobody needs."""
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
            yield from check_values(theme, path, when, name, known[name])


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


def outcomes(theme: ThemeSpec) -> list[Facts] | None:
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
    spec, ways = theme.spec, outcomes(theme.spec)
    places: list[tuple[Path, When, str]] = [
        (("members", n), m.when, f"成员“{m.name}”") for n, m in enumerate(spec.members)
    ]
    places += [(("questions", n), q.when, f"题目“{q.code}”") for n, q in enumerate(spec.questions)]
    places += [(("limit", "conditional", n), c.when, f"时限“{c.label}”") for n, c in enumerate(spec.limit.conditional)]
    for path, when, what in places if ways is not None else ():
        if when and not any(holds(when, facts) is True for facts in ways or ()):
            yield theme.finding(
                (*path, "when"),
                "when-dead",
                f"怎么回答都不会用到{what}，它的条件永远不成立",
                "改条件，或改前面题目的条件",
            )


def dead_ends(theme: Located[ThemeSpec]) -> Iterator[Finding]:
    """Yield, once for a theme, that some way through guidance leads to no member: sometimes meant, often forgotten."""
    spec = theme.spec
    dead = [facts for facts in outcomes(spec) or () if not any(holds(m.when, facts) is True for m in spec.members)]
    if dead:
        yield theme.finding(
            ("questions",), "dead-end", f"这样回答以后没有要办的事项：{_answers(spec, dead[0])}（共 {len(dead)} 条这样的路）",
            "有意这样的不用改；不是的，让一个事项在这种情形下也办，或去掉这个选项",
        )  # fmt: skip


def _answers(theme: ThemeSpec, facts: Facts) -> str:
    """Return a way through guidance in words."""
    said = []
    for question in theme.questions:
        label = next((choice.label for choice in question.choices if choice.value == facts.get(question.code)), "")
        said += [f"“{question.ask}”答“{label}”"] if label else []
    return "，".join(said) or "没有题目"


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


def check_composable(pack: Pack) -> Iterator[Finding]:
    """Yield what hinders composing a theme with all its members: a circle, a combined limit that is not kept."""
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


def check_values(row: Located[S], path: Path, when: When, name: str, known: set[str]) -> Iterator[Finding]:
    """Yield conditions that never hold: on a value that nobody can choose, or on none."""
    if any(mapping.get(name) == [] for mapping in alternatives(when)):
        yield row.finding(
            (*path, name), "when-value", f"“{name}”后面没有写选项，条件永远不成立", f"写上：{'、'.join(sorted(known))}"
        )
    for value in sorted({value for mapping in alternatives(when) for value in mapping.get(name, [])} - known):
        yield row.finding(
            (*path, name), "when-value", f"“{name}”没有“{value}”这个选项", f"改为：{'、'.join(sorted(known))}"
        )
