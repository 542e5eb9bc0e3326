"""Cases in JSON: what an applicant sees, the worklist, the moves."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from tongban.cases.models import Case
from tongban.cases.queries import applicant, desk, timing
from tongban.cases.services import acceptance, consulting, correction, decision, ending, review, special
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


class StopIn(Body):
    """A stop of the clock. `days` are working days; a `correction` names its `items`."""

    kind: Literal[
        "hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review", "correction",
        "publicity", "payment",
    ]  # fmt: skip
    days: int = Field(ge=1, le=180, strict=True)
    reason: str = Field(min_length=5, max_length=500)
    items: list[AskedItem] = Field(default=[], max_length=200)
    seen: Seen = None


class ResumeIn(Body):
    """The end of a stop: its number, and the evidence of its result."""

    stop: int = Field(ge=1, le=2**31 - 1, strict=True)
    evidence: str = Field(min_length=5, max_length=500)
    seen: Seen = None


class ExtensionIn(Body):
    """An extension in working days."""

    days: int = Field(ge=1, le=10, strict=True)
    reason: str = Field(min_length=5, max_length=500)
    seen: Seen = None


class QuestionIn(Body):
    """A question to other organisations: `cosign` holds the decision up until they answer, `consult` does not."""

    mode: Literal["cosign", "consult"]
    organisations: list[str] = Field(min_length=1, max_length=50)
    days: int = Field(ge=1, le=20, strict=True)
    question: str = Field(min_length=5, max_length=500)
    seen: Seen = None


class AnswerIn(Body):
    """The answer to a question."""

    agrees: bool
    opinion: str = Field(min_length=5, max_length=500)


class StepIn(Body):
    """A step to go back to, and why."""

    step: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=5, max_length=500)
    seen: Seen = None


class OrderIn(Body):
    """The order by which a case is handled anew, and why."""

    order: str = Field(min_length=5, max_length=500)
    reason: str = Field(min_length=5, max_length=500)
    seen: Seen = None


class LineOut(Schema):
    """One of the clocks that run at once. `due_on` is null while it stands still. `lamp`: ok, warn, bad, off, done."""

    name: str
    limit: str
    due_on: date | None
    lamp: str
    left: int


class StopOut(Schema):
    """A stop of the clock with its notice, evidence and end."""

    seq: int
    kind: str
    name: str
    start_on: date
    expected_on: date
    end_on: date | None
    days: int
    is_statutory: bool
    reason: str
    basis: str
    notice: str
    evidence: str


class ClocksOut(Schema):
    """All clocks of a case, and every stop."""

    lines: list[LineOut]
    stops: list[StopOut]


@router.get("/cases/{case_id}/clocks", response={200: ClocksOut, **REFUSALS})
def clocks(request: HttpRequest, case_id: UUID) -> ClocksOut:
    """Return the clocks of a case on the caller's desk."""
    case = desk.case(case_id, by=http.actor(request)).case
    return ClocksOut(
        lines=[LineOut(name=row.name, limit=row.limit, due_on=row.due_on, lamp=row.lamp.value, left=row.left) for row in timing.lines(case)],
        stops=[StopOut(**asdict(row)) for row in timing.stops(case, timing.clocks(case))],
    )  # fmt: skip


@router.post("/cases/{case_id}/stops", response={200: CaseOut, **REFUSALS})
def pause(request: HttpRequest, case_id: UUID, body: StopIn) -> dict[str, Any]:
    """Stop the clock for a procedure of the item (特别程序)."""
    items = [item.model_dump() for item in body.items]
    by = http.actor(request)
    return _out(
        special.pause(case_id, body.kind, days=body.days, reason=body.reason, items=items, by=by, seen=body.seen)
    )


@router.post("/cases/{case_id}/stops/end", response={200: CaseOut, **REFUSALS})
def resume(request: HttpRequest, case_id: UUID, body: ResumeIn) -> dict[str, Any]:
    """End a stop; the clock goes on."""
    return _out(special.resume(case_id, body.stop, evidence=body.evidence, by=http.actor(request), seen=body.seen))


@router.post("/cases/{case_id}/extension/request", response={200: CaseOut, **REFUSALS})
def request_extension(request: HttpRequest, case_id: UUID, body: ExtensionIn) -> dict[str, Any]:
    """Ask the head for an extension (延期)."""
    by = http.actor(request)
    return _out(special.request_extension(case_id, days=body.days, reason=body.reason, by=by, seen=body.seen))


@router.post("/cases/{case_id}/extension", response={200: CaseOut, **REFUSALS})
def extend(request: HttpRequest, case_id: UUID, body: ExtensionIn) -> dict[str, Any]:
    """Approve an extension, once and before expiry."""
    return _out(special.extend(case_id, days=body.days, reason=body.reason, by=http.actor(request), seen=body.seen))


@router.post("/cases/{case_id}/questions", response={200: CaseOut, **REFUSALS})
def consult(request: HttpRequest, case_id: UUID, body: QuestionIn) -> dict[str, Any]:
    """Ask other organisations (会签、征求意见)."""
    return _out(consulting.consult(case_id, body.organisations, mode=body.mode, question=body.question, days=body.days,
                                   by=http.actor(request), seen=body.seen))  # fmt: skip


@router.post("/tasks/{task_id}/answer", response={200: CaseOut, **REFUSALS})
def answer(request: HttpRequest, task_id: UUID, body: AnswerIn) -> dict[str, Any]:
    """Answer as the organisation that was asked."""
    return _out(consulting.answer(task_id, agrees=body.agrees, opinion=body.opinion, by=http.actor(request)))


@router.post("/cases/{case_id}/step-back", response={200: CaseOut, **REFUSALS})
def step_back(request: HttpRequest, case_id: UUID, body: StepIn) -> dict[str, Any]:
    """Send the case back to a step (退回上一步)."""
    return _out(review.step_back(case_id, body.step, reason=body.reason, by=http.actor(request), seen=body.seen))


@router.post("/cases/{case_id}/terminate", response={200: CaseOut, **REFUSALS})
def terminate(request: HttpRequest, case_id: UUID, body: ReasonIn) -> dict[str, Any]:
    """End a case without decision (终止办理)."""
    return _out(ending.terminate(case_id, reason=body.reason, by=http.actor(request), seen=body.seen))


@router.post("/cases/{case_id}/reopen", response={200: CaseOut, **REFUSALS})
def reopen(request: HttpRequest, case_id: UUID, body: OrderIn) -> dict[str, Any]:
    """Handle a closed case anew by an order (重新办理)."""
    by = http.actor(request)
    return _out(correction.reopen(case_id, order=body.order, reason=body.reason, by=by, seen=body.seen))


@router.post("/cases/{case_id}/revoke", response={200: CaseOut, **REFUSALS})
def revoke(request: HttpRequest, case_id: UUID, body: ReasonIn) -> dict[str, Any]:
    """Revoke a grant (撤销)."""
    return _out(correction.revoke(case_id, reason=body.reason, by=http.actor(request), seen=body.seen))


@router.post("/cases/{case_id}/withdraw", response={200: CaseOut, **REFUSALS})
def withdraw(request: HttpRequest, case_id: UUID, body: ReasonIn | None = None) -> dict[str, Any]:
    """Withdraw a case as its applicant."""
    return _out(ending.withdraw(case_id, by=http.actor(request), reason=body.reason if body else ""))
