"""Cases in JSON: what an applicant sees, the worklist, the moves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from tongban.cases.models import Case
from tongban.cases.queries import applicant, desk
from tongban.cases.services import acceptance, decision, ending, review
from tongban.core import http
from tongban.core.actor import Actor
from tongban.core.api import REFUSALS, Bearer, Body

router = Router(tags=["cases"], auth=Bearer())


class CaseOut(Schema):
    """A case. `due_on` is null until acceptance, and for work of outside bodies that is only tracked."""

    id: UUID
    number: str
    item: str
    name: str
    organisation: str
    state: str
    state_words: str
    due_on: date | None
    provisional: bool
    sentence: str = ""
    reason: str = ""
    licence_id: UUID | None = None


class ApplicationOut(Schema):
    """An application with its cases."""

    id: UUID
    number: str
    title: str
    submitted_at: datetime
    promised_on: date
    provisional: bool
    closed_at: datetime | None
    cases: list[CaseOut]


class TaskOut(Schema):
    """A row of the worklist. `lamp`: ok, warn, bad, off."""

    task_id: UUID
    case_id: UUID
    number: str
    item: str
    applicant: str
    step: str
    state: str
    due_on: date | None
    lamp: str
    claimed_by: str


class Worklist(Schema):
    """A page of the worklist; `next_cursor` is null on the last one."""

    items: list[TaskOut]
    next_cursor: str | None


Seen = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)] | None


class AskedItem(Body):
    """A field or material of the case that must be mended, and how."""

    kind: Literal["field", "material"]
    code: str = Field(min_length=1, max_length=80)
    remark: str = Field(min_length=1, max_length=400)


class AskIn(Body):
    """All that is missing, told once."""

    items: list[AskedItem] = Field(min_length=1, max_length=200)
    seen: Seen = None


class ReasonIn(Body):
    """Why. `seen` is the number of events that the caller has seen; a case that moved on since refuses."""

    reason: str = Field(default="", max_length=1000)
    seen: Seen = None


class OpinionIn(Body):
    """An opinion, if any."""

    opinion: str = Field(default="", max_length=500)
    seen: Seen = None


def application_out(joint_id: UUID, *, by: Actor) -> ApplicationOut:
    """Return an application as its applicant, or a desk of one of its members, may see it."""
    joint = applicant.joint_case_for(joint_id, by=by)
    rows = sorted(applicant.progress(joint), key=lambda row: [i["code"] for i in joint.plan["items"]].index(row.code))
    return ApplicationOut(
        id=joint.pk, number=joint.number, title=joint.title, submitted_at=joint.submitted_at, promised_on=joint.promised_on,
        provisional=joint.is_provisional, closed_at=joint.closed_at,
        cases=[
            CaseOut(id=row.id, number=row.number, item=row.code, name=row.name, organisation=row.organisation, state=row.state,
                    state_words=row.state_words, due_on=row.due_on, provisional=row.is_provisional, sentence=row.sentence,
                    reason=row.reason, licence_id=row.licence_id)
            for row in rows
        ],
    )  # fmt: skip


@router.get("/applications/{joint_id}", response={200: ApplicationOut, **REFUSALS})
def application(request: HttpRequest, joint_id: UUID) -> ApplicationOut:
    """Return one application with the state of every member."""
    return application_out(joint_id, by=http.actor(request))


@router.get("/worklist", response={200: Worklist, **REFUSALS})
def worklist(request: HttpRequest, cursor: str = "", size: int = Query(50, ge=1, le=100), item: str = "") -> Worklist:
    """Return the open tasks of the caller's posts, nearest deadline first."""
    page = desk.worklist(by=http.actor(request), cursor=cursor, size=size, item=item)
    rows = [
        TaskOut(task_id=row.task_id, case_id=row.case_id, number=row.number, item=row.item, applicant=row.applicant, step=row.step,
                state=row.state, due_on=row.due_on, lamp=row.lamp.value, claimed_by=row.claimed_by)
        for row in page.rows
    ]  # fmt: skip
    return Worklist(items=rows, next_cursor=page.next_cursor)


def _out(case: Case) -> dict[str, Any]:
    return {
        "id": case.pk, "number": case.number, "item": case.item_code, "name": case.name, "organisation": case.organisation_name,
        "state": case.state, "state_words": desk.state_words(case), "due_on": case.due_on, "provisional": case.is_provisional,
        "reason": case.reason,
    }  # fmt: skip


@router.post("/cases/{case_id}/accept", response={200: CaseOut, **REFUSALS})
def accept(request: HttpRequest, case_id: UUID, body: OpinionIn | None = None) -> dict[str, Any]:
    """Accept (受理): the clock starts."""
    return _out(acceptance.accept(case_id, by=http.actor(request), seen=body.seen if body else None))


@router.post("/cases/{case_id}/ask-for-more", response={200: CaseOut, **REFUSALS})
def ask_for_more(request: HttpRequest, case_id: UUID, body: AskIn) -> dict[str, Any]:
    """Tell the applicant once all that is missing (一次性告知)."""
    items = [item.model_dump() for item in body.items]
    return _out(acceptance.ask_for_more(case_id, items, by=http.actor(request), seen=body.seen))


@router.post("/cases/{case_id}/refuse-acceptance", response={200: CaseOut, **REFUSALS})
def refuse_acceptance(request: HttpRequest, case_id: UUID, body: ReasonIn) -> dict[str, Any]:
    """Refuse to accept (不予受理) with the reason."""
    return _out(acceptance.refuse_acceptance(case_id, reason=body.reason, by=http.actor(request), seen=body.seen))


@router.post("/cases/{case_id}/steps/{code}/pass", response={200: CaseOut, **REFUSALS})
def pass_step(request: HttpRequest, case_id: UUID, code: str, body: OpinionIn | None = None) -> dict[str, Any]:
    """Pass a step of review."""
    given = body or OpinionIn()
    return _out(review.pass_step(case_id, code, by=http.actor(request), opinion=given.opinion, seen=given.seen))


@router.post("/tasks/{task_id}/claim", response={200: dict[str, str], **REFUSALS})
def claim(request: HttpRequest, task_id: UUID) -> dict[str, str]:
    """Claim a task (认领)."""
    task = review.claim(task_id, by=http.actor(request))
    return {"task_id": str(task.pk), "case_id": str(task.case_id)}


@router.post("/cases/{case_id}/grant", response={200: CaseOut, **REFUSALS})
def grant(request: HttpRequest, case_id: UUID, body: OpinionIn | None = None) -> dict[str, Any]:
    """Grant (准予): decision and licence are issued. Open steps of the caller's own role are passed with it."""
    given = body or OpinionIn()
    return _out(decision.grant(case_id, by=http.actor(request), opinion=given.opinion, seen=given.seen))


@router.post("/cases/{case_id}/refuse", response={200: CaseOut, **REFUSALS})
def refuse(request: HttpRequest, case_id: UUID, body: ReasonIn) -> dict[str, Any]:
    """Refuse (不予) with the reason."""
    return _out(decision.refuse(case_id, reason=body.reason, by=http.actor(request), seen=body.seen))


@router.post("/cases/{case_id}/withdraw", response={200: CaseOut, **REFUSALS})
def withdraw(request: HttpRequest, case_id: UUID, body: ReasonIn | None = None) -> dict[str, Any]:
    """Withdraw a case as its applicant."""
    return _out(ending.withdraw(case_id, by=http.actor(request), reason=body.reason if body else ""))
