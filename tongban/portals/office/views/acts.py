"""The acts on a case: each has a page that names object and consequence, shows the paper, and acts once."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.cases.queries import desk, papers
from tongban.cases.queries.desk import Case, CaseView
from tongban.cases.rules import life
from tongban.cases.rules.life import State
from tongban.cases.rules.reasons import checked_reason
from tongban.cases.services import (
    acceptance,
    consulting,
    correction,
    decision,
    ending,
    promises,
    replying,
    review,
    special,
)
from tongban.core import http
from tongban.core.actor import Actor
from tongban.documents import queries as documents
from tongban.documents.rules import TITLES
from tongban.portals.office import forms, rules
from tongban.portals.office.forms import Entered
from tongban.portals.office.rules import Act
from tongban.portals.office.views import case as cases
from tongban.portals.office.views import shell
from tongban.portals.office.views.desk import next_address
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

Runner = Callable[[UUID, Entered, Actor], Case]
RUN: dict[str, Runner] = {
    "pass_pre_review": lambda case_id, given, by: acceptance.pass_pre_review(case_id, by=by, seen=given.seen),
    "accept": lambda case_id, given, by: acceptance.accept(case_id, by=by, seen=given.seen),
    "ask_for_more": lambda case_id, given, by: acceptance.ask_for_more(case_id, given.items, by=by, seen=given.seen),
    "ask_again": lambda case_id, given, by: acceptance.ask_again(
        case_id, given.items, reason=given.one("reason"), by=by, seen=given.seen
    ),
    "refuse_acceptance": lambda case_id, given, by: acceptance.refuse_acceptance(
        case_id, reason=given.words, go_to=given.one("go_to"), by=by, seen=given.seen
    ),
    "pass_step": lambda case_id, given, by: review.pass_step(
        case_id, given.step, by=by, opinion=given.words, seen=given.seen
    ),
    "grant": lambda case_id, given, by: decision.grant(case_id, by=by, opinion=given.words, seen=given.seen),
    "refuse": lambda case_id, given, by: decision.refuse(case_id, reason=given.words, by=by, seen=given.seen),
    "pause": lambda case_id, given, by: special.pause(
        case_id, given.one("kind") or "correction", days=given.number("days"), reason=given.one("reason") or given.words,
        items=given.items, by=by, seen=given.seen,
    ),
    "resume": lambda case_id, given, by: special.resume(
        case_id, given.number("stop"), evidence=given.words, by=by, seen=given.seen
    ),
    "request_extension": lambda case_id, given, by: special.request_extension(
        case_id, days=given.number("days"), reason=given.words, by=by, seen=given.seen
    ),
    "extend": lambda case_id, given, by: special.extend(
        case_id, days=given.number("days"), reason=given.words, by=by, seen=given.seen
    ),
    "decline_extension": lambda case_id, given, by: special.decline_extension(
        case_id, reason=given.words, by=by, seen=given.seen
    ),
    "consult": lambda case_id, given, by: consulting.consult(
        case_id, given.extra.get("organisations", ()), mode=given.one("mode"), question=given.words, days=given.number("days"),
        by=by, seen=given.seen,
    ),
    "answer_consult": lambda case_id, given, by: consulting.answer(
        forms.one_id(given.one("task"), "task"), agrees=given.one("agrees") == "yes", opinion=given.words, by=by
    ),
    "step_back": lambda case_id, given, by: review.step_back(
        case_id, given.one("step"), reason=given.words, by=by, seen=given.seen
    ),
    "reassign": lambda case_id, given, by: review.reassign(
        forms.one_id(given.one("task"), "task"), to=forms.one_id(given.one("to"), "to"), reason=given.words, by=by
    ).case,
    "reply": lambda case_id, given, by: replying.reply(case_id, text=given.words, by=by, seen=given.seen),
    "terminate": lambda case_id, given, by: ending.terminate(case_id, reason=given.words, by=by, seen=given.seen),
    "confirm_promise": lambda case_id, given, by: promises.confirm(
        case_id, given.one("material"), opinion=given.words, by=by, seen=given.seen
    ),
    "deny_promise": lambda case_id, given, by: promises.deny(
        case_id, given.one("material"), reason=given.words, by=by, seen=given.seen
    ),
    "correct_decision": lambda case_id, given, by: correction.correct_decision(
        case_id, was=given.one("was"), now=given.one("now"), reason=given.words, by=by, seen=given.seen
    ),
    "reopen": lambda case_id, given, by: correction.reopen(
        case_id, order=given.one("order"), reason=given.words, by=by, seen=given.seen
    ),
    "undo_default": lambda case_id, given, by: correction.undo_default(case_id, reason=given.words, by=by, seen=given.seen),
    "revoke": lambda case_id, given, by: correction.revoke(case_id, reason=given.words, by=by, seen=given.seen),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, case_id: UUID, slug: str) -> HttpResponse:
    """Show the page of an act, or do it. What needs words first is shown once more with its paper before it is done."""
    by = shell.staff(request)
    view = desk.case(case_id, by=by)
    act = rules.act_of(slug, is_tracked_only=view.case.is_tracked_only)
    if act is None:
        raise NotFound("office.no_act", "没有这一步", remedy="回到办件，从下方的按钮选择")
    if request.method == "POST":
        return _post(request, view, slug, act, by)
    try:
        _check_offered(view, act, by)
    except Conflict as refusal:
        return cases.shown(request, view, by=by, refusal=refusal)
    first = view.acts.steps[0].code if act.verb == "pass_step" else ""
    given = Entered(
        view.case.event_count,
        step=request.GET.get("step", first),
        rows=forms.ask_rows(view) if act.asks == "items" else (),
    )
    return _shown(request, view, slug, act, by, given, is_last=act.asks in ("", "opinion"))


def _check_offered(view: CaseView, act: Act, by: Actor) -> None:
    """Raise what the service would say, before an officer fills in a form for nothing."""
    if act.verb not in ("reassign", "reply"):  # They move nothing.
        life.after(act.verb, State(view.case.state))
    if act.verb == "ask_for_more" and not view.acts.may_ask:
        raise Conflict(
            "case.asked_before",
            "已经告知过一次补正，不能再要求补正",
            remedy="材料齐了就受理；仍不符合的，不予受理并说明理由",
        )
    able = {"pass_step": bool(view.acts.steps), "grant": view.acts.decide, "refuse": view.acts.decide}
    if act in rules.LATER.values():
        if act.verb in cases.offered_verbs(view):
            return
    elif able.get(act.verb, view.acts.intake):
        return
    words = rules.blocked(
        view.case.state, held_by=view.acts.held_by, roles=[t.role for t in view.tasks if t.done_at is None]
    )
    if view.acts.held_by:
        raise Conflict("case.task_claimed", words, remedy="请对方办理或退回，负责人可以收回")
    raise NotAllowed("case.role", f"{words}，你没有这个权限", remedy="请有权限的同事办理")


def _post(request: HttpRequest, view: CaseView, slug: str, act: Act, by: Actor) -> HttpResponse:
    given = forms.entered(request.POST, view, phrases=act.phrases, inputs=[put.name for put in act.inputs])
    if "edit" in request.POST:
        return _shown(request, view, slug, act, by, given, is_last=act.asks == "opinion")
    try:
        if act.asks == "opinion":
            forms.check_opinion(given, is_optional=act.is_optional)
        forms.check_inputs(given, act.inputs)
        if act.asks in ("reason", "items") and act.has_last_look and "confirmed" not in request.POST:
            return _confirm(request, view, slug, act, by, given)
        done = RUN[act.verb](view.case.pk, given, by)
    except Invalid as refusal:
        return _shown(
            request, view, slug, act, by, given.refused(refusal), is_last=act.asks == "opinion", status=refusal.status
        )
    except Conflict as refusal:
        http.note_refusal(request, refusal)
        return cases.shown(request, desk.case(view.case.pk, by=by), by=by, refusal=refusal, kept=_typed(given))
    return _go_on(request, done, act, by)


def _confirm(request: HttpRequest, view: CaseView, slug: str, act: Act, by: Actor, given: Entered) -> HttpResponse:
    if act.asks == "reason":
        checked_reason(given.words)
    return _shown(request, view, slug, act, by, given, is_last=True)


def _typed(given: Entered) -> str:
    """Return what the officer typed, so that a refused act loses nothing."""
    return given.words or "；".join(f"{row.name}：{row.remark}" for row in given.rows if row.ticked)


def _shown(
    request: HttpRequest,
    view: CaseView,
    slug: str,
    act: Act,
    by: Actor,
    given: Entered,
    *,
    is_last: bool,
    status: int = 200,
) -> HttpResponse:
    """Render the page of an act: to be filled in, or with the paper for the last look."""
    asks_now = act.asks if not (is_last and act.asks in ("reason", "items")) else ""
    preview = None
    if is_last and not given.errors:
        preview = papers.preview(
            view.case.pk, act.verb, by=by, reason=given.one("reason") or given.words, items=given.items,
            extra={"kind": "correction", **{name: values[0] for name, values in given.extra.items() if values}},
        )  # fmt: skip
    step = next((task.name for task in view.acts.steps if task.code == given.step), "")
    return shell.show(
        request, "case_act", by=by, menu="home", now_label=_words_label(act), inputs=cases.choices(view, act.inputs, given), view=view,
        case=view.case, act=act, slug=slug, given=given, asks_now=asks_now,
        is_last=is_last, preview=preview, pages=_pages(view, preview), title=f"通过“{step}”" if step else act.title, errors=_anchors(given),
        phrases=[(phrase, phrase == given.phrase) for phrase in act.phrases],
        applicant=desk.shown_name(view.case.applicant_name, view.case.joint_case.applicant.kind), status=status,
        licence_words=view.planned.result_name if act.verb == "grant" and view.planned.licence_type else "",
        ticked=[row for row in given.rows if row.ticked],
        opinions=[task for task in view.tasks if task.done_at and task.opinion],
    )  # fmt: skip


def _pages(view: CaseView, preview: papers.Preview | None) -> list[str]:
    """Return the paper as it will be drawn: the same template, the same words."""
    if preview is None:
        return []
    kind = next(kind for kind, title in TITLES.items() if title == preview.title)
    return documents.preview(kind, preview.body, org=view.case.organisation)


def _words_label(act: Act) -> str:
    return act.words_label or ("理由" if act.asks == "reason" else "意见")


def _anchors(given: Entered) -> list[tuple[str, str]]:
    rows = [(f"remark-{n}", row.error) for n, row in enumerate(given.rows, 1) if row.error]
    names = {"text": "text", "form": "ask", **{put: f"in-{put}" for put in given.extra}}
    return rows or [(names.get(name, "main"), words) for name, words in given.errors.items()]


def _go_on(request: HttpRequest, done: Case, act: Act, by: Actor) -> HttpResponse:
    """Stay on the case while more of it waits for the actor, else open the next one; say what was done either way."""
    due = f"，{done.due_on:%m-%d} 前办结" if act.verb == "accept" and done.due_on else ""
    shell.tell(request, f"{act.done}：{done.name}（…{done.number[-12:]}）{due}。")
    if desk.waits_for(done.pk, by=by):
        return HttpResponseRedirect(reverse("office:case", args=[done.pk]))
    return HttpResponseRedirect(next_address(request, desk.next_task(by=by, after=done.pk)))
