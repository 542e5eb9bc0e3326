"""What was meant by what was mistyped: a character of the same sound, one dropped or doubled, a slip in pinyin. No Django."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tongban.search.rules import words

LONGEST, MOST = 10, 3
SHORTEST = 5  # letters: with fewer every other word is one slip away


@dataclass(frozen=True)
class Mended:
    """A stretch of a query that was mistyped, and the word that is meant."""

    typed: str
    meant: str


class Book:
    """The words that things are called by, found by their sound. Built once for a catalogue."""

    def __init__(self, known: Iterable[str]) -> None:
        self.by_sound: dict[tuple[str, ...], list[str]] = {}
        self.by_half: dict[tuple[str, ...], list[str]] = {}
        self.by_letters: dict[str, list[str]] = {}
        self.words = list(dict.fromkeys(words.normal(word) for word in known))
        for word in self.words:
            sound = words.sound(word)
            if not 2 <= len(word) <= LONGEST or len(sound) != len(word):
                continue
            self.by_sound.setdefault(sound, []).append(word)
            for half in _halves(sound):
                self.by_half.setdefault(half, []).append(word)
            letters = pinyin(word)
            for end in _ends(letters):
                self.by_letters.setdefault(end, []).append(word)


def pinyin(word: str) -> str:
    """Return the folded pinyin of a word in one run, as somebody types it."""
    return words.folded(words.full_pinyin(word))


def _halves(sound: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the keys of a word that stay when one of its syllables goes wrong: how it begins, how it ends."""
    return [("<", *sound[: len(sound) // 2]), (*sound[(len(sound) + 1) // 2 :], ">")]


def mend(query: str, book: Book, is_known: Callable[[str], bool]) -> list[Mended]:
    """Return what may have been meant, the surest first. `is_known` tells whether a term stands in the index at all.

    Only a stretch that holds an unknown pair of characters is mended: what everybody writes is no mistake.
    """
    found: list[Mended] = []
    for run in words.core(query).split():
        for part in words.runs(run):
            found += _letters(part, book) if words.is_latin(part) else _characters(part, book, is_known)
    return list(dict.fromkeys(found))[:MOST]


def _characters(run: str, book: Book, is_known: Callable[[str], bool]) -> Iterator[Mended]:
    stretches = [part for part in _stretches(run) if not all(map(is_known, words.terms(part)))]
    for typed in stretches:  # a wrong character of the same sound
        for word in book.by_sound.get(words.sound(typed), ())[:2]:
            if word != typed and not (len(typed) == 2 and not _shares(typed, word)):
                yield Mended(typed, word)
    for typed in stretches:  # a doubled one
        single = "".join(ch for n, ch in enumerate(typed) if n == 0 or ch != typed[n - 1])
        if single != typed and words.sound(single) in book.by_sound:
            yield from (Mended(typed, word) for word in book.by_sound[words.sound(single)] if word == single)
    for (
        typed
    ) in stretches:  # one dropped, or another one among many; of two characters only where they are all that was said
        if len(typed) > 2 or typed == run:
            yield from (Mended(typed, word) for word in _near(typed, book))


def _shares(typed: str, word: str) -> bool:
    """Return whether two words have a character in common: two characters with two slips are another word."""
    return any(a == b for a, b in zip(typed, word, strict=False))


def _stretches(run: str) -> list[str]:
    """Return the stretches of a run that may be one mistyped word, long ones first; two characters only at an end."""
    found = [run[i:j] for i in range(len(run)) for j in range(i + 2, min(len(run), i + LONGEST) + 1)]
    ends = [part for part in found if len(part) > 2 or run.startswith(part) or run.endswith(part)]
    return sorted(dict.fromkeys(ends), key=lambda part: -len(part))[:60]


def _near(typed: str, book: Book) -> list[str]:
    """Return the words that have one character more or another one: 营执照 is 营业执照, 烟行 is 烟酒行."""
    sound = words.sound(typed)
    keys = {("<", *sound[:n]) for n in range(1, len(sound))} | {(*sound[n:], ">") for n in range(1, len(sound))}
    pool = {word for key in keys for word in book.by_half.get(key, ())}
    near = [
        word for word in pool
        if (len(word) == len(typed) + 1 and _is_within(typed, word) and word[0] == typed[0] and word[-1] == typed[-1])
        or (len(word) == len(typed) > 3 and sum(a != b for a, b in zip(typed, word, strict=True)) == 1)
    ]  # fmt: skip
    return sorted(near, key=lambda word: (-len(word), word))[:2]


def _is_within(typed: str, word: str) -> bool:
    """Return whether `typed` is `word` without one character."""
    return any(word[:n] + word[n + 1 :] == typed for n in range(len(word)))


def _letters(run: str, book: Book) -> list[Mended]:
    """Return the words whose pinyin is the run but for the sounds people mix up, or for one letter."""
    typed = words.folded(run)
    if len(typed) < SHORTEST or any(ch.isdigit() for ch in typed):
        return []
    pool = {word for end in _ends(typed) for word in book.by_letters.get(end, ())}
    ranked = sorted((distance(typed, pinyin(word)), len(word), word) for word in pool)
    return [Mended(run, word) for far, _, word in ranked if far <= 1]


def _ends(letters: str) -> tuple[str, str]:
    """Return how a run of pinyin begins and ends: one slip in five letters or more leaves one of them whole."""
    return f"<{letters[:2]}", f"{letters[-2:]}>"


def distance(a: str, b: str) -> int:
    """Return in how many letters two texts differ, a swapped pair counting once; 2 stands for two or more."""
    if a == b:
        return 0
    if abs(len(a) - len(b)) > 1:
        return 2
    if len(a) == len(b):
        differ = [n for n in range(len(a)) if a[n] != b[n]]
        if len(differ) == 1:
            return 1
        swapped = (
            len(differ) == 2
            and differ[1] == differ[0] + 1
            and a[differ[0]] == b[differ[1]]
            and a[differ[1]] == b[differ[0]]
        )
        return 1 if swapped else 2
    short, long = sorted((a, b), key=len)
    return 1 if _is_within(short, long) else 2
