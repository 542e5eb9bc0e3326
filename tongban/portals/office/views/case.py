"""The case page, its files and papers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tongban.attachments import queries as attachments
from tongban.cases.queries import applicant, desk, fees, instant, lamps, mailing, serving, timing
from tongban.cases.queries.desk import CaseView, HandedMaterial
from tongban.cases.rules import life
from tongban.cases.rules.life import State
from tongban.cases.services import viewing
from tongban.core import time
from tongban.core.actor import Actor
from tongban.documents import queries as documents
from tongban.hall.queries import transfers
from tongban.licences import queries as licences
from tongban.licences import rules as licence_rules
from tongban.orgs import queries as orgs
from tongban.portals.office import rules
from tongban.portals.office.forms import Entered
from tongban.portals.office.views import shell
from tongban.rules.clock import Lamp
from tongban.rules.errors import DomainError, NotFound
from tongban.themes.rules.materials import WAY_WORDS

TABS = {
    "overview": "概览", "form": "表单", "materials": "材料", "joint": "联办进度", "opinions": "流程与意见", "papers": "文书",
    "timing": "计时", "log": "日志",
}  # fmt: skip
PICTURES = ("image/jpeg", "image/png")
INLINE = (*PICTURES, "application/pdf")
NECESSITY = {"required": "必要", "optional": "选交", "deferrable": "可容缺"}


@require_safe
def page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show a case on the desk."""
    by = shell.staff(request)
    view = desk.case(case_id, by=by)
    viewing.note(case_id, by=by, organisation=view.case.desk)
    return shown(request, view, by=by)


def shown(
    request: HttpRequest, view: CaseView, *, by: Actor, refusal: DomainError | None = None, kept: str = ""
) -> HttpResponse:
    """Render a case page, with a refusal of what was just tried and the words that were typed, if any."""
    tab = request.GET.get("tab", "overview")
    tab = tab if tab in TABS else "overview"
    counts = {"materials": len(view.materials), "joint": len(view.others), "papers": len(view.papers)}
    open_tasks = [task for task in view.tasks if task.done_at is None]
    found = rules.offers(
        is_tracked_only=view.case.is_tracked_only, is_pre_review=view.case.state == State.PRE_REVIEW,
        may_take_in=view.acts.intake, may_ask=view.acts.may_ask, may_decide=view.acts.decide,
        steps=[(task.code, task.name) for task in view.acts.steps],
    )  # fmt: skip
    return shell.show(
        request, "case_page", by=by, menu="home", view=view, case=view.case, tab=tab, tab_name=TABS[tab],
        tab_template=f"office/case_{tab}.html", refusal=refusal, kept=kept, offers=found,
        more=rules.further(standing(view)), may_visit=_may_visit(view, by),
        due_on=view.case.due_on or view.case.accept_by_on, limit_days=view.case.limit_days if view.case.due_on else lamps.INTAKE_DAYS,
        is_running=view.lamp in (Lamp.OK, Lamp.WARN, Lamp.BAD),
        tabs=[(name, label, counts.get(name), name == tab) for name, label in TABS.items()],
        blocked="" if found else rules.blocked(view.case.state, held_by=view.acts.held_by, roles=[task.role for task in open_tasks]),
        stage="、".join(task.name for task in open_tasks) or view.state_words,
        applicant=desk.shown_name(view.case.applicant_name, view.case.joint_case.applicant.kind),
        source=desk.CHANNELS.get(view.case.joint_case.channel, "网上"),
        claimed=_claimed(open_tasks),
        status=refusal.status if refusal else 200, **PARTS[tab](request, view),
    )  # fmt: skip


def standing(view: CaseView) -> rules.Standing:
    """Return what of a case decides which further acts make sense."""
    stops = timing.may_stop(view.case) if "pause" in view.acts.verbs else {}
    granted = [event.verb for event in view.events if event.verb in ("grant", "grant_by_default")]
    return rules.Standing(
        verbs=view.acts.verbs, has_asked=view.case.asked_at is not None, may_stop=bool(stops.keys() - {"correction"}),
        may_ask_late="correction" in stops, open_stops=len(_open_stops(view)), is_extended=bool(view.case.extension_days),
        extension_asked=view.acts.extension is not None, answers=len(view.acts.answers), promises=len(view.acts.promises),
        done_steps=len(view.acts.done_steps), own_tasks=len(_own_tasks(view)), was_default=granted[:1] == ["grant_by_default"],
    )  # fmt: skip


def offered_verbs(view: CaseView) -> set[str]:
    """Return the verbs of the further acts that make sense now."""
    return {rules.LATER[offer.slug].verb for offer in rules.further(standing(view))}


def _open_stops(view: CaseView) -> list[timing.StopLine]:
    return (
        [stop for stop in timing.stops(view.case, timing.clocks(view.case)) if stop.end_on is None]
        if view.case.stops
        else []
    )


def _own_tasks(view: CaseView) -> list[desk.Task]:
    mine = [
        *view.acts.steps,
        *([view.acts.mine] if view.acts.mine else []),
        *([view.acts.claimable] if view.acts.claimable else []),
    ]
    return list({task.pk: task for task in mine if task.organisation == view.case.desk}.values())


@dataclass(frozen=True)
class Field:
    """A further input of an act with what can be chosen and what was."""

    put: rules.Input
    options: list[tuple[str, str, bool]]
    values: tuple[str, ...]
    error: str


def choices(view: CaseView, inputs: tuple[rules.Input, ...], given: Entered) -> list[Field]:
    """Return the further inputs of an act as the page shows them."""
    options = _options(view, {put.name for put in inputs})
    return [
        Field(
            put, [(value, label, value in given.extra.get(put.name, ())) for value, label in options.get(put.name, [])],
            given.extra.get(put.name, ()), given.errors.get(put.name, ""),
        )
        for put in inputs
    ]  # fmt: skip


def _options(view: CaseView, names: set[str]) -> dict[str, list[tuple[str, str]]]:
    known = orgs.organisations(view.case.joint_case.pack) if "organisations" in names else {}
    stops = timing.may_stop(view.case) if "kind" in names else {}
    task = next(iter(_own_tasks(view)), None)
    to = orgs.colleagues(task.organisation, task.role) if task and "to" in names else {}
    return {
        "kind": [(kind, f"{name}（最多 {most} 个工作日）") for kind, (name, most) in stops.items() if kind != "correction"],
        "stop": [(str(stop.seq), f"{stop.name}，{stop.start_on:%m-%d} 起") for stop in _open_stops(view)] if "stop" in names else [],
        "mode": [("cosign", "会签：答复后才能决定"), ("consult", "征求意见：不影响决定")],
        "organisations": [(code, org.name) for code, org in known.items() if not org.external and code != view.case.desk],
        "agrees": [("yes", "同意"), ("no", "不同意")],
        "task": [(str(task.pk), f"{task.name}：{task.asks}" if task.asks else task.name) for task in view.acts.answers or _own_tasks(view)],
        "to": [(str(account), name) for account, name in to.items() if task is None or account != task.claimed_by_id],
        "step": [(task.code, task.name) for task in view.acts.done_steps],
        "material": [(task.code, f"{task.name}：{task.asks}") for task in view.acts.promises],
    }  # fmt: skip


def _may_visit(view: CaseView, by: Actor) -> bool:
    """Return whether a visit can be arranged for the case: it is worked on, and a step leads to the place."""
    on_site = any(step.on_site for step in view.planned.steps)
    return on_site and view.case.state in life.WORKING and by.has_role(view.case.desk, "reviewer", "head")


def _claimed(tasks: list[desk.Task]) -> str:
    """Return who works on the open tasks, in words."""
    names = dict.fromkeys(task.claimed_by.name for task in tasks if task.claimed_by)
    return "、".join(names) or ("待认领" if tasks else "")


@dataclass(frozen=True)
class MaterialRow:
    """A material as the tab shows it."""

    handed: HandedMaterial
    lamp: str
    words: str
    way: str
    need: str
    files: tuple[attachments.File, ...]
    licence_words: str
    licence_is_good: bool


def _materials(view: CaseView) -> list[MaterialRow]:
    files = attachments.files([file for m in view.materials if m.row for file in m.row.files])
    return [_material(m, files, time.today()) for m in view.materials]


def _material(m: HandedMaterial, files: dict[str, attachments.File], today: date) -> MaterialRow:
    way = m.row.way if m.row else ""
    verdict = (
        licence_rules.verdict(licence_rules.State(m.licence.state), m.licence.valid_until, on=today)
        if m.licence
        else None
    )
    if m.row is None or way == "none":
        lamp, words = "off", "没有交"
    elif way == "defer" or (way == "member" and m.licence is None):
        lamp, words = "warn", "待补交" if way == "defer" else "等前一项"
    else:
        is_good = verdict in (None, licence_rules.Verdict.VALID)
        lamp, words = ("ok", "已交") if is_good else ("bad", "证照失效")
    return MaterialRow(
        handed=m, lamp=lamp, words=words, way=WAY_WORDS.get(way, "没有交"), need=NECESSITY.get(m.planned.necessity, ""),
        files=tuple(files[file] for file in m.row.files if file in files) if m.row else (),
        licence_words=licence_rules.VERDICT_WORDS[verdict] if verdict else "",
        licence_is_good=verdict in (None, licence_rules.Verdict.VALID),
    )  # fmt: skip


def _handovers(view: CaseView) -> dict[str, Any]:
    """Return the clock of the window of another region that received the case, where one did."""
    return {"handovers": transfers.handovers([view.case.joint_case_id], organisation=view.case.desk)}


def _overview(request: HttpRequest, view: CaseView) -> dict[str, Any]:
    return {
        "timing": timing.timing(view.case), "materials": _materials(view), "costs": fees.orders([view.case.pk]),
        "shipments": mailing.shipments([view.case.pk]), "has_result": mailing.has_result(view.case),
        **_handovers(view),
    }  # fmt: skip


def _form(request: HttpRequest, view: CaseView) -> dict[str, Any]:
    sections: dict[str, list[tuple[str, str, bool]]] = {}
    asked = {row["code"] for row in view.case.asked if row["kind"] == "field"}
    for field, value in view.fields:
        sections.setdefault(field.section_name, []).append((field.name, field.words(value), field.element in asked))
    return {"sections": sections.items()}


def _material_tab(request: HttpRequest, view: CaseView) -> dict[str, Any]:
    rows = _materials(view)
    pictures = [(row, file) for row in rows for file in row.files if file.media_type in PICTURES]
    wanted = request.GET.get("file", "")
    opened = next(((row, file) for row, file in pictures if str(file.pk) == wanted), pictures[0] if pictures else None)
    ready = sum(1 for row in rows if row.lamp == "ok")
    return {"materials": rows, "opened": opened, "ready": ready, "pictures": PICTURES}


def _timing(request: HttpRequest, view: CaseView) -> dict[str, Any]:
    return {"timing": timing.timing(view.case), "findings": desk.findings(view.case), **_handovers(view)}


@dataclass(frozen=True)
class LogRow:
    """A line of the log."""

    at: datetime
    by_name: str
    channel: str
    words: str
    detail: str


def _joint(request: HttpRequest, view: CaseView) -> dict[str, Any]:
    return {"permit": licences.permit(view.case.joint_case_id)}


def _opinions(request: HttpRequest, view: CaseView) -> dict[str, Any]:
    return {"certificate": instant.certificate(view.case.pk)}


def _log(request: HttpRequest, view: CaseView) -> dict[str, Any]:
    return {
        "log": [
            LogRow(
                event.at,
                event.by_name,
                desk.CHANNELS.get(event.channel, event.channel),
                _verb(event.verb),
                _detail(event.facts),
            )
            for event in view.events
        ]
    }


def _verb(verb: str) -> str:
    return "提交申请，等前一项" if verb == "submit_waiting" else life.VERB_WORDS.get(verb, verb)


def _detail(facts: dict[str, Any]) -> str:
    """Return the facts of an event that an officer wants to read."""
    named = [f"{row['name']}：{row['remark']}" for row in facts.get("items", [])]
    parts = [
        facts.get("task") or facts.get("name") or "",
        facts.get("opinion") or facts.get("reason") or "",
        "；".join(named),
    ]
    if facts.get("due_on") not in (None, "None"):
        parts.append(f"到期 {facts['due_on']}")
    return "　".join(str(part) for part in parts if part)


def _papers(request: HttpRequest, view: CaseView) -> dict[str, Any]:
    served = serving.of_case(view.case)
    return {
        "served": {row.paper.pk: row for row in served}, "unserved": sum(row.is_missing for row in served),
        "may_serve": any(row.service is None for row in served),
    }  # fmt: skip


PARTS: dict[str, Callable[[HttpRequest, CaseView], dict[str, Any]]] = {
    "overview": _overview, "form": _form, "materials": _material_tab, "joint": _joint, "opinions": _opinions, "papers": _papers,
    "timing": _timing, "log": _log,
}  # fmt: skip


@require_safe
def file(request: HttpRequest, case_id: UUID, file_id: UUID) -> HttpResponse:
    """Send a file of a material that the desk's own item uses; pictures and PDF open, others are saved."""
    by = shell.staff(request)
    view = desk.case(case_id, by=by)
    if not applicant.may_open(file_id, joint_id=view.case.joint_case_id, by=by):
        raise NotFound("case.no_file", "没有找到这份文件，或者它不归你看", remedy="回到办件的材料页打开")
    viewing.note(file_id, by=by, organisation=view.case.desk, what="file")
    row, content = attachments.content(file_id)
    response = HttpResponse(
        content, content_type=row.media_type if row.media_type in INLINE else "application/octet-stream"
    )
    response["Content-Disposition"] = content_disposition_header(row.media_type not in INLINE, row.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    if (
        row.media_type != "application/pdf"
    ):  # The browser's PDF viewer does not start in a sandbox; active PDF was refused.
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
def paper(request: HttpRequest, case_id: UUID, paper_id: UUID) -> HttpResponse:
    """Send a paper of the case as PDF."""
    by = shell.staff(request)
    desk.case(case_id, by=by)
    row = applicant.paper(paper_id, by=by)
    copy = rules.copy_number(request.GET.get("copy", ""), most=row.reprints)
    content = documents.pdf(row, site=request.build_absolute_uri("/").rstrip("/"), copy=copy)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{row.title}-{row.number}.pdf") or "inline"
    return response
