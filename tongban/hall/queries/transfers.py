"""Papers on their way from windows to departments: what waits, the sheets, the clocks of receiving windows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from tongban.calendars import queries as calendars
from tongban.cases.queries import counter
from tongban.cases.queries.counter import Case, Material
from tongban.cases.rules.life import State
from tongban.core import time
from tongban.core.actor import Actor
from tongban.documents import queries as documents
from tongban.hall.models import Handover, Reception, Transfer, TransferLine
from tongban.orgs import queries as orgs
from tongban.orgs.queries import Window
from tongban.rules import clock
from tongban.rules.clock import LAMP_WORDS, Lamp
from tongban.rules.errors import NotFound

KEPT = timedelta(days=30)
MOST = 200
# Papers of what was not accepted or was withdrawn go back to the applicant, not on to a department.
GIVEN_BACK = {State.NOT_ACCEPTED, State.WITHDRAWN, State.LAPSED}
TAKERS = ("clerk", "reviewer", "head")


@dataclass(frozen=True)
class WaitingPaper:
    """A paper that lies at a window and is to go to a department, with the day by which, where a clock runs."""

    material: Material
    case: Case
    organisation: str
    organisation_name: str
    copies: int
    due_on: date | None
    lamp: Lamp | None


def waiting(window: Window) -> list[WaitingPaper]:
    """Return the papers that a window took in and has not handed over: to the first member that uses each.

    Of open applications, and of those received in the last 30 days. Four queries.
    """
    recent = Q(joint_case__closed_at=None) | Q(at__gte=time.now() - KEPT)
    joints = list(Reception.objects.filter(recent, window=window).values_list("joint_case_id", flat=True))
    gone = set(TransferLine.objects.filter(joint_case_id__in=joints).values_list("material_id", flat=True))
    names = {code: spec.name for code, spec in orgs.organisations(window.pack).items()}
    due = {(row.joint_case_id, row.organisation): row for row in _open_clocks(joints)}
    calendar, today = calendars.calendar(), time.today()
    rows = []
    for paper in counter.papers_at(joints):
        case = next((c for c in paper.users if State(c.state) not in GIVEN_BACK), None)
        if case is None or paper.material.pk in gone:
            continue
        clock_row = due.get((paper.material.joint_case_id, case.desk))
        due_on = clock_row.due_on if clock_row else None
        lamp = (
            clock.lamp(due_on, on=today, limit_days=clock_row.limit_days, calendar=calendar)[0] if clock_row else None
        )
        name = names.get(case.desk, case.organisation_name)
        rows.append(WaitingPaper(paper.material, case, case.desk, name, paper.copies, due_on, lamp))
    return sorted(rows, key=lambda row: (row.due_on or date.max, row.organisation_name, row.case.number))


def _open_clocks(joints: Iterable[UUID]) -> QuerySet[Handover]:
    return Handover.objects.filter(joint_case_id__in=list(joints), done_at=None)


def visible_to(by: Actor) -> QuerySet[Transfer]:
    """Return the sheets of the actor's windows, and those to the departments where the actor works."""
    rows = Transfer.objects.select_related("window", "handed_by", "taken_by")
    own = Q(window__in=[window.pk for window in orgs.windows(by=by)])
    return rows.filter(own | Q(organisation__in=by.organisations_as(*TAKERS)))


def transfer(transfer_id: UUID, *, by: Actor) -> Transfer:
    """Return a sheet that the actor may see. Raises NotFound."""
    row = visible_to(by).filter(pk=transfer_id).first()
    if row is None:
        raise NotFound("hall.no_transfer", "没有找到这张材料流转单，或者它不归你看", remedy="回到材料流转的列表")
    return row


def lines(transfer: Transfer) -> list[TransferLine]:
    """Return the lines of a sheet in their order."""
    return list(transfer.lines.select_related("case", "joint_case").order_by("position"))


def of_window(window: Window) -> list[Transfer]:
    """Return the latest sheets of a window."""
    return list(Transfer.objects.filter(window=window).select_related("handed_by").order_by("-handed_at")[:50])


def incoming(*, by: Actor) -> list[Transfer]:
    """Return the sheets to the actor's departments: those not signed for first, then the latest."""
    rows = Transfer.objects.filter(organisation__in=by.organisations_as(*TAKERS)).select_related("window", "handed_by")
    open_rows = list(rows.filter(taken_at=None).order_by("handed_at")[:MOST])
    return open_rows + list(rows.exclude(taken_at=None).order_by("-handed_at")[:50])


def may_take(transfer: Transfer, *, by: Actor) -> bool:
    """Return whether the actor may sign for a sheet: works in the department, and did not hand it over."""
    works_there = transfer.organisation in by.organisations_as(*TAKERS)
    return transfer.taken_at is None and works_there and transfer.handed_by_id != by.account_id


def pdf(transfer: Transfer, *, site: str) -> bytes:
    """Return the sheet as PDF, with the signatures that it has now, all from what is stored."""
    paper = documents.paper(transfer.paper_id)
    facts = [*paper.body["facts"]]
    if transfer.taken_at is not None:
        facts += [("接收人签名", f"{transfer.taken_signature}，{_moment(transfer)}"), ("差异", transfer.note or "无")]
        counted = {line.position: line.received for line in lines(transfer)}
        paper.body["rows"] = [[*row[:-1], str(counted[n])] for n, row in enumerate(paper.body["rows"], 1)]
    else:
        facts += [("接收人签名", ""), ("差异", "")]
    paper.body = {**paper.body, "facts": facts}
    return documents.pdf(paper, site=site)


def _moment(transfer: Transfer) -> str:
    assert transfer.taken_at is not None
    return f"{transfer.taken_at.astimezone(time.CHINA):%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class HandoverView:
    """The clock of a receiving window of another region as pages show it."""

    row: Handover
    lamp: Lamp
    words: str
    left: int


def handovers(joint_ids: Iterable[UUID], *, organisation: str = "") -> list[HandoverView]:
    """Return the clocks of receiving windows for some joint cases; the caller knows that the actor may see these."""
    rows = Handover.objects.select_related("window", "transfer").filter(joint_case_id__in=list(joint_ids))
    if organisation:
        rows = rows.filter(organisation=organisation)
    calendar, today = calendars.calendar(), time.today()
    views = []
    for row in rows.order_by("due_on", "organisation_name"):
        lamp, left = clock.lamp(row.due_on, on=today, limit_days=row.limit_days, calendar=calendar)
        words = LAMP_WORDS[lamp]
        if row.done_at is not None:
            lamp, words = Lamp.DONE, "已移交"
        views.append(HandoverView(row, lamp, words, left))
    return views
