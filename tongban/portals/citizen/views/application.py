"""Applying: the task list and its pages. Every page is a form that works without script; every step is saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.calendars import queries as calendars
from tongban.cases.queries import applicant as cases
from tongban.cases.rules.plan import Plan
from tongban.catalogue import queries as catalogue
from tongban.core import http, time
from tongban.identity import queries as identity
from tongban.identity import services as limits
from tongban.portals.citizen import forms
from tongban.portals.citizen.views import guidance
from tongban.portals.citizen.views.shell import error_summary, page, problems
from tongban.rules import clock
from tongban.rules.errors import Invalid, NotFound
from tongban.themes.queries import composing, drafts
from tongban.themes.rules import guidance as guiding
from tongban.themes.rules.materials import WAY_WORDS, summary
from tongban.themes.services import drafting, submission


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Say for whom it is done and start a draft."""
    by = http.signed_in(request)
    given = request.POST if request.method == "POST" else request.GET
    theme_code, item_code = given.get("theme", ""), given.get("item", "")
    theme = composing.theme(settings.PLACE, theme_code) if theme_code else None
    answers = guidance.answers_of(request, theme) if theme else {}
    title = theme.name if theme else catalogue.item(settings.PLACE, item_code).spec.name
    parties = _parties(request)
    if not parties:
        raise NotFound("themes.no_person", "这个账号不能申办", remedy="请用个人账号登录后申办")
    if request.method == "POST" and given.get("party"):
        draft = drafting.start(settings.PLACE, by=by, theme=theme_code, item=item_code, answers=answers,
                               party_id=_uuid(given.get("party", "")))  # fmt: skip
        return HttpResponseRedirect(f"/apply/{draft.pk}/")
    errors = [("p-1", "请选择替谁办")] if request.method == "POST" else []
    hidden = [("theme", theme_code), ("item", item_code), *((guidance.PREFIX + k, v) for k, v in answers.items())]
    return page(
        request,
        "apply_start",
        title=title,
        parties=parties,
        hidden=hidden,
        errors=errors,
        status=422 if errors else 200,
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as problem:
        raise NotFound("page.not_found", "没有找到这一项", remedy="返回上一页重新选择") from problem


@dataclass(frozen=True)
class PartyRow:
    """A party for whom the person may act."""

    id: UUID
    name: str
    words: str


def _parties(request: HttpRequest) -> list[PartyRow]:
    by = http.actor(request)
    person = identity.person_of(by)
    rows = [PartyRow(person.pk, person.name, "为自己办")] if person else []
    rows += [PartyRow(firm.pk, firm.name, "你是法定代表人") for firm in identity.firms(by=by)]
    rows += [
        PartyRow(m.principal_id, m.principal.name, f"授权到 {m.expires_on:%Y-%m-%d}")
        for m in identity.mandates_held(by=by)
    ]
    return rows


@require_POST
def answers(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Take changed guidance answers into the draft."""
    by = http.signed_in(request)
    draft = drafts.draft(draft_id, by=by)
    theme = composing.theme(draft.pack, draft.theme_code)
    drafting.answer(draft_id, guidance.answers_of(request, theme), by=by)
    return HttpResponseRedirect(f"/apply/{draft_id}/")


@dataclass(frozen=True)
class TaskRow:
    """A row of the task list."""

    name: str
    link: str
    state: str
    words: str
    hint: str = ""


WORDS = {"done": "已完成", "faulty": "需修改", "started": "进行中", "new": "未开始", "blocked": "暂不能开始"}


@require_safe
def task_list(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The task list of an application (申报)."""
    by = http.signed_in(request)
    draft = drafts.draft(draft_id, by=by)
    if draft.joint_case_id:
        return HttpResponseRedirect(f"/apply/{draft_id}/done")
    plan = drafts.plan_of(draft)
    sections = _section_rows(draft, plan)
    standing = drafts.standings(draft, plan)
    total, free, open_count = summary(standing)
    materials_state = "done" if not open_count else "started" if draft.materials else "new"
    rest = [
        TaskRow("材料", f"/apply/{draft_id}/materials", materials_state, WORDS[materials_state],
                f"共 {total} 份，{free} 份由我们取得，" + (f"还差 {open_count} 份" if open_count else "都齐了")),
        TaskRow("电子的、到大厅领还是邮寄", f"/apply/{draft_id}/delivery", *_state("delivery" in draft.done),
                drafting.DELIVERIES.get(draft.delivery.get("way", ""), "")),
    ]  # fmt: skip
    ready = all(row.state == "done" for row in [*sections, *rest]) and drafts.is_guided(draft) and bool(plan.items)
    check = TaskRow("核对并提交", f"/apply/{draft_id}/check" if ready else "", *("new", "可以提交") if ready else ("blocked", WORDS["blocked"]),
                    "" if ready else "前面都完成后就能提交")  # fmt: skip
    done = sum(1 for row in [*sections, *rest] if row.state == "done")
    following = next((row for row in [*sections, *rest] if row.state != "done"), check)
    return page(
        request, "apply_tasks", nav="me", draft=draft, plan=plan, sections=sections, materials=rest[0], delivery=rest[1],
        check=check, done=done, total=len(sections) + 2, following=following, expires=draft.updated_at + drafting.KEPT,
        guided=drafts.is_guided(draft), guide=guidance.address(draft.theme_code, draft.answers, draft=str(draft.pk)) if draft.theme_code else "",
        answer_words=_answer_words(draft), mandate=_mandate_words(request, draft),
        asked=sum(len(fields) for _, _, fields in drafts.sections(draft, plan)),
        filled=sum(1 for _, _, fields in drafts.sections(draft, plan) for f in fields if draft.values.get(f.element)),
    )  # fmt: skip


def _state(is_done: bool) -> tuple[str, str]:
    return ("done", WORDS["done"]) if is_done else ("new", WORDS["new"])


def _section_rows(draft: drafts.Draft, plan: Plan) -> list[TaskRow]:
    found = drafts.problems(draft, plan)
    rows = []
    for code, name, fields in drafts.sections(draft, plan):
        wrong = [f for f in fields if f.element in draft.faults]
        missing = [f for f in fields if f.element in found and f not in wrong]
        filled = sum(1 for f in fields if draft.values.get(f.element))
        if wrong:
            state, hint = "faulty", draft.faults[wrong[0].element][1]
        elif not missing and f"section:{code}" in draft.done:
            state, hint = "done", ""
        elif filled:
            state, hint = "started", f"{len(fields)} 个空，已有 {filled} 个" + ("，请看一遍" if not missing else "")
        else:
            state, hint = "new", f"{len(fields)} 个空"
        rows.append(TaskRow(name, f"/apply/{draft.pk}/form/{code}", state, WORDS[state], hint))
    return rows


def _answer_words(draft: drafts.Draft) -> str:
    if not draft.theme_code:
        return ""
    theme = composing.theme(draft.pack, draft.theme_code)
    labels = []
    for question in theme.questions:
        value = draft.answers.get(question.code)
        labels += [c.label for c in question.choices if c.value == value] + ["不确定"] * (value == guiding.UNSURE)
    return "，".join(labels)


def _mandate_words(request: HttpRequest, draft: drafts.Draft) -> str:
    if draft.mandate_id is None:
        return ""
    held = [m for m in identity.mandates_held(by=http.actor(request)) if m.pk == draft.mandate_id]
    return f"授权到 {held[0].expires_on:%Y年%-m月%-d日}" if held else ""


@require_http_methods(["GET", "POST"])
def delivery(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """How results are delivered."""
    by = http.signed_in(request)
    draft = drafts.draft(draft_id, by=by)
    way, where = (
        draft.delivery.get("way", "electronic"),
        draft.delivery.get("address", draft.values.get("contact-address", "")),
    )
    found: dict[str, str] = {}
    if request.method == "POST":
        way, where = request.POST.get("way", ""), request.POST.get("address", "")
        try:
            drafting.choose_delivery(draft_id, way, address=where, by=by)
            return HttpResponseRedirect(f"/apply/{draft_id}/check")
        except Invalid as refusal:
            found = problems(refusal)
    rows = [
        forms.FieldRow(name="way", label="结果怎么给你", kind="choice", error=found.get("way", ""),
                       options=tuple(forms.OptionRow(v, w, "", v == way) for v, w in drafting.DELIVERIES.items())),
        forms.FieldRow(name="address", label="收件人、电话和地址", kind="textarea", value=where, required=False,
                       hint="只有邮寄才要填", error=found.get("address", "")),
    ]  # fmt: skip
    return page(
        request,
        "apply_delivery",
        nav="me",
        draft=draft,
        rows=rows,
        errors=error_summary(rows),
        status=422 if found else 200,
    )


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Look everything over and submit. The same submit twice gives the same case."""
    by = http.signed_in(request)
    draft = drafts.draft(draft_id, by=by)
    found: dict[str, str] = {}
    if request.method == "POST":
        limits.count_try(f"submit:{by.account_id}", most=10, within=timedelta(minutes=1))
        try:
            submission.submit(draft_id, consented="consent" in request.POST, by=by)
            return HttpResponseRedirect(f"/apply/{draft_id}/done")
        except Invalid as refusal:
            found = problems(refusal)
    if draft.joint_case_id:
        return HttpResponseRedirect(f"/apply/{draft_id}/done")
    plan = drafts.plan_of(draft)
    groups = [(name, code, [(f, f.words(draft.values.get(f.element, ""))) for f in fields])
              for code, name, fields in drafts.sections(draft, plan)]  # fmt: skip
    answered = [(f.name, f.words(f.answered)) for f in plan.fields if f.answered]
    return page(request, "apply_check", nav="me", draft=draft, plan=plan, groups=groups, answered=answered,
                standings=[(row, WAY_WORDS.get(row.way, "还没有选")) for row in drafts.standings(draft, plan)],
                delivery=drafting.DELIVERIES.get(draft.delivery.get("way", ""), ""), errors=_check_errors(draft, plan, found),
                status=422 if found else 200)  # fmt: skip


def _check_errors(draft: drafts.Draft, plan: Plan, found: dict[str, str]) -> list[tuple[str, str]]:
    places = {f.element: f"s-{f.section}" for f in plan.fields}
    return [
        ("consent" if name == "consent" else places.get(name, "check-materials"), said) for name, said in found.items()
    ]


@require_safe
def done(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The number, what happens next, the receipt."""
    draft = drafts.draft(draft_id, by=http.signed_in(request))
    if draft.joint_case_id is None:
        return HttpResponseRedirect(f"/apply/{draft_id}/")
    joint = cases.joint_case(draft.joint_case_id, by=http.actor(request))
    papers = cases.papers(joint)
    rows = cases.progress(joint)
    counter = [m.name for m in cases.materials(joint) if m.way == "counter"]
    accept_by = clock.due(
        time.day_of(joint.submitted_at), limit=5, unit="workday", calendar=calendars.calendar()
    ).due_on
    return page(
        request, "apply_done", nav="me", joint=joint, rows=rows, papers=papers, counter=counter, accept_by=accept_by,
        instant=[row for row in rows if row.note],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Delete a draft, after a page that says what it means."""
    by = http.signed_in(request)
    if request.method == "GET":
        draft = drafts.draft(draft_id, by=by)
        return page(
            request, "confirm", nav="me", back=f"/apply/{draft_id}/", act=request.path, title=f"删除草稿“{draft.title}”？",
            means="填好的内容和上传的文件都会删除，不能恢复。已经提交的办件不受影响。", button="删除这份草稿", keep="不删除，继续填",
        )  # fmt: skip
    drafting.discard(draft_id, by=by)
    return HttpResponseRedirect("/me/?done=discard")
