"""窗口安排、帮代办评价: who sits at which window, what people say of helpers; for the organisation that hosts windows."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.core.actor import Actor
from tongban.hall.queries import assisted as hall
from tongban.hall.rules import SCORES
from tongban.orgs import queries as orgs
from tongban.orgs.queries import Window, WindowSeat
from tongban.orgs.rules import LEVEL_WORDS, WINDOW_POST, Role
from tongban.orgs.services import windows as services
from tongban.portals.office.views import shell
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound


@dataclass(frozen=True)
class Row:
    """A window with who may sit there now."""

    window: Window
    level: str
    seats: tuple[WindowSeat, ...]


def _rows(by: Actor) -> list[Row]:
    return [
        Row(window, LEVEL_WORDS[window.level], tuple(s for s in window.seats.all() if s.ended_at is None))
        for window in orgs.all_windows(by=by)
    ]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the windows of the own organisation; who hosts none is led to the grants."""
    by = shell.staff(request)
    rows = _rows(by)
    return _page(request, by, rows) if rows else HttpResponseRedirect(reverse("office:grants"))


def _page(
    request: HttpRequest, by: Actor, rows: list[Row], *, refusal: Invalid | Conflict | None = None, window: str = ""
) -> HttpResponse:
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    problem = fields.get("username", refusal.message) if refusal else ""
    return shell.show(
        request, "windows_page", by=by, menu="windows", tab="windows", rows=rows, post=WINDOW_POST, problem=problem,
        at_window=window, sent=request.POST, anchors=[(f"w-{window}", problem)] if problem else [],
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
def seat(request: HttpRequest, window_id: UUID) -> HttpResponse:
    """Let a colleague sit at a window."""
    by = shell.staff(request)
    try:
        row = services.seat(window_id, username=request.POST.get("username", ""), by=by)
    except (Invalid, Conflict) as refusal:
        return _page(request, by, _rows(by), refusal=refusal, window=str(window_id))
    shell.tell(request, f"{row.account.name}已安排到 {row.window.number} 号窗口。")
    return HttpResponseRedirect(reverse("office:windows"))


@require_http_methods(["GET", "POST"])
def unseat(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    """Ask before a seat at a window is ended, and end it."""
    by = shell.staff(request)
    found = next(((r.window, s) for r in _rows(by) for s in r.seats if s.pk == seat_id), None)
    if found is None:
        raise NotFound("orgs.no_window_seat", "没有找到这条安排，可能已经结束", remedy="回到窗口安排")
    if request.method == "GET":
        return shell.show(request, "windows_end", by=by, menu="windows", window=found[0], seat=found[1])
    services.unseat(seat_id, by=by)
    shell.tell(request, f"{found[1].account.name}不再坐 {found[0].number} 号窗口。")
    return HttpResponseRedirect(reverse("office:windows"))


@require_safe
def helpers(request: HttpRequest) -> HttpResponse:
    """Show the helpers at the own windows with what people said."""
    by = shell.staff(request)
    if not by.organisations_as(Role.ADMIN.value):
        raise NotAllowed("orgs.not_admin", "只有主管窗口的单位能看帮代办的评价", remedy="请联系本单位管理员")
    return shell.show(
        request, "windows_helpers", by=by, menu="windows", tab="helpers", rows=hall.helpers(by=by), words=SCORES
    )
