"""What changed between two versions of an item, element by element, in people's words (变更记录)."""

from __future__ import annotations

from collections.abc import Mapping
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
from tongban.catalogue.rules.elements import WORDS, difference, said
from tongban.catalogue.rules.parts import SPECIAL_WORDS, STOP_WORDS
from tongban.orgs.rules import LEVEL_WORDS
from tongban.vocabulary.rules import Element

SHORT = 80  # characters of a text that are shown before it is folded
NECESSITIES = {"required": "必要", "optional": "可以不交", "deferrable": "可后补（容缺）"}
SOURCES = {"applicant": "自备", "government": "政府部门核发", "other": "第三方出具"}
ROLES = {"clerk": "受理", "reviewer": "审查", "head": "决定"}
LAPSES = {"terminate": "终止", "refuse": "不予办理"}
MODES = {"shadow": "只比对", "live": "直接决定"}
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
class Text:
    """A text, and its beginning where it is long ("" where it is not)."""

    whole: str
    start: str


@dataclass(frozen=True)
class Changed:
    """An element that changed: what it was and what it is; of a list, only what went and what came."""

    words: str
    is_list: bool
    before: Text
    after: Text


def changes(before: Mapping[str, Any], after: Mapping[str, Any], names: Names) -> list[Changed]:
    """Return the elements in which two bodies differ, in the order of the guide; none where there was no version before."""
    if not before:
        return []
    return [_changed(row.element, row.words, before.get(row.element), after.get(row.element), names)
            for row in difference(before, after)]  # fmt: skip


def _changed(element: str, words: str, was: Any, now: Any, names: Names) -> Changed:
    if not isinstance(was or now, list):
        return Changed(words, False, *(_text(said(_worded(element, "", value, names))) for value in (was, now)))
    was, now = was or [], now or []
    went, came = [each for each in was if each not in now], [each for each in now if each not in was]
    if not went and not came:
        return Changed(words, True, _text(""), _text("内容没有变，只调整了先后次序"))
    return Changed(words, True, *(_text(said(_worded(element, "", each, names))) for each in (went, came)))


def _worded(element: str, part: str, value: Any, names: Names) -> Any:
    """Return a value with its codes replaced by words."""
    if part == "when" and not isinstance(value, str):
        return guide.when_words(value, names.elements) or "看情况"
    match value:
        case dict():
            return {key: _worded(element, key, each, names) for key, each in value.items()}
        case list():
            return [_worded(element, part, each, names) for each in value]
        case str():
            return names.of(element, part).get(value, value)
        case _:
            return value


def _text(whole: str) -> Text:
    return Text(whole, f"{whole[:SHORT]}……" if len(whole) > SHORT + 20 else "")
