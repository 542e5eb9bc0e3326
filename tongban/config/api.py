"""The API, version 1: gathers the routers of the apps."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from tongban.cases.api import router as cases
from tongban.catalogue.api import router as catalogue
from tongban.core.api import add_handlers
from tongban.disclosure.api import router as disclosure
from tongban.themes.api import router as themes


class OrjsonRenderer(BaseRenderer):
    """Write JSON by orjson."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data, default=str)


class OrjsonParser(Parser):
    """Read JSON by orjson, without the character NUL, which not every database takes."""

    def parse_body(self, request: HttpRequest) -> Any:
        body = orjson.loads(request.body)
        if b"\\u0000" in request.body and _has_nul(body):
            raise ValueError("a text with NUL")
        return body


def _has_nul(value: object) -> bool:
    if isinstance(value, dict):
        return any(_has_nul(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return any(_has_nul(each) for each in value)
    return isinstance(value, str) and "\0" in value


api = NinjaAPI(
    title="通办", version="1", description="一体化政务服务平台接口。拒绝时返回 code、message、remedy、facts。", docs_url=None,
    renderer=OrjsonRenderer(), parser=OrjsonParser(), urls_namespace="api-v1",
)  # fmt: skip
api.add_router("", catalogue)
api.add_router("", themes)
api.add_router("", cases)
api.add_router("", disclosure)
add_handlers(api)
