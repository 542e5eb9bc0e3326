"""Counts of cases by month and by what they are about, and the cases behind each count.

A month is a month in China. Received counts the month of submission, accepted that of acceptance, closed (办结) that of the
decision on an accepted case; on time means: closed not after the last day of the promise, stops and extensions included.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import ExtractHour, TruncDate

from tongban.cases.models import Case, Event, JointCase, Task
from tongban.cases.rules.life import State
from tongban.core import time

Key = tuple[str, str, str, str, str]  # organisation, region, item, theme, channel
ONLINE = ("web", "api")
ANSWERED = (State.GRANTED.value, State.REFUSED.value, State.REVOKED.value)


@dataclass
class Tally:
    """What one month brought for one organisation, region, item, theme and channel."""

    received: int = 0
    asked: int = 0  # had to be completed (补正)
    accepted: int = 0
    closed: int = 0
    on_time: int = 0
    granted: int = 0
    refused: int = 0


Months = tuple[date, date]  # the first days of the first and of the last month, both counted


def bounds(months: Months) -> tuple[datetime, datetime]:
    """Return the first moment of some months in China and the first after them."""
    following = (months[1].replace(day=1) + timedelta(days=32)).replace(day=1)
    return time.at_china(months[0].replace(day=1), 0), time.at_china(following, 0)


def _grouped(rows: QuerySet[Case], *names: str) -> Iterable[tuple[Key, dict[str, int]]]:
    dims = ("organisation", "region", "item_code", "joint_case__theme_code", "joint_case__channel")
    counts = {name: Count("pk", filter=CONDITIONS[name]) for name in names}
    for row in rows.order_by().values(*dims).annotate(**counts):
        yield tuple(row[dim] for dim in dims), {name: row[name] for name in names}


CONDITIONS: dict[str, Q] = {
    "received": Q(),
    "asked": Q(asked_at__isnull=False),
    "accepted": Q(),
    "closed": Q(),
    "on_time": Q(closed_day__lte=F("due_on")),
    "granted": Q(state__in=(State.GRANTED.value, State.REVOKED.value)),
    "refused": Q(state=State.REFUSED.value),
}


def received(pack: str, months: Months) -> QuerySet[Case]:
    """Return the cases submitted in some months."""
    first, end = bounds(months)
    return Case.objects.filter(
        joint_case__pack=pack, joint_case__submitted_at__gte=first, joint_case__submitted_at__lt=end
    )


def accepted(pack: str, months: Months) -> QuerySet[Case]:
    """Return the cases accepted in some months."""
    first, end = bounds(months)
    return Case.objects.filter(pack=pack, accepted_at__gte=first, accepted_at__lt=end)


def closed(pack: str, months: Months) -> QuerySet[Case]:
    """Return the accepted cases decided in some months."""
    first, end = bounds(months)
    rows = Case.objects.filter(pack=pack, closed_at__gte=first, closed_at__lt=end, state__in=ANSWERED)
    return rows.exclude(due_on=None)


def dated(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Return cases with the day in China of their closing, which tells whether it was on time; SQLite works it out row by row."""
    return rows.annotate(closed_day=TruncDate("closed_at", tzinfo=time.CHINA))


def tally(pack: str, month: date, *, organisations: Collection[str] | None = None) -> dict[Key, Tally]:
    """Return the counts of a month by what the cases are about. Three queries."""
    found: dict[Key, Tally] = {}
    for rows, names in (
        (received(pack, (month, month)), ("received", "asked")),
        (accepted(pack, (month, month)), ("accepted",)),
        (dated(closed(pack, (month, month))), ("closed", "on_time", "granted", "refused")),
    ):
        chosen = rows if organisations is None else rows.filter(organisation__in=organisations)
        for key, counts in _grouped(chosen, *names):
            kept = found.setdefault(key, Tally())
            for name, count in counts.items():
                setattr(kept, name, count)
    return found


def months(pack: str) -> list[date]:
    """Return the first days of the months from the first submission to today."""
    first = JointCase.objects.filter(pack=pack).order_by("submitted_at").values_list("submitted_at", flat=True).first()
    found: list[date] = []
    month = time.day_of(first).replace(day=1) if first else None
    while month is not None and month <= time.today():
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def touched(joint_ids: Collection[UUID]) -> set[tuple[str, str, date]]:
    """Return (place, organisation, month) of all that ever happened to the cases of some applications."""
    rows = Event.objects.filter(joint_case_id__in=joint_ids).values_list("joint_case__pack", "joint_case_id", "at")
    when: dict[UUID, set[tuple[str, date]]] = {}
    for pack, joint, at in rows:
        when.setdefault(joint, set()).add((pack, time.day_of(at).replace(day=1)))
    bodies = Case.objects.filter(joint_case_id__in=joint_ids).values_list("joint_case_id", "organisation")
    return {(pack, org, month) for joint, org in bodies for pack, month in when.get(joint, ())}


MEASURES = tuple(CONDITIONS)
_MOMENT = {
    "received": (received, "joint_case__submitted_at"), "asked": (received, "joint_case__submitted_at"),
    "accepted": (accepted, "accepted_at"),
}  # fmt: skip


@dataclass(frozen=True)
class Behind:
    """Which cases stand behind a figure: those of a count, or of a count without those of another."""

    measure: str
    without: str = ""
    organisations: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    themes: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None


def behind(pack: str, months: Months, wanted: Behind) -> QuerySet[Case]:
    """Return the cases that a count of some months is made of, the last counted first: a page needs no sorting of them all."""
    condition = CONDITIONS[wanted.measure] & (~CONDITIONS[wanted.without] if wanted.without else Q())
    counted, moment = _MOMENT.get(wanted.measure, (closed, "closed_at"))
    rows = counted(pack, months)
    if "on_time" in (wanted.measure, wanted.without):
        rows = dated(rows)
    rows = narrowed(rows.filter(condition), wanted)
    heavy = ("joint_case__plan", "joint_case__values", "joint_case__delivery")
    return rows.select_related("joint_case").defer(*heavy).order_by(f"-{moment}", "number")


def narrowed(rows: QuerySet[Case], wanted: Behind) -> QuerySet[Case]:
    """Return the cases of some bodies, items, themes, channels and regions."""
    for name, chosen in (
        ("organisation", wanted.organisations), ("item_code", wanted.items), ("joint_case__theme_code", wanted.themes),
        ("joint_case__channel", wanted.channels), ("region", wanted.regions),
    ):  # fmt: skip
        rows = rows if chosen is None else rows.filter(**{f"{name}__in": chosen})
    return rows


def overdue(pack: str, *, on: date) -> QuerySet[Case]:
    """Return the open cases whose promise is over on a day; a case whose clock stands still is none. The oldest first."""
    rows = Case.objects.filter(pack=pack, closed_at=None, paused="", due_on__lt=on)
    return rows.select_related("joint_case").order_by("due_on", "pk")


def running(pack: str) -> QuerySet[Case]:
    """Return the open cases that were accepted."""
    return Case.objects.filter(pack=pack, closed_at=None, accepted_at__isnull=False).select_related("joint_case")


def by_organisation(rows: QuerySet[Case]) -> dict[str, int]:
    """Return how many of some cases each organisation has. One query."""
    return _counted(rows, "organisation")


def by_region(rows: QuerySet[Case]) -> dict[str, int]:
    """Return how many of some cases each region has. One query."""
    return _counted(rows, "region")


def _counted(rows: QuerySet[Case], column: str) -> dict[str, int]:
    return dict(rows.select_related(None).order_by().values_list(column).annotate(n=Count("pk")))


def stuck(rows: QuerySet[Case]) -> list[tuple[str, int]]:
    """Return at which step some open cases wait, by the names of their open tasks, the most first. One query."""
    found = Task.objects.filter(case__in=rows.order_by().values("pk"), done_at=None).order_by()
    counts = found.values_list("name").annotate(n=Count("case", distinct=True))
    return sorted(((name, n) for name, n in counts), key=lambda row: (-row[1], row[0]))


def received_on(pack: str, on: date) -> list[tuple[int, str, int]]:
    """Return (hour in China, channel, cases) of what was submitted on a day. One query."""
    first, end = time.at_china(on, 0), time.at_china(on + timedelta(days=1), 0)
    rows = Case.objects.filter(
        joint_case__pack=pack, joint_case__submitted_at__gte=first, joint_case__submitted_at__lt=end
    )
    hours = rows.annotate(hour=ExtractHour("joint_case__submitted_at", tzinfo=time.CHINA)).order_by()
    return list(hours.values_list("hour", "joint_case__channel").annotate(n=Count("pk")))


def asked_for(pack: str, *, since: datetime) -> list[tuple[str, datetime, str]]:
    """Return what applicants were asked to mend since a moment: (item, when, the name of the field or material). One query."""
    rows = Case.objects.filter(pack=pack, asked_at__gte=since).values_list("item_code", "asked_at", "asked")
    return [(item, at, str(row["name"])) for item, at, asked in rows if at for row in asked if "name" in row]
