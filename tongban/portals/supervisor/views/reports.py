"""我的上报: what a unit's head or administrator has to sign for and to report."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.attachments import services as attachments
from tongban.portals.supervisor.views import shell
from tongban.portals.supervisor.views.campaigns import number
from tongban.rules.errors import Conflict, DomainError, Invalid, TooLarge, Unsupported
from tongban.taskforce.queries import bulletins, comparing, following, ledger
from tongban.taskforce.services import acting, campaigns, reporting
from tongban.taskforce.services.reporting import Filled

MENU = "reports"


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for the actor's units: reminders, to sign, to report; bulletins to confirm."""
    by = shell.staff(request)
    return shell.show(
        request, "reports_mine", by=by, menu=MENU, rows=following.mine(by=by, on=ledger.today()), reminders=following.reminders(by=by),
        receipts=bulletins.unconfirmed(by=by),
    )  # fmt: skip


@require_POST
def sign(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Sign for all that was handed out to a unit."""
    count = acting.sign_all(campaign_id, request.POST.get("organisation", ""), by=shell.staff(request))
    shell.tell(request, f"已签收 {count} 项任务")
    return HttpResponseRedirect(reverse("supervisor:reports"))


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Mark reminders as read."""
    by = shell.staff(request)
    for code in {row.organisation for row in following.reminders(by=by)}:
        campaigns.read_reminders(code, by=by)
    return HttpResponseRedirect(reverse("supervisor:reports"))


@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """The form of a report: progress, figure, text, blocker, highlight, files."""
    by = shell.staff(request)
    found = following.share(share_id, by=by, on=ledger.today())
    refusal: DomainError | None = None
    if request.method == "POST":
        stored: list[UUID] = []
        try:
            stored = shell.stored(request, by=by, most=reporting.MOST_FILES)
            row = reporting.report(share_id, _filled(request.POST, stored), by=by)
            shell.tell(
                request,
                f"任务 {found.view.row.task.number} 的 {row.period} 填报已交" + ("，标为迟报" if row.is_late else ""),
            )
            return HttpResponseRedirect(reverse("supervisor:reports"))
        except (Invalid, Conflict, TooLarge, Unsupported) as problem:
            attachments.discard(stored, by=by)
            refusal = problem
    row_ = found.view.row
    last = found.reports[0].row if found.reports else None
    sent = request.POST if request.method == "POST" else _last(last)
    return shell.show(
        request, "reports_fill", by=by, menu=MENU, found=found, share=found.view, task=row_.task, refusal=refusal, sent=sent, last=last,
        indicators=comparing.names(row_.task.indicators), window=ledger.window_now(row_.task.campaign, ledger.today()),
        errors=getattr(refusal, "fields", {}), today=ledger.today(), status=refusal.status if refusal else 200,
    )  # fmt: skip


def _last(last: following.Report | None) -> dict[str, str]:
    """Return what the form begins with: what was reported last, where it is to be mended."""
    if last is None:
        return {}
    kept = {"progress": str(last.progress)}
    if last.review == "returned":
        kept |= {"text": last.text, "blocker": last.blocker, "highlight": last.highlight, "publicity": str(last.publicity),
                 "value": "" if last.value is None else f"{last.value.normalize():f}"}  # fmt: skip
    return kept


def _filled(sent: Mapping[str, str], files: list[UUID]) -> Filled:
    typed = sent.get("value", "").strip()
    try:
        value = Decimal(typed) if typed else None
    except InvalidOperation as problem:
        raise Invalid("taskforce.report", "有 1 处要改", fields={"value": "自报数写成数字，如 98.5"}) from problem
    if value is not None and not value.is_finite():
        raise Invalid("taskforce.report", "有 1 处要改", fields={"value": "自报数写成数字，如 98.5"})
    return Filled(
        number(sent.get("progress", "")), sent.get("text", ""), None if value is None else round(value, 2), sent.get("blocker", ""),
        sent.get("highlight", ""), number(sent.get("publicity", ""), empty=0), tuple(str(file) for file in files),
    )  # fmt: skip


@require_safe
def file(request: HttpRequest, share_id: UUID, file_id: UUID) -> FileResponse:
    """A file of evidence."""
    name, kind, path = following.file(share_id, str(file_id), by=shell.staff(request))
    return FileResponse(path.open("rb"), content_type=kind, filename=name, as_attachment=True)
