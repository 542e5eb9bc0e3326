"""Groups of words that mean the same (同义词): those of the pack, those that editors added on screen, those switched off."""

from __future__ import annotations

import enum
import hashlib
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tongban.rules.errors import Invalid
from tongban.search.rules import words

MOST_WORDS, LONGEST_WORD = 60, 30


class Origin(enum.StrEnum):
    """Where a row comes from: the pack's file, an editor's screen, or an editor who switched a group of the pack off."""

    PACK = "pack"
    DESK = "desk"
    OFF = "off"


@dataclass(frozen=True)
class Row:
    """A row as kept. One of the desk with `joins` adds its words to the group of the pack that holds that word."""

    origin: str
    words: tuple[str, ...]
    joins: str = ""


@dataclass(frozen=True)
class Group:
    """A group as it counts: the pack's words, the words added on screen, whether it is switched off."""

    pack: tuple[str, ...]
    desk: tuple[str, ...]
    is_off: bool

    @property
    def words(self) -> tuple[str, ...]:
        """All words, those of the desk first: what people say stands before what the catalogue says."""
        return tuple(dict.fromkeys((*self.desk, *self.pack)))

    @property
    def key(self) -> str:
        """What the group goes by in an address, as long as nobody changes it."""
        return hashlib.sha256("|".join(self.words).encode()).hexdigest()[:16]


def groups(rows: Iterable[Row]) -> list[Group]:
    """Return the groups of the pack with what the desk added, then those of the desk alone."""
    rows = list(rows)
    off = {row.words for row in rows if row.origin == Origin.OFF}
    pack = [row.words for row in rows if row.origin == Origin.PACK]
    more: dict[int, list[str]] = {}
    alone: list[Group] = []
    for row in (row for row in rows if row.origin == Origin.DESK):
        home = next((n for n, group in enumerate(pack) if row.joins and row.joins in group), None)
        if home is None:
            kept = (*row.words, row.joins) if row.joins else row.words
            alone.append(Group((), kept, False))
        else:
            more.setdefault(home, []).extend(row.words)
    joined = [Group(group, tuple(more.get(n, ())), group in off) for n, group in enumerate(pack)]
    return [*joined, *alone]


def anchor(group: Sequence[str], pack: Iterable[Sequence[str]]) -> str:
    """Return the word of a group of the pack by which words of the desk hold on to it: one that no earlier group has."""
    before = {word for other in itertools.takewhile(lambda each: tuple(each) != tuple(group), pack) for word in other}
    return next((word for word in group if word not in before), group[0])


def in_force(rows: Iterable[Row]) -> list[tuple[str, ...]]:
    """Return the words of each group that counts."""
    return [group.words for group in groups(rows) if not group.is_off]


def is_in_pack(row: Row, pack: Iterable[Sequence[str]]) -> bool:
    """Return whether a row of the desk says nothing any more, because the pack now says it or the group is gone."""
    wanted = {*row.words, row.joins} - {""}
    known = [tuple(group) for group in pack]
    return row.words not in known if row.origin == Origin.OFF else any(wanted <= set(group) for group in known)


def read(text: str) -> tuple[str, ...]:
    """Return the words that an editor wrote, set apart by 、 ， , ； | or lines; blanks inside a word stay.

    Raises Invalid.
    """
    found = [" ".join(words.normal(word).split()) for word in re.split(r"[、，,；;|/\n\r]+", text)]
    kept = tuple(dict.fromkeys(word for word in found if word))
    odd = next((word for word in kept if len(word) > LONGEST_WORD or not words.terms(word)), "")
    short = next((word for word in kept if len(word.replace(" ", "")) < 2), "")
    if not kept:
        raise Invalid("search.no_words", "没有写词", fields={"words": "写至少一个词，几个词之间用顿号隔开"})
    if odd or short:
        raise Invalid("search.odd_word", "有的词不能用", fields={"words": _problem(odd, short)})
    if len(kept) > MOST_WORDS:
        raise Invalid("search.many_words", "一组的词太多", fields={"words": f"一组最多 {MOST_WORDS} 个词，拆成几组"})
    return kept


def _problem(odd: str, short: str) -> str:
    if short:
        return f"“{short}”只有一个字，会带出不相干的结果；写两个字以上"
    return f"“{odd[:LONGEST_WORD]}”太长或没有文字；一个词最多 {LONGEST_WORD} 个字"
