"""What every citizen page shares: the place it speaks for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongban.orgs import queries as orgs
from tongban.rules.errors import Invalid
from tongban.themes.queries import composing


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render a page of the portal."""
    context |= {"place": orgs.place(settings.PLACE), "catalogue_at": composing.published_at(settings.PLACE)}
    return render(request, f"citizen/{template}.html", context, status=status)


def site(request: HttpRequest) -> str:
    """Return the address of the site as the visitor sees it, for QR codes."""
    return request.build_absolute_uri("/").rstrip("/")


def problems(refusal: Invalid) -> dict[str, str]:
    """Return the problems of a refusal by field; one without fields stands for the whole form."""
    return refusal.fields or {"form": refusal.message}
