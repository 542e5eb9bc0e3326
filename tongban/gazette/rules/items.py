"""Split the cells of a column of items (联办事项) into items, by whatever the office put between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tongban.gazette.rules import ordinals, texts
from tongban.gazette.rules.shapes import HARD, WRAP

_TRAILING = "；;、，,。. \n" + HARD + WRAP
_COMMAS = "、，,"
ROW_END = HARD + HARD  # between the cells of several rows of one theme: what follows is another item
# How names of items usually end: after such a word a full line may well be a whole item.
_ENDED = re.compile(
    r".*(登记|备案|许可|核发|申领|申请|审批|查询|办理|核准|审查|审核|验收|变更|注销|设立|缴费|缴纳|接续|转移|转入|接收|开户|过户|指导|认定"
    r"|检查|核实|签发|换发|补发|出具|报装|报名|参保|证|证书|执照|缴税|刻章|公章|刻制|发放|领取|确认|补贴|申报|停发|关系|新办|校验|意见书)[）)]?"
)
_CHINESE_MARK = re.compile(r"\s*[（(][一二三四五六七八九十]{1,3}[)）]")
_REMAINDER = re.compile(r"[)）、，].*|.?|(登记|备案|许可|核发|申领|审批|查询|办理|可证)")


@dataclass(frozen=True)
class Items:
    """The items of one cell, and in Chinese what is doubtful about the split."""

    names: tuple[str, ...]
    doubts: tuple[str, ...] = ()


def split_column(cells: Sequence[str]) -> list[Items]:
    """Return the items of each cell; cells of one column tell together what parts items.

    Numbers (1. 2., ①②) and semicolons always part them. A blank or a line break parts them unless the column parts
    them by “、”; a “、” is part of a name where blanks part the items.
    """
    softened = _soften([texts.modern(cell) for cell in cells])
    gaps = sum(1 for cell in softened if _gaps(cell) and not _commas(cell))
    commas = sum(1 for cell in softened if _commas(cell) and not _gaps(cell))
    mixed = [cell for cell in softened if _commas(cell) and _gaps(cell)]
    by_comma = commas > gaps or (commas == gaps and sum(map(_commas, mixed)) > 2 * sum(map(_gaps, mixed)))
    inside = bool(mixed) and gaps > commas  # the column shows names with a “、” in them
    return [_split(cell, by_comma=by_comma, comma_inside=inside) for cell in softened]


def joined(above: str, below: str) -> str:
    """Join the two halves of a cell that was cut between two lines, within an item or after one."""
    if not texts.compact(above) or not texts.compact(below):
        return above + below
    last, first = above.split()[-1], below.split()[0]
    return above.rstrip(WRAP) + (HARD if _ENDED.fullmatch(last) and not _REMAINDER.fullmatch(first) else WRAP) + below


def _split(cell: str, *, by_comma: bool, comma_inside: bool) -> Items:
    rows = [part for part in cell.split(ROW_END) if texts.compact(part)]
    if len(rows) > 1:
        found = [_split(part, by_comma=by_comma, comma_inside=comma_inside) for part in rows]
        return Items(tuple(name for one in found for name in one.names), tuple(d for one in found for d in one.doubts))
    parts = ordinals.enumerated(cell)
    if len(parts) > 1 or (parts and parts[0].number == 1):
        return _named(part.body for part in parts)
    pieces = texts.split_outside(cell, "；;")
    if len(pieces) > 1:
        marked = [_CHINESE_MARK.match(piece) for piece in pieces]
        return _named(
            piece[mark.end() :] if mark and all(marked) else piece for piece, mark in zip(pieces, marked, strict=True)
        )
    if _gaps(cell) and not (by_comma and _commas(cell)):
        return _by_gaps(cell)
    if not _commas(cell) or comma_inside:
        doubt = (f"“{texts.clean(cell)}”含“、”，按一个事项读取",) if _commas(cell) and not _gaps(cell) else ()
        return Items(_named((cell,)).names, doubt)
    items = _named(texts.split_outside(cell, _COMMAS))
    short = next((name for name in items.names if len(name) < 3), "")
    return Items(items.names, (f"按“、”拆出的“{short}”过短，请核对",) if short else ())


def _named(pieces: Iterable[str]) -> Items:
    names = (texts.clean(piece.strip(_TRAILING)) for piece in pieces)
    return Items(tuple(name for name in names if name and not texts.is_blank(name)))


def _gap_spots(cell: str) -> list[re.Match[str]]:
    """Return the blanks and breaks between two Chinese words, outside of brackets, that may part items."""
    levels = texts.depths(cell)
    spots = re.finditer(r"(?<=[^\x00-\x2f\x3a-\x7f、，；。/])[\s\u2029]+(?=[^\x00-\x7f、，；。（）)/])", cell)
    return [spot for spot in spots if levels[spot.start()] == 0 and spot.group() != WRAP]


def _gaps(cell: str) -> int:
    return len(_gap_spots(cell))


def _commas(cell: str) -> int:
    return len(texts.split_outside(cell, _COMMAS)) - 1


def _by_gaps(cell: str) -> Items:
    """Split at blanks and breaks; a piece of one character is the end of the item before it."""
    names: list[str] = []
    doubts: list[str] = []
    start = 0
    for end, after in [*((spot.start(), spot.end()) for spot in _gap_spots(cell)), (len(cell), len(cell))]:
        name = texts.clean(cell[start:end].strip(_TRAILING))
        start = after
        if names and len(name) == 1:
            names[-1] += name
            doubts.append(f"“{names[-1]}”原文有断开，已并为一项")
        elif name and not texts.is_blank(name):
            names.append(name)
    return Items(tuple(names), tuple(doubts))


def _soften(cells: Sequence[str]) -> list[str]:
    """Take out line breaks that only wrap a full line; a plain text does not tell them from real ones.

    They are wraps where most broken lines of the column are as long as its longest line.
    """
    broken = [line for cell in cells for line in cell.split("\n")[:-1]]
    widest = max((texts.width(line.strip()) for cell in cells for line in cell.split("\n")), default=0)
    full = [line for line in broken if texts.width(line.strip()) > widest - 2]
    wrapping = len(broken) >= 3 and len(full) * 5 >= len(broken) * 3
    return [_hardened(_joined(cell, widest) if wrapping else cell) for cell in cells]


def _hardened(cell: str) -> str:
    """Part items where a line is full by chance: others of the cell are broken on purpose, and it ends an item."""
    if HARD not in cell.replace(ROW_END, ""):
        return cell
    lines = cell.split(WRAP)
    text = lines[0]
    for line in lines[1:]:
        above, below = re.split(r"[\s]", text)[-1], (re.split(r"[\s]", line) or [""])[0]
        text += (HARD if _ENDED.fullmatch(above) and not _REMAINDER.fullmatch(below) else WRAP) + line
    return text


def _joined(cell: str, widest: int) -> str:
    lines = [line.strip() for line in cell.split("\n")]
    text = lines[0]
    for above, line in pairwise(lines):
        full = texts.width(above) + texts.width(line[:1]) > widest
        whole = _ENDED.fullmatch(above) and not _REMAINDER.fullmatch(line)
        text += line if full and not whole else "\n" + line
    return text
