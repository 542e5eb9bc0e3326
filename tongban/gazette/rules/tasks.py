"""Read a task list (任务、时间、责任清单) into tasks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from tongban.gazette.rules import deadlines, issued, listings, ordinals, texts, units
from tongban.gazette.rules.shapes import Column, Document, Finding, Kind, Line, Listing, Reading, Task

_COPIED = (Column.DEADLINE, Column.LEAD, Column.RESPONSIBLE, Column.SUPPORTING)
_SENTENCE_END = ("。", "！", "；", ";", ".", "”", "）", ")")
_WHOLE_DEADLINE = re.compile(r".*(月|日|号|年|季度?|底|前|推进|坚持|完成|\d)")


@dataclass
class _Draft:
    """A task while its rows are being put together; `cells` hold raw text."""

    where: str
    seq: int | None
    sub: str | None
    section: str
    cells: dict[Column, str]
    doubts: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        number = "" if self.seq is None else f"序号{self.seq}" + (f"-{self.sub}" if self.sub else "")
        return f"{number}（{self.where}）" if number else self.where


def read(document: Document, *, year: int | None = None, names: Iterable[str] = ()) -> Reading:
    """Return the tasks of a document and what is doubtful about them.

    `year` completes deadlines without a year; without it the document's date does. `names` are known unit names.
    Raises Refused when the document holds no task list.
    """
    listing = listings.read(document, Kind.TASKS)
    drafts = _numbered(_folded(listing), listing)
    drafts = [part for draft in drafts for part in _subs(draft)]
    findings = [*listing.findings, *_year_doubts(listing, year), *_sequence_doubts(drafts)]
    words = units.lexicon(names, (line.text(column) for line in listing.lines for column in _COPIED[1:]))
    base = _year(listing, year)
    tasks = [_task(draft, base, words) for draft in drafts]
    findings += [Finding(draft.place, doubt) for draft in drafts for doubt in draft.doubts]
    return Reading(tuple(tasks), tuple(findings))


def _folded(listing: Listing) -> list[_Draft]:
    """Fold lines into drafts: broken rows are joined, merged and blank cells take the text above."""
    drafts: list[_Draft] = []
    section = banner = ""
    for line in listing.lines:
        if line.banner:
            section = banner = line.banner
            continue
        above = drafts[-1] if drafts else None
        relation = _relation(line, above, listing) if above else "new"
        section = _section(line, section, banner, drafts, broken=relation == "rest")
        if above and relation == "rest":
            _extend(above, line)
        else:
            drafts.append(_draft(line, section, above, relation, listing))
    return drafts


def _section(line: Line, section: str, banner: str, drafts: Sequence[_Draft], *, broken: bool) -> str:
    """Return the section of a line: a blank cell takes the one above, a broken one is put together."""
    text = texts.clean(line.text(Column.SECTION))
    if not text or text == section:
        return section
    unnumbered = ordinals.section_number(section) is not None and ordinals.section_number(text) is None
    if not (broken or unnumbered) or section == banner or texts.compact(line.text(Column.SEQ)) == "1":
        return text
    whole = section if section.endswith(text) else section + text
    for draft in drafts:
        draft.section = whole if draft.section == section else draft.section
    return whole


def _relation(line: Line, above: _Draft, listing: Listing) -> str:
    """Tell what a line is to the task above it: "new", a "sub" under the same number, or its "rest"."""
    number = ordinals.ordinal(line.text(Column.SEQ))
    if number and number != (above.seq, above.sub):
        return "new"
    text = line.text(Column.REQUIREMENT)
    if not texts.compact(text) or texts.key(text) == texts.key(above.cells[Column.REQUIREMENT]):
        return "rest"
    if ordinals.leading(text):
        return "sub"
    ended = texts.compact(above.cells[Column.REQUIREMENT]).endswith(_SENTENCE_END)
    own = _has_own_cells(line, above)
    if Column.SEQ not in listing.heads:
        return "new" if ended or own or texts.compact(line.text(Column.SECTION)) else "rest"
    return "sub" if Column.SEQ in line.covered or own else "rest"


def _has_own_cells(line: Line, above: _Draft) -> bool:
    """Tell whether deadline or lead are whole texts of this row, not the second halves of broken cells."""
    lead, deadline = texts.compact(line.text(Column.LEAD)), texts.compact(line.text(Column.DEADLINE))
    upper = texts.compact(above.cells.get(Column.DEADLINE, ""))
    if deadline and _WHOLE_DEADLINE.fullmatch(upper) and len(deadline) > 2:
        return True
    words = units.Lexicon()
    return bool(lead) and words.is_complete(lead) and words.is_complete(texts.compact(above.cells.get(Column.LEAD, "")))


def _extend(above: _Draft, line: Line) -> None:
    """Add the rest of a broken row to its task, cell by cell."""
    for column in (Column.REQUIREMENT, *_COPIED):
        above.cells[column] = texts.append(above.cells.get(column, ""), line.text(column))


def _draft(line: Line, section: str, above: _Draft | None, relation: str, listing: Listing) -> _Draft:
    number = ordinals.ordinal(line.text(Column.SEQ))
    seq, sub = number if number else (None, None)
    if relation == "sub" and above:
        seq = above.seq
    draft = _Draft(line.where, seq, sub, section, {Column.REQUIREMENT: line.text(Column.REQUIREMENT)})
    if number is None and relation == "new" and Column.SEQ in listing.heads:
        draft.doubts.append("此行没有序号")
    within = relation == "sub" or (above is not None and seq is not None and seq == above.seq)
    for column in _COPIED:
        draft.cells[column] = _copied(line, column, above, draft, within=within)
    return draft


def _copied(line: Line, column: Column, above: _Draft | None, draft: _Draft, *, within: bool) -> str:
    """Return a cell, or the one above where it is merged with it or blank.

    A blank 责任单位 beside a filled 牵头单位 says that there is none; elsewhere a blank between two numbers is taken
    for a merged cell, and reported.
    """
    text = line.text(column)
    if texts.compact(text) in ("同上", "〃", '"'):
        return above.cells.get(column, "") if above else ""
    if texts.compact(text) or above is None or column not in line.cells:
        return text
    upper = above.cells.get(column, "")
    if within and column is Column.RESPONSIBLE and texts.compact(line.text(Column.LEAD)):
        draft.doubts.append(f"“责任单位”为空，按合并单元格沿用上一行“{texts.clean(upper)}”")
    if within or column in line.covered:
        return upper
    if column in (Column.RESPONSIBLE, Column.SUPPORTING) and texts.compact(line.text(Column.LEAD)):
        return ""
    if texts.compact(upper):
        draft.doubts.append(f"“{column.value}”为空，按合并单元格沿用上一行“{texts.clean(upper)}”")
    return upper


def _numbered(drafts: list[_Draft], listing: Listing) -> list[_Draft]:
    """Give numbers where the table has no 序号 column, or an empty one; number the measures under one number."""
    if not any(draft.seq is not None for draft in drafts):
        _number_by_order(drafts)
        drafts[0].doubts.append("表中没有序号，seq 按" + ("类别" if drafts[0].sub else "出现次序") + "编排")
    for draft in drafts:
        part = ordinals.leading(draft.cells[Column.REQUIREMENT])
        if part and draft.sub is None:
            draft.sub = str(part.number)
    _number_measures(drafts)
    if len(drafts) > 1 and all(draft.sub == str(draft.seq) for draft in drafts):
        for draft in drafts:  # the text repeats its own number
            draft.sub = None
    return drafts


def _number_by_order(drafts: Sequence[_Draft]) -> None:
    """Number sections and their numbered measures (“1.…”), or, where measures have no numbers, all rows."""
    parts = [ordinals.leading(draft.cells[Column.REQUIREMENT]) for draft in drafts]
    by_section = bool(drafts[0].section) and sum(1 for part in parts if part) * 2 > len(parts)
    sections: list[str] = []
    for at, (draft, part) in enumerate(zip(drafts, parts, strict=True), start=1):
        if draft.section not in sections:
            sections.append(draft.section)
        if by_section:
            draft.seq = ordinals.section_number(draft.section) or len(sections)
            draft.sub = str(part.number) if part else None
        else:
            draft.seq = at


def _number_measures(drafts: Sequence[_Draft]) -> None:
    """Number the measures that share a number with others but have no mark of their own, and report it."""
    groups: dict[tuple[int | None, str], list[_Draft]] = {}
    for draft in drafts:
        groups.setdefault((draft.seq, draft.section), []).append(draft)
    for (seq, _), group in groups.items():
        for at, draft in enumerate(group, start=1):
            if seq is not None and len(group) > 1 and draft.sub is None:
                draft.sub = str(at)
                draft.doubts.append(f"同一序号下有多行而无分号，按次序编为{at}")


def _subs(draft: _Draft) -> list[_Draft]:
    """Return the measures of a cell that numbers several (“1.…2.…”), else the draft with its mark taken off."""
    text = draft.cells[Column.REQUIREMENT]
    parts = ordinals.enumerated(text)
    if len(parts) > 1:
        shared = {column: ordinals.enumerated(draft.cells.get(column, "")) for column in _COPIED}
        return [
            replace(
                draft,
                sub=str(part.number),
                cells=draft.cells
                | {Column.REQUIREMENT: part.body}
                | {column: found[at].body for column, found in shared.items() if len(found) == len(parts)},
                doubts=list(draft.doubts) if at == 0 else [],
            )
            for at, part in enumerate(parts)
        ]
    part = ordinals.leading(text)
    if part and draft.sub == str(part.number):
        draft.cells[Column.REQUIREMENT] = part.body
    return [draft]


def _year(listing: Listing, year: int | None) -> int | None:
    """Return the year of deadlines: the given one, the one in the head of the column, the document's."""
    printed = re.search(r"(20\d{2})年", listing.heads.get(Column.DEADLINE, ""))
    return year or (int(printed[1]) if printed else issued.year_of(listing.prose))


def _year_doubts(listing: Listing, year: int | None) -> list[Finding]:
    found = issued.year_of(listing.prose)
    if year and found and year != found:
        return [Finding("完成时限", f"按指定的 {year} 年计算，文件的发文日期是 {found} 年")]
    return []


def _sequence_doubts(drafts: Sequence[_Draft]) -> list[Finding]:
    """Report numbers that are missing, or that come twice."""
    findings: list[Finding] = []
    for above, draft in pairwise(drafts):
        if above.seq is None or draft.seq is None or draft.seq in (1, above.seq, above.seq + 1):
            continue
        findings.append(Finding(draft.place, f"序号不连续，上一行是序号{above.seq}"))
    return findings


def _task(draft: _Draft, year: int | None, words: units.Lexicon) -> Task:
    limit = texts.clean(draft.cells.get(Column.DEADLINE, ""))
    deadline = deadlines.read(limit, year=year)
    marked, others = units.labelled(draft.cells.get(Column.RESPONSIBLE, ""))
    lead = units.split("、".join(filter(None, (draft.cells.get(Column.LEAD, ""), marked))), words)
    responsible = units.split("、".join(filter(None, (others, draft.cells.get(Column.SUPPORTING, "")))), words)
    draft.doubts += [doubt for doubt in (deadline.doubt, *lead.doubts, *responsible.doubts) if doubt]
    if not texts.compact(draft.cells[Column.REQUIREMENT]):
        draft.doubts.append("工作要求为空")
    return Task(
        seq=draft.seq,
        sub=draft.sub,
        section=draft.section or None,
        requirement=texts.clean(draft.cells[Column.REQUIREMENT]),
        deadline_text=limit,
        deadline_date=deadline.day,
        sync_with_province=deadline.sync_with_province,
        lead_units=list(lead.names),
        responsible_units=list(responsible.names),
    )
