"""Cut a text table whose rows are lines and whose cells are parted by tabs; cells may be broken over lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tongban.gazette.rules import heads, noise, ordinals, texts
from tongban.gazette.rules.shapes import Column, Document, Finding, Kind, Row, Table


@dataclass
class _Cutter:
    """The rows cut so far, and the row that is still open."""

    kind: Kind
    width: int = 0
    seq_at: int | None = None
    rows: list[Row] = field(default_factory=list)
    open_row: list[str] | None = None
    after_gap: bool = False
    ended: bool = False
    dates: bool = True
    titles: frozenset[str] = frozenset()
    prose: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def start(self, cells: list[str], layout: heads.Layout) -> None:
        """Take a head; a row left open on the last page stays open under the same head."""
        if layout.width != self.width:
            self.flush()
        if not self.width:
            self.titles = noise.titles(self.prose)
        self.width, self.ended = layout.width, False
        self.dates = layout.columns.get(layout.width - 1) is not Column.DEADLINE
        self.seq_at = next((at for at, column in layout.columns.items() if column is Column.SEQ), None)
        if self.open_row is None or len(self.open_row) >= self.width:
            self.flush()
            self.rows.append(tuple(cells))
        self.after_gap = False

    def flush(self) -> None:
        """Close the open row."""
        if self.open_row and len(self.open_row) == 1:
            self.prose.append(self.open_row[0])
        elif self.open_row is not None:
            self.rows.append(tuple(self.open_row + [""] * (self.width - len(self.open_row))))
        self.open_row = None

    def alone(self, line: str) -> None:
        """Take a line without tabs: a wrapped cell, a banner, or text outside of the table."""
        text = line.strip()
        if not text:
            pass
        elif not self.width or texts.key(text) in self.titles:
            self.prose.append(line)
        elif noise.is_foot(text, dates=self.dates or self.after_gap) or self.ended:
            self.flush()
            self.ended = True
            self.prose.append(line)
        elif noise.is_banner(text):
            self.flush()
            self.rows.append((text, *[""] * (self.width - 1)))
        elif self.open_row is None or self._is_done():
            self.flush()
            self.open_row = [text]
        elif len(self.open_row) < self.width or not self.after_gap:
            self.open_row[-1] += "\n" + text
        else:
            self.prose.append(line)
        self.after_gap = not text

    def _is_done(self) -> bool:
        """Tell whether the open row ends with its number, so that a line without tabs begins another."""
        row = self.open_row or []
        return len(row) == self.width and self.seq_at == self.width - 1 and ordinals.ordinal(row[-1]) is not None

    def cells(self, cells: list[str]) -> None:
        """Take a line with tabs: a row, or the rest of the open row."""
        while len(cells) > self.width and not cells[-1].strip():
            cells.pop()
        if len(cells) > self.width and not cells[0].strip():
            cells = cells[1:]
        if len(cells) > self.width:
            where = f"“{texts.clean(' '.join(cells))[:20]}”一行"
            self.findings.append(Finding(where, "比表头多出栏目，多出的并入末栏"))
            cells = [*cells[: self.width - 1], " ".join(cells[self.width - 1 :])]
        self.ended = self.after_gap = False
        if self.open_row and self._continues(cells):
            self.open_row[-1] += "\n" + cells[0]
            self.open_row += cells[1:]
            return
        self.flush()
        self.open_row = cells

    def _continues(self, cells: list[str]) -> bool:
        total = len(self.open_row or ()) + len(cells) - 1
        if total > self.width or len(cells) == self.width:
            return False
        at = self.seq_at
        if at is not None and at < len(cells) and ordinals.ordinal(cells[at]) is not None:
            return False
        if not cells[0].strip():
            return total == self.width and bool(cells[1].strip())
        return at is not None or total == self.width


def read(lines: Sequence[str], kind: Kind) -> Document | None:
    """Return the tables of a text with tab-parted rows, or None when no line is the head of such a table."""
    cutter = _Cutter(kind)
    for line in lines:
        cells = line.split("\t")
        layout = heads.layout(tuple(cells), kind) if len(cells) > 1 else None
        if layout:
            cutter.start(cells, layout)
        elif len(cells) == 1 or not cutter.width or not line.strip():
            cutter.alone(line)
        else:
            cutter.cells(cells)
    cutter.flush()
    if not cutter.width:
        return None
    return Document("\n".join(cutter.prose), (Table("表", tuple(cutter.rows)),), tuple(cutter.findings))
