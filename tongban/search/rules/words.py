"""Turn words into search terms: bigrams, pinyin, initials, groups of words that mean the same. No Django, no database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from tongban.rules import masking

LONGEST_NAME = 12  # A word of more characters is a sentence: no pinyin, no correction towards it.
_WIDE = re.compile(r"[\uff01-\uff5e]")
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
# Words of asking that say nothing about the matter. Without them “我要开个小旅馆怎么办” is 开 小旅馆. A measure word is cut
# only after a verb and never out of a word: 农家乐, 个体户 and 房间 stay whole.
_FILLER = re.compile(
    r"怎么办理|怎么办|怎么弄|怎么搞|怎么|怎样|如何|咋办|咋弄|咋|要不要|需不需要|能不能|可不可以|可以不可以|是不是|有没有"
    r"|需要什么|需要|要什么|要哪些|哪些|哪个|哪种|什么|手续|流程|材料|多少钱|要多久|多久"
    r"|我想要|我想|我要|我家里?|我们|我|想要|想|请问|问一下|帮我|给我|麻烦|去哪里?|在哪里?|到哪里?|哪里|哪儿|哪"
    r"|可以|应该|一件事|办理|一个|一家|一下|[要想][开办]|要批|(?<=[开办弄搞盘])(?:个(?![体人])|家(?![具政])|间)|[的了吗呢啊吧嘛呀]"
)
# What is done rather than what it is done with: cut from the ends of what was said to see what is left.
_VERBS = re.compile(r"^(?:申请|申领|申报|开办|办|领|要|弄|搞)+|(?:申请|办|领|要)+$")
# What the fuzzy input methods of the country leave out too: zh=z, ch=c, sh=s, -ng=-n.
_FOLD = str.maketrans({"ü": "v"})


def normal(text: str) -> str:
    """Return text as it is compared: half-width, lower case, without outer blanks."""
    wide = masking.normal(text) if _WIDE.search(text) else text.replace("\u3000", " ").strip()
    return wide.lower()


def runs(text: str) -> list[str]:
    """Return the runs of Chinese characters and of Latin letters and digits."""
    return _RUN.findall(normal(text))


def is_latin(run: str) -> bool:
    """Return whether a run holds letters and digits rather than Chinese characters."""
    return run[:1] < "\u3400"


def terms(text: str) -> list[str]:
    """Return the index terms of a text: bigrams of Chinese runs, single characters of one-character runs, Latin words."""
    found: list[str] = []
    for run in runs(text):
        if is_latin(run) or len(run) == 1:
            found.append(run)
        else:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
    return found


@lru_cache(maxsize=65536)
def syllables(text: str) -> tuple[str, ...]:
    """Return the pinyin of the Chinese characters of a text, a syllable each, without tones."""
    return tuple(lazy_pinyin(text, errors="ignore"))


@lru_cache(maxsize=65536)
def initials(text: str) -> str:
    """Return the pinyin initials of a title: 营业执照 is yyzz."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors="ignore")).lower()


def full_pinyin(text: str) -> str:
    """Return the pinyin of a title without blanks or tones."""
    return "".join(syllables(text)).lower()


@lru_cache(maxsize=4096)
def folded(letters: str) -> str:
    """Return pinyin with what many people do not tell apart made one: zh and z, ch and c, sh and s, -ng and -n."""
    return re.sub(r"([zcs])h", r"\1", letters.translate(_FOLD).lower()).replace("ng", "n")


def sound(text: str) -> tuple[str, ...]:
    """Return the folded syllables of a word: what it is compared by when a wrong character of the same sound was typed."""
    return tuple(folded(one) for one in syllables(text))


def names(title: str, words: Iterable[str]) -> list[str]:
    """Return what a thing is called: its title, the title without words of asking (办理营业执照), and its short words."""
    short = [word for word in words if len(word) <= LONGEST_NAME]
    return list(dict.fromkeys(name for name in (title, core(title).replace(" ", ""), *short) if name))


def index_terms(title: str, words: Iterable[str]) -> str:
    """Return the `terms` of an entry: those of the title twice, so that it counts more, then those of its words."""
    words = list(words)
    heads = terms(title)
    rest = [term for word in words for term in terms(word)]
    letters = [letter for name in names(title, words) for letter in (initials(name), full_pinyin(name)[:60])]
    return " ".join([*heads, *heads, *rest, *(letter for letter in dict.fromkeys(letters) if letter)])


def core(query: str) -> str:
    """Return a query without words of asking; parts that stood apart stay apart. A query of nothing else stays as it is."""
    said = normal(query)[:100]
    left = " ".join(_FILLER.sub(" ", said).split())
    return left if terms(left) else said


def matter(query: str) -> str:
    """Return what a query is about without its verb: 办证 is 证, 申请补贴 is 补贴."""
    said = "".join(core(query).split())
    return _VERBS.sub("", said) or said


@dataclass(frozen=True)
class Meant:
    """A word that was said and the words that mean the same (同义词)."""

    said: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """A query as it is looked for: the text, its own terms, what its words mean besides."""

    text: str
    core: str
    terms: tuple[str, ...]
    meant: tuple[Meant, ...]
    letters: tuple[str, ...]  # runs of pinyin or initials; syllables typed apart are one run
    character: str  # the one character that is left without its verb: 办证 is 证


def said(query: str, groups: Iterable[Sequence[str]]) -> Said:
    """Return a query as it is looked for.

    A word of a group counts when the query holds it; one written with blanks (“公司 改名字”) when the query holds each part, in
    any order. A word inside a longer one that counts too says nothing of its own: 社保 in 社保卡.
    """
    text = normal(query)[:100]
    bare = core(query)
    counts = [(word, group) for group in groups for word in group if _is_said(normal(word), text, bare)]
    longest = [
        (word, group) for word, group in counts
        if not any(normal(word) in normal(other) and word != other for other, _ in counts if " " not in other)
    ]  # fmt: skip
    meant = [
        Meant(word, tuple(other for other in group if other != word and " " not in other)) for word, group in longest
    ]
    parts = runs(bare)
    letters = [run for run in parts if is_latin(run)]
    if len(letters) == len(parts) > 1:
        letters = ["".join(letters)]
    own = [*terms(bare), *letters]
    about = matter(query)
    character = about if len(about) == 1 and not is_latin(about) else ""
    return Said(
        text, bare, tuple(dict.fromkeys(own))[:40], tuple(dict.fromkeys(meant))[:20],
        tuple(letter for letter in letters if len(letter) > 1), character,
    )  # fmt: skip


def _is_said(word: str, text: str, bare: str) -> bool:
    if " " in word:
        return all(part in text for part in word.split())
    return bool(word) and (word in text or word in bare)
