"""督办: campaigns; an official list is uploaded, checked in a grid, and becomes a campaign."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.attachments import rules as attachments
from tongban.core.actor import Actor
from tongban.portals.supervisor.views import shell
from tongban.rules.errors import Conflict, DomainError, Invalid
from tongban.taskforce.queries import importing as queries
from tongban.taskforce.queries import ledger, schemes
from tongban.taskforce.rules import lists
from tongban.taskforce.rules.lists import ALL, Match
from tongban.taskforce.rules.schemes import Scheme
from tongban.taskforce.services import campaigns as campaigns_service
from tongban.taskforce.services import importing
from tongban.taskforce.services import schemes as schemes_service
from tongban.taskforce.services.campaigns import Settings

MENU = "campaigns"
KINDS = (".txt", ".docx", ".xlsx", ".pdf")


def number(text: str, *, empty: int | None = None) -> int:
    """Return a whole number typed into a field; -1 for what is none, so that the service says what is wrong."""
    text = text.strip()
    if not text and empty is not None:
        return empty
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def day(text: str, field: str) -> date | None:
    """Return a day typed as 2026-09-30, None for nothing. Raises Invalid."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as problem:
        raise Invalid("page.day", "有 1 处要改", fields={field: "日期写成 2026-09-30"}) from problem


@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """The campaigns; who supervises uploads a new list."""
    return _campaigns(request)


def _campaigns(request: HttpRequest, *, refusal: DomainError | None = None) -> HttpResponse:
    by = shell.staff(request)
    on = ledger.today()
    rows = []
    for row in ledger.campaigns(by=by):
        found = ledger.ledger(row, by=by, on=on)
        rows.append((row, found, len(found.tasks)))
    return shell.show(
        request, "campaign_list", by=by, menu=MENU, rows=rows, uploads=queries.recent(by=by), refusal=refusal, sent=request.POST,
        errors=getattr(refusal, "fields", {}), accept=",".join(KINDS), status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take an official list."""
    by = shell.staff(request)
    given = request.FILES.get("file")
    try:
        if given is None:
            raise Invalid("taskforce.upload", "有 1 处要改", fields={"file": "选一个 txt、docx、xlsx 或 pdf 文件"})
        name = attachments.label(given.name or "")
        if (given.size or 0) > importing.MOST_BYTES:
            raise Invalid(
                "taskforce.upload", "有 1 处要改", fields={"file": f"文件最大 {importing.MOST_BYTES // 2**20} MB"}
            )
        ending = Path(name).suffix.lower()
        with tempfile.NamedTemporaryFile(prefix="list-", suffix=ending if ending in KINDS else ".other") as file:
            for piece in given.chunks():
                file.write(piece)
            file.flush()
            year = number(request.POST.get("year", ""), empty=0)
            if year and not 1949 <= year <= 2099:
                raise Invalid("taskforce.upload", "有 1 处要改", fields={"year": "印发年份写成四位数字，如 2026"})
            row = importing.upload(Path(file.name), name, name=request.POST.get("name", ""), year=year or None, by=by)
    except Invalid as refusal:
        return _campaigns(request, refusal=refusal)
    return HttpResponseRedirect(reverse("supervisor:upload", args=[row.pk]))


@require_http_methods(["GET", "POST"])
def grid(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """The grid to check: doubtful cells marked, units to be settled, then 立项."""
    by = shell.staff(request)
    refusal: DomainError | None = None
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            if act == "units":
                chosen = _chosen(request.POST, queries.one(upload_id, by=by))
                importing.map_units(upload_id, chosen, by=by)
                shell.tell(request, f"已确定 {len(chosen)} 个单位名称")
            elif act == "rebase":
                row = importing.rebase(upload_id, number(request.POST.get("rebase", ""), empty=0) or None, by=by)
                shell.tell(request, f"各时限顺延 {row.shift_years} 年，印发的日期留在旁边")
            elif act == "due":
                on = day(request.POST.get("due", ""), "due")
                count = importing.set_due(upload_id, on, by=by) if on else 0
                shell.tell(request, f"{count} 行没写时限的定为 {on}" if on else "没有填日期，没有改")
            elif act == "take":
                campaign = importing.take(upload_id, _settings(request.POST), by=by)
                shell.tell(request, f"“{campaign.name}”已立项，还没有交办")
                return HttpResponseRedirect(reverse("supervisor:campaign", args=[campaign.pk]))
            return HttpResponseRedirect(reverse("supervisor:upload", args=[upload_id]))
        except (Invalid, Conflict) as problem:
            refusal = problem
    return _grid(request, upload_id, refusal)


def _grid(request: HttpRequest, upload_id: UUID, refusal: DomainError | None) -> HttpResponse:
    by = shell.staff(request)
    row = queries.one(upload_id, by=by)
    found = queries.grid(row)
    only = request.GET.get("only", "")
    rows = [each for each in found.rows if not only or each.is_doubtful]
    return shell.show(
        request, "campaign_grid", by=by, menu=MENU, row=row, grid=found, rows=rows, only=only, units=queries.units(row.pack), ALL=ALL,
        faulty=sum(1 for each in found.check.faults if each), columns=lists.COLUMNS, refusal=refusal, sent=request.POST,
        errors=getattr(refusal, "fields", {}), today=ledger.today(), status=refusal.status if refusal else 200,
    )  # fmt: skip


def _chosen(sent: Mapping[str, str], row: queries.Upload) -> dict[str, Match]:
    """Return what the selects of the page say, only where something was chosen or a likeness was agreed to."""
    chosen: dict[str, Match] = {}
    for at, name in enumerate(row.units):
        value = sent.get(f"u-{at}", "")
        if sent.get(f"n-{at}", name) != name or not value:
            continue
        chosen[name] = Match(outside=True) if value == "-" else Match((value,))
    if sent.get("rest"):
        for name, kept in row.units.items():
            if name not in chosen and not kept["codes"] and not kept["outside"]:
                chosen[name] = Match(outside=True)
    return chosen


def _settings(sent: Mapping[str, str]) -> Settings:
    return Settings(
        starts_on=day(sent.get("starts_on", ""), "starts_on") or ledger.today(), ends_on=day(sent.get("ends_on", ""), "ends_on"),
        report_day=number(sent.get("report_day", ""), empty=25), opens_before_days=number(sent.get("opens_before_days", ""), empty=5),
        ladder_days=_ladder(sent.get("ladder_days", "3,1")), tolerance=number(sent.get("tolerance", ""), empty=0),
        weight_on_time=number(sent.get("weight_on_time", ""), empty=50),
        weight_meets=number(sent.get("weight_meets", ""), empty=0), phases=_phases(sent.get("phases", "")),
        is_example=bool(sent.get("is_example")),
    )  # fmt: skip


def _ladder(text: str) -> tuple[int, ...]:
    return tuple(number(part) for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip())


def _phases(text: str) -> tuple[tuple[str, date, date], ...]:
    """Return phases typed one a line: 名称 2026-06-01 2026-06-30."""
    found = []
    for line in text.splitlines():
        parts = line.split()
        if not parts:
            continue
        days = [day(part, "phases") for part in parts[-2:]]
        if len(parts) < 3 or days[0] is None or days[1] is None:
            raise Invalid(
                "taskforce.phases",
                "有 1 处要改",
                fields={"phases": "每行写“名称 开始日 结束日”，如：部署 2026-06-01 2026-06-30"},
            )
        found.append((" ".join(parts[:-2]), days[0], days[1]))
    return tuple(found)


@require_http_methods(["GET", "POST"])
def grid_row(request: HttpRequest, upload_id: UUID, position: int) -> HttpResponse:
    """One row of the grid: every cell is a field."""
    by = shell.staff(request)
    upload_row = queries.one(upload_id, by=by)
    found = next((each for each in queries.grid(upload_row).rows if each.row.position == position), None)
    if found is None:
        return HttpResponseRedirect(reverse("supervisor:upload", args=[upload_id]))
    refusal: Invalid | None = None
    if request.method == "POST":
        sent = request.POST
        try:
            importing.edit(upload_id, position, _edit(sent), by=by)
            shell.tell(request, f"第 {position} 行已改")
            return HttpResponseRedirect(reverse("supervisor:upload", args=[upload_id]) + f"#r{position}")
        except Invalid as problem:
            refusal = problem
    return shell.show(
        request, "campaign_row", by=by, menu=MENU, upload=upload_row, found=found, refusal=refusal, sent=request.POST,
        errors=getattr(refusal, "fields", {}), status=422 if refusal else 200,
    )  # fmt: skip


def _edit(sent: Mapping[str, str]) -> importing.Edit:
    return importing.Edit(
        seq=sent.get("seq", "").strip(), sub=sent.get("sub", "").strip(), section=sent.get("section", "").strip(),
        requirement=sent.get("requirement", "").strip(), deadline=sent.get("deadline", "").strip(),
        due_on=day(sent.get("due_on", ""), "due_on"), syncs=bool(sent.get("syncs")), lead=lists.split_names(sent.get("lead", "")),
        responsible=lists.split_names(sent.get("responsible", "")), left_out=sent.get("left_out", "").strip(),
    )  # fmt: skip


@require_safe
def original(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """The file as it was uploaded."""
    row = queries.one(upload_id, by=shell.staff(request))
    answer = HttpResponse(bytes(row.content), content_type="application/octet-stream")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.file_name)}"
    return answer


@require_POST
def act(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Hand out what is planned, or end a campaign."""
    by = shell.staff(request)
    if request.POST.get("act") == "launch":
        shell.tell(request, f"已交办 {campaigns_service.launch(campaign_id, by=by)} 项分工，各单位已收到提醒")
    elif request.POST.get("act") == "end":
        campaigns_service.end(campaign_id, reason=request.POST.get("reason", ""), by=by)
        shell.tell(request, "专项已结束")
    return HttpResponseRedirect(reverse("supervisor:campaign", args=[campaign_id]))


# What can be changed later: field -> words, unit.
SCHEME = {
    "report_day": ("每月几号截止填报", "日"), "opens_before_days": ("提前几天开窗口", "天"), "ladder_days": ("截止前几天提醒", "天，如 3,1"),
    "tolerance": ("落后多少以内仍算正常", "个百分点"), "weight_on_time": ("排名里按时填报占", "分"), "weight_meets": ("排名里指标达标率占", "分"),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def scheme(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """What a campaign goes by; who runs it changes it for windows to come, with a reason."""
    by = shell.staff(request)
    campaign = ledger.campaign(campaign_id, by=by)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            row = schemes_service.change(
                campaign_id, _scheme(request.POST), reason=request.POST.get("reason", ""),
                seen=number(request.POST.get("seen", "")), by=by,
            )  # fmt: skip
            shell.tell(
                request,
                f"第 {row.version} 版从 {row.since} 期（{row.since_on} 开窗）起算，有任务没销号的单位已收到消息",
            )
            return HttpResponseRedirect(reverse("supervisor:campaign_scheme", args=[campaign_id]))
        except (Invalid, Conflict) as problem:
            refusal = problem
    return _scheme_page(request, campaign, refusal, by=by)


def _scheme_page(
    request: HttpRequest, campaign: ledger.Campaign, refusal: DomainError | None, *, by: Actor
) -> HttpResponse:
    latest, on, sent = schemes.latest(campaign), ledger.today(), request.POST
    fields = dict(getattr(refusal, "fields", {}))
    rows = [
        (name, label, unit, sent.get(name, "") if refusal else _shown(latest.scheme, name), fields.get(name, ""))
        for name, (label, unit) in SCHEME.items()
    ]  # fmt: skip
    return shell.show(
        request, "campaign_scheme", by=by, menu=MENU, campaign=campaign, latest=latest, rows=rows, refusal=refusal, errors=fields,
        reason=sent.get("reason", ""), may_edit=shell.supervises(by) and campaign.closed_at is None,
        window=ledger.window_now(campaign, on), coming=ledger.first_change(campaign, latest.scheme, on),
        done_points=latest.scheme.method.done, waits=latest.since_on is not None and latest.since_on > on,
        history=schemes.versions(campaign)[::-1], status=refusal.status if refusal else 200,
    )  # fmt: skip


def _shown(found: Scheme, name: str) -> str:
    value = getattr(found, name)
    return ",".join(str(each) for each in value) if isinstance(value, tuple) else str(value)


def _scheme(sent: Mapping[str, str]) -> Scheme:
    return Scheme(
        number(sent.get("report_day", "")), number(sent.get("opens_before_days", "")), _ladder(sent.get("ladder_days", "")),
        number(sent.get("tolerance", "")), number(sent.get("weight_on_time", "")), number(sent.get("weight_meets", "")),
    )  # fmt: skip
