"""The edge where outside systems tell us something: small JSON bodies, answers for programs."""

from __future__ import annotations

from typing import Protocol

from django.http import HttpRequest, HttpResponse, JsonResponse

from tongban.core import calls, http
from tongban.core.actor import Actor
from tongban.rules.errors import DomainError, TooLarge, Unsupported
from tongban.rules.signing import Signed

MOST_BYTES = 64 * 1024


class Take(Protocol):
    """Takes a signed body and returns the answer. Raises DomainError."""

    def __call__(self, body: bytes, signed: Signed, *, path: str, by: Actor) -> str: ...


def answer(request: HttpRequest, take: Take) -> HttpResponse:
    """Hand a callback over and say what came of it; a refusal has its code and status."""
    by = Actor(
        name="外部系统",
        channel="callback",
        request_id=getattr(request, "request_id", ""),
        address=http.address(request),
    )
    try:
        told = take(_body(request), calls.signed_of(request), path=request.path, by=by)
    except DomainError as refusal:
        return _json(refusal.as_json(), refusal.status)
    return _json({"code": told}, 200)


def _body(request: HttpRequest) -> bytes:
    if request.content_type != "application/json":
        raise Unsupported("callback.kind", "回调只收 application/json", remedy="按接口说明重新发送")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise TooLarge("callback.too_large", "回调内容太大", remedy="按接口说明重新发送")
    return request.body


def _json(document: dict[str, object], status: int) -> HttpResponse:
    return JsonResponse(document, status=status, json_dumps_params={"ensure_ascii": False})
