"""On-site checks: the agenda, arranging a visit, the phone page with checklist and photos."""

from __future__ import annotations

import uuid
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.attachments import queries as attachments
from tongban.cases.queries import desk
from tongban.core import time
from tongban.core.actor import Actor
from tongban.portals.office.views import shell
from tongban.rules import masking
from tongban.rules.errors import DomainError, Invalid, NotFound
from tongban.visits import queries, rules, services
from tongban.visits.rules import State


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """List the visits to come, or those that were."""
    by = shell.staff(request)
    view = "done" if request.GET.get("view") == "done" else "planned"
    rows = [(row, rules.WORDS[State(row.state)], rules.KINDS[row.kind]) for row in queries.agenda(by=by, view=view)]
    return shell.show(request, "visits_home", by=by, menu="visits", rows=rows, view=view)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Arrange a visit for on-site steps of a joint case."""
    by = shell.staff(request)
    case = desk.case(case_id, by=by).case
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            visit = services.schedule(case_id, _wanted(request), by=by)
            shell.tell(request, "踏勘已约定，已通知申请人和有关单位。")
            return HttpResponseRedirect(reverse("office:visit", args=[visit.pk]))
        except Invalid as refusal:
            errors = dict(refusal.fields) or {"steps": refusal.message}
    chosen = set(request.POST.getlist("step"))
    steps = [(step, f"{step.case_id}:{step.code}") for step in queries.steps(case_id, by=by)]
    return shell.show(
        request, "visits_new", by=by, menu="visits", case=case, typed=request.POST, errors_by=errors, kinds=rules.KINDS.items(),
        steps=[(step, key, key in chosen or (not chosen and step.is_own and not step.busy)) for step, key in steps],
        errors=[(name, words) for name, words in errors.items()], status=422 if errors else 200,
    )  # fmt: skip


def _wanted(request: HttpRequest) -> services.Wanted:
    sent = request.POST
    steps = []
    for key in sent.getlist("step"):
        case, _, code = key.partition(":")
        try:
            steps.append((uuid.UUID(case), code))
        except ValueError:
            continue
    return services.Wanted(
        kind=sent.get("kind", ""), planned_at=_moment(sent.get("day", ""), sent.get("hour", "")), steps=steps,
        place=masking.normal(sent.get("place", ""))[:200], officers=sent.get("officers", "")[:300], note=masking.normal(sent.get("note", "")),
    )  # fmt: skip


def _moment(day: str, hour: str) -> datetime:
    """Return a moment typed as day and time of China. Raises Invalid."""
    try:
        return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=time.CHINA)
    except ValueError as problem:
        raise Invalid(
            "visits.time", "有 1 处要改", fields={"planned_at": "请选日期和时间，例如 2026-12-01 和 09:30"}
        ) from problem


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Show a visit; move it to another time, or cancel it."""
    by = shell.staff(request)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            _change(request, visit_id, by)
            return HttpResponseRedirect(reverse("office:visit", args=[visit_id]))
        except Invalid as refusal:
            errors = dict(refusal.fields)
    visit = queries.visit(visit_id, by=by)
    parts = [
        (part, rules.lines_of(part.lines), rules.CONCLUSIONS.get(part.conclusion, ""), part.organisation in by.seats)
        for part in visit.parts.all()
    ]
    return shell.show(
        request, "visits_page", by=by, menu="visits", visit=visit, parts=parts, words=rules.WORDS[State(visit.state)], typed=request.POST,
        how=rules.KINDS[visit.kind], may_change=visit.state == State.PLANNED and by.has_role(visit.organisation, *services.ROLES),
        errors=list(errors.items()), errors_by=errors, status=422 if errors else 200,
    )  # fmt: skip


def _change(request: HttpRequest, visit_id: UUID, by: Actor) -> None:
    reason = request.POST.get("reason", "")
    if "cancel" in request.POST:
        services.cancel(visit_id, reason=reason, by=by)
        shell.tell(request, "踏勘已取消，已通知申请人。")
    else:
        services.reschedule(
            visit_id, _moment(request.POST.get("day", ""), request.POST.get("hour", "")), reason=reason, by=by
        )
        shell.tell(request, "踏勘已改期，已通知申请人。")


@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, part_id: UUID) -> HttpResponse:
    """The phone page of a department's part: officers, checklist, photos, conclusion."""
    by = shell.staff(request)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _record(request, part_id, by)
        except Invalid as refusal:
            errors = dict(refusal.fields)
    row = queries.part(part_id, by=by)
    lines = [
        (n, line, _answer(request, n, line), request.POST.get(f"remark-{n}", line.remark), errors.get(f"line-{n}", ""))
        for n, line in enumerate(rules.lines_of(row.lines))
    ]  # fmt: skip
    response = shell.show(
        request, "visits_part", by=by, menu="visits", part=row, visit=row.visit, lines=lines, conclusions=rules.CONCLUSIONS.items(),
        officers=request.POST.get("officers") or "、".join(row.officers), typed=request.POST, errors_by=errors,
        shots=list(row.shots.order_by("taken_at")),
        errors=list(errors.items()), is_open=row.done_at is None and not row.is_off, at=time.now(), status=422 if errors else 200,
        how=rules.KINDS[row.visit.kind], concluded=rules.CONCLUSIONS.get(row.conclusion, ""),
    )  # fmt: skip
    # The one page that may ask the phone where it is.
    response["Permissions-Policy"] = "camera=(), geolocation=(self), microphone=(), payment=()"
    return response


def _answer(request: HttpRequest, n: int, line: rules.Line) -> str:
    if f"ok-{n}" in request.POST:
        return request.POST[f"ok-{n}"]
    return "" if line.ok is None else "yes" if line.ok else "no"


def _record(request: HttpRequest, part_id: UUID, by: Actor) -> HttpResponse:
    """Keep officers and a photo as soon as they are sent; with the button of the end, the whole."""
    sent = request.POST
    row = queries.part(part_id, by=by)
    if sent.get("officers", "").strip() and sent["officers"] != "、".join(row.officers):
        services.name_officers(part_id, sent["officers"], by=by)
    for upload in request.FILES.getlist("shot"):
        try:
            services.add_shot(part_id, upload, _seen(request), by=by)
        except DomainError as refusal:
            if isinstance(refusal, Invalid) and refusal.fields:
                raise
            raise Invalid(
                "visits.shot", refusal.message, fields={"shot": f"{refusal.message}。{refusal.remedy}"}
            ) from refusal
    if "finish" not in sent:
        return HttpResponseRedirect(reverse("office:visit_part", args=[part_id]) + "#shots")
    answers = {
        n: ({"yes": True, "no": False}.get(sent.get(f"ok-{n}", "")), sent.get(f"remark-{n}", "")) for n in range(len(row.lines))
    }  # fmt: skip
    done = services.record(
        part_id, answers, conclusion=sent.get("conclusion", ""), remark=sent.get("remark", ""), by=by
    )
    shell.tell(request, f"踏勘结论已记入办件：{rules.CONCLUSIONS[done.conclusion]}。")
    return HttpResponseRedirect(reverse("office:visit", args=[done.visit_id]))


def _seen(request: HttpRequest) -> services.Seen:
    sent = request.POST
    return services.Seen(
        taken_at=time.now(), latitude=rules.coordinate(sent.get("latitude", ""), most=90),
        longitude=rules.coordinate(sent.get("longitude", ""), most=180), place=sent.get("at", ""),
    )  # fmt: skip


@require_safe
def shot(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """A photo of a visit, for the desks that take part."""
    if not queries.may_open(file_id, by=shell.staff(request)):
        raise NotFound("attachments.none", "没有找到这个文件")
    row, content = attachments.content(file_id)
    response = HttpResponse(content, content_type=row.media_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
