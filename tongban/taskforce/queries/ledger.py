"""The ledger (台账): campaigns, tasks and assignments with their lamps; who sees what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from tongban.core import time
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.rules.errors import NotFound
from tongban.taskforce import permissions
from tongban.taskforce.models import Assignment, Campaign, Report, Task
from tongban.taskforce.rules import lamps, periods
from tongban.taskforce.rules.lamps import Lamp, Standing
from tongban.taskforce.rules.moves import STATE_WORDS, State
from tongban.taskforce.rules.periods import Calendar, Window


def visible_to(by: Actor) -> QuerySet[Assignment]:
    """Return the assignments that the actor may see: all for who runs campaigns; a unit's own, and those of tasks it leads."""
    rows = Assignment.objects.filter(task__campaign__pack=settings.PLACE)
    if permissions.runs(by):
        return rows
    own = permissions.units(by)
    handed = rows.exclude(state=State.PLANNED.value)
    led = Assignment.objects.filter(organisation__in=own, leads=True).exclude(state=State.PLANNED.value).values("task_id")
    return handed.filter(Q(organisation__in=own) | Q(task_id__in=led))


def campaigns(*, by: Actor) -> list[Campaign]:
    """Return the campaigns that the actor may see, the newest first."""
    rows = Campaign.objects.filter(pack=settings.PLACE).order_by("-created_at")
    if not permissions.runs(by):
        rows = rows.filter(pk__in=visible_to(by).values("task__campaign_id"))
    return list(rows)


def campaign(campaign_id: UUID, *, by: Actor) -> Campaign:
    """Return a campaign. Raises NotFound."""
    row = next((row for row in campaigns(by=by) if row.pk == campaign_id), None)
    if row is None:
        raise NotFound("taskforce.no_campaign", "没有找到这个专项", remedy="回到督办页重新选择")
    return row


def calendar_of(campaign: Campaign) -> Calendar:
    """Return the reporting calendar of a campaign."""
    return Calendar(campaign.report_day, campaign.opens_before_days, tuple(campaign.ladder_days))


def window_now(campaign: Campaign, on: date) -> Window | None:
    """Return the window that a report of a day belongs to; None before the first."""
    return periods.current(calendar_of(campaign), min(on, campaign.ends_on), since=campaign.starts_on)


def phases_of(campaign: Campaign) -> list[tuple[str, date, date]]:
    """Return the phases (阶段) of a campaign."""
    return [(name, date.fromisoformat(first), date.fromisoformat(last)) for name, first, last in campaign.phases]


@dataclass(frozen=True)
class ShareView:
    """What one unit has to do of a task, as pages show it."""

    row: Assignment
    unit: str
    lamp: Lamp
    state: str
    report: Report | None  # of the period asked for, the last revision

    @property
    def is_outside(self) -> bool:
        """Whether the unit is none of this platform."""
        return self.row.state == State.OUTSIDE.value


@dataclass(frozen=True)
class TaskView:
    """A task with its shares and the worst lamp."""

    task: Task
    shares: tuple[ShareView, ...]
    lamp: Lamp
    counts: tuple[tuple[str, str, int], ...]  # lamp, word, how many

    @property
    def leads(self) -> tuple[ShareView, ...]:
        """The shares of the leading units."""
        return tuple(share for share in self.shares if share.row.leads)

    @property
    def responsible(self) -> tuple[ShareView, ...]:
        """The shares of the other units."""
        return tuple(share for share in self.shares if not share.row.leads)


@dataclass(frozen=True)
class Filters:
    """What of a ledger is asked for; empty texts ask for everything."""

    section: str = ""
    unit: str = ""
    lamp: str = ""
    state: str = ""
    leads: str = ""
    due_by: date | None = None
    text: str = ""


@dataclass(frozen=True)
class Section:
    """A section (任务类别) of the ledger with its tasks."""

    name: str
    tasks: tuple[TaskView, ...]


@dataclass(frozen=True)
class Ledger:
    """The ledger of a campaign on a day."""

    sections: tuple[Section, ...]
    counts: dict[str, int]
    finding: str
    units: tuple[tuple[str, str], ...]
    all_sections: tuple[str, ...]
    window: Window | None

    @property
    def tasks(self) -> list[TaskView]:
        """All tasks in their order."""
        return [task for section in self.sections for task in section.tasks]


def standing(row: Assignment, campaign: Campaign) -> Standing:
    """Return what of an assignment decides its lamp."""
    return Standing(
        State(row.state), row.assigned_on or campaign.starts_on, row.due_on, row.task.syncs, row.progress, row.closed_on
    )


def unit_names() -> dict[str, str]:
    """Return the short names of the organisations of the place by code."""
    return {code: org.name for code, org in orgs.organisations(settings.PLACE).items()}


def share_view(
    row: Assignment, campaign: Campaign, *, on: date, names: dict[str, str], report: Report | None = None
) -> ShareView:
    """Return an assignment as pages show it."""
    lamp = lamps.lamp(standing(row, campaign), on=on, tolerance=campaign.tolerance)
    if row.state == State.OUTSIDE.value:
        lamp = Lamp("idle", "平台外", "不在平台填报，由督办机构线下掌握")
    return ShareView(row, names.get(row.organisation, row.unit_name), lamp, STATE_WORDS[State(row.state)], report)


def reports_of(campaign: Campaign, months: Iterable[str]) -> dict[UUID, Report]:
    """Return the last revision of each assignment's report of some months (the later month wins). One query."""
    rows = Report.objects.filter(assignment__task__campaign=campaign, period__in=list(months))
    return {row.assignment_id: row for row in rows.order_by("period", "revision")}


def ledger(campaign: Campaign, *, by: Actor, on: date, wanted: Filters = Filters()) -> Ledger:  # frozen
    """Return the ledger of a campaign on a day, as far as the actor may see it. Four queries."""
    window = window_now(campaign, on)
    reports = reports_of(campaign, [window.period]) if window else {}
    names = unit_names()
    shares = visible_to(by).filter(task__campaign=campaign).select_related("task").order_by("-leads", "pk")
    tasks = list(campaign.tasks.order_by("position").prefetch_related(Prefetch("assignments", queryset=shares, to_attr="seen")))
    units: dict[str, str] = {}
    found: list[TaskView] = []
    for task in tasks:
        views = [share_view(row, campaign, on=on, names=names, report=reports.get(row.pk)) for row in task.seen]
        units |= {view.row.organisation: view.unit for view in views if view.row.organisation}
        kept = tuple(view for view in views if _is_wanted(view, wanted))
        if kept and _task_is_wanted(task, wanted):
            found.append(_task_view(task, kept))
    counts = Counter(share.lamp.kind for view in found for share in view.shares if not share.is_outside)
    all_sections = tuple(dict.fromkeys(task.section for task in tasks))
    sections = tuple(
        Section(name, tuple(view for view in found if view.task.section == name))
        for name in all_sections if any(view.task.section == name for view in found)
    )  # fmt: skip
    return Ledger(sections, dict(counts), lamps.finding(counts), tuple(sorted(units.items(), key=lambda one: one[1])),
                  all_sections, window)  # fmt: skip


def _is_wanted(view: ShareView, wanted: Filters) -> bool:
    row = view.row
    return (
        (not wanted.unit or row.organisation == wanted.unit)
        and (not wanted.lamp or view.lamp.kind == wanted.lamp)
        and (not wanted.state or row.state == wanted.state)
        and (not wanted.leads or (row.leads and row.organisation == wanted.leads))
        and (wanted.due_by is None or (row.due_on is not None and row.due_on <= wanted.due_by))
    )


def _task_is_wanted(task: Task, wanted: Filters) -> bool:
    return (not wanted.section or task.section == wanted.section) and (
        not wanted.text or wanted.text in task.requirement or wanted.text == task.number
    )


def _task_view(task: Task, shares: tuple[ShareView, ...]) -> TaskView:
    inside = [share for share in shares if not share.is_outside] or list(shares)
    kind = lamps.worst(share.lamp.kind for share in inside)
    worst = next(share.lamp for share in inside if share.lamp.kind == kind)
    counts = Counter(share.lamp.kind for share in inside)
    return TaskView(task, shares, worst, tuple((k, lamps.WORDS[k], counts[k]) for k in lamps.WORDS if counts.get(k)))


def task(task_id: UUID, *, by: Actor, on: date) -> TaskView:
    """Return a task with the shares that the actor may see. Raises NotFound."""
    shares = visible_to(by).filter(task_id=task_id).select_related("task", "task__campaign").order_by("-leads", "pk")
    rows = list(shares)
    row = Task.objects.select_related("campaign", "parent").filter(pk=task_id, campaign__pack=settings.PLACE).first()
    if row is None or (not rows and not permissions.runs(by)):
        raise NotFound("taskforce.no_task", "没有找到这项任务", remedy="回到台账重新选择")
    window = window_now(row.campaign, on)
    reports = reports_of(row.campaign, [window.period]) if window else {}
    names = unit_names()
    views = tuple(share_view(each, row.campaign, on=on, names=names, report=reports.get(each.pk)) for each in rows)
    return _task_view(row, views) if views else TaskView(row, (), Lamp("off", lamps.WORDS["off"], "没有分工"), ())


def assignment(assignment_id: UUID, *, by: Actor) -> Assignment:
    """Return an assignment with task and campaign. Raises NotFound."""
    row = visible_to(by).select_related("task", "task__campaign").filter(pk=assignment_id).first()
    if row is None:
        raise NotFound("taskforce.no_assignment", "没有找到这项分工", remedy="回到台账重新选择")
    return row


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
    return Matrix(tasks, spans, inside, tuple(row for row in rows if not row.code), _matrix_finding(inside, tasks), found.counts)


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
    late = sum(1 for at in range(len(tasks)) if any((cell := row.cells[at]) and cell.lamp.kind == "bad" for row in rows))
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


def today() -> date:
    """Return the present day, for pages."""
    return time.today()


def windows_until(campaign: Campaign, on: date) -> list[Window]:
    """Return the reporting windows that have opened by a day, the first first."""
    cal = calendar_of(campaign)
    return [one for one in periods.windows(cal, campaign.starts_on, campaign.ends_on) if one.opens_on <= on]
