"""Turn words into search terms: bigrams, pinyin initials, synonyms. No Django, no database."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin

from tongban.rules import masking

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
# Words of asking that say nothing about the matter. Without them “我要开个小旅馆怎么办” is 开 小旅馆. A measure word is cut
# only after a verb and never out of a word: 农家乐, 个体户 and 房间 stay whole.
_FILLER = re.compile(
    r"怎么办理|怎么办|怎么|怎样|如何|要不要|需不需要|需要什么|需要|要什么|哪些|什么|手续|我想要|我想|我要|想要|请问|去哪里?|在哪里?"
    r"|可以|一件事|办理|一个|[要想][开办]|(?<=[开办弄搞])(?:个(?![体人])|家(?![具政])|间)|[的了吗呢啊]"
)


def terms(text: str) -> list[str]:
    """Return the index terms of a text: bigrams of Chinese runs, single characters of one-character runs, Latin words."""
    found: list[str] = []
    for run in _RUN.findall(masking.normal(text).lower()):
        if run[0] < "\u3400" or len(run) == 1:
            found.append(run)
        else:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
    return found


def initials(text: str) -> str:
    """Return the pinyin initials of a title: 营业执照 is yyzz."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors="ignore")).lower()


def full_pinyin(text: str) -> str:
    """Return the pinyin of a title without blanks or tones."""
    return "".join(lazy_pinyin(text, errors="ignore")).lower()


def index_terms(title: str, words: Iterable[str]) -> str:
    """Return the `terms` of an entry: those of the title twice, so that it counts more, then those of its words."""
    words = list(words)
    heads = terms(title)
    rest = [term for word in words for term in terms(word)]
    # Of the title, of its core (办理营业执照 is also yyzz) and of the short words, not of sentences.
    named = [title, _FILLER.sub("", title), *(word for word in words if len(word) <= 12)]
    letters = dict.fromkeys(letter for name in named for letter in (initials(name), full_pinyin(name)[:60]))
    return " ".join([*heads, *heads, *rest, *(letter for letter in letters if letter)])


def query_terms(query: str, synonyms: Iterable[frozenset[str]]) -> list[str]:
    """Return the terms to look for: of the query without words of asking, and of synonyms of words it holds."""
    said = masking.normal(query)[:100].lower()
    core = _FILLER.sub(" ", said)
    if not terms(core):
        core = said
    wanted = [term for run in core.split() for term in _run_terms(run)]
    for group in synonyms:
        if any(masking.normal(word).lower() in said for word in group):
            wanted += [term for word in sorted(group) for term in terms(word)]
    return list(dict.fromkeys(wanted))[:40]


def _run_terms(run: str) -> list[str]:
    # A lone character next to a longer word says little (开, 办); alone it is all there is.
    return terms(run)
