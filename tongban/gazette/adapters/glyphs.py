"""Put the glyphs of a PDF page together to lines, and tell a wrapped line from one that ends on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from tongban.gazette.rules import texts
from tongban.gazette.rules.shapes import HARD, WRAP

Box = tuple[float, float, float, float]  # x0, top, x1, bottom in points
_CLOSERS = "，。、；：？！）》”’】%％,.;:)"
_MOST_PADDING = 12.0  # points; text further from the edge is centred, not padded


@dataclass(frozen=True)
class Glyph:
    """A character and where it stands, in points from the top left corner of the page."""

    text: str
    x0: float
    x1: float
    middle: float
    size: float


def of(chars: Iterable[Mapping[str, object]]) -> list[Glyph]:
    """Return the upright characters of pdfplumber as glyphs."""
    return [
        Glyph(
            str(char["text"]),
            _number(char["x0"]),
            _number(char["x1"]),
            (_number(char["top"]) + _number(char["bottom"])) / 2,
            max(_number(char["size"]), 1.0),
        )
        for char in chars
        if char.get("upright", True)
    ]


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def lines(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Return glyphs line by line, each from left to right."""
    found: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda one: one.middle):
        if found and abs(glyph.middle - found[-1][-1].middle) < 0.5 * glyph.size:
            found[-1].append(glyph)
        else:
            found.append([glyph])
    return [sorted(line, key=lambda one: one.x0) for line in found]


def _text(line: Sequence[Glyph]) -> str:
    """Return a line as text; a gap of half a character is a blank, as some producers leave blanks out."""
    text = line[0].text
    for left, right in pairwise(line):
        limit = (0.2 if (left.text + right.text).isascii() else 0.5) * right.size
        text += (" " if right.x0 - left.x1 > limit else "") + right.text
    return text.strip()


def cells(glyphs: Sequence[Glyph], boxes: Sequence[Box]) -> list[str]:
    """Return the text of each box; each line but the last ends with WRAP when it is full, else with HARD.

    The last line of a box at the foot of the table ends with WRAP too when it is full: the next page may go on.
    """
    held: dict[Box, list[Glyph]] = {box: [] for box in boxes}
    for glyph in glyphs:
        x = (glyph.x0 + glyph.x1) / 2
        box = next((box for box in boxes if box[0] <= x < box[2] and box[1] <= glyph.middle < box[3]), None)
        if box:
            held[box].append(glyph)
    broken = {box: [line for line in lines(found) if _text(line)] for box, found in held.items()}
    foot = max((box[3] for box in boxes), default=0.0)
    starts: dict[tuple[float, float], list[float]] = {}
    for box, found in broken.items():
        starts.setdefault((box[0], box[2]), []).extend(_bare(line)[0].x0 - box[0] for line in found)
    # The median, as a bracket that opens a line reaches into the padding.
    paddings = {span: min(_MOST_PADDING, median(found or [0.0])) for span, found in starts.items()}
    return [_cell(broken[box], box[2] - paddings[box[0], box[2]], last_goes_on=box[3] > foot - 2) for box in boxes]


def _bare(line: Sequence[Glyph]) -> Sequence[Glyph]:
    return [glyph for glyph in line if glyph.text.strip()] or line


def _cell(found: Sequence[Sequence[Glyph]], edge: float, *, last_goes_on: bool) -> str:
    text = ""
    for line, below in zip(found, [*found[1:], None], strict=False):
        last = _bare(line)[-1]
        needed = _first_word(_bare(below)) if below else last.size
        full = last.x1 + needed > edge + 0.5
        blank = " " if line[-1].text.isspace() else ""
        text += _text(line)
        if below:
            text += (blank + WRAP) if full else HARD
        elif full and last_goes_on:
            text += WRAP
    return text


def _first_word(line: Sequence[Glyph]) -> float:
    """Return the width of what cannot be parted at the start of a line: a word, or a character and its closers."""
    text = "".join(glyph.text[:1] or " " for glyph in line)
    found = re.match(r"[A-Za-z0-9.]+|[（《“‘【(]?.", text)
    end = found.end() if found else 1
    while end < len(text) and text[end] in _CLOSERS:
        end += 1
    return line[end - 1].x1 - line[0].x0


def aligned(glyphs: Sequence[Glyph]) -> str:
    """Return glyphs as text in which columns stand one under the other, two blanks or more apart."""
    if not glyphs:
        return ""
    unit = median(glyph.size for glyph in glyphs) / 2
    printed = []
    for line in lines(glyphs):
        text = ""
        for run in _runs(_bare(line)):
            gap = max(2 if text else 0, round(run[0].x0 / unit) - texts.width(text))
            text += " " * gap + _text(run)
        printed.append(text)
    return "\n".join(printed)


def _runs(line: Sequence[Glyph]) -> list[list[Glyph]]:
    """Return the runs of a line; a gap of a whole character parts columns."""
    runs = [[line[0]]]
    for left, right in pairwise(line):
        if right.x0 - left.x1 > right.size:
            runs.append([])
        runs[-1].append(right)
    return runs
