"""Clean the text of cells: blanks that come from line wraps, brackets, widths."""

from __future__ import annotations

import re
import unicodedata

from tongban.gazette.rules.shapes import WRAP

_BLANKS = re.compile(r"[\s\u200b\u200e\u200f\u2060\ufeff]+")
# A blank stays only between two ASCII characters, and not after the point of a broken decimal ("0. 5").
_NEEDLESS_BLANK = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])|(?<=\d\.) (?=\d)")
# PDF fonts often map "一" or "日" to look-alikes: Kangxi radicals and compatibility ideographs.
_LOOKALIKES = re.compile(r"[\u2f00-\u2fd5\uf900-\ufaff]")
_PAIRS = {"（": "）", "(": ")", "【": "】", "[": "]", "《": "》", "“": "”", "‘": "’", "〔": "〕", "「": "」"}
_WIDTHS = str.maketrans("（）【】［］，；：", "()[][],;:")
NO_VALUE = re.compile(r"[-—–－_/／\\无]*")


def modern(text: str) -> str:
    """Replace the look-alike characters of PDF fonts by the ordinary ones."""
    return _LOOKALIKES.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)


def clean(text: str) -> str:
    """Return the text of a cell on one line; blanks remain between English words only."""
    return _NEEDLESS_BLANK.sub("", _BLANKS.sub(" ", modern(text)).strip())


def compact(text: str) -> str:
    """Return the text without any blank."""
    return _BLANKS.sub("", modern(text))


def key(text: str) -> str:
    """Return a form in which two writings of one text are equal: no blanks, narrow brackets."""
    return compact(text).translate(_WIDTHS)


def plain(text: str) -> str:
    """Return the text without blanks and in compatibility form (half-width digits), for parsing only."""
    return compact(unicodedata.normalize("NFKC", text))


def is_blank(text: str) -> bool:
    """Tell whether a cell says nothing: empty, a dash, a stroke or 无."""
    return NO_VALUE.fullmatch(compact(text)) is not None


def width(text: str) -> int:
    """Return the width of a text in half-width columns, as a terminal or `pdftotext -layout` counts."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def depths(text: str) -> list[int]:
    """Return how many brackets or quotes enclose each character; brackets without a partner do not count."""
    pairs: list[tuple[int, int]] = []
    opened: list[tuple[int, str]] = []
    for index, char in enumerate(text.translate(str.maketrans("（）", "()"))):
        if char in _PAIRS:
            opened.append((index, _PAIRS[char]))
        elif any(char == closer for _, closer in opened):
            while opened[-1][1] != char:
                opened.pop()
            pairs.append((opened.pop()[0], index))
    steps = [0] * (len(text) + 1)
    for start, end in pairs:
        steps[start + 1] += 1
        steps[end] -= 1
    total, result = 0, []
    for step in steps[:-1]:
        total += step
        result.append(total)
    return result


def split_outside(text: str, separators: str) -> list[str]:
    """Split at separator characters that stand outside of brackets and quotes; empty pieces are dropped."""
    levels = depths(text)
    pieces, start = [], 0
    for index, char in enumerate(text):
        if char in separators and levels[index] == 0:
            pieces.append(text[start:index])
            start = index + 1
    return [piece for piece in (*pieces, text[start:]) if compact(piece)]


def without_brackets(text: str) -> str:
    """Return what stands outside of brackets and quotes, the brackets themselves left out."""
    levels = depths(text)
    kept = (char for char, level in zip(text, levels, strict=True) if level == 0 and char not in "（）()【】[]")
    return "".join(kept)


def append(text: str, more: str) -> str:
    """Join a cell with its continuation; the same text printed again adds nothing."""
    if not compact(more) or key(more) == key(text):
        return text
    if text.endswith(WRAP):
        return text + more
    return f"{text}\n{more}" if compact(text) else more
