"""What every citizen page shares: the place it speaks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongban.core import http
from tongban.orgs import queries as orgs
from tongban.portals.citizen.forms import FieldRow
from tongban.rules.errors import Invalid
from tongban.themes.queries import composing


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render a page of the portal."""
    by = http.actor(request)
    context |= {
        "place": orgs.place(settings.PLACE), "catalogue_at": composing.published_at(settings.PLACE), "address": request.build_absolute_uri(),
        "idle_s": settings.SESSION_IDLE_S["staff" if by.is_staff else "citizen"] if by.is_signed_in else 0,
    }  # fmt: skip
    return render(request, f"citizen/{template}.html", context, status=status)


def site(request: HttpRequest) -> str:
    """Return the address of the site as the visitor sees it, for QR codes."""
    return request.build_absolute_uri("/").rstrip("/")


def problems(refusal: Invalid) -> dict[str, str]:
    """Return the problems of a refusal by field; one without fields stands for the whole form."""
    return refusal.fields or {"form": refusal.message}


def error_summary(rows: Iterable[FieldRow], whole: str = "") -> list[tuple[str, str]]:
    """Return (anchor, message) of each faulty field in the order of the form, for the error summary; `whole` is about all of it."""
    return [("main", whole)] * bool(whole) + [(_anchor(row), row.error) for row in rows if row.error]


def _anchor(row: FieldRow) -> str:
    """Return the id of the first input of a field: a link to it puts the cursor there."""
    return f"{row.id}-{row.parts[0].name}" if row.parts else f"{row.id}-1" if row.options else row.id
