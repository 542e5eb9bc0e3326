"""材料流转: sheets that windows handed over to the own department, and signing for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from tongban.core.actor import Actor
from tongban.documents import queries as documents
from tongban.hall.queries import transfers
from tongban.hall.queries.transfers import Transfer
from tongban.hall.services import transferring
from tongban.portals.office.views import shell
from tongban.rules.errors import Conflict, DomainError, Invalid, NotAllowed


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the sheets to the actor's departments, those not signed for first."""
    by = shell.staff(request)
    rows = transfers.incoming(by=by)
    return shell.show(
        request, "transfers", by=by, menu="transfers", rows=rows, open=sum(1 for row in rows if row.taken_at is None)
    )


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Show a sheet; count what arrived and sign for it."""
    by = shell.staff(request)
    row = transfers.transfer(transfer_id, by=by)
    if request.method == "GET":
        return _page(request, by, row)
    try:
        done = transferring.take(
            transfer_id, received=_received(request, row), note=request.POST.get("note", ""),
            signature=request.POST.get("signature", ""), by=by,
        )  # fmt: skip
    except (Invalid, Conflict, NotAllowed) as refusal:
        return _page(request, by, transfers.transfer(transfer_id, by=by), refusal=refusal)
    shell.tell(request, f"已签收 {done.number}{'，差异已记下' if done.note else ''}。")
    return HttpResponseRedirect(reverse("office:transfer", args=[transfer_id]))


def _received(request: HttpRequest, row: Transfer) -> dict[UUID, int]:
    found = {}
    for line in transfers.lines(row):
        text = request.POST.get(f"received-{line.pk}", "").strip()
        found[line.pk] = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
    return found


def _page(request: HttpRequest, by: Actor, row: Transfer, *, refusal: DomainError | None = None) -> HttpResponse:
    errors = refusal.fields if isinstance(refusal, Invalid) else {}
    sent: dict[str, Any] = request.POST
    address = f"{request.build_absolute_uri('/').rstrip('/')}/check/{documents.paper(row.paper_id).check_code}"
    lines = transfers.lines(row)
    return shell.show(
        request, "transfer_page", by=by, menu="transfers", transfer=row, lines=lines, qr=documents.qr_svg(address),
        counts=[(line, sent.get(f"received-{line.pk}", str(line.copies))) for line in lines],
        may_take=transfers.may_take(row, by=by), note=sent.get("note", ""), signature=sent.get("signature", ""), errors=errors,
        refusal=refusal if refusal is not None and not errors else None,
        anchors=[(f"t-{name}", words) for name, words in errors.items()], status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_safe
def pdf(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Send a sheet as PDF."""
    row = transfers.transfer(transfer_id, by=shell.staff(request))
    content = transfers.pdf(row, site=request.build_absolute_uri("/").rstrip("/"))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"材料流转单-{row.number}.pdf") or "inline"
    return response
