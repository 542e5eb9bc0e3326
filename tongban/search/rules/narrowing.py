"""Filters over what was found, and the choices offered when words are too vague. No Django, no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from tongban.search.rules import words

MOST_CHOICES = 6
MANY = 12  # results are a long list
LONGEST_LABEL = 10
ENOUGH = 3  # names that continue a bare word, or choices


@dataclass(frozen=True)
class Facts:
    """What a thing can be filtered by; its owner sets it. `visits` None: nobody says how often one has to come."""

    audience: tuple[str, ...] = ()
    org: str = ""
    org_name: str = ""
    visits: int | None = None
    is_online: bool = False


@dataclass(frozen=True)
class Filters:
    """What a search is narrowed to; an empty value narrows nothing."""

    kind: str = ""
    audience: str = ""
    org: str = ""
    online: str = ""  # "yes"
    visits: str = ""  # most times one has to come: "0", "1"

    @property
    def is_empty(self) -> bool:
        """Whether nothing is narrowed."""
        return self == Filters()


TESTS: dict[str, Callable[[str, Facts, str], bool]] = {
    "kind": lambda kind, _, wanted: kind == wanted,
    "audience": lambda _, facts, wanted: wanted in facts.audience,
    "org": lambda _, facts, wanted: facts.org == wanted,
    "online": lambda _, facts, wanted: facts.is_online and wanted == "yes",
    "visits": lambda _, facts, wanted: facts.visits is not None and wanted.isdigit() and facts.visits <= int(wanted),
}


def fits(kind: str, facts: Facts, filters: Filters) -> bool:
    """Return whether a thing passes the filters."""
    return all(not (wanted := getattr(filters, name)) or test(kind, facts, wanted) for name, test in TESTS.items())


def counts(
    found: Iterable[tuple[str, Facts]], filters: Filters, values: dict[str, Sequence[str]]
) -> dict[str, dict[str, int]]:
    """Return filter -> value -> how many would be left if it were chosen next to the other filters."""
    rows = list(found)
    return {
        name: {
            value: sum(fits(kind, facts, replace(filters, **{name: value})) for kind, facts in rows) for value in wanted
        }
        for name, wanted in values.items()
    }


def departments(found: Iterable[tuple[str, Facts]]) -> dict[str, str]:
    """Return the departments of what was found, code -> name, those with most first."""
    rows = [facts for _, facts in found if facts.org]
    tally = Counter(facts.org for facts in rows)
    names = {facts.org: facts.org_name for facts in rows}
    return {org: names[org] for org in sorted(tally, key=lambda org: (-tally[org], org))}


@dataclass(frozen=True)
class Choice:
    """A way to narrow a vague search: a fuller word to look for, or a department. `count`: what it leads to."""

    label: str
    query: str
    org: str
    count: int


@dataclass(frozen=True)
class Candidate:
    """A thing found as the choices see it."""

    names: tuple[str, ...]
    facts: Facts
    score: float


def is_vague(query: str, found: Sequence[Candidate]) -> bool:
    """Return whether what was said fits too much: a bare word that many names continue, or a long list without a first."""
    if len(found) >= MANY and found[7].score >= found[0].score * 0.75:
        return True
    about = words.matter(query)
    return len(about) <= 2 and not words.is_latin(about) and len(_continued(about, found)) >= ENOUGH


def choices(query: str, found: Sequence[Candidate]) -> list[Choice]:
    """Return up to six ways to narrow: names that hold the word and lead to different things, then departments."""
    about = words.matter(query)
    left = _continued(about, found)
    chosen: list[Choice] = []
    covered: set[int] = set()
    while left and len(chosen) < MOST_CHOICES:
        name = max(left, key=lambda word: (len(left[word] - covered), -len(word), -min(left[word])))
        if not left[name] - covered and len(chosen) >= ENOUGH:
            break
        chosen.append(Choice(name, name, "", len(left[name])))
        covered |= left.pop(name)
    if len(chosen) >= ENOUGH:
        return chosen
    rows = [("", candidate.facts) for candidate in found]
    by_org = [
        Choice(name, "", org, sum(facts.org == org for _, facts in rows)) for org, name in departments(rows).items()
    ]
    return (chosen + (by_org if len(by_org) > 1 else []))[:MOST_CHOICES]


def _continued(about: str, found: Sequence[Candidate]) -> dict[str, set[int]]:
    """Return names that hold the word and say more, with the numbers of the things that they name."""
    names: dict[str, set[int]] = {}
    for n, candidate in enumerate(found):
        for name in candidate.names:
            if about in name and name != about and len(name) <= LONGEST_LABEL and words.matter(name) != about:
                names.setdefault(name, set()).add(n)
    return names
