"""督办台账: the ledger, the matrix, the timeline; a task and what one unit has to do of it; exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tongban.core import books
from tongban.portals.supervisor.views import shell
from tongban.portals.supervisor.views.campaigns import MENU, day
from tongban.rules.errors import DomainError, Invalid
from tongban.taskforce.queries import bulletins, charting, comparing, exporting, following, importing, ledger
from tongban.taskforce.queries.ledger import Filters
from tongban.taskforce.rules import lamps
from tongban.taskforce.rules.moves import ACT_WORDS, STATE_WORDS, Act
from tongban.taskforce.services import acting, campaigns, reporting
from tongban.taskforce.services.acting import Given
from tongban.taskforce.services.campaigns import Part

TABS = (
    ("campaign", "台账"),
    ("campaign_matrix", "挂图作战"),
    ("campaign_timeline", "时间轴"),
    ("campaign_late", "逾期"),
)


def _filters(sent: Mapping[str, str]) -> Filters:
    try:
        due_by = day(sent.get("due", ""), "due")
    except Invalid:
        due_by = None
    return Filters(
        sent.get("section", ""), sent.get("unit", ""), sent.get("lamp", ""), sent.get("state", ""), sent.get("leads", ""), due_by,
        sent.get("text", "").strip(),
    )  # fmt: skip


def _common(
    request: HttpRequest, campaign_id: UUID, tab: str, wanted: Filters
) -> tuple[ledger.Campaign, ledger.Ledger, dict[str, Any]]:
    """Return a campaign, its ledger as asked for, and what every view of it shows."""
    by = shell.staff(request)
    campaign = ledger.campaign(campaign_id, by=by)
    found = ledger.ledger(campaign, by=by, on=ledger.today(), wanted=wanted)
    keep = {name: str(value) for name, value in request.GET.items() if name != "open" and value}
    chips = [
        (name, _chip(name, value, found), urlencode({k: v for k, v in keep.items() if k != name}))
        for name, value in keep.items()
    ]
    tabs = [(reverse(f"supervisor:{name}", args=[campaign_id]), label, name == tab) for name, label in TABS]
    shown = {"campaign": campaign, "ledger": found, "wanted": wanted, "tabs": tabs, "chips": chips, "query": urlencode(keep),
            "lamp_words": lamps.WORDS, "states": [(state.value, words) for state, words in STATE_WORDS.items()],
            "legend": [(kind, words, found.counts.get(kind, 0)) for kind, words in lamps.WORDS.items() if found.counts.get(kind)],
            "planned": found.counts.get("idle", 0) if shell.supervises(by) else 0, "runs": shell.supervises(by)}  # fmt: skip
    return campaign, found, shown


def _chip(name: str, value: str, found: ledger.Ledger) -> str:
    units = dict(found.units)
    said = {
        "lamp": lamps.WORDS.get(value, value),
        "unit": units.get(value, value),
        "leads": units.get(value, value),
        "state": {state.value: words for state, words in STATE_WORDS.items()}.get(value, value),
    }
    label = {
        "lamp": "亮灯",
        "unit": "单位",
        "leads": "牵头",
        "state": "状态",
        "section": "类别",
        "due": "时限不晚于",
        "text": "搜",
    }
    return f"{label.get(name, name)}：{said.get(name, value)}"


@require_safe
def page(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """台账: the tree of tasks by section; one task opens in its place."""
    return _page(request, campaign_id, "campaign", _filters(request.GET))


@require_safe
def late(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """逾期: the ledger of what is past its day."""
    return _page(request, campaign_id, "campaign_late", replace(_filters(request.GET), lamp="bad"))


def _page(request: HttpRequest, campaign_id: UUID, tab: str, wanted: Filters) -> HttpResponse:
    by = shell.staff(request)
    _, found, shown = _common(request, campaign_id, tab, wanted)
    opened = next((task for task in found.tasks if str(task.task.pk) == request.GET.get("open", "")), None)
    pairs = [share for task in found.tasks for share in task.shares if share.report or task is opened]
    return shell.show(
        request, "campaign_ledger", by=by, menu=MENU, opened=opened, open_id=request.GET.get("open", ""), here_path=request.path,
        compared=comparing.compared(pairs, month=_month(found)), **shown,
    )  # fmt: skip


def _month(found: ledger.Ledger) -> date:
    return found.window.closes_on.replace(day=1) if found.window else ledger.today().replace(day=1)


@require_safe
def matrix(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """挂图作战: units by tasks, a lamp in each cell."""
    _, found, shown = _common(request, campaign_id, "campaign_matrix", _filters(request.GET))
    return shell.show(
        request, "campaign_matrix", by=shell.staff(request), menu=MENU, matrix=charting.matrix(found), **shown
    )


@require_safe
def timeline(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """时间轴: tasks by the month in which they are due."""
    campaign, found, shown = _common(request, campaign_id, "campaign_timeline", _filters(request.GET))
    rows = charting.timeline(campaign, found, on=ledger.today())
    return shell.show(request, "campaign_timeline", by=shell.staff(request), menu=MENU, rows=rows, **shown)


@require_safe
def export(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """The ledger as shown, as .xlsx, with a sheet of definitions."""
    by = shell.staff(request)
    campaign = ledger.campaign(campaign_id, by=by)
    found = ledger.ledger(campaign, by=by, on=ledger.today(), wanted=_filters(request.GET))
    return attached(exporting.ledger_book(campaign, found), f"{campaign.name}-台账.xlsx", books.KIND)


def attached(content: bytes, name: str, kind: str) -> HttpResponse:
    """Return bytes as a file to keep."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


@require_safe
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """A task: what is printed, who does what, parts, indicators."""
    return _task(request, task_id)


def _task(request: HttpRequest, task_id: UUID, *, refusal: DomainError | None = None) -> HttpResponse:
    by = shell.staff(request)
    found = ledger.task(task_id, by=by, on=ledger.today())
    window = ledger.window_now(found.task.campaign, ledger.today())
    month = (window.closes_on if window else ledger.today()).replace(day=1)
    return shell.show(
        request, "campaign_task", by=by, menu=MENU, found=found, task=found.task, compared=comparing.compared(found.shares, month=month),
        indicators=comparing.names(found.task.indicators), choices=comparing.choices(), units=importing.units(found.task.campaign.pack),
        parts=following.parts(found.task), runs=shell.supervises(by), refusal=refusal, errors=getattr(refusal, "fields", {}),
        sent=request.POST, status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
def task_act(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Break a part off a task, or bind it to indicators."""
    by, sent = shell.staff(request), request.POST
    try:
        if sent.get("act") == "part":
            part = campaigns.decompose(
                task_id,
                Part(sent.get("requirement", ""), day(sent.get("due_on", ""), "due_on"), sent.get("organisation", "")),
                by=by,
            )
            shell.tell(request, f"已分解出子任务 {part.number}，到台账交办")
        elif sent.get("act") == "bind":
            campaigns.bind(task_id, sent.getlist("indicators"), by=by)
            shell.tell(request, "绑定的指标已保存")
    except Invalid as refusal:
        return _task(request, task_id, refusal=refusal)
    return HttpResponseRedirect(reverse("supervisor:task", args=[task_id]))


@require_safe
def share(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """What one unit has to do of a task: reports, history, papers, what can be done now."""
    return _share(request, share_id)


def _share(
    request: HttpRequest, share_id: UUID, *, refusal: DomainError | None = None, reviewed: UUID | None = None
) -> HttpResponse:
    """Show a share; what was refused belongs to the review of the report `reviewed`, else to an act."""
    by = shell.staff(request)
    found = following.share(share_id, by=by, on=ledger.today())
    window = ledger.window_now(found.view.row.task.campaign, ledger.today())
    # Against the month of the newest report; before there is one, that of the window.
    month = (window.closes_on if window else ledger.today()).replace(day=1)
    figures = comparing.Figures()
    compared = comparing.compared([found.view], month=month, figures=figures).get(share_id)
    waiting = _to_review(found)
    held = comparing.of_reports(((each.row, found.view) for each in waiting.values()), figures=figures)
    return shell.show(
        request, "campaign_share", by=by, menu=MENU, found=found, share=found.view, task=found.view.row.task, compared=compared,
        waiting=waiting, held=held, reviewed=reviewed, window=window, refusal=refusal, errors=getattr(refusal, "fields", {}), sent=request.POST,
        acting="" if reviewed else request.POST.get("act", ""), today=ledger.today(), status=refusal.status if refusal else 200,
    )  # fmt: skip


def _to_review(found: following.ShareDetail) -> dict[UUID, following.ReportView]:
    """Return the reports that the actor may accept or send back, by id: not reviewed, and the last of their month."""
    if not found.can_review:
        return {}
    newest: dict[str, following.ReportView] = {}
    for report in found.reports:  # newest revisions first
        newest.setdefault(report.row.period, report)
    return {report.row.pk: report for report in newest.values() if not report.row.review}


@require_POST
def share_act(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """Do an act; what the table of moves does not know is refused."""
    by, sent = shell.staff(request), request.POST
    try:
        wanted = Act(sent.get("act", ""))
    except ValueError:
        return HttpResponseRedirect(reverse("supervisor:share", args=[share_id]))
    try:
        acting.act(share_id, wanted, Given(sent.get("words", ""), day(sent.get("on", ""), "on")), by=by)
    except DomainError as refusal:
        if refusal.status not in (409, 422):
            raise
        return _share(request, share_id, refusal=refusal)
    shell.tell(request, f"{ACT_WORDS[wanted]}：已办")
    return HttpResponseRedirect(reverse("supervisor:share", args=[share_id]))


@require_POST
def review(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Accept a report or send it back."""
    by, sent = shell.staff(request), request.POST
    share_id = following.share_of_report(report_id, by=by)
    try:
        if sent.get("act") == "return":
            reporting.send_back(report_id, remark=sent.get("remark", ""), by=by)
            shell.tell(request, "已退回，单位收到了提醒")
        else:
            reporting.accept(
                report_id, uses_platform=sent.get("act") == "platform", remark=sent.get("remark", ""), by=by
            )
            shell.tell(request, "已审核通过")
    except DomainError as refusal:
        if refusal.status not in (409, 422):
            raise
        return _share(request, share_id, refusal=refusal, reviewed=report_id)
    return HttpResponseRedirect(reverse("supervisor:share", args=[share_id]))


@require_safe
def reviewing(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """待审核: reports and requests that wait for the overseer."""
    by = shell.staff(request)
    campaign = ledger.campaign(campaign_id, by=by)
    waiting = following.waiting(campaign, by=by)
    held = comparing.of_reports(waiting.reports)
    return shell.show(
        request, "campaign_review", by=by, menu=MENU, campaign=campaign, waiting=waiting,
        reports=[(report, share, held.get(report.pk)) for report, share in waiting.reports],
    )  # fmt: skip


@require_POST
def review_all(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Accept the reports that are ticked."""
    by = shell.staff(request)
    ids = [UUID(text) for text in request.POST.getlist("report") if len(text) == 36]
    done = reporting.accept_all(ids, by=by)
    rest = f"；{len(ids) - done} 份没有通过：自报比平台好的要逐份写理由，别人审过的不再审" if done < len(ids) else ""
    shell.tell(request, f"审核通过 {done} 份{rest}")
    return HttpResponseRedirect(reverse("supervisor:campaign_review", args=[campaign_id]))


@require_safe
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """A 督办单 as PDF."""
    name, content = bulletins.order_pdf(
        order_id, site=f"{request.scheme}://{request.get_host()}", by=shell.staff(request)
    )
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    return answer
