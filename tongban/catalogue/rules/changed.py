"""What changed between two versions of an item or a theme, element by element, in people's words.

The public change log (变更记录) and those who edit drafts read the same; drafts may hold anything that was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tongban.catalogue.rules import guide
from tongban.catalogue.rules.dictionaries import (
    AUDIENCES,
    BODIES,
    FIRM_TOPICS,
    LEVELS,
    ON_APPLICATION,
    ONLINE,
    PERSON_TOPICS,
    POWER_SOURCES,
    REACHES,
    WAYS,
)
from tongban.catalogue.rules.elements import PART_WORDS, WORDS
from tongban.catalogue.rules.parts import SPECIAL_WORDS, STOP_WORDS
from tongban.orgs.rules import LEVEL_WORDS
from tongban.rules.conditions import alternatives
from tongban.vocabulary.rules import Element

SHORT = 80  # characters of a text that are shown before it is folded
MOST_FEN = 10**15  # what is more is no amount of money
NECESSITIES = {"required": "必要", "optional": "可以不交", "deferrable": "可后补（容缺）"}
SOURCES = {"applicant": "自备", "government": "政府部门核发", "other": "第三方出具"}
ROLES = {"clerk": "受理", "reviewer": "审查", "head": "决定"}
LAPSES = {"terminate": "终止", "refuse": "不予办理"}
MODES = {"shadow": "只比对", "live": "直接决定"}
# By what an entry of a list is known again, and what of it is said first, without a label.
KEYS = ("code", "item", "type", "element", "kind", "law", "name", "ask")
FIRST = {key: n for n, key in enumerate(("item", "type", "kind", "name", "law", "ask", "element", "standard", "label"))}
# Codes of ours: nothing that people outside look for.
UNSAID = {("steps", "code"), ("variants", "code"), ("steps", "after")}
Codes = Mapping[tuple[str, str], Mapping[str, str]]
# (element, part of it; "" for the element itself) -> code -> words.
CODES: dict[tuple[str, str], Mapping[str, str]] = {
    ("type", ""): ON_APPLICATION, ("level", ""): LEVELS, ("power_source", ""): POWER_SOURCES, ("body", ""): BODIES, ("reach", ""): REACHES,
    ("ways", ""): WAYS, ("online", ""): ONLINE, ("audience", ""): AUDIENCES, ("person_topics", ""): PERSON_TOPICS,
    ("firm_topics", ""): FIRM_TOPICS, ("stations", ""): LEVEL_WORDS, ("materials", "necessity"): NECESSITIES,
    ("materials", "form"): guide.FORMS, ("materials", "source"): SOURCES, ("materials", "defer_lapse"): LAPSES,
    ("steps", "role"): ROLES, ("result", "kind"): guide.RESULTS, ("fee", "when"): guide.PAID, ("fee", "refund"): guide.REFUNDS,
    ("special", "kind"): SPECIAL_WORDS, ("stops", "kind"): STOP_WORDS, ("instant", "mode"): MODES, ("local", "element"): WORDS,
}  # fmt: skip


@dataclass(frozen=True)
class Names:
    """What things in a body are called: its elements in their order, their parts, codes, and what conditions ask about."""

    elements: Mapping[str, str]
    parts: Mapping[str, str]
    codes: Codes
    asked: Mapping[str, Element]


def item_names(
    organisations: Mapping[str, str],
    materials: Mapping[str, str],
    licences: Mapping[str, str],
    elements: Mapping[str, Element],
) -> Names:
    """Return how the body of an item is said; all are by code."""
    own: Codes = {
        ("org", ""): organisations, ("grant", "held_by"): organisations, ("materials", "type"): materials,
        ("result", "licence_type"): licences, ("fields", "element"): {code: row.name for code, row in elements.items()},
    }  # fmt: skip
    return Names(WORDS, PART_WORDS, {**CODES, **own}, elements)


@dataclass(frozen=True)
class Line:
    """A line of what was or is: what was done with it ("" for a plain value), the text, and its beginning where it is long."""

    verb: str
    text: str
    start: str


@dataclass(frozen=True)
class Changed:
    """An element that changed: what it was and what it is. Of a list only the entries that went, came or were altered."""

    element: str
    words: str
    before: tuple[Line, ...]
    after: tuple[Line, ...]


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Names, *, is_public: bool = False
) -> list[Changed]:
    """Return the elements in which two bodies differ, in the order of `names`. In public, codes of ours are not said."""
    speech = _Speech(names, is_public)
    found = []
    for key in [*names.elements, *sorted({*before, *after} - names.elements.keys())]:
        was, now = before.get(key), after.get(key)
        if was != now and not (_is_nothing(was) and _is_nothing(now)):
            found.append(Changed(key, names.elements.get(key, key), *speech.sides(key, was, now)))
    return found


@dataclass(frozen=True)
class _Speech:
    """Says values of a body in words."""

    names: Names
    is_public: bool

    def sides(self, element: str, was: Any, now: Any) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        """Return what to say of an element that was one thing and is another."""
        if all(isinstance(each, list) or _is_nothing(each) for each in (was, now)) and isinstance(was or now, list):
            return self._list_sides(element, was or [], now or [])
        if isinstance(was, dict) and isinstance(now, dict):
            was, now = _apart(was, now)
        return self._lines(element, [("", was)]), self._lines(element, [("", now)])

    def _list_sides(
        self, element: str, was: Sequence[Any], now: Sequence[Any]
    ) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        old, new = _keyed(_without(was, now)), _keyed(_without(now, was))
        if not old and not new:
            return (), (_line("", "内容没有变，只调整了先后次序"),)
        before = [("去掉", each) for key, each in old.items() if key not in new]
        after = [("加上", each) for key, each in new.items() if key not in old]
        for key in (key for key in old if key in new):
            parts = _parts(old[key], new[key])
            before.append(("改", parts[0]))
            after.append(("改", parts[1]))
        return self._lines(element, before), self._lines(element, after)

    def _lines(self, element: str, rows: Sequence[tuple[str, Any]]) -> tuple[Line, ...]:
        return tuple(_line(verb, self._said(element, "", value)) for verb, value in rows if not _is_nothing(value))

    def _said(self, element: str, part: str, value: Any) -> str:
        """Return a value as a line of text: codes in words, what names it first, fees in yuan."""
        codes = self.names.codes.get((element, part), {})
        if _is_nothing(value):
            return "没有" if part == "when" and not codes else "没有写"
        match value:
            case bool():
                return "是" if value else "否"
            case int() if part.endswith("_fen") and abs(value) < MOST_FEN:
                return guide.yuan(value)
            case dict() | list() if part == "when" and (self.is_public or self._condition(value)):
                return self._condition(value) or "看情况"
            case dict() if part == "when":  # its facts are asked elsewhere: they have no words here
                return "，".join(f"{fact}：{self._said('', '', accepted)}" for fact, accepted in value.items())
            case dict():
                return self._said_parts(element, value)
            case list():
                separator = "；" if any(isinstance(each, dict) for each in value) else "、"
                return separator.join(self._said(element, part, each) for each in value)
            case _:
                return codes.get(str(value), str(value))

    def _said_parts(self, element: str, value: Mapping[str, Any]) -> str:
        keys = sorted(value, key=lambda key: FIRST.get(key, len(FIRST)))
        if self.is_public:
            keys = [key for key in keys if (element, key) not in UNSAID]
        told = [(key, self._said(element, key, value[key])) for key in keys]
        return "，".join(
            said if n == 0 and key in FIRST else f"{self.names.parts.get(key, key)}：{said}"
            for n, (key, said) in enumerate(told)
        )

    def _condition(self, when: Any) -> str:
        """Return a condition in words; "" where it cannot be said, or is none."""
        rows = alternatives(when)
        if not all(isinstance(row, dict) and all(map(_is_texts, row.values())) for row in rows):
            return ""
        return guide.when_words(when, self.names.asked)


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _without(rows: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """Return the entries that `others` does not have as they are; one that stands twice needs two."""
    left, rest = list(others), []
    for row in rows:
        if row in left:
            left.remove(row)
        else:
            rest.append(row)
    return rest


def _keyed(rows: Sequence[Any]) -> dict[tuple[str, int], Any]:
    """Return the entries by what they are known by; the second of a kind is its second."""
    found: dict[tuple[str, int], Any] = {}
    for row in rows:
        key = _key(row)
        found[key, sum(known == key for known, _ in found)] = row
    return found


def _own_key(entry: Any) -> str:
    return next((key for key in KEYS if key in entry), "") if isinstance(entry, dict) else ""


def _key(entry: Any) -> str:
    """Return by what an entry of a list is the same in two versions: its code, type, element …; a text is itself."""
    return str(entry[_own_key(entry)]) if _own_key(entry) else str(entry)


def _parts(was: Any, now: Any) -> tuple[Any, Any]:
    """Return what to say of an entry that was altered: the parts that differ; both whole where they are of two kinds."""
    own = _own_key(was)
    if isinstance(was, dict) and isinstance(now, dict) and own == _own_key(now):
        return _apart(was, now, keep=own)
    return was, now


def _apart(was: Mapping[str, Any], now: Mapping[str, Any], keep: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """Return only the parts in which two entries differ, and the one that says which entry it is."""
    kept = {keep, "name", "ask"} if keep == "code" else {keep}
    keys = [key for key in {**was, **now} if key in kept or was.get(key) != now.get(key)]
    before, after = ({key: row.get(key, "") for key in keys} for row in (was, now))
    return before, after


def _line(verb: str, text: str) -> Line:
    return Line(verb, text, f"{text[:SHORT]}……" if len(text) > SHORT + 20 else "")
