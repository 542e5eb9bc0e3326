"""What became of what windows received (在办跟踪、待补正), and what was done today (今日统计)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from tongban.calendars import queries as calendars
from tongban.cases.queries.applicant import headline_words, lamp_of
from tongban.cases.queries.counter import Case, JointCase
from tongban.cases.rules.life import CLOSED, State
from tongban.core import time
from tongban.hall.models import Collection, Reception, Transfer
from tongban.orgs import queries as orgs
from tongban.orgs.queries import Window
from tongban.rules.clock import LAMP_WORDS, Lamp

MOST = 100
ORDER = (Lamp.BAD, Lamp.WARN, Lamp.OFF, Lamp.OK, Lamp.IDLE, Lamp.DONE)


def received_at(window: Window) -> QuerySet[Reception]:
    """Return what was received at the windows of a window's place."""
    return Reception.objects.filter(
        window__place=window.place, window__pack=window.pack, window__organisation_id=window.organisation_id
    )


@dataclass(frozen=True)
class Tracked:
    """An open application as the list shows it: the most urgent lamp of its cases."""

    joint: JointCase
    words: str
    lamp: Lamp
    lamp_words: str
    received_at: datetime
    received_by: str
    window: str


def running(window: Window, *, helper: UUID | None = None) -> list[Tracked]:
    """Return the open applications received at a place, those in trouble first. Two queries."""
    rows = received_at(window).filter(joint_case__closed_at=None)
    if helper is not None:
        rows = rows.filter(received_by_id=helper, presence__assistance__isnull=False)
    rows = rows.select_related("joint_case", "joint_case__applicant", "received_by", "window")
    calendar, today = calendars.calendar(), time.today()
    found = []
    for row in rows.prefetch_related("joint_case__cases").order_by("-at")[:MOST]:
        cases = list(row.joint_case.cases.all())
        lamp = min((lamp_of(case, on=today, calendar=calendar)[0] for case in cases), key=ORDER.index)
        done = sum(1 for case in cases if State(case.state) in CLOSED)
        returned = sum(1 for case in cases if case.state == State.RETURNED)
        found.append(
            Tracked(
                row.joint_case, headline_words(len(cases), done, returned), lamp, LAMP_WORDS[lamp], row.at,
                row.received_by.name, row.window.number,
            )
        )  # fmt: skip
    return sorted(found, key=lambda row: ORDER.index(row.lamp))


@dataclass(frozen=True)
class Returned:
    """A case that waits for the applicant: what was asked for, since when."""

    case: Case
    asked_at: datetime | None
    items: tuple[str, ...]
    phone: str


def returned(window: Window) -> list[Returned]:
    """Return the cases received at a place that wait for corrections, the longest waiting first."""
    joints = received_at(window).filter(joint_case__closed_at=None).values("joint_case_id")
    rows = Case.objects.select_related("joint_case", "joint_case__applicant")
    rows = rows.filter(joint_case_id__in=joints, state=State.RETURNED.value).order_by("asked_at")
    return [
        Returned(
            row, row.asked_at, tuple(f"{a['name']}：{a['remark']}" for a in row.asked), row.joint_case.contact_phone
        )
        for row in rows[:MOST]
    ]


@dataclass(frozen=True)
class DayRow:
    """What a clerk did today: identities checked, applications received, of their items accepted and asked, sheets, results."""

    name: str
    checked: int
    received: int
    assisted: int
    accepted: int
    asked: int
    refused: int
    sheets: int
    collected: int


COUNTS = ("checked", "received", "assisted", "accepted", "asked", "refused", "sheets", "collected")


def today(window: Window) -> list[DayRow]:
    """Return what was done today at a place, by clerk, the sum last. Six queries."""
    midnight = time.at_china(time.today(), 0)
    counted: dict[tuple[str, UUID], dict[str, int]] = {}

    def add(account: UUID, name: str, what: str, n: int) -> None:
        counted.setdefault((name, account), dict.fromkeys(COUNTS, 0))[what] += n

    for account, name, n in orgs.checked_since(window, midnight):
        add(account, name, "checked", n)
    received = received_at(window).filter(at__gte=midnight)
    for row in received.select_related("received_by", "presence").prefetch_related("joint_case__cases"):
        who, cases = (row.received_by_id, row.received_by.name), list(row.joint_case.cases.all())
        add(*who, "received", 1)
        add(*who, "assisted", 1 if row.presence and row.presence.assistance_id else 0)
        add(*who, "accepted", sum(1 for case in cases if case.accepted_at))
        add(*who, "asked", sum(1 for case in cases if case.asked_at))
        add(*who, "refused", sum(1 for case in cases if case.state == State.NOT_ACCEPTED))
    same = {"window__place": window.place, "window__pack": window.pack}
    by_clerk = ("handed_by_id", "handed_by__name")
    sheets = Transfer.objects.filter(**same, handed_at__gte=midnight).values_list(*by_clerk)
    for account, name, n in sheets.order_by().annotate(n=Count("pk")):
        add(account, name, "sheets", n)
    results = Collection.objects.filter(**same, at__gte=midnight).values_list(*by_clerk)
    for account, name, n in results.order_by().annotate(n=Count("pickups")):
        add(account, name, "collected", n)
    rows = [DayRow(name, **counts) for (name, _), counts in sorted(counted.items())]
    total = DayRow("合计", **{what: sum(getattr(row, what) for row in rows) for what in COUNTS})
    return [*rows, total]
