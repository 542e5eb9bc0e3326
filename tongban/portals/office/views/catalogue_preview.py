"""A draft as citizens will see it: the form with its conditions, to be tried with test data, and the materials."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from tongban.authoring.queries import drafts
from tongban.calendars import queries as calendars
from tongban.cases.rules.plan import Plan
from tongban.catalogue.rules.item import ItemSpec
from tongban.core import time
from tongban.portals.citizen import forms
from tongban.portals.office.views import shell
from tongban.portals.office.views.catalogue import MENU, PACK, writer
from tongban.rules.errors import Conflict
from tongban.themes.queries import composing
from tongban.themes.rules import compose as composer
from tongban.themes.rules import form


@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show the form of a draft; what is typed is checked as it would be, and kept nowhere."""
    by = writer(request)
    row = drafts.draft(draft_id, by=by)
    plan = _plan(row.body)
    raw = forms.typed(request.POST, list(plan.fields)) if request.method == "POST" else {}
    is_checked = request.POST.get("act") == "check"
    _, problems = form.check(plan, raw, answered={}, on=time.today(), demonstration=settings.DEMONSTRATION)
    facts = form.facts(plan, raw, {})
    rows: dict[str, list[forms.FieldRow]] = {}
    for field in plan.fields:
        if field.applies(facts):
            error = problems.get(field.element, "") if is_checked else ""
            rows.setdefault(field.section_name, []).append(forms.row(field, raw.get(field.element, ""), error=error))
    hidden = [field.name for field in plan.fields if not field.applies(facts)]
    materials = [(m, m.applies(facts)) for m in plan.materials]
    return shell.show(
        request, "catalogue_preview", by=by, menu=MENU, row=row, groups=rows.items(), hidden=hidden, materials=materials,
        is_checked=is_checked, problems=len(problems), plan=plan, status=200,
    )  # fmt: skip


def _plan(body: dict[str, object]) -> Plan:
    try:
        spec = ItemSpec.model_validate(body)
        known = composing.catalogue_of(PACK)
        changed = replace(known, items={**known.items, spec.code: spec}, versions={**known.versions, spec.code: 0})
        return composer.compose(
            composer.of_item(spec), changed, answers=None, start_on=time.today(), calendar=calendars.calendar()
        )
    except (ValidationError, KeyError) as problem:
        raise Conflict(
            "authoring.not_whole", "这份稿子还不完整，排不出表单", remedy="先照检查结果改好标着“要改”的地方"
        ) from problem
