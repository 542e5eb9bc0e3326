"""The desk: 待办, 在办, 已办, claiming, the next case, 我的."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tongban.cases.queries import board as boards
from tongban.cases.queries import desk
from tongban.cases.services import review
from tongban.core import http, time
from tongban.orgs import queries as orgs
from tongban.portals.office import forms, rules
from tongban.portals.office.views import shell
from tongban.rules.errors import DomainError

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
        last_done_at=None if page.rows else desk.last_done_at(by=by),
    )  # fmt: skip


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
    return shell.show(request, "desk_me", by=by, menu="me", posts=posts)
