"""Spreadsheets as read: which row holds the heads, which lines hold something, what was merged, what is left out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tongban.authoring.rules import columns
from tongban.authoring.rules.cells import line

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 150 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 400
HEADS_WITHIN = 20  # the heads stand in one of the first rows
EXAMPLE = "示例"


@dataclass(frozen=True)
class Grid:
    """A sheet as a file holds it: its texts, its merged ranges as (top, left, bottom, right), counted from 0."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True)
class Line:
    """A line with something in it: its number in the sheet from 1, its cells, the columns filled from a merged cell above."""

    number: int
    cells: tuple[str, ...]
    filled: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A sheet with heads: what it holds (items, materials, "" unknown), in which line the heads stand."""

    name: str
    kind: str
    head_line: int
    heads: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Book:
    """All sheets that hold something, and what was noticed while reading."""

    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()

    @property
    def heads_key(self) -> str:
        """What files with the same sheets of the same heads have in common; a mapping is remembered by it."""
        said = "\n".join("\t".join((sheet.kind, *map(columns.bare, sheet.heads))) for sheet in self.sheets)
        return hashlib.sha256(said.encode()).hexdigest()


def letter(n: int) -> str:
    """Return the name of a column counted from 0: A, B … AA."""
    name = ""
    n += 1
    while n:
        n, rest = divmod(n - 1, 26)
        name = chr(65 + rest) + name
    return name


def book(grids: Sequence[Grid], notes: Sequence[str] = ()) -> Book:
    """Return what the sheets of a file hold; merged cells are filled downwards, and only those."""
    said, sheets = list(notes), []
    for grid in grids:
        sheet = _sheet(grid, said)
        if sheet is not None:
            sheets.append(sheet)
    return Book(tuple(sheets), tuple(said))


def _sheet(grid: Grid, said: list[str]) -> Sheet | None:
    rows, filled = _filled(grid)
    at = _head_row(rows)
    if at is None:
        if any(any(map(line, row)) for row in rows):
            said.append(f"工作表“{grid.name}”没有认得出的列名，没有取")
        return None
    width = max((n + 1 for n, text in enumerate(rows[at]) if line(text)), default=0)
    width = max(width, max((n + 1 for row in rows[at + 1 :] for n, text in enumerate(row) if line(text)), default=0))
    heads = tuple(line(text) for text in (*rows[at], *[""] * width)[:width])
    # A column without a head that holds something is kept under its letter.
    heads = tuple(head or f"（没有列名，{letter(n)} 列）" for n, head in enumerate(heads))
    lines, empty, examples = [], 0, 0
    for n, row in enumerate(rows[at + 1 :], at + 1):
        if not any(map(line, row)):
            empty += 1
        elif _is_example(row):
            examples += 1
        elif not _repeats(row, rows[at]):
            cells = (*row, *[""] * width)[:width]
            lines.append(Line(n + 1, cells, tuple(sorted(filled.get(n, ())))))
    for count, words in ((empty, "空行"), (examples, "示例行")):
        if count:
            said.append(f"工作表“{grid.name}”有 {count} 个{words}，没有取")
    number = sum(1 for each in lines if each.filled)
    if number:
        said.append(f"工作表“{grid.name}”有合并的单元格，{number} 行照合并格里的值填")
    return Sheet(grid.name, columns.kind_of(heads), at + 1, heads, tuple(lines))


def _filled(grid: Grid) -> tuple[list[list[str]], dict[int, set[int]]]:
    """Return the rows with vertically merged cells filled down, and which columns of which rows were."""
    rows, filled = [list(row) for row in grid.rows], dict[int, set[int]]()
    for top, left, bottom, _ in grid.merged:
        if top >= len(rows) or left >= len(rows[top]) or (bottom - top > HEADS_WITHIN * 50):
            continue
        for y in range(top + 1, min(bottom + 1, len(rows))):
            if left < len(rows[y]) and not line(rows[y][left]) and line(rows[top][left]):
                rows[y][left] = rows[top][left]
                filled.setdefault(y, set()).add(left)
    return rows, filled


def _head_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the first row with the most known heads; where none is known, the first with three texts or more."""
    scores = [columns.score(tuple(map(line, row))) for row in rows[:HEADS_WITHIN]]
    if scores and max(scores) >= 2:
        return scores.index(max(scores))
    wide = (n for n, row in enumerate(rows[:HEADS_WITHIN]) if sum(1 for text in row if line(text)) >= 3)
    return next(wide, None) if len(rows) > 1 else None


def _is_example(row: Sequence[str]) -> bool:
    first = next((line(text) for text in row if line(text)), "")
    return first in (EXAMPLE, "示例行", "样例", "例")


def _repeats(row: Sequence[str], heads: Sequence[str]) -> bool:
    """Return whether a line repeats the heads, as printed lists do on each page."""
    said = [columns.bare(text) for text in heads if line(text)]
    return len(said) > 1 and [columns.bare(text) for text in row if line(text)] == said


Chosen = Mapping[str, Sequence[str]]  # sheet -> the key of each of its columns


def mapping_of(given: Book, chosen: Chosen | None = None) -> dict[str, list[str]]:
    """Return the key that each column of each sheet fills ("" none): what was chosen, else what the heads say."""
    found = {}
    for sheet in given.sheets:
        keys = list((chosen or {}).get(sheet.name, ()))
        if len(keys) != len(sheet.heads):
            keys = columns.matched(sheet.heads, sheet.kind)
        found[sheet.name] = keys
    return found


def use_of(keys: Sequence[str]) -> str:
    """Return what a sheet is taken for, from the keys of its columns: items, materials, "" nothing."""
    if any(key.startswith("m.") for key in keys):
        return columns.MATERIAL
    return columns.ITEM if any(key in ("name", "code", "catalog_code", "@task_code") for key in keys) else ""
