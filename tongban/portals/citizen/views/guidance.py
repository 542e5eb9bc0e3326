"""Guidance (导办): one question a page. The answers travel in the address, so nothing is kept before sign-in."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongban.cases.rules.plan import Plan
from tongban.core import http
from tongban.portals.citizen.views.home import bars, material_groups, member_rows
from tongban.portals.citizen.views.shell import page
from tongban.themes.queries import composing
from tongban.themes.rules import guidance
from tongban.themes.rules.spec import ThemeSpec

PREFIX = "a-"


@dataclass(frozen=True)
class AnswerRow:
    """An answered question with the way back to it."""

    ask: str
    answer: str
    change: str


def answers_of(request: HttpRequest, theme: ThemeSpec) -> dict[str, str]:
    """Return the answers in the address or the form; what fits no question or choice is refused."""
    given = request.POST if request.method == "POST" else request.GET
    raw = {key.removeprefix(PREFIX): value for key, value in given.items() if key.startswith(PREFIX) and value}
    return guidance.checked(theme, raw)


def address(code: str, answers: dict[str, str], *, draft: str = "") -> str:
    """Return the address of guidance with these answers."""
    query = {PREFIX + key: value for key, value in answers.items()} | ({"draft": draft} if draft else {})
    return f"/themes/{code}/guide?{urllib.parse.urlencode(query)}"


@require_safe
def question(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the next question, or show the result."""
    theme = composing.theme(settings.PLACE, code)
    answers = answers_of(request, theme)
    draft = _draft_of(request)
    again = request.GET.get("again", "")
    asked = next((q for q in theme.questions if q.code == again), None) or guidance.next_question(theme, answers)
    plan = composing.compose_theme(settings.PLACE, code, answers)
    rows = _answer_rows(theme, answers, draft)
    if asked is None:
        return _result(request, theme, plan, rows, draft)
    error = "请选一个答案，拿不准可以选“不确定”" if "asked" in request.GET and not again else ""
    number = [q.code for q in guidance.applicable(theme, answers)].index(asked.code) + 1 if not again else len(rows)
    return page(
        request, "guidance", nav="themes", theme=theme, question=asked, number=max(number, 1), error=error,
        left=guidance.most_left(theme, answers) - 1, answered=rows, plan=plan, draft=draft, chosen=answers.get(asked.code, ""),
        hidden=[(PREFIX + k, v) for k, v in answers.items() if k != asked.code], unsure=guidance.UNSURE,
        back=rows[-1].change if rows and not again else f"/themes/{code}", free=sum(1 for m in plan.materials if m.is_free),
    )  # fmt: skip


def _draft_of(request: HttpRequest) -> str:
    draft = request.GET.get("draft", "")
    return draft if len(draft) == 36 else ""


def _answer_rows(theme: ThemeSpec, answers: dict[str, str], draft: str) -> list[AnswerRow]:
    rows = []
    for asked in theme.questions:
        if asked.code in answers:
            labels = {choice.value: choice.label for choice in asked.choices} | {guidance.UNSURE: "不确定"}
            change = address(theme.code, answers, draft=draft) + f"&again={asked.code}"
            rows.append(AnswerRow(asked.ask, labels[answers[asked.code]], change))
    return rows


def _result(request: HttpRequest, theme: ThemeSpec, plan: Plan, rows: list[AnswerRow], draft: str) -> HttpResponse:
    by = http.actor(request)
    target = f"/apply/{draft}/answers" if draft and by.is_signed_in else "/apply/start"
    return page(
        request, "guidance_result", nav="themes", theme=theme, plan=plan, answered=rows, members=member_rows(plan),
        groups=material_groups(plan), bars=bars(plan), asked=sum(1 for f in plan.fields if f.answered is None), target=target, draft=draft,
        hidden=[(PREFIX + key, value) for key, value in plan.answers.items()], free=sum(1 for m in plan.materials if m.is_free),
        fees=[(item.name, item.fee) for item in plan.items if item.fee],
    )  # fmt: skip
