"""What every citizen page shares: the place it speaks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

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


@dataclass(frozen=True)
class Pager:
    """Where a page of rows stands among all, and the addresses of the pages beside it."""

    first: int
    last: int
    total: int
    before: str
    after: str


def pager(request: HttpRequest, total: int, size: int) -> Pager:
    """Return which rows the page shows, `size` at most; a page past the end is the last one."""
    number = min(_number(request), max((total - 1) // size + 1, 1))
    rest = {name: value for name, value in request.GET.items() if name != "page"}

    def link(to: int) -> str:
        return "?" + urlencode({**rest, "page": to})

    first, last = (number - 1) * size, min(number * size, total)
    return Pager(first, last, total, link(number - 1) if first else "", link(number + 1) if last < total else "")


def _number(request: HttpRequest) -> int:
    given = request.GET.get("page", "1")
    return max(int(given), 1) if given.isdecimal() and len(given) < 6 else 1


def problems(refusal: Invalid) -> dict[str, str]:
    """Return the problems of a refusal by field; one without fields stands for the whole form."""
    return refusal.fields or {"form": refusal.message}


def error_summary(rows: Iterable[FieldRow], whole: str = "") -> list[tuple[str, str]]:
    """Return (anchor, message) of each faulty field in the order of the form, for the error summary; `whole` is about all of it."""
    return [("main", whole)] * bool(whole) + [(_anchor(row), row.error) for row in rows if row.error]


def _anchor(row: FieldRow) -> str:
    """Return the id of the first input of a field: a link to it puts the cursor there."""
    return f"{row.id}-{row.parts[0].name}" if row.parts else f"{row.id}-1" if row.options else row.id
