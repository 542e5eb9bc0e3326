"""One part of the one form (一张表) on a page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from tongban.cases.rules.plan import Plan, PlannedField
from tongban.core import http
from tongban.portals.citizen import forms
from tongban.portals.citizen.views.shell import error_summary, page
from tongban.rules.errors import NotFound
from tongban.themes.queries import composing, drafts
from tongban.themes.services import drafting


@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, draft_id: UUID, code: str) -> HttpResponse:
    """One part of the one form."""
    by = http.signed_in(request)
    draft = drafts.draft(draft_id, by=by)
    plan = drafts.plan_of(draft)
    fields = [f for f in plan.fields if f.section == code and f.answered is None]
    if not fields:
        raise NotFound("themes.no_section", "这次申请没有这一部分", remedy="返回申报页")
    found: dict[str, str] = {}
    if request.method == "POST":
        found = drafting.save_section(draft_id, code, forms.typed(request.POST, fields), by=by)
        draft = drafts.draft(draft_id, by=by)
        newly = _newly_asked(draft, plan, code, request)
        if not found and not newly:
            return HttpResponseRedirect(
                f"/apply/{draft_id}/" if "leave" in request.POST else _next_part(draft, plan, code)
            )
    return _section_page(request, draft, plan, code, found)


def _newly_asked(draft: drafts.Draft, plan: Plan, code: str, request: HttpRequest) -> list[PlannedField]:
    """Return required fields that the choices just made have brought up and that the page did not show."""
    shown = next((fields for c, _, fields in drafts.sections(draft, plan) if c == code), [])
    return [
        f for f in shown if f.required and not draft.values.get(f.element) and f"shown-{f.element}" not in request.POST
    ]


def _next_part(draft: drafts.Draft, plan: Plan, code: str) -> str:
    codes = [c for c, _, _ in drafts.sections(draft, plan)]
    following = codes[codes.index(code) + 1 :] if code in codes else []
    return f"/apply/{draft.pk}/form/{following[0]}" if following else f"/apply/{draft.pk}/materials"


def _section_page(
    request: HttpRequest, draft: drafts.Draft, plan: Plan, code: str, found: dict[str, str]
) -> HttpResponse:
    sections = drafts.sections(draft, plan)
    codes = [c for c, _, _ in sections]
    if code not in codes:
        return HttpResponseRedirect(f"/apply/{draft.pk}/")
    _, name, fields = sections[codes.index(code)]
    known = drafts.prefills(plan, applicant_id=draft.applicant_id, by=http.actor(request))
    rows = []
    for planned in fields:
        fault = draft.faults.get(planned.element)
        value = fault[0] if fault else draft.values.get(planned.element, "")
        source = (
            known[planned.element].source if planned.element in known and known[planned.element].value == value else ""
        )
        error = found.get(planned.element) or (fault[1] if fault else "")
        rows.append(forms.row(planned, value, error=error, source=source))
    errors = error_summary(rows)
    already = [(f, f.words(f.answered)) for f in plan.fields if f.answered and f.section == code]
    lead = composing.catalogue_of(draft.pack).sections[code].lead
    return page(request, "apply_section", nav="me", draft=draft, name=name, lead=lead, rows=rows, errors=errors, number=codes.index(code) + 1,
                count=len(codes), already=already, status=422 if found else 200)  # fmt: skip
