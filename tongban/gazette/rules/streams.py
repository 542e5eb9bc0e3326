"""Cut a text table that came apart into one cell after the other: each tab, or each line, opens a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongban.gazette.rules import heads, noise, ordinals
from tongban.gazette.rules.shapes import Column, Document, Finding, Kind, Row, Table


@dataclass(frozen=True)
class _Run:
    """A run of heads in the stream: from `start` to before `end`."""

    start: int
    end: int
    layout: heads.Layout

    @property
    def dates(self) -> bool:
        """Tell whether a bare day in the last column cannot be a deadline."""
        return self.layout.columns.get(self.layout.width - 1) is not Column.DEADLINE


def read(lines: Sequence[str], kind: Kind) -> Document | None:
    """Return the table of a text in which each tab opens a cell, or None when no run of heads stands in it."""
    return _table(_apart("\n".join(lines).split("\t"), kind), kind)


def read_lines(lines: Sequence[str], kind: Kind) -> Document | None:
    """Return the table of a text with one cell a line, or None unless every row is whole."""
    document = _table([line for line in lines if line.strip()], kind)
    return document if document and not document.findings else None


def _apart(tokens: Sequence[str], kind: Kind) -> list[str]:
    """Part the first cell of a row, where no tab opens it, from the last cell of the row above."""
    parted: list[str] = []
    for token in tokens:
        found = [at for at, line in enumerate(token.split("\n")) if line.strip()]
        lines = token.split("\n")
        if len(found) > 1 and heads.is_head(lines[found[-1]], kind):  # a title, then the first head
            parted += ["\n".join(lines[: found[-1]]), lines[found[-1]]]
        elif len(found) == 2 and heads.is_head(lines[found[0]], kind) and ordinals.ordinal(lines[found[1]]):
            parted += [lines[found[0]], lines[found[1]]]
        else:
            parted.append(token)
    return parted


def _runs(tokens: Sequence[str], kind: Kind) -> list[_Run]:
    runs: list[_Run] = []
    at = 0
    while at < len(tokens):
        end = at
        while end < len(tokens) and end - at < 20 and heads.is_head(tokens[end], kind):
            end += 1
        layout = heads.layout(tuple(tokens[at:end]), kind) if end - at > 1 else None
        if layout:
            runs.append(_Run(at, end, layout))
        at = max(end, at + 1)
    return runs


def _table(tokens: list[str], kind: Kind) -> Document | None:
    runs = _runs(tokens, kind)
    if not runs:
        return None
    prose = tokens[: runs[0].start]
    titles = noise.titles("\n".join(prose).split("\n"))
    rows: list[Row] = []
    findings: list[Finding] = []
    for run, next_start in zip(runs, [*(later.start for later in runs[1:]), len(tokens)], strict=True):
        cells = tokens[run.end : next_start]
        if cells:
            cells[-1], foot = noise.cut_foot(cells[-1], titles=titles, dates=run.dates)
            prose.append(foot)
        rows.append(tuple(tokens[run.start : run.end]))
        found, doubts = _chunks(cells, run.layout)
        rows += found
        findings += doubts
    return Document("\n".join(prose), (Table("表", tuple(rows)),), tuple(findings))


def _chunks(cells: Sequence[str], layout: heads.Layout) -> tuple[list[Row], list[Finding]]:
    """Cut the cells into rows; where a cell is missing, the number of the next row tells where it begins."""
    width = layout.width
    seq_at = next((at for at, column in layout.columns.items() if column is Column.SEQ), None)
    rows: list[Row] = []
    findings: list[Finding] = []
    cells = _opened(cells, seq_at, width)
    at = 0
    while at < len(cells):
        size = width if seq_at is None else _size(cells, at, seq_at, width)
        row = list(cells[at : at + size])
        whole = len(row) == width
        if any(cell.strip() for cell in row):
            rows.append(tuple(row + [""] * (width - len(row))))
            aligned = seq_at is None or not row[seq_at:] or not row[seq_at].strip() or ordinals.ordinal(row[seq_at])
            if not whole or not aligned:
                findings.append(Finding(f"第{len(rows)}行", "单元格数目与表头不符，请核对此行各栏"))
        at += size
    return rows, findings


def _opened(cells: Sequence[str], seq_at: int | None, width: int) -> list[str]:
    """Split “last cell, line break, next number” where rows are not opened by a tab."""
    if seq_at != 0 or not cells or len(cells) < width:
        return list(cells)
    step = width - 1
    ends = range(step, len(cells), step)
    parts = {at: cells[at].rstrip().rpartition("\n") for at in ends}
    loose = [at for at, (before, _, last) in parts.items() if before.strip() and ordinals.ordinal(last)]
    if len(loose) < max(1, len(parts) - 1):
        return list(cells)
    opened: list[str] = []
    for at, cell in enumerate(cells):
        opened += [parts[at][0], parts[at][2]] if at in loose else [cell]
    return opened


def _size(cells: Sequence[str], at: int, seq_at: int, width: int) -> int:
    """Return how many cells the row at `at` has, so that the next row shows the next number in its place."""
    number = ordinals.ordinal(cells[at + seq_at]) if at + seq_at < len(cells) else None
    for size in (width, width - 1, width - 2):
        following = at + size + seq_at
        if following >= len(cells):
            return width
        if size == width and not cells[following].strip():
            return width
        found = ordinals.ordinal(cells[following])
        if found and number and found[0] == number[0] + 1:
            return size
    return width
