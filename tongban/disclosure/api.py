"""The catalogue as linked data (CPSV-AP 3.2), for everybody."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from ninja import Router

from tongban.catalogue.api import REPRESENTATION, conditional
from tongban.core import time
from tongban.core.api import PUBLIC
from tongban.disclosure.queries import exporting

router = Router(tags=["catalogue"])


def _etag(request: HttpRequest, **path: object) -> str:
    base = request.build_absolute_uri("/")
    made_of = f"{REPRESENTATION} {base} {exporting.stamp(settings.PLACE)} {time.today()}"
    return f'"{hashlib.sha256(made_of.encode()).hexdigest()[:32]}"'


def _documented(form: str) -> dict[str, Any]:
    kind = exporting.FORMATS[form]
    return {"responses": {200: {"description": "CPSV-AP 3.2", "content": {kind: {}}}}}


def _answer(request: HttpRequest, form: str) -> HttpResponseBase:
    pieces = exporting.written(settings.PLACE, form=form, base=request.build_absolute_uri("/"))
    return StreamingHttpResponse(
        (piece.encode() for piece in pieces), content_type=f"{exporting.FORMATS[form]}; charset=utf-8"
    )


@router.get("/catalogue/cpsv.ttl", response=PUBLIC, auth=None, openapi_extra=_documented("turtle"))
@conditional(_etag)
def cpsv_turtle(request: HttpRequest) -> HttpResponseBase:
    """Give the whole catalogue with its code lists as CPSV-AP 3.2 in Turtle."""
    return _answer(request, "turtle")


@router.get("/catalogue/cpsv.jsonld", response=PUBLIC, auth=None, openapi_extra=_documented("jsonld"))
@conditional(_etag)
def cpsv_jsonld(request: HttpRequest) -> HttpResponseBase:
    """Give the whole catalogue with its code lists as CPSV-AP 3.2 in JSON-LD; the context stands inside."""
    return _answer(request, "jsonld")
