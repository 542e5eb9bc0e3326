"""材料流转单: papers handed over to departments, sheet by sheet."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from tongban.documents import queries as documents
from tongban.hall.queries import transfers
from tongban.hall.queries.transfers import WaitingPaper
from tongban.hall.services import transferring
from tongban.portals.counter.views import shell
from tongban.portals.counter.views.shell import Clerk
from tongban.rules.errors import Conflict, DomainError, Invalid


@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Show the papers that wait at this window by department, and hand the chosen ones over."""
    who = shell.clerk(request)
    if request.method == "GET":
        return _shown(request, who)
    try:
        row = transferring.hand_over(
            who.window.pk, organisation=request.POST.get("to", ""), copies=_copies(request),
            signature=request.POST.get("signature", ""), carrier=request.POST.get("carrier", ""), by=who.by,
        )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        return _shown(request, who, refusal=refusal)
    shell.tell(request, f"已移交给{row.organisation_name}，流转单 {row.number}。")
    return HttpResponseRedirect(reverse("counter:transfer", args=[row.pk]) + "?print=a4")


def _copies(request: HttpRequest) -> dict[UUID, int]:
    copies = {}
    for value in request.POST.getlist("paper"):
        count = request.POST.get(f"copies-{value}", "").strip()
        try:
            copies[uuid.UUID(value)] = int(count) if count.isascii() and count.isdigit() and len(count) < 6 else 0
        except ValueError as problem:
            raise Invalid("hall.transfer", "有 1 处要改", fields={"papers": "请选择列表里的材料"}) from problem
    return copies


def _shown(request: HttpRequest, who: Clerk, *, refusal: DomainError | None = None) -> HttpResponse:
    waiting = transfers.waiting(who.window)
    names = {row.organisation: row.organisation_name for row in waiting}
    counts = Counter(row.organisation for row in waiting)
    chosen = request.POST.get("to") or request.GET.get("to", "")
    to = chosen if chosen in names else next(iter(names), "")
    errors = refusal.fields if isinstance(refusal, Invalid) else {}
    sent = request.POST
    return shell.show(
        request, "transfers", who=who, menu="transfers", to=to, to_name=names.get(to, ""),
        units=[(code, name, counts[code], code == to) for code, name in names.items()],
        rows=[_row(request, row) for row in waiting if row.organisation == to], sheets=transfers.of_window(who.window),
        errors=errors, refusal=refusal if refusal is not None and not errors else None,
        signature=sent.get("signature", ""), carrier=sent.get("carrier", ""),
        anchors=[(f"t-{name}", words) for name, words in errors.items()], status=refusal.status if refusal else 200,
    )  # fmt: skip


def _row(request: HttpRequest, row: WaitingPaper) -> tuple[WaitingPaper, bool, str]:
    """Return a paper, whether it is ticked, and its count as typed."""
    key, sent = str(row.material.pk), request.POST
    is_chosen = request.method == "GET" or key in sent.getlist("paper")
    return row, is_chosen, sent.get(f"copies-{key}", str(row.copies))


@require_safe
def page(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Show a sheet with its signatures, to print."""
    who = shell.clerk(request)
    row = transfers.transfer(transfer_id, by=who.by)
    return shell.show(
        request, "transfer", who=who, menu="transfers", auto="print" in request.GET,
        **sheet(row, site=request.build_absolute_uri("/").rstrip("/")),
    )  # fmt: skip


def sheet(row: transfers.Transfer, *, site: str) -> dict[str, Any]:
    """Return what a printed sheet shows."""
    address = f"{site}/check/{documents.paper(row.paper_id).check_code}"
    return {"transfer": row, "lines": transfers.lines(row), "qr": documents.qr_svg(address)}


@require_safe
def pdf(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Send a sheet as PDF."""
    who = shell.clerk(request)
    row = transfers.transfer(transfer_id, by=who.by)
    return as_pdf(request, row)


def as_pdf(request: HttpRequest, row: transfers.Transfer) -> HttpResponse:
    """Return the answer with a sheet as PDF."""
    content = transfers.pdf(row, site=request.build_absolute_uri("/").rstrip("/"))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"材料流转单-{row.number}.pdf") or "inline"
    return response
