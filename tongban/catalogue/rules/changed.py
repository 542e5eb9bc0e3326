"""What changed between two versions of an item, element by element, in people's words (变更记录)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tongban.catalogue.rules import elements, guide
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
from tongban.catalogue.rules.elements import PART_WORDS, WORDS, difference
from tongban.catalogue.rules.parts import SPECIAL_WORDS, STOP_WORDS
from tongban.orgs.rules import LEVEL_WORDS
from tongban.vocabulary.rules import Element

SHORT = 80  # characters of a text that are shown before it is folded
NECESSITIES = {"required": "必要", "optional": "可以不交", "deferrable": "可后补（容缺）"}
SOURCES = {"applicant": "自备", "government": "政府部门核发", "other": "第三方出具"}
ROLES = {"clerk": "受理", "reviewer": "审查", "head": "决定"}
LAPSES = {"terminate": "终止", "refuse": "不予办理"}
MODES = {"shadow": "只比对", "live": "直接决定"}
# By what an entry of a list is known again, and what of it is said first, without a label.
KEYS = ("type", "element", "kind", "code", "law", "name", "ask")
FIRST = {key: n for n, key in enumerate(("type", "element", "kind", "name", "law", "ask", "standard"))}
PARTS = {"amount_fen": "金额"}
UNSAID = {("steps", "code"), ("variants", "code"), ("steps", "after")}  # ours, and nothing that people look for
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
    """What codes in a body are called: organisations, materials and licences by code, and the fields with their choices."""

    organisations: Mapping[str, str]
    materials: Mapping[str, str]
    licences: Mapping[str, str]
    elements: Mapping[str, Element]

    def of(self, element: str, part: str) -> Mapping[str, str]:
        """Return the words for the codes of a part of an element."""
        own: dict[tuple[str, str], Mapping[str, str]] = {
            ("org", ""): self.organisations, ("materials", "type"): self.materials, ("result", "licence_type"): self.licences,
            ("fields", "element"): {code: row.name for code, row in self.elements.items()},
        }  # fmt: skip
        return own.get((element, part)) or CODES.get((element, part), {})


@dataclass(frozen=True)
class Line:
    """A line of what was or is: what was done with it ("" for a plain value), the text, and its beginning where it is long."""

    verb: str
    text: str
    start: str


@dataclass(frozen=True)
class Changed:
    """An element that changed: what it was and what it is. Of a list only the entries that went, came or were altered."""

    words: str
    before: tuple[Line, ...]
    after: tuple[Line, ...]


def changes(before: Mapping[str, Any], after: Mapping[str, Any], names: Names) -> list[Changed]:
    """Return the elements in which two bodies differ, in the order of the guide; none where there was no version before."""
    if not before:
        return []
    return [_changed(row.element, row.words, before.get(row.element), after.get(row.element), names)
            for row in difference(before, after)]  # fmt: skip


def _changed(element: str, words: str, was: Any, now: Any, names: Names) -> Changed:
    if isinstance(was or now, list):
        return _changed_list(element, words, was or [], now or [], names)
    if isinstance(was, dict) and isinstance(now, dict):
        was, now = _apart(was, now)
    return Changed(
        words, *(tuple(_line("", _said(element, "", each, names)) for each in (value,) if each) for value in (was, now))
    )


def _changed_list(element: str, words: str, was: Sequence[Any], now: Sequence[Any], names: Names) -> Changed:
    old, new = {_key(each): each for each in was}, {_key(each): each for each in now}
    before = [("去掉", each) for key, each in old.items() if key not in new]
    after = [("加上", each) for key, each in new.items() if key not in old]
    for key, each in old.items():
        if key in new and new[key] != each:
            parts = _apart(each, new[key], keep=_own_key(each))
            before.append(("改", parts[0]))
            after.append(("改", parts[1]))
    if not before and not after:
        return Changed(words, (), (_line("", "内容没有变，只调整了先后次序"),))
    return Changed(
        words, *(tuple(_line(verb, _said(element, "", each, names)) for verb, each in rows) for rows in (before, after))
    )


def _own_key(entry: Any) -> str:
    return next((key for key in KEYS if key in entry), "") if isinstance(entry, dict) else ""


def _key(entry: Any) -> str:
    """Return by what an entry of a list is the same in two versions: its code, type, element …; a text is itself."""
    return str(entry[_own_key(entry)]) if _own_key(entry) else str(entry)


def _apart(was: Mapping[str, Any], now: Mapping[str, Any], keep: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """Return only the parts in which two entries differ, and the one that says which entry it is."""
    keys = [
        key
        for key in {**was, **now}
        if key == keep or (keep == "code" and key == "name") or was.get(key) != now.get(key)
    ]
    before, after = ({key: row.get(key, "") for key in keys} for row in (was, now))
    return before, after


def _said(element: str, part: str, value: Any, names: Names) -> str:
    """Return a value as a line of text: codes in words, what names it first, fees in yuan."""
    if part == "when":
        return guide.when_words(value or None, names.elements) or ("看情况" if value else "没有")
    if part == "amount_fen":
        return guide.yuan(value) if value else "没有写"
    match value:
        case dict():
            keys = sorted(
                (key for key in value if (element, key) not in UNSAID), key=lambda key: FIRST.get(key, len(FIRST))
            )
            said_parts = [
                (PARTS.get(key) or PART_WORDS.get(key, key), _said(element, key, value[key], names)) for key in keys
            ]
            return "，".join(
                said if n == 0 and keys[0] in FIRST else f"{words}：{said}"
                for n, (words, said) in enumerate(said_parts)
            )
        case list():
            return "、".join(_said(element, part, each, names) for each in value)
        case "":
            return "没有写"
        case str():
            return names.of(element, part).get(value, value)
        case _:
            return elements.said(value)


def _line(verb: str, text: str) -> Line:
    return Line(verb, text, f"{text[:SHORT]}……" if len(text) > SHORT + 20 else "")
