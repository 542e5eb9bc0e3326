"""What departments see: worklist, counters, the case on the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tongban.calendars import queries as calendars
from tongban.cases import permissions
from tongban.cases.models import NO_LIMIT, Case, Event, Finding, Material, SavedView, Task
from tongban.cases.queries import lamps
from tongban.cases.queries.applicant import Progress, lamp_of, progress
from tongban.cases.rules import life
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import State
from tongban.cases.rules.plan import PlannedField, PlannedItem, PlannedMaterial
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.documents import queries as documents
from tongban.licences import queries as licences
from tongban.rules import clock, masking
from tongban.rules.clock import LAMP_WORDS, Lamp

KINDS = ("intake", "step", "cosign", "consult", "extend", "decide", "promise", "revoke")  # in the order of the work
CHANNELS = {"web": "网上", "api": "接口", "window": "窗口", "cli": "后台", "system": "系统", "assist": "帮代办"}


def visible_to(by: Actor) -> QuerySet[Case]:
    """Return the cases on the desks of the organisations where the actor sits; a post at a window alone opens no desk."""
    return Case.objects.filter(desk__in=[code for code, roles in by.seats.items() if roles - {"window"}])


def readable_by(by: Actor) -> QuerySet[Case]:
    """Return the cases that the actor may open: on the own desks, and those on which the own organisation was asked."""
    asked = Task.objects.filter(case=OuterRef("pk"), kind__in=["cosign", "consult"], organisation__in=list(by.seats))
    return Case.objects.filter(Q(desk__in=list(by.seats)) | Exists(asked))


def tasks_for(by: Actor) -> QuerySet[Task]:
    """Return the open tasks that the actor's roles can do."""
    wanted = Q(pk__in=[])
    for organisation, roles in by.seats.items():
        wanted |= Q(organisation=organisation, role__in=sorted(roles))
    return Task.objects.filter(wanted, done_at=None)


@dataclass(frozen=True)
class WorkRow:
    """A row of the worklist."""

    task_id: UUID
    case_id: UUID
    number: str
    item: str
    applicant: str
    source: str
    step: str
    due_on: date | None
    lamp: Lamp
    lamp_words: str
    left: int
    limit_days: int
    claimed_by: str
    is_mine: bool
    state: str


@dataclass(frozen=True)
class Page:
    """A page of the worklist and the cursor of the next one, if any."""

    rows: list[WorkRow]
    next_cursor: str | None


_COLUMNS = (
    "id", "due_on", "name", "claimed_by_id", "claimed_by__name", "case_id", "case__number", "case__name", "case__state",
    "case__applicant_name", "case__limit_days", "case__joint_case__channel", "case__joint_case__theme_code",
    "case__joint_case__applicant__kind", "kind", "case__paused", "step_due_on",
)  # fmt: skip


def worklist(
    *, by: Actor, cursor: str = "", size: int = 50, item: str = "", lamp: str = "", mine_only: bool = False, text: str = "",
    kind: str = "",
) -> Page:  # fmt: skip
    """Return the actor's open tasks, nearest deadline first, by keyset pages. One query whatever the number of cases."""
    rows = tasks_for(by)
    if item:
        rows = rows.filter(case__item_code=item)
    if kind:
        rows = rows.filter(kind=kind)
    if mine_only:
        rows = rows.filter(claimed_by_id=by.account_id)
    if text:
        rows = rows.filter(matches(text, "case__"))
    today = time.today()
    if lamp == Lamp.BAD:
        rows = rows.filter(lamps.overdue(on=today))
    elif lamp == Lamp.WARN:
        rows = rows.filter(lamps.nearly_due(rows, on=today))
    if cursor:
        day, last = db.read_cursor(cursor)
        rows = rows.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=last))
    rows = rows.order_by("due_on", "pk")
    found = list(rows.values(*_COLUMNS)[: size + 1])
    calendar = calendars.calendar()
    page = [_work_row(row, today, calendar, by) for row in found[:size]]
    last_row = found[size - 1] if len(found) > size else None
    return Page(page, db.cursor(last_row["due_on"], last_row["id"]) if last_row else None)


def matches(text: str, prefix: str = "") -> Q:
    """Return the condition of cases whose number, applicant or item contains a text."""
    return (
        Q(**{f"{prefix}number__contains": text})
        | Q(**{f"{prefix}applicant_name__contains": text})
        | Q(**{f"{prefix}name__contains": text})
    )


def shown_name(name: str, kind: str) -> str:
    """Return an applicant's name for lists: persons masked, firms in full."""
    return masking.name(name) if kind == "person" else name


def source(theme_code: str, channel: str) -> str:
    """Return where an application came from, in Chinese."""
    return "一件事" if theme_code else CHANNELS.get(channel, "网上")


def items(*, by: Actor) -> list[tuple[str, str]]:
    """Return the items that occur in the actor's open tasks, (code, name), for the filter."""
    rows = tasks_for(by).order_by().values_list("case__item_code", "case__name").distinct()
    return sorted(dict(rows).items(), key=lambda pair: pair[1])


def _work_row(row: dict[str, Any], today: date, calendar: clock.WorkingCalendar, by: Actor) -> WorkRow:
    due_on = None if row["due_on"] == NO_LIMIT else row["due_on"]
    limit = lamps.INTAKE_DAYS if row["kind"] == "intake" else row["case__limit_days"]
    lamp, left = clock.lamp(due_on, on=today, limit_days=limit, calendar=calendar) if due_on else (Lamp.OK, 0)
    if due_on is None and row["case__paused"]:
        lamp = Lamp.OFF
    return WorkRow(
        task_id=row["id"], case_id=row["case_id"], number=row["case__number"], item=row["case__name"],
        applicant=shown_name(row["case__applicant_name"], row["case__joint_case__applicant__kind"]),
        source=source(row["case__joint_case__theme_code"], row["case__joint_case__channel"]),
        step=row["name"], due_on=due_on, lamp=lamp, lamp_words=LAMP_WORDS[lamp], left=left, limit_days=limit,
        claimed_by=row["claimed_by__name"] or "", is_mine=row["claimed_by_id"] == by.account_id, state=row["case__state"],
    )  # fmt: skip


@dataclass(frozen=True)
class Counters:
    """The counters of the desk; each opens the rows it counts."""

    todo: int
    warn: int
    bad: int
    running: int
    to_decide: int
    done_today: int


def done_on(on: date, *, by: Actor) -> QuerySet[Task]:
    """Return the tasks that the actor's organisations finished on a day."""
    midnight = time.at_china(on, 0)
    return Task.objects.filter(
        organisation__in=list(by.seats), done_at__gte=midnight, done_at__lt=midnight + timedelta(days=1)
    )


def counters(*, by: Actor) -> Counters:
    """Return the counters of the actor's desk. Four queries whatever the number of cases."""
    today = time.today()
    todo = tasks_for(by)
    counted = todo.aggregate(
        todo=Count("pk"),
        warn=Count("pk", filter=lamps.nearly_due(todo, on=today)),
        bad=Count("pk", filter=lamps.overdue(on=today)),
        to_decide=Count("pk", filter=Q(kind="decide")),
    )
    return Counters(
        **counted,
        running=visible_to(by).filter(state__in=[s.value for s in life.OPEN]).count(),
        done_today=done_on(today, by=by).count(),
    )


def next_task(*, by: Actor, after: UUID | None = None) -> Task | None:
    """Return the actor's next open task that nobody else has claimed: it opens after a decision.

    `after` is a case: the list goes on behind its task, and from the top again at the end; never that case itself.
    """
    free = tasks_for(by).filter(Q(claimed_by=None) | Q(claimed_by_id=by.account_id))
    if after is not None:
        free = free.exclude(case_id=after)
    free = free.order_by("due_on", "pk")
    here = tasks_for(by).filter(case_id=after).order_by("due_on", "pk").first() if after else None
    if here is not None:
        behind = free.filter(Q(due_on__gt=here.due_on) | Q(due_on=here.due_on, pk__gt=here.pk)).first()
        if behind is not None:
            return behind
    return free.first()


def waits_for(case_id: UUID, *, by: Actor) -> bool:
    """Return whether a case has an open task that the actor can do now."""
    free = tasks_for(by).filter(Q(claimed_by=None) | Q(claimed_by_id=by.account_id))
    return free.filter(case_id=case_id).exists()


@dataclass(frozen=True)
class HandedMaterial:
    """A material as the desk sees it."""

    planned: PlannedMaterial
    row: Material | None
    licence: licences.Licence | None


@dataclass(frozen=True)
class Acts:
    """What the actor can do with the case now."""

    intake: bool
    steps: tuple[Task, ...]
    decide: bool
    claimable: Task | None
    mine: Task | None
    held_by: str
    # A task held by another that the actor, as head, may take back.
    retrievable: Task | None
    may_ask: bool
    # The verbs of the table that the actor's roles could make in this state, whatever else must hold.
    verbs: frozenset[str]
    answers: tuple[Task, ...]
    promises: tuple[Task, ...]
    extension: Task | None
    done_steps: tuple[Task, ...]


@dataclass(frozen=True)
class CaseView:
    """Everything on a case page: only the fields and materials of the desk's own item."""

    case: Case
    planned: PlannedItem
    state_words: str
    lamp: Lamp
    lamp_words: str
    left: int
    fields: list[tuple[PlannedField, str]]
    materials: list[HandedMaterial]
    others: list[Progress]
    events: list[Event]
    tasks: list[Task]
    papers: list[documents.Paper]
    licence: licences.Licence | None
    acts: Acts


def case(case_id: UUID, *, by: Actor) -> CaseView:
    """Return a case on the actor's desk with all its page shows. Raises NotFound."""
    row = (
        readable_by(by)
        .select_related("joint_case", "joint_case__applicant", "joint_case__agent")
        .filter(pk=case_id)
        .first()
    )
    if row is None:
        raise permissions.hidden()
    plan = plans.read(row.joint_case.plan)
    planned = plan.item_of(row.item_code)
    lamp, left = lamp_of(row, on=time.today(), calendar=calendars.calendar())
    handed = {m.type_code: m for m in row.joint_case.materials.order_by("version")}
    held = licences.by_ids([m.licence_id for m in handed.values() if m.licence_id])
    tasks = sorted(
        row.tasks.select_related("claimed_by"), key=lambda task: (task.opened_at, KINDS.index(task.kind), task.name)
    )
    values = row.joint_case.values
    facts = plan.answers | values
    return CaseView(
        case=row,
        planned=planned,
        state_words=life.WORDS[State(row.state)],
        lamp=lamp,
        lamp_words=LAMP_WORDS[lamp],
        left=left,
        fields=[
            (f, values.get(f.element, ""))
            for f in plan.fields if f.element in planned.fields and (values.get(f.element) or f.applies(facts))
        ],
        materials=[
            HandedMaterial(m, row_of := handed.get(m.type), held.get(row_of.licence_id) if row_of and row_of.licence_id else None)
            for m in plan.materials if m.type in planned.materials and (m.type in handed or m.applies(facts))
        ],
        others=progress(row.joint_case),
        events=list(row.events.order_by("-seq")),
        tasks=tasks,
        papers=documents.papers([row.pk]),
        licence=licences.of_cases([row.pk]).get(row.pk),
        acts=_acts(row, tasks, by),
    )  # fmt: skip


def _acts(row: Case, tasks: list[Task], by: Actor) -> Acts:
    open_tasks = [task for task in tasks if task.done_at is None]
    able = [task for task in open_tasks if by.has_role(task.organisation, task.role)]
    free = [task for task in able if task.claimed_by_id in (None, by.account_id)]
    taken = [task for task in able if task not in free]
    state = State(row.state)
    own = [task for task in free if task.claimed_by_id == by.account_id]
    return Acts(
        intake=state in life.INTAKE and any(task.kind == "intake" for task in free),
        steps=tuple(task for task in free if task.kind == "step"),
        decide=state == State.DECIDING and any(task.kind == "decide" for task in free),
        claimable=next((task for task in free if task.claimed_by_id is None), None) if not own else None,
        mine=own[0] if own else None,
        held_by="、".join(dict.fromkeys(task.claimed_by.name for task in taken if task.claimed_by)),
        retrievable=next((task for task in taken if by.has_role(task.organisation, "head")), None),
        may_ask=state in life.INTAKE and row.asked_at is None,
        verbs=frozenset(
            verb for verb, at in life.MOVES if at == state and by.has_role(row.desk, *permissions.roles_for(verb, row))
        ),
        answers=tuple(task for task in free if task.kind in ("cosign", "consult")),
        promises=tuple(task for task in free if task.kind == "promise"),
        extension=next((task for task in open_tasks if task.kind == "extend"), None),
        done_steps=tuple(task for task in tasks if task.kind == "step" and task.done_at and not task.is_undone),
    )


def last_done_at(*, by: Actor) -> datetime | None:
    """Return when the last task of today was done, for the empty worklist."""
    return done_on(time.today(), by=by).order_by("-done_at").values_list("done_at", flat=True).first()


def state_words(row: Case) -> str:
    """Return the words of a case's state."""
    return life.WORDS[State(row.state)]


def findings(row: Case) -> list[Finding]:
    """Return what supervisors see of a case (监察发现), the first one first."""
    return list(row.findings.order_by("at"))


def saved_views(*, by: Actor) -> list[SavedView]:
    """Return the actor's named views (常用筛选), by name."""
    return list(SavedView.objects.filter(account_id=by.account).order_by("name"))
