"""The desk: 待办, 在办, 已办, claiming, the next case, 我的."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tongban.cases.queries import board as boards
from tongban.cases.queries import desk
from tongban.cases.services import review, worklists
from tongban.core import http, time
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.portals.office import forms, rules
from tongban.portals.office.views import shell
from tongban.rules.errors import DomainError, Invalid, NotFound

MOST_HEADS = 2  # the clerk or reviewer and the head, who holds every role: nobody to share with
LISTS = {"running": "在办", "done": "已办"}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the actor's open tasks, nearest deadline first."""
    by, chosen = shell.staff(request), forms.Filter.read(request.GET)
    page = desk.worklist(
        by=by,
        cursor=chosen.cursor,
        item=chosen.item,
        lamp=chosen.lamp,
        mine_only=chosen.mine,
        text=chosen.text,
        kind=chosen.kind,
    )
    items, counters = desk.items(by=by), desk.counters(by=by)
    return shell.show(
        request, "desk_home", by=by, menu="home", counters=counters, text=chosen.text, page=page, chosen=chosen, items=items,
        lamps=forms.LAMPS.items(), chips=chosen.chips(items), today=time.today(),
        next_address=chosen.address(cursor=page.next_cursor) if page.next_cursor else "", first_address=chosen.address(),
        last_done_at=None if page.rows else desk.last_done_at(by=by), views=desk.saved_views(by=by), shares=_shares(by),
    )  # fmt: skip


def _shares(by: Actor) -> list[tuple[str, str, str]]:
    """Return the posts whose work a head can share out: (organisation, role, label), where more than one sits."""
    return [
        (code, role, rules.POSTS[role])
        for code in by.organisations_as("head") for role in ("clerk", "reviewer") if len(orgs.colleagues(code, role)) > MOST_HEADS
    ]  # fmt: skip


@require_safe
def board(request: HttpRequest, view: str) -> HttpResponse:
    """Show the cases of the desk that run, or those that ended."""
    by, chosen = shell.staff(request), forms.Filter.read(request.GET)
    page = boards.page(by=by, view=view, cursor=chosen.cursor, item=chosen.item, text=chosen.text)
    items = boards.items(by=by, view=view)
    return shell.show(
        request, "desk_board", by=by, menu=view, text=chosen.text, page=page, chosen=chosen, items=items, title=LISTS[view],
        is_done=view == "done", chips=chosen.chips(items), first_address=chosen.address(),
        next_address=chosen.address(cursor=page.next_cursor) if page.next_cursor else "",
    )  # fmt: skip


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show the tasks that the desk finished today: the rows of the counter."""
    by = shell.staff(request)
    return shell.show(request, "desk_today", by=by, menu="done", rows=boards.finished_today(by=by), today=time.today())


@require_safe
def go_on(request: HttpRequest) -> HttpResponse:
    """Open the next case behind the one the actor looks at; the list when there is none."""
    by = shell.staff(request)
    here = forms.ids([request.GET.get("after", "")])
    return HttpResponseRedirect(next_address(request, desk.next_task(by=by, after=here[0] if here else None)))


def next_address(request: HttpRequest, task: desk.Task | None) -> str:
    """Return the address of a task's case, or of the list with a note that nothing waits."""
    if task is not None:
        return reverse("office:case", args=[task.case_id])
    shell.tell(request, "".join([str(request.session.get(shell.TOLD, "")), "没有其他待办了。"]))
    return reverse("office:home")


@require_POST
def claim(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Claim a task; who comes second learns who was first."""
    by = shell.staff(request)
    try:
        task = review.claim(task_id, by=by)
        shell.tell(request, f"已认领“{task.name}”。")
    except DomainError as refusal:
        shell.tell(request, f"没有认领：{refusal.message}。")
    return _back(request)


@require_POST
def claim_several(request: HttpRequest) -> HttpResponse:
    """Claim the tasks that were ticked, and name those that could not be had."""
    by = shell.staff(request)
    try:
        claims = review.claim_several(forms.ids(request.POST.getlist("task")), by=by)
        refused = f"{len(claims.refused)} 件没有认领：{'；'.join(claims.refused)}。" if claims.refused else ""
        shell.tell(request, f"已认领 {claims.taken} 件。{refused}")
    except DomainError as refusal:
        shell.tell(request, f"{refusal.message}。{refusal.remedy}。")
    return _back(request)


BULK = {"pass": "通过", "reassign": "转办"}


@require_POST
def bulk(request: HttpRequest, act: str) -> HttpResponse:
    """Ask before an act on many: each case is listed, those left out with the reason; then do it."""
    by, sent = shell.staff(request), request.POST
    if act not in BULK:
        raise NotFound("office.no_act", "没有这一步", remedy="回到待办")
    errors: dict[str, str] = {}
    words = "；".join(part for part in (sent.get("phrase", ""), sent.get("text", "").strip()) if part)
    try:
        rows = worklists.candidates(forms.ids(sent.getlist("task")), act, by=by)
        if "confirmed" in sent:
            done = _bulk(act, request, words)
            refused = f"{len(done.refused)} 件没有办成：{'；'.join(done.refused)}。" if done.refused else ""
            shell.tell(request, f"已{BULK[act]} {done.done} 件。{refused}")
            return HttpResponseRedirect(reverse("office:home"))
    except Invalid as refusal:
        if "confirmed" not in sent or not refusal.fields:
            shell.tell(request, f"{refusal.message}。{refusal.remedy}。")
            return _back(request)
        errors = dict(refusal.fields)
    able = [row.task for row in rows if not row.left_out]
    crews = [orgs.colleagues(task.organisation, task.role) for task in able[:1]]
    return shell.show(
        request, "desk_bulk", by=by, menu="home", act=act, title=f"{BULK[act]}选中的", able=len(able), typed=sent, errors_by=errors,
        rows=[(row, desk.shown_name(row.task.case.applicant_name, "person")) for row in rows], errors=list(errors.items()),
        crew=[(str(account), name) for crew in crews for account, name in crew.items() if account != by.account_id],
        phrases=rules.OPINIONS[:2] if act == "pass" else rules.LATER["reassign"].phrases, status=422 if errors else 200,
    )  # fmt: skip


def _bulk(act: str, request: HttpRequest, words: str) -> worklists.Outcome:
    by, tasks = shell.staff(request), forms.ids(request.POST.getlist("task"))
    if act == "pass":
        return worklists.pass_several(tasks, opinion=words, by=by)
    return worklists.reassign_several(tasks, to=forms.one_id(request.POST.get("to", ""), "to"), reason=words, by=by)


@require_POST
def share_out(request: HttpRequest, code: str, role: str) -> HttpResponse:
    """Share the unclaimed tasks of a post out evenly."""
    done = worklists.share_out(code, role, by=shell.staff(request))
    shell.tell(
        request, f"已分派 {done.done} 件，现在每人手上的件数大致相同。" if done.done else "没有待认领的，不用分派。"
    )
    return _back(request)


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the present filter under a name."""
    query = request.POST.get("query", "").lstrip("?")
    try:
        row = worklists.save_view(request.POST.get("name", ""), query, by=shell.staff(request))
        shell.tell(request, f"已保存常用筛选“{row.name}”。")
    except Invalid as refusal:
        shell.tell(request, f"没有保存：{refusal.message}。")
    return HttpResponseRedirect(f"{reverse('office:home')}?{query}")


@require_POST
def delete_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Delete an own view."""
    worklists.delete_view(view_id, by=shell.staff(request))
    return _back(request)


@require_POST
def release(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Give a claimed task back."""
    by = shell.staff(request)
    try:
        task = review.release(task_id, by=by)
        shell.tell(request, f"“{task.name}”已退回待认领。")
    except DomainError as refusal:
        shell.tell(request, f"没有退回：{refusal.message}。")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(http.own_path(request.POST.get("next", ""), reverse("office:home")))


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show the actor's posts, the way to a new password, and the keys."""
    by = shell.staff(request)
    posts = [(seat.post.organisation.name, seat.post.name, "、".join(rules.ROLES.get(role, role) for role in seat.post.roles))
             for seat in orgs.own_seats(by=by)]  # fmt: skip
    units = {seat.post.organisation_id: seat.post.organisation for seat in orgs.own_seats(by=by)}.values()
    stand_ins = [
        (unit, [row for row in orgs.deputies(unit.pk) if by.account_id in (row.absent_id, row.deputy_id)],
         {str(seat.account_id): seat.account.name for seat in orgs.seats(unit.pk) if seat.account_id != by.account_id}.items())
        for unit in units
    ]  # fmt: skip
    return shell.show(request, "desk_me", by=by, menu="me", posts=posts, stand_ins=stand_ins, today=time.today())
