"""The ledger (台账): campaigns, tasks and assignments with their lamps; who sees what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from tongban.core import time
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.rules.errors import NotFound
from tongban.taskforce import permissions
from tongban.taskforce.models import Assignment, Campaign, Report, Task
from tongban.taskforce.queries import schemes
from tongban.taskforce.rules import lamps, periods
from tongban.taskforce.rules import schemes as rules
from tongban.taskforce.rules.lamps import Lamp, Standing
from tongban.taskforce.rules.moves import STATE_WORDS, State
from tongban.taskforce.rules.periods import Calendar, Window
from tongban.taskforce.rules.schemes import Scheme


def visible_to(by: Actor) -> QuerySet[Assignment]:
    """Return the assignments that the actor may see: all for who runs campaigns; a unit's own, and those of tasks it leads."""
    rows = Assignment.objects.filter(task__campaign__pack=settings.PLACE)
    if permissions.runs(by):
        return rows
    own = permissions.units(by)
    handed = rows.exclude(state=State.PLANNED.value)
    led = (
        Assignment.objects.filter(organisation__in=own, leads=True).exclude(state=State.PLANNED.value).values("task_id")
    )
    return handed.filter(Q(organisation__in=own) | Q(task_id__in=led))


def campaigns(*, by: Actor) -> list[Campaign]:
    """Return the campaigns that the actor may see, the newest first."""
    rows = Campaign.objects.filter(pack=settings.PLACE).order_by("-created_at").prefetch_related("schemes")
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
    """Return the reporting calendar of a campaign with its changes: whatever asks for a window asks here."""
    return rules.calendar(campaign.scheme, schemes.later(campaign))


def window_now(campaign: Campaign, on: date) -> Window | None:
    """Return the window that a report of a day belongs to; None before the first."""
    return periods.current(calendar_of(campaign), min(on, campaign.ends_on), since=campaign.starts_on)


def scheme_on(campaign: Campaign, on: date) -> Scheme:
    """Return what counts on a day: that of the window which a report of the day belongs to."""
    later = schemes.later(campaign)
    window = window_now(campaign, on) if later else None
    return rules.of_month(campaign.scheme, later, window.period) if window else campaign.scheme


def first_change(campaign: Campaign, wanted: Scheme, on: date) -> Window:
    """Return the first window that a change made on a day counts for."""
    after = max(on, campaign.starts_on - timedelta(days=1))
    return rules.first_window(calendar_of(campaign), wanted, after=after)


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
    report: Report | None  # of the current window, the last revision
    last: Report | None = None  # of whatever month

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
    # Reports of the current window: owed, and how they came.
    owed: int = 0
    on_time: int = 0
    late: int = 0

    @property
    def silent(self) -> int:
        """How many owe a report and have not handed it in."""
        return self.owed - self.on_time - self.late

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
    tolerance: int

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
    row: Assignment,
    campaign: Campaign,
    *,
    on: date,
    names: dict[str, str],
    report: Report | None = None,
    last: Report | None = None,
) -> ShareView:
    """Return an assignment as pages show it."""
    lamp = lamps.lamp(standing(row, campaign), on=on, tolerance=scheme_on(campaign, on).tolerance)
    if row.state == State.OUTSIDE.value:
        lamp = Lamp("idle", "平台外", "不在平台填报，由督办机构线下掌握")
    return ShareView(row, names.get(row.organisation, row.unit_name), lamp, STATE_WORDS[State(row.state)], report, last)


def reports_of(campaign: Campaign, months: Iterable[str]) -> dict[UUID, Report]:
    """Return the last revision of each assignment's report of some months (the later month wins). One query."""
    rows = Report.objects.filter(assignment__task__campaign=campaign, period__in=list(months))
    return {row.assignment_id: row for row in rows.order_by("period", "revision")}


def last_reports(shares: QuerySet[Assignment]) -> dict[UUID, Report]:
    """Return the last report of each of some assignments, of whatever month. One query."""
    newest = Report.objects.filter(assignment=OuterRef("assignment")).order_by("-period", "-revision").values("pk")[:1]
    rows = Report.objects.filter(assignment__in=shares.order_by().values("pk"), pk=Subquery(newest))
    return {row.assignment_id: row for row in rows}


def _seen(
    row: Assignment, campaign: Campaign, on: date, names: dict[str, str], last: Report | None, window: Window | None
) -> ShareView:
    return share_view(row, campaign, on=on, names=names, report=_of_window(last, window), last=last)


def _of_window(last: Report | None, window: Window | None) -> Report | None:
    return last if last is not None and window is not None and last.period == window.period else None


def ledger(campaign: Campaign, *, by: Actor, on: date, wanted: Filters = Filters()) -> Ledger:  # frozen
    """Return the ledger of a campaign on a day, as far as the actor may see it. Four queries."""
    window = window_now(campaign, on)
    names = unit_names()
    last = last_reports(visible_to(by).filter(task__campaign=campaign))
    shares = visible_to(by).filter(task__campaign=campaign).select_related("task").order_by("-leads", "pk")
    tasks = list(
        campaign.tasks.order_by("position").prefetch_related(Prefetch("assignments", queryset=shares, to_attr="seen"))
    )
    units: dict[str, str] = {}
    found: list[TaskView] = []
    for task in tasks:
        views = [_seen(row, campaign, on, names, last.get(row.pk), window) for row in task.seen]
        units |= {view.row.organisation: view.unit for view in views if view.row.organisation}
        kept = tuple(view for view in views if _is_wanted(view, wanted))
        if kept and _task_is_wanted(task, wanted):
            found.append(_task_view(task, kept, window))
    counts = Counter(share.lamp.kind for view in found for share in view.shares if not share.is_outside)
    all_sections = tuple(dict.fromkeys(task.section for task in tasks))
    sections = tuple(
        Section(name, tuple(view for view in found if view.task.section == name))
        for name in all_sections if any(view.task.section == name for view in found)
    )  # fmt: skip
    return Ledger(sections, dict(counts), lamps.finding(counts), tuple(sorted(units.items(), key=lambda one: one[1])),
                  all_sections, window, scheme_on(campaign, on).tolerance)  # fmt: skip


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


def _task_view(task: Task, shares: tuple[ShareView, ...], window: Window | None) -> TaskView:
    inside = [share for share in shares if not share.is_outside] or list(shares)
    kind = lamps.worst(share.lamp.kind for share in inside)
    worst = next(share.lamp for share in inside if share.lamp.kind == kind)
    counts = Counter(share.lamp.kind for share in inside)
    owing = [share for share in inside if _owes(share, window)]
    came = [share.report for share in owing if share.report is not None and share.report.review != "returned"]
    return TaskView(
        task, shares, worst, tuple((k, lamps.WORDS[k], counts[k]) for k in lamps.WORDS if counts.get(k)), len(owing),
        sum(not report.is_late for report in came), sum(report.is_late for report in came),
    )  # fmt: skip


def _owes(share: ShareView, window: Window | None) -> bool:
    row = share.row
    return (
        window is not None
        and bool(row.organisation)
        and periods.owes(window, assigned_on=row.assigned_on, closed_on=row.closed_on)
    )


def task(task_id: UUID, *, by: Actor, on: date) -> TaskView:
    """Return a task with the shares that the actor may see. Raises NotFound."""
    shares = visible_to(by).filter(task_id=task_id).select_related("task", "task__campaign").order_by("-leads", "pk")
    rows = list(shares)
    row = Task.objects.select_related("campaign", "parent").filter(pk=task_id, campaign__pack=settings.PLACE).first()
    if row is None or (not rows and not permissions.runs(by)):
        raise NotFound("taskforce.no_task", "没有找到这项任务", remedy="回到台账重新选择")
    window, names = window_now(row.campaign, on), unit_names()
    last = last_reports(visible_to(by).filter(task_id=task_id))
    views = tuple(_seen(each, row.campaign, on, names, last.get(each.pk), window) for each in rows)
    return (
        _task_view(row, views, window) if views else TaskView(row, (), Lamp("off", lamps.WORDS["off"], "没有分工"), ())
    )


def assignment(assignment_id: UUID, *, by: Actor) -> Assignment:
    """Return an assignment with task and campaign. Raises NotFound."""
    row = visible_to(by).select_related("task", "task__campaign").filter(pk=assignment_id).first()
    if row is None:
        raise NotFound("taskforce.no_assignment", "没有找到这项分工", remedy="回到台账重新选择")
    return row


def today() -> date:
    """Return the present day, for pages."""
    return time.today()


def windows_until(campaign: Campaign, on: date) -> list[Window]:
    """Return the reporting windows that have opened by a day, the first first."""
    cal = calendar_of(campaign)
    return [one for one in periods.windows(cal, campaign.starts_on, campaign.ends_on) if one.opens_on <= on]
