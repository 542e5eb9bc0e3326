"""在办跟踪、待补正、今日统计: what became of what this place received."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongban.core import time
from tongban.hall.queries import tracking
from tongban.portals.counter.views import shell


@require_safe
def running(request: HttpRequest) -> HttpResponse:
    """Show the open applications received here, those in trouble first; `mine` only those made as helper."""
    who = shell.clerk(request)
    is_mine = request.GET.get("mine") == "1"
    rows = tracking.running(who.window, helper=who.by.account_id if is_mine else None)
    return shell.show(request, "track", who=who, menu="track", rows=rows, is_mine=is_mine, most=tracking.MOST)


@require_safe
def returned(request: HttpRequest) -> HttpResponse:
    """Show the cases received here that wait for corrections."""
    who = shell.clerk(request)
    return shell.show(
        request, "returned", who=who, menu="track", rows=tracking.returned(who.window), most=tracking.MOST
    )


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show what was done here today, by clerk."""
    who = shell.clerk(request)
    return shell.show(
        request, "today", who=who, menu="today", rows=tracking.today(who.window), on=time.today(), at=time.now()
    )
