"""Uploaded lists while they are checked: the grid, what stands in the way, what printed names of units stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.rules.errors import NotFound
from tongban.taskforce import permissions
from tongban.taskforce.models import UnitName, Upload, UploadRow
from tongban.taskforce.rules import lists
from tongban.taskforce.rules.lists import Check, Doubt, Match, Row, Unit


def visible_to(by: Actor) -> QuerySet[Upload]:
    """Return the uploads that the actor may see: who runs campaigns sees all of the place."""
    rows = Upload.objects.filter(pack=settings.PLACE)
    return rows if permissions.runs(by) else rows.none()


def recent(*, by: Actor) -> list[Upload]:
    """Return the uploads that are not yet campaigns, the newest first."""
    return list(visible_to(by).filter(campaign=None).defer("content").order_by("-created_at")[:20])


def one(upload_id: UUID, *, by: Actor) -> Upload:
    """Return an upload. Raises NotFound."""
    row = visible_to(by).filter(pk=upload_id).first()
    if row is None:
        raise NotFound("taskforce.no_upload", "没有找到这份清单", remedy="从督办页重新上传")
    return row


def units(pack: str) -> list[Unit]:
    """Return the organisations that a printed name may mean."""
    return [
        Unit(code, org.name, (org.full_name, *org.aliases)) for code, org in orgs.organisations(pack).items()
    ]  # fmt: skip


def everybody(pack: str) -> list[str]:
    """Return the codes that a collective name (各部门、直属单位) stands for: all that are not outside bodies."""
    return [code for code, org in orgs.organisations(pack).items() if not org.external]


def matches(names: Iterable[str], pack: str) -> dict[str, Match]:
    """Return what each printed name stands for, by name, alias, an earlier list, or likeness."""
    before = {row.name: row.codes for row in UnitName.objects.filter(pack=pack)}
    known = units(pack)
    return {name: lists.match(name, known, before) for name in names}


def matches_of(upload: Upload) -> dict[str, Match]:
    """Return what the printed names of an upload stand for by now."""
    return {
        name: Match(tuple(kept["codes"]), bool(kept["outside"]), kept["how"]) for name, kept in upload.units.items()
    }


def row_of(row: UploadRow) -> Row:
    """Return a row of the grid as the rules know it."""
    return Row(
        row.seq, row.sub, row.section, row.requirement, row.deadline, row.due_on, row.syncs, tuple(row.lead),
        tuple(row.responsible), tuple(Doubt(*doubt) for doubt in row.doubts), row.left_out,
    )  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A cell of the grid on the page: what stands in it, the words of doubt, whether it keeps the list from being taken."""

    column: str
    label: str
    text: str
    doubts: tuple[str, ...]
    is_faulty: bool


@dataclass(frozen=True)
class GridRow:
    """A row of the grid on the page."""

    row: UploadRow
    number: str
    cells: dict[str, Cell]
    due_on: date | None
    moved_on: date | None

    @property
    def is_doubtful(self) -> bool:
        """Whether any cell is marked."""
        return any(cell.doubts for cell in self.cells.values())


@dataclass(frozen=True)
class NameRow:
    """A printed name on the page: what it stands for, in how many rows it stands."""

    name: str
    match: Match
    how: str
    stands_for: str
    rows: int


@dataclass(frozen=True)
class Grid:
    """All of an upload as its page shows it."""

    rows: tuple[GridRow, ...]
    names: tuple[NameRow, ...]
    check: Check
    doubtful: int

    @property
    def likes(self) -> int:
        """How many names were matched by likeness only and wait for a yes."""
        return sum(1 for name in self.names if name.match.how == "like")


def grid(upload: Upload) -> Grid:
    """Return the grid of an upload with its doubts and faults. Two queries."""
    kept = list(upload.rows.order_by("position"))
    rows = [row_of(row) for row in kept]
    known = matches_of(upload)
    check = lists.check(rows, known)
    shown = tuple(
        _grid_row(each, row, faults, upload.shift_years)
        for each, row, faults in zip(kept, rows, check.faults, strict=True)
    )
    return Grid(shown, _names(rows, known, upload.pack), check, sum(1 for row in shown if row.is_doubtful))


def _grid_row(kept: UploadRow, row: Row, faults: Sequence[Doubt], years: int) -> GridRow:
    texts = {
        "seq": row.number, "section": row.section, "requirement": row.requirement, "deadline": row.deadline,
        "lead": "、".join(row.lead), "responsible": "、".join(row.responsible),
    }  # fmt: skip
    cells = {
        column: Cell(
            column, label, texts[column],
            tuple(doubt.words for doubt in (*faults, *row.doubts) if doubt.column == column),
            any(doubt.column == column for doubt in faults),
        )
        for column, label in lists.COLUMNS.items()
    }  # fmt: skip
    return GridRow(kept, row.number, cells, row.due_on, lists.moved(row.due_on, years))


def _names(rows: Sequence[Row], known: Mapping[str, Match], pack: str) -> tuple[NameRow, ...]:
    orgs_of = orgs.organisations(pack)
    found = []
    for name in lists.names_of(rows):
        met = known.get(name, Match())
        words = "、".join("全部部门" if c == lists.ALL else orgs_of[c].name if c in orgs_of else c for c in met.codes)
        count = sum(1 for row in rows if not row.left_out and name in (*row.lead, *row.responsible))
        found.append(NameRow(name, met, lists.HOW_WORDS.get(met.how, ""), "平台外单位，照原文保留" if met.outside else words, count))  # fmt: skip
    found.sort(key=lambda one: (one.match.is_known, one.match.how != "like"))
    return tuple(found)


def confirmed(match: Match) -> Match:
    """Return a match that people said yes to."""
    return replace(match, how="hand")
