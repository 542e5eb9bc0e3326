"""What a supervisor must watch of cases: clocks that may have run out, findings, reasons, events. Narrow rows, few queries.

The desks of the place come first in each condition: they lead the indexes of cases and tasks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from tongban.cases.models import Case, Event, Finding, Material, Task
from tongban.cases.rules.life import CLOSED, INTAKE, VERB_WORDS, WORKING, State
from tongban.cases.rules.timeline import STATUTORY_STOPS
from tongban.core import db, time

MOST = 500  # ids to a query
_WORKING = [s.value for s in WORKING]
_CLOSED = [s.value for s in CLOSED]


@dataclass(frozen=True)
class Clock:
    """A case as its clocks stand. `stops` are as the row keeps them."""

    case_id: UUID
    number: str
    name: str
    item_code: str
    organisation: str
    organisation_name: str
    accepted_at: datetime
    due_on: date | None
    statutory_due_on: date | None
    limit_days: int
    closed_at: datetime | None
    stops: Sequence[Mapping[str, Any]]


_CLOCK = ("id", "number", "name", "item_code", "organisation", "organisation_name", "accepted_at", "due_on",
          "statutory_due_on", "limit_days", "closed_at", "stops")  # fmt: skip


def _clocks(rows: QuerySet[Case], pack: str) -> list[Clock]:
    found = rows.filter(is_tracked_only=False, accepted_at__isnull=False).order_by()
    return [Clock(*row[:-1]) for row in found.values_list(*_CLOCK, _PACK) if row[-1] == pack]


# The place is compared here, not in the database: its planner would begin with all that the place ever closed.
_PACK = "pack"


def _at(desks: Collection[str]) -> QuerySet[Case]:
    return Case.objects.filter(desk__in=sorted(desks))


def _ids(rows: QuerySet[Case], pack: str) -> list[UUID]:
    return [case_id for case_id, own in rows.order_by().values_list("id", _PACK) if own == pack]


def run_out(pack: str, desks: Collection[str], *, on: date, closed_since: datetime, since_on: date) -> list[Clock]:
    """Return the cases whose promise or statutory day lies before a day: all that are open, and those closed since.

    Of the closed ones only those whose promise ended on `since_on` or later. Two queries.
    """
    rows = _at(desks)
    is_past = Q(due_on__lt=on) | Q(statutory_due_on__lt=on)
    return [
        *_clocks(rows.filter(is_past, state__in=_WORKING), pack),
        *_clocks(
            rows.filter(state__in=_CLOSED, due_on__gte=since_on, due_on__lt=on, closed_at__gte=closed_since), pack
        ),
    ]


def limits(desks: Collection[str], *, since_on: date) -> set[int]:
    """Return the promised working days that occur among open cases, and closed ones promised for a day or later. Two queries."""
    rows, found = _at(desks).order_by(), set[int]()
    for some in (rows.filter(state__in=_WORKING), rows.filter(state__in=_CLOSED, due_on__gte=since_on)):
        found |= set(some.values_list("limit_days", flat=True).distinct())
    return found


def nearing(
    pack: str, desks: Collection[str], ends: Mapping[tuple[int, ...], Collection[date]], *, open_at: datetime
) -> list[Clock]:
    """Return the cases, open or closed since a moment, of some limits whose promise ends on some days. One query.

    `ends`: limits -> last days.
    """
    wanted = Q(pk=None)
    for same, days in ends.items():
        wanted |= Q(limit_days__in=same, due_on__in=sorted(days))
    # Said twice, so that the index by desk, state and last day is used: not for a choice of several conditions.
    rows = _at(desks).filter(
        state__in=[*_WORKING, *_CLOSED], due_on__in=sorted({day for days in ends.values() for day in days})
    )
    return _clocks(rows.filter(wanted).filter(Q(closed_at=None) | Q(closed_at__gte=open_at)), pack)


@dataclass(frozen=True)
class Step:
    """A task with a limit of its own (环节时限), of its case what a card says."""

    task_id: UUID
    name: str
    organisation: str
    opened_at: datetime
    step_due_on: date
    done_at: datetime | None
    claimed_by_name: str | None
    done_by_name: str
    case_id: UUID
    number: str
    case_name: str
    item_code: str
    case_closed_at: datetime | None
    stops: Sequence[Mapping[str, Any]]

    @property
    def person(self) -> str:
        """Who did it, or has claimed it; "" when nobody."""
        return self.done_by_name or self.claimed_by_name or ""


_STEP = ("id", "name", "organisation", "opened_at", "step_due_on", "done_at", "claimed_by__name", "done_by_name", "case_id",
         "case__number", "case__name", "case__item_code", "case__closed_at", "case__stops")  # fmt: skip


def steps_run_out(pack: str, desks: Collection[str], *, on: date, done_since: datetime) -> list[Step]:
    """Return the tasks whose own limit lies before a day: all that are open, and those done since. Two queries."""
    rows = Task.objects.filter(organisation__in=sorted(desks), step_due_on__lt=on)
    rows = rows.exclude(case__is_tracked_only=True).order_by()
    found = [
        *rows.filter(done_at=None).values_list(*_STEP, "case__pack"),
        *rows.filter(done_at__gte=done_since).values_list(*_STEP, "case__pack"),
    ]
    return [Step(*row[:-1]) for row in found if row[-1] == pack]


@dataclass(frozen=True)
class Due:
    """How many cases with open tasks are due on a day or the next, and how many are overdue."""

    near: int
    late: int


def due(pack: str, *, on: date, near_on: date) -> tuple[dict[str, Due], dict[UUID, Due]]:
    """Return what is overdue on a day or due until another, by unit and by who took it; stopped clocks are left out.

    A case with several open tasks counts once, as overdue where one of them is. Two queries.
    """
    rows = Task.objects.filter(case__pack=pack, case__paused="", done_at=None, due_on__lte=near_on)
    taken = rows.filter(claimed_by__isnull=False)
    return _due(rows, "organisation", on), _due(taken, "claimed_by_id", on)


def _due(rows: QuerySet[Task], column: str, on: date) -> dict[Any, Due]:
    counts = (
        rows.order_by()
        .values(column)
        .annotate(every=Count("case", distinct=True), late=Count("case", distinct=True, filter=Q(due_on__lt=on)))
    )
    return {row[column]: Due(row["every"] - row["late"], row["late"]) for row in counts}


def is_statutory(kind: str) -> bool:
    """Return whether a stop of this kind holds the statutory clock too."""
    return kind in STATUTORY_STOPS


@dataclass(frozen=True)
class Found:
    """A finding with its case."""

    kind: str
    occurrence: str
    words: str
    at: datetime
    case_id: UUID
    number: str
    name: str
    item_code: str
    organisation: str
    organisation_name: str
    accept_by_on: date | None


_FOUND = ("kind", "occurrence", "words", "at", "case_id", "case__number", "case__name", "case__item_code",
          "case__organisation", "case__organisation_name", "case__accept_by_on")  # fmt: skip


def findings(pack: str, *, since: datetime | None = None, case_id: UUID | None = None) -> list[Found]:
    """Return the findings since a moment, or of one case. One query."""
    rows = Finding.objects.filter(case__pack=pack).order_by("at")
    if case_id is not None:
        rows = rows.filter(case_id=case_id)
    if since is not None:
        rows = rows.filter(at__gte=since)
    return [Found(*row) for row in rows.values_list(*_FOUND)]


@dataclass(frozen=True)
class Happening:
    """An event as evidence shows it."""

    id: int
    case_id: UUID
    seq: int
    verb: str
    words: str
    at: datetime
    by_name: str
    account_id: UUID | None
    channel: str
    reason: str


def happenings(case_ids: Iterable[UUID], *, verbs: Collection[str] = ()) -> list[Happening]:
    """Return the events of some cases, in their order; only of some verbs where named."""
    wanted, found = list(dict.fromkeys(case_ids)), []
    for start in range(0, len(wanted), MOST):
        rows = Event.objects.filter(case_id__in=wanted[start : start + MOST]).order_by("case_id", "seq")
        if verbs:
            rows = rows.filter(verb__in=list(verbs))
        for row in rows.values_list("id", "case_id", "seq", "verb", "at", "by_name", "account_id", "channel", "facts"):
            said = str(row[8].get("reason") or row[8].get("opinion") or "")[:200]
            found.append(Happening(*row[:4], VERB_WORDS.get(row[3], row[3]), *row[4:8], said))
    return found


def working_on(case_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return who has claimed the open work of some cases. Few queries."""
    wanted, found = list(dict.fromkeys(case_ids)), {}
    for start in range(0, len(wanted), MOST):
        rows = Task.objects.filter(case_id__in=wanted[start : start + MOST], done_at=None, claimed_by__isnull=False)
        found.update(dict(rows.order_by("opened_at").values_list("case_id", "claimed_by__name")))
    return found


def has_acceptance(case_id: UUID) -> bool:
    """Return whether somebody, or the law, accepted a case: an event says so."""
    verbs = {verb for (verb,) in db.select_values(Event, "verb", case_id=case_id)}
    return bool(verbs & {"accept", "deem_accepted"})


def decided_unaccepted(pack: str, desks: Collection[str]) -> list[UUID]:
    """Return the decided cases whose row shows no acceptance. One query; such rows have no last day either."""
    rows = _at(desks).filter(
        state__in=[State.GRANTED.value, State.REFUSED.value], due_on=None, accepted_at=None, is_tracked_only=False
    )
    return _ids(rows, pack)


@dataclass(frozen=True)
class Closing:
    """A closed case with what patterns look at."""

    case_id: UUID
    joint_id: UUID
    number: str
    name: str
    item_code: str
    organisation: str
    received_at: datetime | None
    accepted_at: datetime | None
    closed_at: datetime
    state: str


_CLOSING = ("id", "joint_case_id", "number", "name", "item_code", "organisation", "received_at", "accepted_at", "closed_at",
            "state")  # fmt: skip


def decided_between(pack: str, desks: Collection[str], since: datetime, until: datetime) -> list[Closing]:
    """Return the cases granted or refused within some time, promised for at most 90 days before it. One query.

    The bound lets the index of desks find them: what was closed later than that has cards of its own.
    """
    rows = _at(desks).filter(
        state__in=[State.GRANTED.value, State.REFUSED.value], due_on__gte=since.date() - timedelta(days=90),
        closed_at__gte=since, closed_at__lt=until, is_tracked_only=False,
    ).order_by("closed_at")  # fmt: skip
    return [Closing(*row[:-1]) for row in rows.values_list(*_CLOSING, _PACK) if row[-1] == pack]


def files_of(joint_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Return the files handed in with some joint cases. Few queries."""
    wanted, found = list(dict.fromkeys(joint_ids)), dict[UUID, set[str]]()
    for start in range(0, len(wanted), MOST):
        rows = Material.objects.filter(joint_case_id__in=wanted[start : start + MOST], way="upload")
        for joint_id, files in rows.values_list("joint_case_id", "files"):
            found.setdefault(joint_id, set()).update(str(file) for file in files)
    return found


def last_received(pack: str, desks: Collection[str], *, before_on: date) -> dict[str, datetime | None]:
    """Return the desks that received nothing since a day, with when each last did. Two or three queries.

    What was received since then is promised for then or later, or has no last day yet.
    """
    every = [*_WORKING, *_CLOSED, *(s.value for s in (State.WAITING, *INTAKE, State.RETURNED))]
    rows = _at(desks).filter(state__in=every).order_by()
    since = time.at_china(before_on, 0)
    busy: set[str] = set()
    for some in (rows.filter(due_on__gte=before_on), rows.filter(due_on=None)):
        busy |= {
            desk
            for desk, own in some.filter(received_at__gte=since).values_list("desk", _PACK).distinct()
            if own == pack
        }
    idle = sorted(set(desks) - busy)
    found = _at(idle).filter(pack=pack, received_at__isnull=False).order_by().values_list("desk")
    last = dict(found.annotate(at=Max("received_at")))
    return {desk: last.get(desk) for desk in idle}


REFUSALS = ("refuse", "refuse_acceptance", "refuse_overdue", "terminate")


def refused_since(pack: str, desks: Collection[str], at: datetime) -> list[UUID]:
    """Return the cases that were refused, not accepted or ended since a moment. One query."""
    states = [State.REFUSED.value, State.NOT_ACCEPTED.value, State.LAPSED.value]
    return _ids(_at(desks).filter(state__in=states, closed_at__gte=at), pack)


def not_granted(case_ids: Iterable[UUID]) -> list[UUID]:
    """Return which of some cases are not granted. Few queries."""
    wanted, found = list(dict.fromkeys(case_ids)), list[UUID]()
    for start in range(0, len(wanted), MOST):
        some = Case.objects.filter(pk__in=wanted[start : start + MOST]).exclude(state=State.GRANTED.value)
        found += some.values_list("pk", flat=True)
    return found


def closings(case_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when those of some cases were closed that are. Few queries."""
    wanted, found = list(dict.fromkeys(case_ids)), dict[UUID, datetime]()
    for start in range(0, len(wanted), MOST):
        some = Case.objects.filter(pk__in=wanted[start : start + MOST], closed_at__isnull=False)
        found |= {case_id: at for case_id, at in some.values_list("pk", "closed_at") if at is not None}
    return found


def rows(case_ids: Iterable[UUID], pack: str) -> dict[UUID, Case]:
    """Return some cases of a place by id, with their joint cases. Few queries."""
    wanted, found = list(dict.fromkeys(case_ids)), dict[UUID, Case]()
    for start in range(0, len(wanted), MOST):
        found |= Case.objects.filter(pack=pack).select_related("joint_case").in_bulk(wanted[start : start + MOST])
    return found
