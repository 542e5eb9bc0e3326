"""A joint case at the window: find it, accept it, ask or refuse, take corrections and what was to follow."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.cases.queries import applicant
from tongban.cases.rules import asking
from tongban.cases.rules import plan as plans
from tongban.cases.services import viewing
from tongban.cases.services.intake import HandedIn
from tongban.core import time
from tongban.hall.queries import desk as hall
from tongban.hall.queries import pickups, transfers
from tongban.hall.queries.desk import AtDesk, Member
from tongban.hall.services import reception as services
from tongban.orgs import queries as orgs
from tongban.orgs.rules import read
from tongban.portals.counter import forms
from tongban.portals.counter.views import shell
from tongban.portals.counter.views.shell import Clerk
from tongban.rules import masking
from tongban.rules.errors import Conflict, DomainError, Invalid, NotFound
from tongban.themes.rules import form
from tongban.themes.rules.materials import WAY_WORDS


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Find joint cases by number, identity number or credit code, as typed or scanned."""
    who = shell.clerk(request)
    text = masking.normal(request.GET.get("q", ""))[:400]
    reading = read(text)
    wanted = reading.code if reading.kind else masking.compact(text)
    rows = hall.find(wanted, by=who.by) if wanted else []
    if len(rows) == 1:
        return HttpResponseRedirect(reverse("counter:joint", args=[rows[0].pk]))
    return shell.show(request, "find", who=who, menu="find", text=text, rows=rows)


@require_safe
def page(request: HttpRequest, joint_id: UUID) -> HttpResponse:
    """Show a joint case with what the clerk may do with each member."""
    who = shell.clerk(request)
    found = hall.joint(joint_id, by=who.by)
    viewing.note(joint_id, by=who.by, organisation=who.window.organisation.code, what="joint_case")
    return _shown(request, who, found)


def _shown(request: HttpRequest, who: Clerk, found: AtDesk, *, refusal: DomainError | None = None) -> HttpResponse:
    here = orgs.here(by=who.by)
    handed = applicant.materials(found.joint)
    open_types = {t for member in found.members if member.case.closed_at is None for t in _types(found, member)}
    return shell.show(
        request, "joint", who=who, menu="find", found=found, joint=found.joint, refusal=refusal,
        here=here if hall.serves(here, found.joint) else None, handovers=transfers.handovers([found.joint.pk]),
        results=pickups.results(found.joint.pk) if pickups.hands_out(who.window) else [],
        deferred=[m for m in handed if m.way == "defer" and m.type_code in open_types],
        papers=applicant.papers(found.joint), status=refusal.status if refusal else 200,
    )  # fmt: skip


def _types(found: AtDesk, member: Member) -> tuple[str, ...]:
    return plans.read(found.joint.plan).item_of(member.case.item_code).materials


@require_POST
def accept(request: HttpRequest, joint_id: UUID) -> HttpResponse:
    """Accept all members that can start; what another did meanwhile is said with name and time."""
    who = shell.clerk(request)
    found = hall.joint(joint_id, by=who.by)
    seen = {m.case.pk: int(request.POST.get(f"seen-{m.case.pk}", "")) for m in found.members
            if request.POST.get(f"seen-{m.case.pk}", "").isdigit()}  # fmt: skip
    try:
        outcome = services.accept_startable(joint_id, by=who.by, seen=seen)
    except Conflict as refusal:
        return _shown(request, who, hall.joint(joint_id, by=who.by), refusal=refusal)
    said = [f"已受理 {len(outcome.accepted)} 项"] if outcome.accepted else []
    said += [f"“{a.case.name}”缺{'、'.join(a.lacks)}，已一次性告知" for a in outcome.asked]
    shell.tell(request, "；".join(said or ["没有可以受理的"]) + "。")
    return HttpResponseRedirect(reverse("counter:slip", args=[joint_id]) + "?print=slip")


def _member(found: AtDesk, case_id: UUID) -> Member:
    row = next((member for member in found.members if member.case.pk == case_id), None)
    if row is None:
        raise NotFound("case.none", "没有找到这一项，或者它不归你的窗口", remedy="回到办件重新选择")
    return row


def _seen(request: HttpRequest) -> int:
    seen = request.POST.get("seen", "")
    if not seen.isdigit() or len(seen) > 9:
        raise Invalid("counter.seen", "这一页不完整，刚才的操作没有执行", remedy="回到办件，重新打开这一步")
    return int(seen)


@dataclass(frozen=True)
class AskRow:
    """A field or material that can be ticked for the notice."""

    key: str
    name: str
    is_material: bool
    ticked: bool
    remark: str
    error: str


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, joint_id: UUID, case_id: UUID) -> HttpResponse:
    """Give the one complete notice of what is missing."""
    who = shell.clerk(request)
    found = hall.joint(joint_id, by=who.by)
    member = _member(found, case_id)
    names = asking.askable(plans.read(found.joint.plan), member.case.item_code)
    errors: dict[str, str] = {}
    rows = [
        {"kind": kind, "code": code, "remark": masking.normal(request.POST.get(f"remark:{kind}:{code}", ""))}
        for kind, code in names
    ]
    if request.method == "POST":
        asked = [r for r in rows if r["remark"]]
        try:
            services.ask_for_more(case_id, asked, by=who.by, seen=_seen(request))
            shell.tell(request, f"已一次性告知：{member.case.name}，{len(asked)} 处。")
            return HttpResponseRedirect(reverse("counter:joint", args=[joint_id]))
        except Invalid as refusal:
            errors = refusal.fields or {"form": refusal.message}
        except Conflict as refusal:
            return _shown(request, who, hall.joint(joint_id, by=who.by), refusal=refusal)
    lacks = set(member.lacks)
    shown = [
        AskRow(f"{r['kind']}:{r['code']}", names[r["kind"], r["code"]], r["kind"] == "material", bool(r["remark"]),
               r["remark"] or (services.LACKS if names[r["kind"], r["code"]] in lacks and request.method == "GET" else ""),
               errors.get(f"{r['kind']}:{r['code']}", ""))
        for r in rows
    ]  # fmt: skip
    return shell.show(
        request, "ask", who=who, menu="find", found=found, joint=found.joint, member=member, rows=shown,
        seen=request.POST.get("seen") or member.case.event_count, anchors=[("ask", words) for words in errors.values()],
        status=422 if errors else 200,
    )  # fmt: skip


REASONS = (
    "申请事项依法不需要取得行政许可",
    "申请事项依法不属于本机关职权范围，应当向有关行政机关申请",
    "补正后材料仍不符合法定形式",
)


@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, joint_id: UUID, case_id: UUID) -> HttpResponse:
    """Refuse to accept, with the reason in writing."""
    who = shell.clerk(request)
    found = hall.joint(joint_id, by=who.by)
    member = _member(found, case_id)
    text, errors = masking.normal(request.POST.get("text", "")), {}
    phrase = request.POST.get("phrase", "")
    if request.method == "POST":
        reason = "；".join(part for part in (phrase if phrase in REASONS else "", text) if part)
        try:
            services.refuse(case_id, reason=reason, by=who.by, seen=_seen(request))
            shell.tell(request, f"已不予受理：{member.case.name}。")
            return HttpResponseRedirect(reverse("counter:joint", args=[joint_id]))
        except Invalid as refusal:
            errors = refusal.fields or {"reason": refusal.message}
        except Conflict as refusal:
            return _shown(request, who, hall.joint(joint_id, by=who.by), refusal=refusal)
    return shell.show(
        request, "refuse", who=who, menu="find", found=found, joint=found.joint, member=member, text=text,
        phrases=[(each, each == phrase) for each in REASONS], seen=request.POST.get("seen") or member.case.event_count,
        anchors=[("text", words) for words in errors.values()], status=422 if errors else 200,
    )  # fmt: skip


@dataclass(frozen=True)
class FixRow:
    """One thing that was asked for, as the window takes it in."""

    name: str
    remark: str
    field: forms.FieldRow | None
    code: str
    error: str


@require_http_methods(["GET", "POST"])
def fix(request: HttpRequest, joint_id: UUID, case_id: UUID) -> HttpResponse:
    """Take in at the window what the one notice asked for (窗口补正); who brings it must be checked first."""
    who = shell.clerk(request)
    found = hall.joint(joint_id, by=who.by)
    member = _member(found, case_id)
    here = orgs.here(by=who.by)
    if not member.is_returned or here is None or not hall.serves(here, found.joint):
        shell.tell(request, "先核验来补正的人的身份，再收补正。" if member.is_returned else "这一项现在没有要补正的。")
        return HttpResponseRedirect(reverse("counter:joint", args=[joint_id]))
    plan = plans.read(found.joint.plan)
    fields = {f.element: f for f in plan.fields}
    wanted = [fields[row["code"]] for row in member.case.asked if row["kind"] == "field"]
    typed = {f.element: found.joint.values.get(f.element, "") for f in wanted}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {f.element: "|".join(request.POST.getlist(f.element)) for f in wanted}
        try:
            _resubmit(request, member, wanted, typed, presence_id=here.pk, who=who)
            shell.tell(request, f"补正已收：{member.case.name}，回到待受理。")
            return HttpResponseRedirect(reverse("counter:joint", args=[joint_id]))
        except Invalid as refusal:
            errors = refusal.fields or {"form": refusal.message}
        except Conflict as refusal:
            return _shown(request, who, hall.joint(joint_id, by=who.by), refusal=refusal)
    rows = [
        FixRow(
            row["name"], row["remark"],
            forms.field_row(fields[row["code"]], typed[row["code"]], error=errors.get(f"field:{row['code']}", ""), source="",
                            drives=False) if row["kind"] == "field" else None,
            row["code"], errors.get(f"material:{row['code']}", ""),
        )
        for row in member.case.asked
    ]  # fmt: skip
    return shell.show(
        request, "fix", who=who, menu="find", found=found, joint=found.joint, member=member, rows=rows,
        seen=request.POST.get("seen") or member.case.event_count, anchors=[("fix", words) for words in errors.values()],
        here=here, status=422 if errors else 200,
    )  # fmt: skip


def _resubmit(
    request: HttpRequest,
    member: Member,
    wanted: list[plans.PlannedField],
    typed: dict[str, str],
    *,
    presence_id: UUID,
    who: Clerk,
) -> None:
    values, found = {}, {}
    for planned in wanted:
        value, problem = form.clean(
            planned, typed[planned.element], on=time.today(), demonstration=settings.DEMONSTRATION
        )
        values[planned.element] = value
        if problem:
            found[f"field:{planned.element}"] = problem
    codes = [row["code"] for row in member.case.asked if row["kind"] == "material"]
    handed = [HandedIn(type=code, way="counter") for code in codes if request.POST.get(f"got-{code}")]
    found |= {f"material:{code}": "还没有收到这份材料" for code in codes if not request.POST.get(f"got-{code}")}
    if found:
        raise Invalid("case.fix", f"有 {len(found)} 处要改", fields=found)
    services.resubmit(
        member.case.pk, values=values, materials=handed, presence_id=presence_id, by=who.by, seen=_seen(request)
    )


@require_POST
def supply(request: HttpRequest, joint_id: UUID) -> HttpResponse:
    """Take in at the window a material that was to follow (容缺补交)."""
    who = shell.clerk(request)
    found = hall.joint(joint_id, by=who.by)
    here = orgs.here(by=who.by)
    code = request.POST.get("type", "")
    users = [m for m in found.members if m.case.closed_at is None and code in _types(found, m)]
    if here is None or not hall.serves(here, found.joint):
        shell.tell(request, "先核验来补交的人的身份，再收材料。")
    elif not users:
        shell.tell(request, "用这份材料的事项都已办完，不用补交了。")
    else:
        services.supply(users[0].case.pk, [HandedIn(type=code, way="counter")], presence_id=here.pk, by=who.by)
        shell.tell(request, f"已收补交的材料（{WAY_WORDS['counter']}）。")
    return HttpResponseRedirect(reverse("counter:joint", args=[joint_id]))
