"""差评: the list with both clocks, one bad rating with its acts. Who rated is shown once, to the handling body, with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.core import books, time
from tongban.core.actor import Actor
from tongban.evaluation.queries import bad as queries
from tongban.evaluation.queries.bad import VIEWS, BadRow
from tongban.evaluation.rules.handling import BRANCH_WORDS, FINDING_WORDS, OUTCOME_WORDS, PLEA_WORDS
from tongban.evaluation.services import handling, reviewing
from tongban.evaluation.services.reviewing import Identity
from tongban.orgs import queries as orgs
from tongban.portals.supervisor.views import shell
from tongban.portals.supervisor.views.evaluation import Period, period
from tongban.rules.errors import Invalid, NotFound

PAGE, MOST_EXPORTED = 50, 5000


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The bad ratings that the actor may know of, with both clocks as lamps."""
    by, view = shell.staff(request), request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    wanted = period(request) if request.GET.get("since") else None
    organisation = request.GET.get("org", "")[:64]
    rows = _rows(view, organisation, wanted, by)
    if request.GET.get("format") == "xlsx":
        return _file(queries.shown(list(rows[:MOST_EXPORTED]), by=by))
    number = request.GET.get("page", "1")
    count = rows.count()
    at = max(1, min(int(number) if number.isdecimal() and len(number) < 6 else 1, (count - 1) // PAGE + 1))
    days = {"since": str(wanted.since), "until": str(wanted.until)} if wanted else {}

    def link(**more: str) -> str:
        kept = {"view": view, "org": organisation, **days, **more}
        return "?" + urlencode({name: value for name, value in kept.items() if value})

    views = [
        (name, _rows(code, organisation, wanted, by).count(), link(view=code), code == view)
        for code, name in VIEWS.items()
    ]
    return shell.show(
        request, "evaluation_bad", by=by, menu="evaluation", rows=queries.shown(list(rows[(at - 1) * PAGE : at * PAGE]), by=by), count=count,
        views=views, view=view, organisation=organisation, wanted=wanted, xlsx_address=link(format="xlsx"),
        before=link(page=str(at - 1)) if at > 1 else "", after=link(page=str(at + 1)) if at * PAGE < count else "",
        units=[(code, org.name) for code, org in orgs.organisations(shell.PLACE).items() if not org.external],
    )  # fmt: skip


def _rows(view: str, organisation: str, wanted: Period | None, by: Actor) -> QuerySet[queries.BadRating]:
    return queries.rows_of(
        shell.PLACE, view=view, organisation=organisation, since=wanted.since if wanted else None,
        until=wanted.until if wanted else None, by=by,
    )  # fmt: skip


def _file(rows: list[BadRow]) -> HttpResponse:
    heads = ("编号", "单位", "评什么", "窗口", "等级", "评价日期", "状态", "核实时限", "核实", "整改时限", "整改")
    lines = [
        (row.number, row.organisation_name, f"{row.kind_words}：{row.title}", row.window, row.grade_words,
         str(time.day_of(row.opened_at)), row.state_words, str(row.verify.due_on), row.verify.words, str(row.settle.due_on),
         row.settle.words)
        for row in rows
    ]  # fmt: skip
    about = f"生成于 {time.today()}，不含评价人"
    return books.response(f"差评-{time.today()}", books.Sheet("差评", heads, lines, about))


def _verify(bad_id: UUID, posted: QueryDict, by: Actor) -> str:
    handling.verify(
        bad_id, finding=posted.get("finding", ""), branch=posted.get("branch", ""), facts=posted.get("facts", ""),
        plan_on=_day(posted.get("plan_on", "")), by=by,
    )  # fmt: skip
    return "已核实，接着在整改时限内处理。"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _settle(bad_id: UUID, posted: QueryDict, by: Actor) -> str:
    handling.settle(bad_id, result=posted.get("result", ""), by=by)
    return "已整改，答复已发给评价人。"


def _call_back(bad_id: UUID, posted: QueryDict, by: Actor) -> str:
    reviewing.call_back(bad_id, outcome=posted.get("outcome", ""), words=posted.get("words", ""), by=by)
    return "回访已记下。"


def _appeal(bad_id: UUID, posted: QueryDict, by: Actor) -> str:
    reviewing.appeal(bad_id, plea=posted.get("plea", ""), words=posted.get("words", ""), by=by)
    return "申诉已提交；复核期间两个时限照常走。"


def _decide(bad_id: UUID, posted: QueryDict, by: Actor) -> str:
    is_upheld = posted.get("upheld", "")
    if is_upheld not in ("yes", "no"):
        raise Invalid("evaluation.decide", "有 1 处要改", fields={"upheld": "请选择申诉是否成立"})
    reviewing.decide(bad_id, is_upheld=is_upheld == "yes", decision=posted.get("decision", ""), by=by)
    return "复核已记下，原评价保留。"


def _publish(bad_id: UUID, posted: QueryDict, by: Actor) -> str:
    reviewing.publish(bad_id, text=posted.get("public_text", ""), by=by)
    return "处理结果已公开。"


ACTS: dict[str, Callable[[UUID, QueryDict, Actor], str]] = {
    "verify": _verify, "settle": _settle, "call_back": _call_back, "appeal": _appeal, "decide": _decide, "publish": _publish,
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, bad_id: UUID) -> HttpResponse:
    """One bad rating: what was said, both clocks, what was done, what the actor can do."""
    by, act = shell.staff(request), request.POST.get("act", "")
    queries.bad(bad_id, by=by, pack=shell.PLACE)  # what is not the actor's is not found, whatever the act
    if request.method == "GET":
        return _page(request, bad_id, by)
    try:
        if act == "unmask":
            who = reviewing.unmask(bad_id, reason=request.POST.get("reason", ""), by=by)
            return _page(request, bad_id, by, who=who)
        if act not in ACTS:
            raise NotFound("evaluation.no_act", "没有这种操作", remedy="刷新页面再选")
        shell.tell(request, ACTS[act](bad_id, request.POST, by))
    except Invalid as refusal:
        return _page(request, bad_id, by, act=act, found=refusal.fields or {"main": refusal.message})
    return HttpResponseRedirect(reverse("supervisor:bad_rating", args=[bad_id]))


def _page(
    request: HttpRequest,
    bad_id: UUID,
    by: Actor,
    *,
    act: str = "",
    found: dict[str, str] | None = None,
    who: Identity | None = None,
) -> HttpResponse:
    found = found or {}
    response = shell.show(
        request, "evaluation_bad_page", by=by, menu="evaluation", view=queries.bad(bad_id, by=by, pack=shell.PLACE), act=act,
        found=found, errors=[(f"{act}-{name}", words) for name, words in found.items()], who=who,
        typed=request.POST, findings=FINDING_WORDS.items(), branches=BRANCH_WORDS.items(), outcomes=OUTCOME_WORDS.items(),
        pleas=PLEA_WORDS.items(), status=422 if found else 200,
    )  # fmt: skip
    if who is not None:  # shown once: not kept by the browser, gone with the page
        response["Cache-Control"] = "no-store"
    return response
