"""The ledger as a matrix (挂图作战) and as a timeline (时间轴)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tongban.taskforce.models import Campaign
from tongban.taskforce.queries.ledger import Ledger, ShareView, TaskView, phases_of
from tongban.taskforce.rules import periods

# Matrix, 挂图作战


@dataclass(frozen=True)
class MatrixRow:
    """A unit of the matrix: a cell for each task (None where it has no part), and counts of lamps."""

    unit: str
    code: str
    cells: tuple[ShareView | None, ...]
    bad: int
    warn: int
    done: int
    total: int


@dataclass(frozen=True)
class Matrix:
    """Units by tasks."""

    tasks: tuple[TaskView, ...]
    spans: tuple[tuple[str, int], ...]  # sections, how many tasks each
    rows: tuple[MatrixRow, ...]
    outside: tuple[MatrixRow, ...]
    finding: str
    counts: dict[str, int]


def matrix(found: Ledger) -> Matrix:
    """Return a ledger as units by tasks, the units that lead first, outside units below."""
    tasks = tuple(found.tasks)
    spans = tuple((section.name, len(section.tasks)) for section in found.sections)
    cells: dict[tuple[str, str], dict[int, ShareView]] = {}
    for at, view in enumerate(tasks):
        for share in view.shares:
            key = (share.row.organisation, share.unit if not share.row.organisation else "")
            cells.setdefault(key, {})[at] = share
    rows = [_matrix_row(own, len(tasks)) for own in cells.values()]
    rows.sort(key=lambda row: (-sum(1 for cell in row.cells if cell and cell.row.leads), row.unit))
    inside = tuple(row for row in rows if row.code)
    return Matrix(
        tasks, spans, inside, tuple(row for row in rows if not row.code), _matrix_finding(inside, tasks), found.counts
    )


def _matrix_row(own: dict[int, ShareView], size: int) -> MatrixRow:
    first = next(iter(own.values()))
    counts = Counter(share.lamp.kind for share in own.values())
    return MatrixRow(
        first.unit, first.row.organisation, tuple(own.get(at) for at in range(size)), counts["bad"], counts["warn"],
        counts["done"], len(own),
    )  # fmt: skip


def _matrix_finding(rows: Sequence[MatrixRow], tasks: Sequence[TaskView]) -> str:
    bad = sum(row.bad for row in rows)
    if not bad:
        return f"{len(tasks)} 项任务、{len(rows)} 个单位，没有超期。"
    late = sum(
        1 for at in range(len(tasks)) if any((cell := row.cells[at]) and cell.lamp.kind == "bad" for row in rows)
    )
    top = max(rows, key=lambda row: row.bad)
    return f"{len(tasks)} 项任务中 {late} 项有单位超期，共 {bad} 处；{top.unit} {top.bad} 处最多。"


# Timeline, 时间轴


@dataclass(frozen=True)
class TimeRow:
    """A month of the timeline: tasks due in it, how they stand."""

    month: str
    tasks: tuple[TaskView, ...]
    phase: str
    is_past: bool


def timeline(campaign: Campaign, found: Ledger, *, on: date) -> list[TimeRow]:
    """Return the tasks by the month in which they are due; those without a day last."""
    by_month: dict[str, list[TaskView]] = {}
    for view in found.tasks:
        by_month.setdefault(f"{view.task.due_on:%Y-%m}" if view.task.due_on else "", []).append(view)
    phases = phases_of(campaign)
    rows = []
    for month in sorted(by_month, key=lambda one: one or "9999"):
        tasks = by_month[month]
        last = max((view.task.due_on for view in tasks if view.task.due_on), default=None)
        rows.append(
            TimeRow(month, tuple(tasks), periods.phase_words(phases, last) if last else "", bool(last and last < on))
        )
    return rows
