"""A draft as citizens will see it: the form with its conditions, to be tried with test data, and the materials."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from tongban.core.actor import Actor
from tongban.packs.rules import themes
from tongban.portals.citizen import forms
from tongban.portals.office.views import shell
from tongban.portals.office.views.catalogue import MENU, PACK, writer
from tongban.rules.conditions import Facts, holds
from tongban.rules.errors import Conflict
from tongban.themes.queries import composing
from tongban.themes.rules import compose as composer
from tongban.themes.rules import form
from tongban.themes.rules.spec import ThemeSpec


@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show the form of a draft; what is typed is checked as it would be, and kept nowhere."""
    by = writer(request)
    row = drafts.draft(draft_id, by=by)
    if row.kind == "theme":
        return _theme(request, row, by)
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


MOST_WAYS = 60


@dataclass(frozen=True)
class Way:
    """One way through guidance: what is answered, and which items it leads to."""

    answers: list[str]
    items: list[str]


def _theme(request: HttpRequest, row: drafts.Draft, by: Actor) -> HttpResponse:
    """Show where each way through guidance of a theme leads, and the one form and set of materials of all its members."""
    try:
        spec = ThemeSpec.model_validate(row.body)
        plan = composer.compose(
            composer.of_theme(spec), composing.catalogue_of(PACK), answers=None, theme=spec, start_on=time.today(),
            calendar=calendars.calendar(),
        )  # fmt: skip
    except (ValidationError, KeyError, ValueError) as problem:
        raise Conflict(
            "authoring.not_whole", "这份稿子还不完整，合不成一张表", remedy="先照检查结果改好标着“要改”的地方"
        ) from problem
    found = themes.outcomes(spec)
    ways = [_way(spec, facts) for facts in (found or [])[:MOST_WAYS]]
    return shell.show(
        request, "catalogue_theme", by=by, menu=MENU, row=row, plan=plan, ways=ways, total=len(found or []), is_large=found is None,
        dead=sum(1 for way in ways if not way.items), asked=[f for f in plan.fields if f.answered is None],
    )  # fmt: skip


def _way(spec: ThemeSpec, facts: Facts) -> Way:
    answers = []
    for question in spec.questions:
        label = next((choice.label for choice in question.choices if choice.value == facts.get(question.code)), "")
        answers += [f"{question.ask}{label}"] if label else []
    return Way(answers, [member.name for member in spec.members if holds(member.when, facts) is True])
