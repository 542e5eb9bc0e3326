"""出件: results that wait, the check of who collects, the signature, the slip."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.attachments import services as files
from tongban.core import time
from tongban.hall import rules
from tongban.hall.queries import desk as hall
from tongban.hall.queries import pickups
from tongban.hall.queries.desk import AtDesk
from tongban.hall.queries.pickups import Result
from tongban.hall.services import collecting
from tongban.orgs import queries as orgs
from tongban.orgs.queries import Presence
from tongban.orgs.rules import DOCUMENTS, read
from tongban.portals.counter.views import shell
from tongban.portals.counter.views.shell import Clerk
from tongban.rules import masking
from tongban.rules.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, TooLarge, Unsupported


def _at_pickup(request: HttpRequest) -> Clerk:
    who = shell.clerk(request)
    if not pickups.hands_out(who.window):
        raise NotAllowed("hall.not_pickup_window", "这个窗口不发结果", remedy="请到市政务服务大厅的窗口领取")
    return who


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits to be collected, the longest waiting first; narrowed by number, name or identity number."""
    who = _at_pickup(request)
    text = masking.normal(request.GET.get("q", ""))[:400]
    reading = read(text)
    wanted = reading.code if reading.kind else masking.compact(text)
    rows = [
        row for row in pickups.waiting(who.windows)
        if not wanted or wanted in (row.joint.number, row.joint.applicant.code) or text in row.joint.applicant_name
    ]  # fmt: skip
    return shell.show(
        request, "pickups", who=who, menu="pickups", rows=rows, wanted=text, after=rules.REMIND_AFTER_DAYS
    )


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, joint_id: UUID) -> HttpResponse:
    """Show the results of an application, and hand them out to the person whose identity was checked."""
    who = _at_pickup(request)
    found = hall.joint(joint_id, by=who.by)
    here = orgs.here(by=who.by)
    if request.method == "GET":
        return _shown(request, who, found, here)
    if here is None:
        shell.tell(request, "先核验来领的人的证件，再发结果。")
        return HttpResponseRedirect(reverse("counter:pickup", args=[joint_id]))
    letter: UUID | None = None
    try:
        letter = shell.uploaded(request, "letter", by=who.by)
        row = collecting.collect(
            joint_id, case_ids=_ids(request), signature=request.POST.get("signature", ""), letter_id=letter,
            presence_id=here.pk, by=who.by,
        )  # fmt: skip
    except (Invalid, Conflict, TooLarge, Unsupported, NotAllowed) as refusal:
        files.discard([letter] if letter else [], by=who.by)
        return _shown(request, who, found, here, refusal=refusal)
    shell.tell(request, f"已发给{row.signature}，签收已记入办件。")
    return HttpResponseRedirect(reverse("counter:collected", args=[joint_id, row.pk]) + "?print=slip")


def _ids(request: HttpRequest) -> list[UUID]:
    try:
        return [uuid.UUID(value) for value in request.POST.getlist("case")]
    except ValueError as problem:
        raise Invalid("hall.collect", "有 1 处要改", fields={"cases": "请选择要发给他的结果"}) from problem


def _shown(
    request: HttpRequest, who: Clerk, found: AtDesk, here: Presence | None, *, refusal: DomainError | None = None
) -> HttpResponse:
    results = pickups.results(found.joint.pk)
    right = pickups.authority(found.joint, here, has_letter=False) if here is not None else ""
    errors = refusal.fields if isinstance(refusal, Invalid) else {}
    chosen = set(request.POST.getlist("case"))
    return shell.show(
        request, "pickup", who=who, menu="pickups", found=found, joint=found.joint, here=here, right=right,
        right_words=rules.AUTHORITIES.get(right, ""), document=DOCUMENTS.get(here.document, "") if here else "",
        waiting=[(r, request.method == "GET" or str(r.case.pk) in chosen) for r in results if r.collection is None],
        handed=[_handed(r) for r in results if r.collection is not None], errors=errors,
        refusal=refusal if refusal is not None and not errors else None, signature=request.POST.get("signature", ""),
        anchors=[(f"p-{name}", words) for name, words in errors.items()], status=refusal.status if refusal else 200,
    )  # fmt: skip


def _handed(result: Result) -> tuple[Result, str]:
    assert result.collection is not None
    return result, rules.AUTHORITIES[result.collection.authority]


@require_safe
def slip(request: HttpRequest, joint_id: UUID, collection_id: UUID) -> HttpResponse:
    """Show and print who collected what (签收单)."""
    who = _at_pickup(request)
    found = hall.joint(joint_id, by=who.by)
    row = pickups.collection(collection_id, joint_id=joint_id)
    if row is None:
        raise NotFound("hall.no_collection", "没有找到这次签收", remedy="回到出件列表")
    return shell.show(
        request, "collected", who=who, menu="pickups", joint=found.joint, row=row, cases=pickups.names_of(row),
        right=rules.AUTHORITIES[row.authority], document=DOCUMENTS.get(row.presence.document, ""), at=time.now(),
        auto="print" in request.GET,
    )  # fmt: skip
