"""Read the numbers of official lists: 序号, “1.” “（一）” “①” marks, Chinese numerals."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongban.gazette.rules import texts

_DIGITS = {char: index for index, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_NUMERAL = r"[〇零○一二两三四五六七八九十百]{1,5}"
_COUNTED = re.compile(_NUMERAL + r"(?=年|月|日|季度|个?工作日|个?小时|个?自然日|天)")
_SEQ = re.compile(
    r"(?:第|NO\.?|No\.?|no\.?)?[(（]?(?P<seq>\d{1,4}|" + _NUMERAL + r")"
    r"(?:[-.．—－](?P<sub>[1-9]\d?))?[)）]?[.．、。]?(?:项|条|号)?"
)
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
# "1." is not a mark in "1.5"; it is one in "1.2021年底前" and "1.12345热线".
_MARK = re.compile(
    r"(?P<circled>[" + _CIRCLED + r"])[.、]?"
    r"|[(（](?P<bracketed>\d{1,2})[)）][.、]?"
    r"|(?<![\d.．%])(?P<pointed>\d{1,2})(?:[．]|\.(?!\d)|\.(?=(?:19|20)\d\d年|12345))"
    r"|(?<![\d.．%])(?P<listed>\d{1,2})、(?!\d)"
    r"|(?<![\d.．%(（])(?P<closed>\d{1,2})[)）]"
)


@dataclass(frozen=True)
class Part:
    """One numbered part of a text: its number and what follows the mark."""

    number: int
    body: str


def numeral(text: str) -> int:
    """Return the value of a Chinese numeral (二十一, 二〇二一) or of digits. Raises ValueError."""
    if text.isascii() and text.isdigit():
        return int(text)
    if len(text) > 1 and not set(text) & set("十百"):
        return int("".join(str(_digit(char)) for char in text))
    total = 0
    for unit, worth in (("百", 100), ("十", 10)):
        if unit in text:
            head, _, text = text.partition(unit)
            total += worth * (_digit(head) if head else 1)
    return total + (_digit(text.removeprefix("零")) if text else 0)


def _digit(char: str) -> int:
    if char not in _DIGITS:
        raise ValueError(f"not a Chinese digit: {char}")
    return _DIGITS[char]


def arabic(text: str) -> str:
    """Write the numerals before 年, 月, 日, 季度, 工作日 in digits: 九月三十日 becomes 9月30日."""
    return _COUNTED.sub(_arabic, text)


def _arabic(found: re.Match[str]) -> str:
    try:
        return str(numeral(found.group()))
    except ValueError:
        return found.group()


def ordinal(text: str) -> tuple[int, str | None] | None:
    """Return number and sub-number of a 序号 cell (“3”, “（三）”, “3.1”), or None when it holds no number."""
    bare = texts.compact(text)
    if bare in _CIRCLED and bare:
        return _CIRCLED.index(bare) + 1, None
    found = _SEQ.fullmatch(texts.plain(bare))
    if not found:
        return None
    try:
        return numeral(found["seq"]), found["sub"]
    except ValueError:
        return None


def section_number(text: str) -> int | None:
    """Return the number that opens a heading (“一、…”, “（一）…”, “1.…”), or None."""
    found = re.match(r"[(（]?(" + _NUMERAL + r"|\d{1,2})(?:[)）][、.．]?|[、.．])(?!\d)", texts.compact(text))
    if not found:
        return None
    try:
        return numeral(found[1])
    except ValueError:
        return None


def leading(text: str) -> Part | None:
    """Return the numbered part that a text opens with (“2.建立…”), or None."""
    bare = text.lstrip()
    found = _MARK.match(bare)
    return Part(_number(found), bare[found.end() :]) if found else None


def enumerated(text: str) -> list[Part]:
    """Return the parts of a text that is numbered from its first character on; [] when it is not.

    Only marks of the first one's style, each one more than the last and outside of brackets, open a part.
    """
    bare = text.strip()
    levels = texts.depths(bare)
    marks: list[re.Match[str]] = []
    for found in _MARK.finditer(bare):
        if not marks and found.start() > 0:
            break
        if levels[found.start()] or (marks and found.lastgroup != marks[0].lastgroup):
            continue
        if not marks or _number(found) == _number(marks[-1]) + 1:
            marks.append(found)
    ends = [*(mark.start() for mark in marks), len(bare)][1:]
    return [Part(_number(mark), bare[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]


def _number(found: re.Match[str]) -> int:
    if found["circled"]:
        return _CIRCLED.index(found["circled"]) + 1
    return int(found[found.lastgroup or 0])
