"""Turn tables of cells into lines by column: find heads, drop repeated ones, tell rows from banners and notes."""

from __future__ import annotations

from dataclasses import dataclass, field

from tongban.gazette.rules import grids, heads, noise, ordinals, texts
from tongban.gazette.rules.shapes import Column, Document, Finding, Kind, Line, Listing, Refused, Row

_NAMES = {Kind.THEMES: "“一件事”清单", Kind.TASKS: "任务清单"}
_NEEDED = {
    Kind.THEMES: "“主题名称”“联办事项”等栏目",
    Kind.TASKS: "“工作要求（或任务、措施）”和“牵头单位、责任单位、完成时限”等栏目",
}


@dataclass
class _Reader:
    """The lines read so far, under the layout of the head seen last."""

    kind: Kind
    layout: heads.Layout | None = None
    lines: list[Line] = field(default_factory=list)
    printed: dict[Column, str] = field(default_factory=dict)
    prose: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def table(self, name: str, rows: tuple[Row, ...]) -> None:
        """Read one table, or the part of one that stands on a page."""
        layouts = [heads.layout(row, self.kind) for row in rows]
        if not any(layouts) and not self._goes_on(rows):
            self._skip(name, rows)
            return
        if any(layouts):
            self.layout = None
        at = 0
        while at < len(rows):
            layout = layouts[at]
            if layout:
                layout, at = self._head(rows, at, layout)
            elif self.layout is None:
                self.prose.append(" ".join(cell for cell in rows[at] if cell))
            else:
                self._row(f"{name}第{at + 1}行", rows[at], self.layout)
            at += 1

    def _goes_on(self, rows: tuple[Row, ...]) -> bool:
        """Tell whether rows without a head go on with the numbers of the table before them."""
        columns = self.layout.columns.items() if self.layout else ()
        seq_at = next((at for at, column in columns if column is Column.SEQ), None)
        if self.layout is None or seq_at is None or any(len(row) != self.layout.width for row in rows):
            return False
        numbers = [found[0] for row in rows if (found := ordinals.ordinal(row[seq_at] or ""))]
        seen = [found[0] for line in self.lines if (found := ordinals.ordinal(line.text(Column.SEQ)))]
        return numbers[0] - seen[-1] in (0, 1) if numbers and seen else len(rows) == 1

    def _skip(self, name: str, rows: tuple[Row, ...]) -> None:
        self.prose += [" ".join(cell for cell in row if cell) for row in rows]
        if len(rows) > 2 and len(rows[0]) > 2:
            self.findings.append(Finding(name, "表头认不出，整表未读"))

    def _head(self, rows: tuple[Row, ...], at: int, layout: heads.Layout) -> tuple[heads.Layout, int]:
        """Take a head, and the second row of a head in two rows; report once what is not read."""
        if at + 1 < len(rows):
            both = _under(rows[at], rows[at + 1], self.kind)
            deeper = heads.layout(both, self.kind) if both else None
            layout, at = (deeper, at + 1) if deeper else (layout, at)
        self.layout = layout
        self.printed = {**layout.heads, **self.printed}
        reasons = [f"表头“{word}”一栏未读" for word in layout.unread]
        if layout.promoted:
            reasons.append("没有“牵头单位”栏，以“责任单位”栏为牵头单位、“配合单位”栏为责任单位")
        self.findings += [found for found in (Finding("表头", text) for text in reasons) if found not in self.findings]
        return layout, at

    def _row(self, where: str, row: Row, layout: heads.Layout) -> None:
        filled = [at for at, cell in enumerate(row) if texts.compact(cell or "")]
        if not filled or _repeats_head(row, layout):
            return
        alone = texts.clean(row[filled[0]] or "") if len(filled) == 1 and None not in row else ""
        first = row[filled[0]] or ""
        dates = layout.columns.get(filled[0]) is not Column.DEADLINE
        if (noise.is_foot(first, dates=dates) and (alone or filled[0] == 0)) or noise.is_total(first):
            self.prose += [cell for cell in row if cell]
        elif alone and _heads_rows(alone, layout.columns.get(filled[0])):
            self.lines.append(Line(where, banner=alone))
        else:
            self.lines.append(_line(where, row, layout))


def _line(where: str, row: Row, layout: heads.Layout) -> Line:
    cells: dict[Column, str] = {}
    covered: set[Column] = set()
    for at, column in sorted(layout.columns.items()):
        if at >= len(row):
            continue
        cell = row[at]
        if cell is None:
            covered.add(column)
        cells[column] = "、".join(text for text in (cells.get(column, ""), cell or "") if text)
    return Line(where, cells, frozenset(covered))


def _heads_rows(alone: str, column: Column | None) -> bool:
    """Tell whether the only text of a row is a heading over the next rows, not the rest of a broken cell."""
    if column is Column.SEQ:
        return ordinals.ordinal(alone) is None
    return column is not Column.SECTION and noise.is_banner(alone)


def _repeats_head(row: Row, layout: heads.Layout) -> bool:
    printed = {at: texts.compact(row[at] or "") for at in layout.columns if at < len(row)}
    same = [at for at, text in printed.items() if text and text == layout.heads.get(layout.columns[at])]
    return len(same) >= 2 and len(same) * 2 >= sum(1 for text in printed.values() if text)


def _under(upper: Row, lower: Row, kind: Kind) -> Row | None:
    """Return two rows of a head as one, or None when the lower one is not part of the head."""
    if len(upper) != len(lower):
        return None
    below = [texts.compact(cell or "") for cell in lower]
    if not any(below) or not all(heads.is_head(text, kind) for text in below if text):
        return None
    return tuple(text if text else over for text, over in zip(below, upper, strict=True))


def read(document: Document, kind: Kind) -> Listing:
    """Return the lines of all lists of a kind in a document. Raises Refused when it holds none."""
    found = _read(document, kind)
    if found is None and document.prose.strip():
        retried = grids.read(document.prose, kind)
        found = _read(retried, kind) if retried else None
    if found is None:
        raise _refusal(document, kind)
    if all(line.banner for line in found.lines):
        raise Refused("gazette.no_rows", "找到了表头，但表头下面没有数据行", remedy="请核对文件是否完整后重新导入")
    return found


def _read(document: Document, kind: Kind) -> Listing | None:
    reader = _Reader(kind)
    for table in document.tables:
        reader.table(table.name, tuple(row for row in table.rows if row))
    if not reader.printed:
        return None
    prose = "\n".join((document.prose, *reader.prose))
    printed, findings = reader.printed, [*document.findings, *reader.findings]
    numbered = any(texts.compact(line.text(Column.SEQ)) for line in reader.lines)
    if Column.SEQ in printed and not numbered:  # Word numbers such cells by itself, and does not write the numbers
        printed = {column: head for column, head in printed.items() if column is not Column.SEQ}
    return Listing(tuple(reader.lines), printed, prose, tuple(findings))


def _refusal(document: Document, kind: Kind) -> Refused:
    """Say why nothing was read, and what would help."""
    other = Kind.TASKS if kind is Kind.THEMES else Kind.THEMES
    listed = _read(document, other) or grids.read(document.prose, other)
    if listed:
        return Refused(
            "gazette.other_kind",
            f"文件中的表像是{_NAMES[other]}，不是{_NAMES[kind]}",
            remedy=f"请改用 --as {other.value} 读取，或换成{_NAMES[kind]}文件",
        )
    if not document.prose.strip() and not document.tables:
        return Refused("gazette.empty", "文件里没有文字", remedy="请换成有文字内容的文件")
    return Refused(
        "gazette.no_table",
        f"没有找到{_NAMES[kind]}的表格",
        remedy=f"文件须有一张带表头的表，表头含{_NEEDED[kind]}，各栏以表格线或制表符分隔；正文式文件请先整理成表格",
    )
