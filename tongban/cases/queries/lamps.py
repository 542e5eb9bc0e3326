"""Lamps (亮灯) of many tasks at once: the rule of one clock as a condition of the database."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from tongban.calendars import queries as calendars
from tongban.cases.models import NO_LIMIT, Task
from tongban.cases.rules.timeline import ACCEPTANCE_DAYS
from tongban.rules import clock
from tongban.rules.clock import Lamp, WorkingCalendar

INTAKE_DAYS = ACCEPTANCE_DAYS


def overdue(*, on: date) -> Q:
    """Return the condition of tasks with a red lamp on a day."""
    return Q(due_on__lt=on)


def nearly_due(tasks: QuerySet[Task], *, on: date) -> Q:
    """Return the condition of tasks with a yellow lamp on a day. One query, for the limits that occur.

    When a lamp turns yellow depends on the limit, so each limit brings its own last day: the same rule that draws the
    lamp of a row finds it, so that lists, counters and rows never differ.
    """
    calendar = calendars.calendar()
    running = tasks.filter(due_on__gte=on, due_on__lt=NO_LIMIT).order_by()
    limits = set(running.exclude(kind="intake").values_list("case__limit_days", flat=True).distinct())
    found = Q(kind="intake", due_on__gte=on, due_on__lte=last_yellow(on, INTAKE_DAYS, calendar))
    by_day: dict[date, list[int]] = {}
    for limit in limits:
        by_day.setdefault(last_yellow(on, limit, calendar), []).append(limit)
    for last, same in sorted(by_day.items()):
        found |= ~Q(kind="intake") & Q(due_on__gte=on, due_on__lte=last, case__limit_days__in=sorted(same))
    return found


def last_yellow(on: date, limit_days: int, calendar: WorkingCalendar) -> date:
    """Return the latest due day whose lamp is yellow on a day."""
    last = on
    while clock.lamp(last + timedelta(days=1), on=on, limit_days=limit_days, calendar=calendar)[0] == Lamp.WARN:
        last += timedelta(days=1)
    return last
