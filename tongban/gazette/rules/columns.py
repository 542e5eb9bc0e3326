"""Cut a text table whose columns only stand one under the other, as `pdftotext -layout` prints them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tongban.gazette.rules import heads, noise, ordinals, texts
from tongban.gazette.rules.shapes import Column, Document, Kind, Row, Table

_PIECE = re.compile(r"\S+(?:[ ]\S+)*")  # two blanks, or a full-width one, part columns


@dataclass(frozen=True)
class _Piece:
    """A run of text and the half-width columns it covers."""

    start: int
    end: int
    text: str


def read(lines: Sequence[str], kind: Kind) -> Document | None:
    """Return the table of a text in aligned columns; None without a head, or where rows cannot be told apart."""
    pieces = [_pieces(line) for line in lines]
    tops = [at for at, found in enumerate(pieces) if heads.layout(tuple(piece.text for piece in found), kind)]
    if not tops:
        return None
    top = pieces[tops[0]]
    body, foot = _body(lines, tops, pieces)
    edges = _edges(top, [piece for at in body for piece in pieces[at]])
    head, seq_at = _head(top, kind)
    found = None if seq_at is None else _rows([_assign(pieces[at], edges) for at in body], head, seq_at, kind)
    if not found:
        return None
    prose = "\n".join((*lines[: tops[0]], *(lines[at] for at in foot)))
    return Document(prose, (Table("表", (head, *found)),))


def _head(top: Sequence[_Piece], kind: Kind) -> tuple[Row, int | None]:
    head = tuple(piece.text for piece in top)
    layout = heads.layout(head, kind)
    columns = layout.columns.items() if layout else ()
    return head, next((at for at, column in columns if column is Column.SEQ), None)


def _rows(lines: Sequence[list[str]], head: Row, seq_at: int, kind: Kind) -> list[Row] | None:
    """Return the rows: each begins with a number. None when text stands above the first number."""
    rows: list[list[str]] = []
    for cells in lines:
        if _is_under(cells, head, kind):
            continue
        if ordinals.ordinal(cells[seq_at]) is not None:
            rows.append(cells)
        elif rows:
            rows[-1] = [texts.append(above, cell) for above, cell in zip(rows[-1], cells, strict=True)]
        else:
            return None
    return [tuple(row) for row in rows]


def _is_under(cells: Sequence[str], head: Row, kind: Kind) -> bool:
    """Tell whether a line is the second line of the head: “序” over “号”."""
    both = [f"{upper}{cell}" for upper, cell in zip(head, cells, strict=True) if cell]
    return bool(both) and all(heads.is_head(text, kind) for text in both)


def _pieces(line: str) -> list[_Piece]:
    line = line.replace("\u3000", "  ").expandtabs()
    return [
        _Piece(texts.width(line[: found.start()]), texts.width(line[: found.end()]), found.group())
        for found in _PIECE.finditer(line)
    ]


def _body(lines: Sequence[str], tops: Sequence[int], pieces: Sequence[Sequence[_Piece]]) -> tuple[list[int], list[int]]:
    """Return the indexes of the lines of the table, and of the lines that follow it."""
    titles = noise.titles(lines[: tops[0]])
    body: list[int] = []
    for at in range(tops[0] + 1, len(lines)):
        if noise.is_foot(lines[at]):
            return body, list(range(at, len(lines)))
        if at not in tops and pieces[at] and texts.key(lines[at]) not in titles:
            body.append(at)
    return body, []


def _edges(head: Sequence[_Piece], body: Sequence[_Piece]) -> list[float]:
    """Return the edges between columns: between two heads, where the fewest pieces stand in the way."""
    edges: list[float] = []
    for left, right in pairwise(head):
        first, last = (left.start + left.end) // 2, (right.start + right.end) // 2
        crossed = [sum(piece.start < x < piece.end for piece in body) for x in range(first, last + 1)]
        best = [first + at for at, count in enumerate(crossed) if count == min(crossed)]
        edges.append(sum(best) / len(best))
    return edges


def _assign(found: Sequence[_Piece], edges: Sequence[float]) -> list[str]:
    cells = [""] * (len(edges) + 1)
    for piece in found:
        middle = (piece.start + piece.end) / 2
        at = sum(edge < middle for edge in edges)
        cells[at] = f"{cells[at]} {piece.text}".strip()
    return cells
