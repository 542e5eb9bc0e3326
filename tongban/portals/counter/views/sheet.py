"""收件登记, second half: guidance, materials and form on one screen; F8 keeps, F9 receives, accepts and prints."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.cases.rules.plan import Plan, PlannedItem
from tongban.core.actor import Actor
from tongban.evaluation.services import inviting
from tongban.hall.queries import desk as hall
from tongban.hall.services import reception
from tongban.orgs import queries as orgs
from tongban.portals.counter import forms
from tongban.portals.counter.views import shell
from tongban.portals.counter.views.receive import panel
from tongban.portals.counter.views.shell import Clerk
from tongban.rules.conditions import facts_of
from tongban.rules.errors import Invalid
from tongban.themes.queries import composing, drafts
from tongban.themes.queries.drafts import Draft
from tongban.themes.services import drafting, receiving
from tongban.themes.services.drafting import DELIVERIES


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, presence_id: UUID, draft_id: UUID) -> HttpResponse:
    """Show the sheet, keep it, or receive it."""
    who = shell.clerk(request)
    by = orgs.at_window(presence_id, by=who.by)
    draft = drafts.draft(draft_id, by=by)
    reception.require_may_receive(
        orgs.presence(presence_id, by=who.by), [], theme=draft.theme_code, item=draft.item_code
    )
    if draft.joint_case_id is not None:
        return HttpResponseRedirect(reverse("counter:slip", args=[draft.joint_case_id]))
    if request.method == "GET":
        return _shown(request, who, by, draft, errors={})
    return _posted(request, who, by, draft)


def _posted(request: HttpRequest, who: Clerk, by: Actor, draft: Draft) -> HttpResponse:
    assert by.presence_id is not None
    act = request.POST.get("act", "refresh")
    here = reverse("counter:sheet", args=[by.presence_id, draft.pk])
    try:
        problems = drafting.save_sheet(draft.pk, forms.sheet(request.POST, list(drafts.plan_of(draft).fields)), by=by)
        if act == "save":
            shell.tell(request, "已暂存，办事人在“我的空间”里也能接着填。")
            return HttpResponseRedirect(here)
        if act != "submit":
            at = urllib.parse.urlencode({"at": request.POST.get("at", "")[:64]}) if request.POST.get("at") else ""
            return HttpResponseRedirect(f"{here}?{at}" if at else here)
        if problems:
            raise Invalid("themes.incomplete", f"有 {len(problems)} 处要改", fields=problems)
        received = receiving.receive(draft.pk, presence_id=by.presence_id, by=who.by)
    except Invalid as refusal:
        return _shown(
            request, who, by, drafts.draft(draft.pk, by=by), errors=refusal.fields or {"form": refusal.message}
        )
    inviting.invite_visit(received.joint_id)  # at once: the receipt carries the code; the news of it comes later
    return HttpResponseRedirect(reverse("counter:slip", args=[received.joint_id]) + "?print=slip")


@dataclass(frozen=True)
class SendTo:
    """A member as it will be sent on after acceptance."""

    name: str
    organisation: str
    words: str
    lamp: str


def _shown(request: HttpRequest, who: Clerk, by: Actor, draft: Draft, *, errors: dict[str, str]) -> HttpResponse:
    assert by.presence_id is not None
    theme = composing.theme(draft.pack, draft.theme_code) if draft.theme_code else None
    plan, is_guided = drafts.plan_of(draft), drafts.is_guided(draft)
    names = {item.code: item.name for item in plan.items}
    standings = drafts.standings(draft, plan, at_window=True) if is_guided else []
    materials = [
        forms.material_row(row, provider=names.get(row.material.provided_by or "", ""),
                           error=errors.get(f"material:{row.material.type}", ""))
        for row in standings
    ]  # fmt: skip
    sections = _sections(request, draft, plan, by, errors) if is_guided else []
    rows = [row for _, fields in sections for row in fields]
    counts = [(label, tone, sum(1 for m in materials if m.state == name)) for name, label, tone in forms.STATES]
    lacking = {m.material.type for m in standings if m.way == "missing"}
    return shell.show(
        request, "sheet", who=who, menu="home", here=orgs.presence(by.presence_id, by=who.by), draft=draft, plan=plan,
        questions=forms.question_rows(theme, draft.answers) if theme else [], is_guided=is_guided, materials=materials,
        sections=sections, total=len(rows), filled=sum(1 for row in rows if row.value), counts=[c for c in counts if c[2]],
        send_to=_send_to(plan, lacking) if is_guided else [], deliveries=_deliveries(who),
        delivery=draft.delivery.get("way", "electronic"), address=draft.delivery.get("address", ""),
        anchors=[(_anchor(name), words) for name, words in errors.items()], errors=errors,
        startable=sum(1 for item in plan.items if _starts(item, lacking)), focus_materials=is_guided and "at" not in request.GET and not errors,
        status=422 if errors else 200, **panel(orgs.presence(by.presence_id, by=who.by), who, without=draft.pk),
    )  # fmt: skip


def _deliveries(who: Clerk) -> list[tuple[str, str]]:
    """Return how the result may come; what a window of another region received is not fetched at the hall."""
    return [(way, words) for way, words in DELIVERIES.items() if way != "pickup" or hall.is_of_place(who.window)]


def _starts(item: PlannedItem, lacking: set[str]) -> bool:
    return not item.waits_for and not item.tracked_only and not lacking & set(item.materials)


def _anchor(name: str) -> str:
    if name.startswith("material:"):
        return f"m-{name.removeprefix('material:')}"
    return {"answers": "guidance", "delivery": "f-delivery", "address": "f-address", "form": "main"}.get(
        name, f"f-{name}"
    )


def _sections(
    request: HttpRequest, draft: Draft, plan: Plan, by: Actor, errors: dict[str, str]
) -> list[tuple[str, list[forms.FieldRow]]]:
    """Return the fields that are asked, by section, the one where the cursor goes marked."""
    known = drafts.prefills(plan, applicant_id=draft.applicant_id, by=by)
    drivers = {name for f in plan.fields for name in facts_of(f.when)} | {
        name for m in plan.materials for name in facts_of(m.when)
    }
    flat: list[forms.FieldRow] = []
    found = drafts.sections(draft, plan)
    for _, _, fields in found:
        for planned in fields:
            fault = draft.faults.get(planned.element)
            value = fault[0] if fault else draft.values.get(planned.element, "")
            prefill = known.get(planned.element)
            source = prefill.source.removeprefix("来自") if prefill and prefill.value == value else ""
            error = errors.get(planned.element) or (fault[1] if fault else "")
            flat.append(forms.field_row(planned, value, error=error, source=source, drives=planned.element in drivers))
    flat = forms.focus(flat, after=request.GET.get("at", ""))
    rows = {row.name: row for row in flat}
    return [(name, [rows[f.element] for f in fields]) for _, name, fields in found]


def _send_to(plan: Plan, lacking: set[str]) -> list[SendTo]:
    rows = []
    names = {item.code: item.name for item in plan.items}
    for item in plan.items:
        if item.tracked_only:
            words, lamp = "转交对方办理", "idle"
        elif lacking & set(item.materials):
            words, lamp = "补齐后起算", "off"
        elif item.waits_for:
            words, lamp = f"等“{names[item.waits_for[0]]}”", "idle"
        else:
            words, lamp = ("当日办结" if item.limit_days == 0 else f"{item.limit_days} 个工作日"), "ok"
        rows.append(SendTo(item.name, item.org_name, words, lamp))
    return rows
