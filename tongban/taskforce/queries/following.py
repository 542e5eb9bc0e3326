"""One assignment and all about it; what waits for the overseer; what waits for a unit (我的上报)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from tongban.attachments import queries as attachments
from tongban.core.actor import Actor
from tongban.rules.errors import NotFound
from tongban.taskforce import permissions
from tongban.taskforce.models import Assignment, Campaign, Order, Reminder, Report, Step, Task
from tongban.taskforce.queries import ledger
from tongban.taskforce.queries.ledger import ShareView
from tongban.taskforce.rules import moves, periods
from tongban.taskforce.rules.moves import ACT_WORDS, NEED_WORDS, Act, Side, State
from tongban.taskforce.rules.periods import Window

WITH_DAY = {
    Act.ASK_DELAY: "申请延到",
    Act.YELLOW: "回复期限",
    Act.RED: "回复期限",
    Act.TALK: "约谈日期",
    Act.BLAME: "问责日期",
}
_ELSEWHERE = (Act.ASSIGN, Act.REPORT, Act.ACCEPT_REPORT, Act.RETURN_REPORT)


@dataclass(frozen=True)
class Possible:
    """An act that the actor can do now: its name, whether it takes words, what its day is."""

    act: str
    label: str
    needs_words: bool
    day: str


@dataclass(frozen=True)
class ReportView:
    """A report with its files by id and name."""

    row: Report
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ShareDetail:
    """All about one assignment."""

    view: ShareView
    reports: tuple[ReportView, ...]
    steps: tuple[tuple[Step, str], ...]
    papers: tuple[Order, ...]
    acts: tuple[Possible, ...]
    can_report: bool
    can_review: bool


def share(share_id: UUID, *, by: Actor, on: date) -> ShareDetail:
    """Return all about an assignment that the actor may see. Raises NotFound."""
    row = ledger.assignment(share_id, by=by)
    campaign = row.task.campaign
    reports = list(row.reports.order_by("-period", "-revision"))
    names = {
        key: file.name for key, file in attachments.files(file for report in reports for file in report.files).items()
    }
    shown = tuple(
        ReportView(report, tuple((key, names[key]) for key in report.files if key in names)) for report in reports
    )
    runs, own = permissions.runs(by), row.organisation in permissions.units(by)
    state = State(row.state)
    acts = [
        act
        for side, is_own in ((Side.OVERSEER, runs), (Side.UNIT, own))
        if is_own
        for act in moves.possible(state, side)
    ]
    last = next((each.row for each in shown if each.row.review != "returned"), None)
    open_ = campaign.closed_at is None
    return ShareDetail(
        ledger.share_view(row, campaign, on=on, names=ledger.unit_names(), report=last), shown,
        tuple((step, ACT_WORDS[Act(step.act)]) for step in row.steps.order_by("-at")), tuple(row.papers.order_by("-issued_at")),
        tuple(Possible(act.value, ACT_WORDS[act], act in NEED_WORDS, WITH_DAY.get(act, "")) for act in acts if act not in _ELSEWHERE and open_),
        own and Act.REPORT in acts and open_, runs and open_,
    )  # fmt: skip


def share_of_report(report_id: UUID, *, by: Actor) -> UUID:
    """Return the assignment of a report that the actor may see. Raises NotFound."""
    row = Report.objects.filter(pk=report_id, assignment__in=ledger.visible_to(by)).first()
    if row is None:
        raise NotFound("taskforce.no_report", "没有找到这份填报", remedy="回到台账重新选择")
    return row.assignment_id


def file(share_id: UUID, file_id: str, *, by: Actor) -> tuple[str, str, Path]:
    """Return name, media type and path of a file of a report that the actor may see. Raises NotFound."""
    row = ledger.assignment(share_id, by=by)
    if not any(file_id in report.files for report in row.reports.all()):
        raise NotFound("taskforce.no_file", "没有找到这份佐证", remedy="回到任务页重新打开")
    found = attachments.files([file_id])[file_id]
    return found.name, found.media_type, attachments.path_of(found.pk)


def parts(task: Task) -> list[Task]:
    """Return the parts that were broken off a task."""
    return list(task.parts.order_by("position"))


@dataclass(frozen=True)
class Waiting:
    """What waits for the overseer in a campaign."""

    reports: tuple[tuple[Report, ShareView], ...]
    asked: tuple[ShareView, ...]


def waiting(campaign: Campaign, *, by: Actor) -> Waiting:
    """Return the reports to review, oldest first, and the requests to decide."""
    names, on = ledger.unit_names(), ledger.today()
    own = ledger.visible_to(by).filter(task__campaign=campaign) if permissions.runs(by) else Assignment.objects.none()
    rows = (
        Report.objects.filter(assignment__in=own, review="")
        .select_related("assignment", "assignment__task")
        .order_by("at")
    )
    newest: dict[tuple[UUID, str], Report] = {}
    for row in rows:
        key = (row.assignment_id, row.period)
        if key not in newest or newest[key].revision < row.revision:
            newest[key] = row
    asked = (
        own.filter(state__in=[State.DELAY_ASKED.value, State.CLOSE_ASKED.value])
        .select_related("task")
        .order_by("task__position")
    )
    return Waiting(
        tuple((row, ledger.share_view(row.assignment, campaign, on=on, names=names, report=row)) for row in newest.values()),
        tuple(ledger.share_view(row, campaign, on=on, names=names) for row in asked),
    )  # fmt: skip


# 我的上报


@dataclass(frozen=True)
class Mine:
    """What a unit has to do in a campaign: to sign, to report in the window, all of it."""

    campaign: Campaign
    organisation: str
    unit: str
    window: Window | None
    next_window: Window
    is_late: bool
    to_sign: tuple[ShareView, ...]
    to_report: tuple[ShareView, ...]
    rest: tuple[ShareView, ...]


def mine(*, by: Actor, on: date) -> list[Mine]:
    """Return what the actor's units have to do, campaign by campaign, the oldest first, unit by unit."""
    names = ledger.unit_names()
    own = Assignment.objects.filter(
        organisation__in=permissions.units(by), task__campaign__in=[c.pk for c in ledger.campaigns(by=by)]
    )
    own = own.exclude(state=State.PLANNED.value).select_related("task", "task__campaign")
    own = own.order_by("task__campaign__created_at", "task__campaign_id", "organisation", "task__position")
    found: dict[tuple[UUID, str], list[Assignment]] = {}
    for row in own:
        found.setdefault((row.task.campaign_id, row.organisation), []).append(row)
    return [_mine(rows, names, on) for rows in found.values()]


def _mine(rows: Sequence[Assignment], names: dict[str, str], on: date) -> Mine:
    campaign = rows[0].task.campaign
    window = ledger.window_now(campaign, on)
    reports = ledger.reports_of(campaign, [window.period]) if window else {}
    views = [ledger.share_view(row, campaign, on=on, names=names, report=reports.get(row.pk)) for row in rows]
    to_report = [
        view for view in views
        if window and view.row.state in (State.RUNNING.value, State.DELAY_ASKED.value)
        and periods.owes(window, assigned_on=view.row.assigned_on, closed_on=view.row.closed_on)
        and (view.report is None or view.report.review == "returned")
    ]  # fmt: skip
    to_sign = [view for view in views if view.row.state == State.ASSIGNED.value]
    taken = {view.row.pk for view in (*to_report, *to_sign)}
    return Mine(
        campaign, rows[0].organisation, names.get(rows[0].organisation, rows[0].unit_name), window,
        periods.next_opening(ledger.calendar_of(campaign), on), bool(window and periods.is_late(window, on)),
        tuple(to_sign), tuple(to_report), tuple(view for view in views if view.row.pk not in taken),
    )  # fmt: skip


def reminders(*, by: Actor) -> list[Reminder]:
    """Return the reminders of the actor's units that are not read yet, the newest first."""
    rows = Reminder.objects.filter(organisation__in=permissions.units(by), read_at=None).select_related("campaign")
    return list(rows.order_by("-at")[:50])
