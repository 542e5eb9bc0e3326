"""Themes, composing and applying in JSON."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpRequest
from ninja import File, Header, Query, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import Field, StrictBool

from tongban.attachments import services as files
from tongban.cases.api import ApplicationOut, application_out
from tongban.core import http
from tongban.core.actor import Actor
from tongban.core.api import PUBLIC, REFUSALS, Bearer, Body
from tongban.identity import services as limits
from tongban.jobs import services as jobs
from tongban.rules.errors import Conflict, DomainError, Invalid
from tongban.search import queries as search
from tongban.themes.queries import composing
from tongban.themes.rules.materials import Given
from tongban.themes.rules.spec import ThemeSpec
from tongban.themes.services import submission

router = Router(tags=["themes"])


class ChoiceOut(Schema):
    """One answer of a guidance question."""

    value: str
    label: str
    hint: str


class QuestionOut(Schema):
    """A guidance question; `unsure` may be answered where it names a choice."""

    code: str
    ask: str
    choices: list[ChoiceOut]
    unsure: str | None
    when: Any


class ThemeOut(Schema):
    """A theme. `limit_days` is the combined limit in working days, null where it is done at once."""

    code: str
    seq: int
    name: str
    short_name: str
    summary: str
    lead: str
    responsible: list[str]
    limit_text: str
    limit_days: int | None
    members: list[str]
    questions: list[QuestionOut]


class ThemeList(Schema):
    """Themes, the best fit first when searched."""

    items: list[ThemeOut]


class AnswersIn(Body):
    """Guidance answers: question → choice. `all` true skips guidance."""

    answers: dict[str, str] | Literal["all"] = Field(default_factory=dict)


class FileIn(Body):
    """A file in the request itself, base64."""

    name: str = Field(max_length=200)
    content: str


class MaterialIn(Body):
    """A material: its type and how it is handed in. Files are ids of POST /files, or sent along.

    `way`: upload, licence, reuse, commit (needs `agreed`), defer, counter, none; left out where it is automatic.
    """

    type: str
    way: Literal["", "upload", "licence", "reuse", "commit", "defer", "counter", "check", "member", "none"] = ""
    file_ids: list[UUID] = Field(default_factory=list, max_length=10)
    files: list[FileIn] = Field(default_factory=list, max_length=10)
    agreed: StrictBool = False


class ApplicationIn(Body):
    """An application for a theme or a single item."""

    theme: str = ""
    item: str = ""
    answers: dict[str, str] = Field(default_factory=dict)
    fields: dict[str, str | int | float | bool | list[str]] = Field(default_factory=dict)
    materials: list[MaterialIn] = Field(default_factory=list, max_length=100)
    party: UUID | None = None


class FileOut(Schema):
    """A stored file."""

    id: UUID
    name: str
    pages: int


@router.get("/themes", response={200: ThemeList, **PUBLIC}, auth=None)
def themes(request: HttpRequest, q: str = Query("", max_length=100)) -> ThemeList:
    """List the themes by official number, or those that fit `q`, the best first."""
    rows = composing.published(settings.PLACE)
    if not q:
        return ThemeList(items=[_theme(spec) for spec in composing.themes(settings.PLACE)])
    hits = [hit.code for hit in search.find(q, pack=settings.PLACE) if hit.kind == "theme"]
    return ThemeList(items=[_theme(rows[code].spec) for code in hits if code in rows])


def _theme(spec: ThemeSpec) -> ThemeOut:
    return ThemeOut(
        code=spec.code, seq=spec.seq, name=spec.name, short_name=spec.short_name, summary=spec.summary, lead=spec.lead,
        responsible=list(spec.responsible), limit_text=spec.limit.text, limit_days=spec.limit.days,
        members=[member.name for member in spec.members],
        questions=[
            QuestionOut(code=q.code, ask=q.ask, unsure=q.unsure, when=q.when,
                        choices=[ChoiceOut(value=c.value, label=c.label, hint=c.hint) for c in q.choices])
            for q in spec.questions
        ],
    )  # fmt: skip


@router.post("/themes/{code}/compose", auth=None, response={200: dict[str, Any], **PUBLIC})
def compose_theme(request: HttpRequest, code: str, body: AnswersIn) -> dict[str, Any]:
    """Compose a theme: items, one form, one set of materials, schedule, savings. The command line gives the same."""
    answers = None if body.answers == "all" else dict(body.answers)
    return composing.compose_theme(settings.PLACE, code, answers).as_json()


@router.post("/items/{code}/compose", auth=None, response={200: dict[str, Any], **PUBLIC})
def compose_item(request: HttpRequest, code: str, body: AnswersIn | None = None) -> dict[str, Any]:
    """Compose a single item."""
    return composing.compose_item(settings.PLACE, code).as_json()


@router.post("/files", auth=Bearer(), response={201: FileOut, **REFUSALS})
def upload(request: HttpRequest, file: UploadedFile = File(...)) -> Status[FileOut]:  # noqa: B008  # ninja's form
    """Store a file to hand in: PDF, JPG, PNG or OFD, at most 20 MB."""
    by = http.actor(request)
    limits.count_try(f"upload:{by.account_id}", most=60, within=timedelta(minutes=1))
    row = files.store(file, by=by)
    return Status(201, FileOut(id=row.pk, name=row.name, pages=row.pages))


@router.post("/applications", auth=Bearer(), response={201: ApplicationOut, **REFUSALS})
def apply(
    request: HttpRequest,
    body: ApplicationIn,
    idempotency_key: str = Header(..., alias="Idempotency-Key", min_length=1, max_length=80),
) -> Status[ApplicationOut]:
    """Submit an application. The same key with the same body gives the same answer; with another body it is refused."""
    by = http.actor(request)
    said = body.model_dump(mode="json")
    before = jobs.answered(idempotency_key, owner=str(by.account_id), route="applications", body=said)
    if before is not None:  # Looked up first, so that files sent along again are not kept twice.
        return Status(201, application_out(UUID(before), by=by))
    doubled = sorted({m.type for m in body.materials if [n.type for n in body.materials].count(m.type) > 1})
    if doubled:
        raise Invalid(
            "api.material_twice",
            f"材料写了两次：{'、'.join(doubled)}",
            remedy="同一种材料合成一项，文件都放在 files 里",
        )
    values = {name: "|".join(value) if isinstance(value, list) else str(value) for name, value in body.fields.items()}
    stored: list[UUID] = []

    def submit(given: dict[str, Given]) -> UUID:
        with transaction.atomic(durable=True):
            return submission.submit_whole(settings.PLACE, theme=body.theme, item=body.item, answers=body.answers, values=values,
                                           given=given, key=idempotency_key, party_id=body.party, by=by, body=said)  # fmt: skip

    try:
        joint_id = submit({m.type: _given(m, stored, by) for m in body.materials})
    except DomainError as refusal:
        files.discard(stored, by=by)  # Nothing of a refused application is kept.
        if not isinstance(refusal, Conflict) or refusal.code != "jobs.key_in_use":
            raise
        joint_id = submit({})  # The same key won the race a moment before: answer as it was answered.
    return Status(201, application_out(joint_id, by=by))


def _given(material: MaterialIn, stored: list[UUID], by: Actor) -> Given:
    """Return how a material is handed in, with the files sent along stored and their ids added to `stored`."""
    own: list[UUID] = []
    for sent in material.files:
        try:
            content = base64.b64decode(sent.content, validate=True)
        except ValueError as problem:
            raise Invalid(
                "api.base64", f"文件“{sent.name}”的 content 不是 base64", remedy="按 base64 编码后再提交"
            ) from problem
        own.append(files.store(SimpleUploadedFile(sent.name, content), by=by).pk)
        stored.append(own[-1])
    return Given(
        material.way, tuple(str(each) for each in [*material.file_ids, *own]), "agreed" if material.agreed else ""
    )
