"""通报: drafted from frozen figures, edited, issued, sent to the units, confirmed by each."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.portals.supervisor.views import shell
from tongban.portals.supervisor.views.ledger import attached
from tongban.rules.errors import Conflict, DomainError, Invalid
from tongban.taskforce.queries import bulletins as queries
from tongban.taskforce.queries import ledger
from tongban.taskforce.rules.bulletins import KIND_WORDS, Kind
from tongban.taskforce.services import bulletins as services

MENU = "bulletins"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The bulletins; who supervises drafts a new one."""
    by = shell.staff(request)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            row = services.draft(_campaign(request), _kind(request), request.POST.get("period", ""), by=by)
            shell.tell(request, "已起草，数字冻结在这一刻；改好文字再签发")
            return HttpResponseRedirect(reverse("supervisor:bulletin", args=[row.pk]))
        except (Invalid, Conflict) as problem:
            refusal = problem
    runs = shell.supervises(by)
    drafting = (
        [(row, [w.period for w in ledger.windows_until(row, ledger.today())][::-1]) for row in ledger.campaigns(by=by)]
        if runs
        else []
    )
    return shell.show(
        request, "bulletin_list", by=by, menu=MENU, rows=queries.bulletins(by=by), drafting=drafting, kinds=KIND_WORDS.items(), runs=runs,
        waiting={row.bulletin_id for row in queries.unconfirmed(by=by)}, refusal=refusal, errors=getattr(refusal, "fields", {}),
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _campaign(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("campaign", ""))
    except ValueError as problem:
        raise Invalid("taskforce.draft", "有 1 处要改", fields={"campaign": "选一个专项"}) from problem


def _kind(request: HttpRequest) -> Kind:
    try:
        return Kind(request.POST.get("kind", "month"))
    except ValueError as problem:
        raise Invalid("taskforce.draft", "有 1 处要改", fields={"kind": "选一种通报"}) from problem


@require_safe
def page(request: HttpRequest, bulletin_id: UUID) -> HttpResponse:
    """A bulletin: its text with figures that open their rows, the ranking, to whom it was sent."""
    by = shell.staff(request)
    row = queries.one(bulletin_id, by=by)
    own = [
        (receipt, name)
        for receipt, name in queries.receipts(row)
        if receipt.organisation in by.organisations_as("head", "admin")
    ]
    return shell.show(
        request, "bulletin_page", by=by, menu=MENU, row=row, paragraphs=queries.paragraphs(row), head=queries.HEAD,
        table=[list(zip(queries.HEAD, line, strict=False)) for line in queries.table_of(row)],
        receipts=queries.receipts(row) if shell.supervises(by) else [], own=own, is_intact=queries.is_intact(row), runs=shell.supervises(by),
        kind=KIND_WORDS[Kind(row.kind)],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, bulletin_id: UUID) -> HttpResponse:
    """Edit the text; figures stay placeholders."""
    by = shell.staff(request)
    refusal: DomainError | None = None
    if request.method == "POST":
        sent = request.POST
        try:
            services.edit(
                bulletin_id, title=sent.get("title", ""), text=sent.get("text", ""), seen=_seen(request), by=by
            )
            shell.tell(request, "文字已保存")
            return HttpResponseRedirect(reverse("supervisor:bulletin", args=[bulletin_id]))
        except (Invalid, Conflict) as problem:
            refusal = problem
    row = queries.one(bulletin_id, by=by)
    if row.issued_at is not None and refusal is None:
        return HttpResponseRedirect(reverse("supervisor:bulletin", args=[bulletin_id]))
    return shell.show(
        request, "bulletin_edit", by=by, menu=MENU, row=row, figures=list(queries.figures_of(row).values()), refusal=refusal,
        errors=getattr(refusal, "fields", {}), title=request.POST.get("title", row.title), text=request.POST.get("text", row.text),
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@require_POST
def act(request: HttpRequest, bulletin_id: UUID) -> HttpResponse:
    """Freeze the figures anew, issue, or confirm that it came."""
    by, wanted = shell.staff(request), request.POST.get("act", "")
    if wanted == "freeze":
        services.freeze_again(bulletin_id, seen=_seen(request), by=by)
        shell.tell(request, "数字已重新冻结")
    elif wanted == "issue":
        row = services.issue(bulletin_id, seen=_seen(request), by=by)
        shell.tell(request, f"已签发 {row.number}，分送各单位")
    elif wanted == "confirm":
        services.confirm(bulletin_id, request.POST.get("organisation", ""), by=by)
        shell.tell(request, "已确认收到")
    return HttpResponseRedirect(reverse("supervisor:bulletin", args=[bulletin_id]))


@require_safe
def figure(request: HttpRequest, bulletin_id: UUID, name: str) -> HttpResponse:
    """The frozen rows that a figure counts."""
    by = shell.staff(request)
    row = queries.one(bulletin_id, by=by)
    found, rows = queries.rows_of(row, name)
    return shell.show(request, "bulletin_figure", by=by, menu=MENU, row=row, figure=found, rows=rows)


@require_safe
def paper(request: HttpRequest, bulletin_id: UUID, form: str) -> HttpResponse:
    """A bulletin as .docx or PDF."""
    row = queries.one(bulletin_id, by=shell.staff(request))
    name = f"{row.number or '草稿'} {row.title}"
    if form == "docx":
        return attached(queries.docx(row), f"{name}.docx", DOCX)
    return attached(queries.pdf(row, site=f"{request.scheme}://{request.get_host()}"), f"{name}.pdf", "application/pdf")
