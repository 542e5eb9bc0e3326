"""The cases of a desk that run (在办) and those that ended (已办), page by page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from tongban.calendars import queries as calendars
from tongban.cases.models import NO_LIMIT, Case
from tongban.cases.queries import desk, lamps
from tongban.cases.queries.applicant import lamp_of
from tongban.cases.rules import life
from tongban.cases.rules.life import State
from tongban.core import time
from tongban.core.actor import Actor
from tongban.rules.clock import LAMP_WORDS, Lamp, WorkingCalendar
from tongban.rules.errors import Invalid


@dataclass(frozen=True)
class BoardRow:
    """A row of the lists 在办 and 已办."""

    case_id: UUID
    number: str
    item: str
    applicant: str
    source: str
    state_words: str
    due_on: date | None
    closed_at: datetime | None
    lamp: Lamp
    lamp_words: str
    left: int
    limit_days: int
    is_tracked_only: bool


@dataclass(frozen=True)
class BoardPage:
    """A page of rows and the cursor of the next one, if any."""

    rows: list[BoardRow]
    next_cursor: str | None


def page(*, by: Actor, view: str, cursor: str = "", size: int = 50, item: str = "", text: str = "") -> BoardPage:
    """Return the cases of the desk: `running`, nearest deadline first, or `done`, last ended first. Keyset pages."""
    rows = _of_view(view, by)
    if item:
        rows = rows.filter(item_code=item)
    if text:
        rows = rows.filter(desk.matches(text))
    rows = _after(_sorted(rows, view), view, cursor)
    found = list(
        rows.select_related("joint_case", "joint_case__applicant").defer("joint_case__plan", "joint_case__values")[
            : size + 1
        ]
    )
    calendar, today = calendars.calendar(), time.today()
    shown = [_row(case, today, calendar) for case in found[:size]]
    return BoardPage(shown, str(found[size - 1].pk) if len(found) > size else None)


def _of_view(view: str, by: Actor) -> QuerySet[Case]:
    rows = desk.visible_to(by)
    if view == "done":
        return rows.filter(closed_at__isnull=False)
    return rows.filter(state__in=[s.value for s in life.OPEN])


def _sorted(rows: QuerySet[Case], view: str) -> QuerySet[Case]:
    if view == "done":
        return rows.annotate(key=F("closed_at")).order_by("-key", "pk")
    return rows.annotate(key=Coalesce("due_on", "accept_by_on", NO_LIMIT)).order_by("key", "pk")


def _after(rows: QuerySet[Case], view: str, cursor: str) -> QuerySet[Case]:
    """Return what follows the row that the cursor names; a row that left the list in between gives the whole list."""
    if not cursor:
        return rows
    try:
        last = rows.filter(pk=uuid.UUID(cursor)).values_list("key", "pk").first()  # type: ignore[misc]  # annotated by the caller
    except ValueError as problem:
        raise Invalid("page.cursor", "翻页标记不对", remedy="从第一页重新翻") from problem
    if last is None:
        return rows
    further = Q(key__lt=last[0]) if view == "done" else Q(key__gt=last[0])
    return rows.filter(further | Q(key=last[0], pk__gt=last[1]))


def _row(case: Case, today: date, calendar: WorkingCalendar) -> BoardRow:
    lamp, left = lamp_of(case, on=today, calendar=calendar)
    joint = case.joint_case
    return BoardRow(
        case_id=case.pk, number=case.number, item=case.name,
        applicant=desk.shown_name(case.applicant_name, joint.applicant.kind), source=desk.source(joint.theme_code, joint.channel),
        state_words=life.WORDS[State(case.state)], due_on=case.due_on or case.accept_by_on, closed_at=case.closed_at,
        lamp=lamp, lamp_words=LAMP_WORDS[lamp], left=left,
        limit_days=case.limit_days if case.due_on else lamps.INTAKE_DAYS, is_tracked_only=case.is_tracked_only,
    )  # fmt: skip


@dataclass(frozen=True)
class DoneRow:
    """A task that the desk finished today."""

    case_id: UUID
    number: str
    item: str
    applicant: str
    task: str
    by_name: str
    done_at: datetime


def finished_today(*, by: Actor) -> list[DoneRow]:
    """Return the tasks that the counter 今日已办 counts, the last first. One query."""
    rows = desk.done_on(time.today(), by=by).order_by("-done_at").values_list(
        "case_id", "case__number", "case__name", "case__applicant_name", "case__joint_case__applicant__kind", "name",
        "done_by_name", "done_at",
    )  # fmt: skip
    return [
        DoneRow(case_id, number, item, desk.shown_name(name, kind), task, by_name, done_at)
        for case_id, number, item, name, kind, task, by_name, done_at in rows
        if done_at
    ]


def items(*, by: Actor, view: str) -> list[tuple[str, str]]:
    """Return the items that occur in a list, (code, name), for its filter."""
    rows = _of_view(view, by)
    return sorted(dict(rows.order_by().values_list("item_code", "name").distinct()).items(), key=lambda pair: pair[1])
