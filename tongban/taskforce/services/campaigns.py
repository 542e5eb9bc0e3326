"""Begin a campaign (立项), break tasks into parts (分解), hand them out (交办), keep its timers, end it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.jobs import services as jobs
from tongban.notices import services as notices
from tongban.notices.services import Told
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.rules.errors import Conflict, Invalid, NotFound
from tongban.taskforce import permissions
from tongban.taskforce.models import Assignment, Campaign, Reminder, Step, Task
from tongban.taskforce.queries import importing, ledger
from tongban.taskforce.rules import lists, periods, schemes
from tongban.taskforce.rules.lists import Match, Row
from tongban.taskforce.rules.moves import Act, State
from tongban.taskforce.rules.schemes import Scheme

REMIND = "taskforce.remind"
REMIND_HOUR = 9


@dataclass(frozen=True)
class Settings:
    """What is set when a campaign begins; `ends_on` None takes the last deadline."""

    starts_on: date
    ends_on: date | None = None
    report_day: int = 25
    opens_before_days: int = 5
    ladder_days: tuple[int, ...] = (3, 1)
    tolerance: int = 0
    weight_on_time: int = 50
    weight_meets: int = 0
    phases: tuple[tuple[str, date, date], ...] = ()
    is_example: bool = False

    @property
    def scheme(self) -> Scheme:
        """What the campaign goes by, until it is changed."""
        return Scheme(
            self.report_day,
            self.opens_before_days,
            self.ladder_days,
            self.tolerance,
            self.weight_on_time,
            self.weight_meets,
        )


def flaws(given: Settings) -> dict[str, str]:
    """Return what is wrong with the settings of a campaign, by field."""
    found = schemes.flaws(given.scheme)
    if given.ends_on and given.ends_on < given.starts_on:
        found["ends_on"] = "结束日不能早于开始日"
    if any(not name or first > last for name, first, last in given.phases):
        found["phases"] = "每个阶段要有名称，结束日不早于开始日"
    return found


def create(
    name: str,
    given: Settings,
    *,
    source: str,
    shift_years: int,
    rows: Sequence[Row],
    known: Mapping[str, Match],
    by: Actor,
) -> Campaign:
    """Write a campaign with its tasks and assignments, in the transaction of the caller. Raises NotAllowed, Invalid."""
    permissions.require_runs(by)
    wrong = flaws(given)
    if wrong:
        raise Invalid("taskforce.campaign", f"有 {len(wrong)} 处要改", fields=wrong)
    days = [day for row in rows if (day := lists.moved(row.due_on, shift_years))]
    # Reports go on for a month after the last deadline, for what is late.
    ends_on = given.ends_on or max([*days, given.starts_on + timedelta(days=180)]) + timedelta(days=31)
    campaign = Campaign.objects.create(
        pack=settings.PLACE, name=name, source=source, is_example=given.is_example, shift_years=shift_years,
        starts_on=given.starts_on, ends_on=max(ends_on, given.starts_on), report_day=given.report_day,
        opens_before_days=given.opens_before_days, ladder_days=list(given.ladder_days), tolerance=given.tolerance,
        weight_on_time=given.weight_on_time, weight_done=100 - given.weight_on_time - given.weight_meets,
        weight_meets=given.weight_meets, created_at=time.now(),
        phases=[[phase, first.isoformat(), last.isoformat()] for phase, first, last in given.phases],
        created_by=(by.name or "系统")[:60],
    )  # fmt: skip
    tasks = [_task(campaign, at, row) for at, row in enumerate(rows, start=1)]
    Task.objects.bulk_create(tasks)
    everybody = importing.everybody(settings.PLACE)
    assignments = [
        _assignment(task, share.code, share.name, leads=share.leads)
        for task, row in zip(tasks, rows, strict=True) for share in lists.shares(row, known, everybody)
    ]  # fmt: skip
    Assignment.objects.bulk_create(assignments, batch_size=500)
    told = f"{name[:80]}：{len(tasks)} 项任务，{len(assignments)} 项分工"
    audit.record("taskforce.create", "campaign", campaign.pk, by=by, reason=told[-64:])
    return campaign


def _task(campaign: Campaign, at: int, row: Row) -> Task:
    return Task(
        campaign=campaign, position=at * 100, number=row.number, section=row.section, requirement=row.requirement,
        deadline=row.deadline, printed_on=row.due_on, due_on=lists.moved(row.due_on, campaign.shift_years), syncs=row.syncs,
        lead_text="、".join(row.lead)[:500], responsible_text="、".join(row.responsible)[:1000],
    )  # fmt: skip


def _assignment(task: Task, code: str, name: str, *, leads: bool) -> Assignment:
    state = State.PLANNED if code else State.OUTSIDE
    return Assignment(
        task=task, organisation=code, unit_name=name[:120], leads=leads, state=state.value, due_on=task.due_on
    )


def locked(campaign_id: UUID, by: Actor) -> Campaign:
    """Return a campaign that still runs, locked, for who runs campaigns. Raises NotAllowed, NotFound, Conflict."""
    permissions.require_runs(by)
    row = Campaign.objects.select_for_update().filter(pk=campaign_id, pack=settings.PLACE).first()
    if row is None:
        raise NotFound("taskforce.no_campaign", "没有找到这个专项", remedy="回到督办页重新选择")
    if row.closed_at is not None:
        raise Conflict("taskforce.campaign_closed", "这个专项已经结束", remedy="只能查看")
    return row


@transaction.atomic
def launch(campaign_id: UUID, *, by: Actor) -> int:
    """Hand out (交办) all that is planned, tell the units, and set the timers of the calendar; return how many.

    Raises NotAllowed, NotFound, Conflict when there is nothing to hand out.
    """
    campaign = locked(campaign_id, by)
    rows = list(
        Assignment.objects.select_for_update(of=("self",)).filter(task__campaign=campaign, state=State.PLANNED.value)
    )
    if not rows:
        raise Conflict("taskforce.nothing_planned", "没有待交办的分工", remedy="看台账里的状态")
    at, today = time.now(), time.today()
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.ASSIGNED.value, assigned_on=today)
    Step.objects.bulk_create(
        [Step(assignment=row, act=Act.ASSIGN.value, by_id=by.account_id, by_name=(by.name or "系统")[:60], at=at) for row in rows],
        batch_size=500,
    )  # fmt: skip
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.organisation] = counts.get(row.organisation, 0) + 1
    tell(
        campaign,
        {code: f"《{campaign.name}》交办 {count} 项，请签收" for code, count in counts.items()},
        f"assign-{at:%Y%m%d%H%M%S%f}",
    )
    schedule(campaign)
    audit.record("taskforce.launch", "campaign", campaign.pk, by=by, reason=f"交办 {len(rows)} 项分工")
    return len(rows)


def tell(
    campaign: Campaign,
    words: Mapping[str, str],
    occurrence: str,
    *,
    assignment: Assignment | None = None,
    link: str = "/supervise/reports",
) -> None:
    """Put a reminder before units, once an occurrence, in the transaction of the caller.

    Their heads and administrators also get a message at work; it leads to the assignment, else to `link`.
    """
    at = time.now()
    link = f"/supervise/shares/{assignment.pk}" if assignment else link
    notices.tell_desk(
        Told(orgs.colleagues(code, Role.HEAD.value, Role.ADMIN.value), f"{campaign.pk.hex}-{occurrence}",
             f"督办：{campaign.name}", said, link)
        for code, said in words.items()
    )  # fmt: skip
    Reminder.objects.bulk_create(
        [Reminder(campaign=campaign, organisation=code, occurrence=occurrence[:80], words=said[:300], assignment=assignment, at=at)
         for code, said in words.items()],
        ignore_conflicts=True,
    )  # fmt: skip


def schedule(campaign: Campaign) -> None:
    """Let the campaign have the timers of its calendar, and no others, in the transaction of the caller."""
    cal = ledger.calendar_of(campaign)
    wanted = {
        (REMIND, f"{window.period}:{step.step}"): time.at_china(step.on, REMIND_HOUR)
        for window in periods.windows(cal, campaign.starts_on, campaign.ends_on)
        for step in periods.ladder(cal, window)
        if campaign.closed_at is None and step.on >= time.today()
    }  # fmt: skip
    jobs.keep(campaign.pk, wanted)


@dataclass(frozen=True)
class Part:
    """A part of a task to be made (分解): what is to be done, until when, by which unit."""

    requirement: str
    due_on: date | None
    organisation: str


@transaction.atomic
def decompose(task_id: UUID, given: Part, *, by: Actor) -> Task:
    """Break a part off a task (分解) for one unit; it is planned until handed out. Raises NotAllowed, NotFound, Conflict, Invalid."""
    permissions.require_runs(by)
    task = Task.objects.select_related("campaign").filter(pk=task_id).first()
    if task is None or task.parent_id is not None:
        raise NotFound("taskforce.no_task", "没有找到这项任务，子任务不能再分解", remedy="回到台账重新选择")
    campaign = locked(task.campaign_id, by)
    fields: dict[str, str] = {}
    if not 4 <= len(given.requirement.strip()) <= 1000:
        fields["requirement"] = "写明子任务要做什么，4 至 1000 个字"
    if given.organisation not in {unit.code for unit in importing.units(settings.PLACE)}:
        fields["organisation"] = "从列表里选承担单位"
    if given.due_on and task.due_on and given.due_on > task.due_on:
        fields["due_on"] = f"子任务的时限不能晚于任务的 {task.due_on}"
    if fields:
        raise Invalid("taskforce.part", f"有 {len(fields)} 处要改", fields=fields)
    count = Task.objects.filter(parent=task).count() + 1
    part = Task.objects.create(
        campaign=campaign, parent=task, position=task.position + count, number=f"{task.number}.{count}", section=task.section,
        requirement=given.requirement.strip(), due_on=given.due_on or task.due_on, syncs=task.syncs and not given.due_on,
    )  # fmt: skip
    name = next(unit.name for unit in importing.units(settings.PLACE) if unit.code == given.organisation)
    _assignment(part, given.organisation, name, leads=True).save(force_insert=True)
    audit.record("taskforce.decompose", "task", task.pk, by=by, organisation=given.organisation, reason=part.number)
    return part


@transaction.atomic
def bind(task_id: UUID, codes: Sequence[str], *, by: Actor) -> None:
    """Bind a task to indicators (指标) whose computed value stands beside the self-report. Raises NotAllowed, NotFound."""
    permissions.require_runs(by)
    task = Task.objects.select_for_update(of=("self",)).filter(pk=task_id).first()
    if task is None:
        raise NotFound("taskforce.no_task", "没有找到这项任务", remedy="回到台账重新选择")
    task.indicators = list(dict.fromkeys(code.strip() for code in codes if code.strip()))[:10]
    task.save(update_fields=["indicators"])
    audit.record("taskforce.bind", "task", task.pk, by=by, reason="、".join(task.indicators)[:64])


@transaction.atomic
def end(campaign_id: UUID, *, reason: str, by: Actor) -> None:
    """End a campaign: no more reminders. Raises NotAllowed, NotFound, Conflict, Invalid."""
    campaign = locked(campaign_id, by)
    if not 2 <= len(reason.strip()) <= 200:
        raise Invalid("taskforce.end", "有 1 处要改", fields={"reason": "写明为什么结束，2 至 200 个字"})
    campaign.closed_at = time.now()
    campaign.save(update_fields=["closed_at"])
    schedule(campaign)
    audit.record("taskforce.end", "campaign", campaign.pk, by=by, reason=reason[:64])


@transaction.atomic
def read_reminders(organisation: str, *, by: Actor) -> None:
    """Mark a unit's reminders as read. Raises NotAllowed."""
    permissions.require_unit(organisation, by)
    Reminder.objects.filter(organisation=organisation, read_at=None).update(read_at=time.now())
