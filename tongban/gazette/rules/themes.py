"""Read a one-thing list (“一件事”清单) into themes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tongban.gazette.rules import items, limits, listings, ordinals, texts, units
from tongban.gazette.rules.shapes import WRAP, Column, Document, Finding, Kind, Line, Listing, Reading, Theme

_UNITS = (Column.LEAD, Column.RESPONSIBLE, Column.SUPPORTING)


@dataclass
class _Draft:
    """A theme while its rows are being put together; `cells` hold raw text."""

    where: str
    seq: int | None
    cells: dict[Column, str]
    doubts: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        return self.where if self.seq is None else f"序号{self.seq}（{self.where}）"


def read(document: Document, *, names: Iterable[str] = ()) -> Reading:
    """Return the themes of a document and what is doubtful about them; `names` are known unit names.

    Raises Refused when the document holds no such list.
    """
    listing = listings.read(document, Kind.THEMES)
    drafts = _folded(listing)
    if not any(draft.seq is not None for draft in drafts):
        for at, draft in enumerate(drafts, start=1):
            draft.seq = at
        drafts[0].doubts.append("表中没有序号，seq 按出现次序编排")
    words = units.lexicon(names, (line.text(column) for line in listing.lines for column in _UNITS))
    found = items.split_column([draft.cells[Column.ITEMS] for draft in drafts])
    in_days = "工作日" in listing.heads.get(Column.LIMIT, "")
    themes = [_theme(draft, one, words, in_days=in_days) for draft, one in zip(drafts, found, strict=True)]
    findings = [Finding(draft.place, doubt) for draft in drafts for doubt in draft.doubts]
    return Reading(tuple(themes), (*listing.findings, *_sequence_doubts(drafts), *findings))


def _folded(listing: Listing) -> list[_Draft]:
    """Fold lines into drafts: rows continued on the next page and rows of one item each are joined."""
    drafts: list[_Draft] = []
    for line in listing.lines:
        if line.banner:
            continue
        above = drafts[-1] if drafts else None
        if above and _continues(line, above, listing):
            _extend(above, line)
        else:
            drafts.append(_draft(line, above, listing))
    return drafts


def _continues(line: Line, above: _Draft, listing: Listing) -> bool:
    """Tell whether a line belongs to the theme above it."""
    number = ordinals.ordinal(line.text(Column.SEQ))
    if number and number[0] != above.seq:
        return False
    theme = texts.key(line.text(Column.THEME))
    if not theme or theme == texts.key(above.cells[Column.THEME]):
        return True
    if number:
        return False
    if _is_broken(line, above):
        return True
    return Column.SEQ in listing.heads and not (
        line.text(Column.ITEMS).strip() and (line.text(Column.LEAD).strip() or line.text(Column.LIMIT).strip())
    )


def _is_broken(line: Line, above: _Draft) -> bool:
    """Tell whether a row only goes on with the cells of the one above, as half a name or half a limit shows."""
    upper, theme = texts.key(above.cells[Column.THEME]), texts.key(line.text(Column.THEME))
    if theme and theme != upper and upper.count("(") > upper.count(")"):
        return True
    lead, limit = (texts.compact(above.cells.get(column, "")) for column in (Column.LEAD, Column.LIMIT))
    more, rest = (texts.compact(line.text(column)) for column in (Column.LEAD, Column.LIMIT))
    words = units.Lexicon()
    if lead and more and not words.is_complete(lead) and words.is_complete(lead + more):
        return True
    if limit and rest and limits.read(limit).doubt and not limits.read(limit + rest).doubt:
        return True
    return not (more or rest) and "一件事" in theme and "一件事" not in upper


def _extend(above: _Draft, line: Line) -> None:
    """Add a line to its theme, cell by cell; its items are further ones unless the row itself was broken."""
    upper, more = above.cells[Column.ITEMS], line.text(Column.ITEMS)
    levels = texts.depths(upper + "）")
    unclosed = levels != [*texts.depths(upper), 0]
    if _is_broken(line, above) or unclosed or upper.endswith(WRAP):
        above.cells[Column.ITEMS] = items.joined(upper, more)
    elif texts.compact(more):
        above.cells[Column.ITEMS] = upper + items.ROW_END + more
    for column in (Column.THEME, Column.LIMIT, *_UNITS):
        above.cells[column] = texts.append(above.cells.get(column, ""), line.text(column))


def _draft(line: Line, above: _Draft | None, listing: Listing) -> _Draft:
    number = ordinals.ordinal(line.text(Column.SEQ))
    draft = _Draft(line.where, number[0] if number else None, {Column.ITEMS: line.text(Column.ITEMS)})
    if number is None and Column.SEQ in listing.heads:
        draft.doubts.append("此行没有序号")
    for column in (Column.THEME, Column.LIMIT, *_UNITS):
        draft.cells[column] = _copied(line, column, above, draft)
    return draft


def _copied(line: Line, column: Column, above: _Draft | None, draft: _Draft) -> str:
    """Return a cell, or the one above where it is merged with it; a blank lead or limit counts as merged."""
    text = line.text(column)
    if texts.compact(text) or above is None or column not in line.cells:
        return text
    upper = above.cells.get(column, "")
    if column in line.covered:
        return upper
    led = texts.compact(line.text(Column.LEAD)) or Column.LEAD not in line.cells
    if column is Column.THEME or (column in _UNITS[1:] and led):
        return ""
    if texts.compact(upper):
        draft.doubts.append(f"“{column.value}”为空，按合并单元格沿用上一行“{texts.clean(upper)}”")
    return upper


def _sequence_doubts(drafts: Sequence[_Draft]) -> list[Finding]:
    """Report numbers that are missing, or that come twice."""
    findings: list[Finding] = []
    for above, draft in pairwise(drafts):
        if above.seq is None or draft.seq is None or draft.seq in (1, above.seq + 1):
            continue
        reason = "重复" if draft.seq == above.seq else f"不连续，上一行是序号{above.seq}"
        findings.append(Finding(draft.place, "序号" + reason))
    return findings


def _theme(draft: _Draft, found: items.Items, words: units.Lexicon, *, in_days: bool) -> Theme:
    marked, others = units.labelled(draft.cells.get(Column.RESPONSIBLE, ""))
    lead = units.split("、".join(filter(None, (draft.cells.get(Column.LEAD, ""), marked))), words)
    responsible = units.split("、".join(filter(None, (others, draft.cells.get(Column.SUPPORTING, "")))), words)
    text = texts.clean(draft.cells.get(Column.LIMIT, ""))
    limit = limits.read(text, in_working_days=in_days)
    draft.doubts += [*found.doubts, *lead.doubts, *responsible.doubts, *filter(None, (limit.doubt,))]
    if len(lead.names) > 1:
        draft.doubts.append(f"牵头单位有{len(lead.names)}个：{'、'.join(lead.names)}")
    if not found.names:
        draft.doubts.append("联办事项为空")
    return Theme(
        seq=draft.seq,
        theme=texts.clean(draft.cells[Column.THEME]),
        items=list(found.names),
        lead_unit="、".join(lead.names) or None,
        responsible_units=list(responsible.names),
        combined_limit_text=text or None,
        combined_limit_working_days=limit.working_days,
        immediate=limit.immediate,
    )
