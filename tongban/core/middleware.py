"""What happens around every request: an id, security headers, session limits, the actor, refusals as pages."""

from __future__ import annotations

import time as stopwatch
import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from tongban.core import http
from tongban.core.actor import ANONYMOUS
from tongban.rules.errors import DomainError

Next = Callable[[HttpRequest], HttpResponse]

# Source: assurance guide §9. No inline script or style, no other host.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class RequestId:
    """Give every request an id: it is the 错误编号 that a person can quote."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


class SecurityHeaders:
    """Put the headers of assurance §9 on every response; pages are not kept in shared caches."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        if not request.path.startswith(settings.STATIC_URL):
            response.setdefault("Cache-Control", "no-store")
        return response


class SizeLimit:
    """Refuse a request that is far too large by what it says of itself, before anybody reads its body."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or "0"
        if said.isdigit() and int(said) > settings.MOST_REQUEST_BYTES:
            return http.too_large(request, int(said), settings.MOST_REQUEST_BYTES)
        return self.get_response(request)


class SessionLimits:
    """End a session that was idle or lasted too long. Source: assurance guide §9."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.get("_auth_user_id"):
            self._check(request)
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> None:
        seconds = int(stopwatch.time())
        kind = "staff" if request.session.get("is_staff") else "citizen"
        began = request.session.setdefault("began_s", seconds)
        seen = request.session.get("seen_s", seconds)
        too_long = seconds - began > settings.SESSION_ABSOLUTE_S[kind]
        if too_long or seconds - seen > settings.SESSION_IDLE_S[kind]:
            request.session.flush()
            request.user = None  # type: ignore[assignment]  # WhoActs reads it and finds nobody
            request.session["expired"] = True
        elif seconds - seen > 30 or "seen_s" not in request.session:
            request.session["seen_s"] = seconds


class WhoActs:
    """Put the actor on the request."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.load = import_string(settings.ACTOR_LOADER)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = ANONYMOUS  # type: ignore[attr-defined]
        user = request.user
        if user is not None and user.is_authenticated:
            request.actor = self.load(  # type: ignore[attr-defined]
                user,
                channel="web",
                request_id=getattr(request, "request_id", ""),
                address=http.address(request),
            )
        return self.get_response(request)


def _has_nul(request: HttpRequest) -> bool:
    """Return whether the address or a form holds the character NUL: nobody types it, and PostgreSQL takes it nowhere."""
    if "\0" in request.path:
        return True
    # The API reads its body itself.
    forms = [request.GET] if request.path.startswith(http.API) else [request.GET, request.POST]
    return any("\0" in text for form in forms for name, values in form.lists() for text in (name, *values))


class Refusals:
    """Turn a refusal into its page. The API has its own handler; this one serves people."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _has_nul(request):
            return http.unreadable(request, SuspiciousOperation("NUL"))
        response = self.get_response(request)
        return http.not_allowed(request, response) if response.status_code == 405 and "Allow" in response else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return http.refusal_page(request, exception)
        return None
