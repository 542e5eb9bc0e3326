"""消息: what the officer was told, the newest first; opening one marks it as read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tongban.core import http
from tongban.notices import queries, services
from tongban.portals.office.views import shell


def unread(request: HttpRequest) -> dict[str, Any]:
    """Give pages of staff the count of unread messages; nothing is asked of the database before a page shows it."""
    return {"unread_messages": lambda: queries.desk_unread(by=http.actor(request))}


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the newest messages."""
    by = shell.staff(request)
    rows = queries.desk(by=by)
    return shell.show(
        request, "messages", by=by, menu="messages", rows=rows, unread=sum(row.read_at is None for row in rows)
    )


@require_safe
def open_(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Go where a message leads; it counts as read then."""
    by = shell.staff(request)
    row = queries.desk_notice(notice_id, by=by)
    services.mark_desk_read(by=by, notice_id=row.pk)
    return HttpResponseRedirect(row.link or reverse("office:messages"))


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    services.mark_desk_read(by=shell.staff(request))
    return HttpResponseRedirect(reverse("office:messages"))
