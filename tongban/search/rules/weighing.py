"""How well a thing fits what was said, and why it was found. No Django, no database."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tongban.search.rules import words
from tongban.search.rules.words import Said

# What a term is worth by where it stands.
IN_TITLE, IN_NAME, IN_TEXT = 1.0, 0.9, 0.35
# A whole name of the thing that was said, or meant, is worth more than its pairs of characters; by character.
WHOLE, MEANT = 2.2, 2.4
GOOD = 0.6  # of what was said
LETTERS, BEGUN = 10.0, 5.0  # a whole name in letters, the beginning of one


@dataclass(frozen=True)
class Text:
    """What a thing is weighed by."""

    title: str
    words: tuple[str, ...]
    summary: str
    weight: float


@dataclass(frozen=True)
class Shape:
    """A thing taken apart: what it is called, and the terms of its title, its names and all its text."""

    names: tuple[str, ...]
    short: tuple[str, ...]
    title: frozenset[str]
    named: frozenset[str]
    text: frozenset[str]


@lru_cache(maxsize=8192)
def shape(thing: Text) -> Shape:
    """Return a thing taken apart. Kept, because the same things are weighed again and again."""
    names = tuple(words.names(thing.title, thing.words))
    short = tuple(words.normal(name) for name in names)
    named = frozenset(term for name in short for term in words.terms(name))
    text = frozenset(term for word in (*thing.words, thing.summary) for term in words.terms(word))
    return Shape(names, short, frozenset(words.terms(thing.title)), named, text)


@dataclass(frozen=True)
class Why:
    """Why a thing was found: by its words, by a synonym (what was said, what it means), by pinyin, by a mended mistake."""

    kind: str  # words, synonym, pinyin, initials, mistake
    said: str = ""
    meant: str = ""


@dataclass(frozen=True)
class Weighed:
    """The score of a thing, how surely it is meant, and why."""

    score: float
    is_good: bool
    why: Why


def rarity(entries: int, among: int) -> float:
    """Return what a term is worth that stands in so many of all entries: rare ones say more."""
    return math.log(1 + (among + 1) / (entries + 0.5))


def weigh(thing: Text, query: Said, worth: Callable[[str], float]) -> Weighed:
    """Return how well a thing fits. `worth` tells the rarity of a term; one that stands nowhere is worth nothing."""
    parts = shape(thing)
    title, named, text, short = parts.title, parts.named, parts.text, parts.short
    own = {term: worth(term) for term in query.terms}
    found = {
        term: value * (IN_TITLE if term in title else IN_NAME if term in named else IN_TEXT)
        for term, value in own.items() if term in title or term in named or term in text
    }  # fmt: skip
    letters = _letters(query, thing)
    whole = _whole(query, short)
    meant = _meant(query, thing, short)
    character = _by_character(query.character, short)
    score = sum(found.values()) + letters[0] + character + WHOLE * len(whole) + sum(value for value, _ in meant)
    share = sum(own[term] for term in found) / total if (total := _all_worth(query, own)) else 0.0
    called = whole or _called(found, title, short, query.character)
    why = letters[1] if letters[0] else _because(found, whole, meant, called)
    is_good = bool(letters[0] or character or whole or meant) or share >= GOOD
    return Weighed(round(score * thing.weight * (0.5 + share / 2 if found else 1.0), 4), is_good, why)


def _all_worth(query: Said, own: dict[str, float]) -> float:
    """Return the worth of all that was said; what no entry holds counts as the rarest that one does."""
    rarest = max(own.values(), default=0.0)
    return sum(value or rarest for value in own.values())


def _letters(query: Said, thing: Text) -> tuple[float, Why]:
    """Return what pinyin or initials typed for a name are worth."""
    best = (0.0, Why("words"))
    for name in shape(thing).names if query.letters else ():
        full, first = words.full_pinyin(name), words.initials(name)
        for run in query.letters:
            if run in (full, first):
                worth = LETTERS + WHOLE * min(len(name), 6)
            elif len(run) > 2 and (full.startswith(run) or first.startswith(run)):
                worth = BEGUN
            else:
                continue
            best = max(
                best,
                (worth, Why("initials" if first.startswith(run) else "pinyin", run, name)),
                key=lambda pair: pair[0],
            )
    return best


def _by_character(character: str, short: Sequence[str]) -> float:
    """Return what a name that holds the one character is worth; one that ends with it more: 房产证 for 证."""
    if not character:
        return 0.0
    return max((2.0 if name.endswith(character) else 1.0 for name in short if character in name), default=0.0)


def _whole(query: Said, short: Sequence[str]) -> str:
    """Return the longest name of the thing that was said as a whole."""
    said = query.core.replace(" ", "")
    return max((name for name in short if len(name) > 1 and name in said), key=len, default="")


def _meant(query: Said, thing: Text, short: Sequence[str]) -> list[tuple[float, Why]]:
    """Return what each word that was said adds by meaning what the thing is called, the best first."""
    found = []
    title = words.normal(thing.title)
    for meant in query.meant:
        by_word = [(place, other) for other in meant.others if (place := _place(words.normal(other), title, short))]
        if by_word:
            place, other = max(by_word, key=lambda pair: pair[0])
            found.append(
                (
                    MEANT * min(len(meant.said.replace(" ", "")), 6) * place + 4 * place,
                    Why("synonym", meant.said, other),
                )
            )
    return sorted(found, key=lambda pair: -pair[0])[:3]


def _place(word: str, title: str, short: Sequence[str]) -> float:
    """Return what a meant word is worth in a thing; two characters inside a longer name are another word: 酒店 in 烟酒店."""
    if word in title:
        return IN_TITLE
    return IN_NAME if word in short or (len(word) > 2 and any(word in name for name in short)) else 0.0


def _called(found: Iterable[str], title: Collection[str], short: Sequence[str], character: str) -> str:
    """Return the other name that was hit, for who does not see in the title why a thing is there."""
    hit = [*found, *character]
    if any(term in title for term in hit):
        return ""
    return next((name for name in short if any(term in name for term in hit)), "")


def _because(found: dict[str, float], whole: str, meant: list[tuple[float, Why]], called: str) -> Why:
    """Return the reason to tell: its own words where they carry it, else the synonym that does."""
    if meant and not whole and meant[0][0] > sum(found.values()):
        return meant[0][1]
    return Why("words", meant=called)


def marked(query: Said, why: Why) -> tuple[str, ...]:
    """Return the texts to mark in what is shown of a thing: pairs of characters that were said, and what they were taken for."""
    taken = [words.normal(text) for text in (why.said, why.meant) if len(text) > 1]
    return tuple(
        dict.fromkeys(
            [*taken, *(term for term in query.terms if len(term) > 1 or words.is_latin(term)), *query.character]
        )
    )
