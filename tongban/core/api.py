"""What every API operation has in common: bearer tokens, refusals as JSON, shapes of pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic import BaseModel, ConfigDict

from tongban.core import http
from tongban.rules.errors import DomainError, NotSignedIn, TooMany


class Bearer(HttpBearer):
    """Take the account behind `Authorization: Bearer …` as the actor."""

    def authenticate(self, request: HttpRequest, token: str) -> object:
        account = import_string(settings.TOKEN_LOADER)(token)
        if account is None:
            raise NotSignedIn("api.token", "令牌不对、已过期或已停用", remedy="用 tongban token create 再发一个")
        request.actor = import_string(settings.ACTOR_LOADER)(  # type: ignore[attr-defined]
            account, channel="api", request_id=getattr(request, "request_id", ""), address=http.address(request)
        )
        return account


class Refusal(Schema):
    """A refusal: stable code, Chinese sentence, how to mend it, the facts."""

    code: str
    message: str
    remedy: str
    facts: dict[str, object]


class Body(BaseModel):
    """What a request may hold: unknown names are refused. Not ninja's Schema, which takes a list or a number for an object."""

    model_config = ConfigDict(extra="forbid")


# What any operation may answer instead of doing it; those behind a token also the others.
PUBLIC = {400: Refusal, 404: Refusal, 413: Refusal, 422: Refusal}
REFUSALS = {**PUBLIC, 401: Refusal, 403: Refusal, 409: Refusal, 415: Refusal, 429: Refusal}
_SAID = {
    "missing": "缺少这一项", "extra_forbidden": "不认识这一项，删去它或检查拼写", "bool_type": "应当是 true 或 false",
    "int_type": "应当是整数", "int_parsing": "应当是整数", "string_type": "应当是文字", "uuid_parsing": "应当是 UUID",
    "uuid_type": "应当是 UUID", "list_type": "应当是列表", "dict_type": "应当是“名称: 值”的形式", "model_type": "应当是“名称: 值”的形式",
    "model_attributes_type": "应当是“名称: 值”的形式", "string_too_long": "太长，最多 {max_length} 个字", "string_too_short": "太短",
    "too_long": "太多，最多 {max_length} 个", "too_short": "太少，至少 {min_length} 个", "literal_error": "应当是 {expected} 之一",
    "greater_than_equal": "不能小于 {ge}", "less_than_equal": "不能大于 {le}",
}  # fmt: skip


def _said(error: dict[str, Any]) -> str:
    """Say in Chinese what is wrong with one value; what is rare is said as pydantic says it."""
    words = _SAID.get(str(error.get("type")))
    return words.format(**error.get("ctx", {})) if words else str(error["msg"])


def add_handlers(api: NinjaAPI) -> None:
    """Turn refusals and malformed requests into `Refusal` answers."""

    @api.exception_handler(DomainError)
    def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
        http.note_refusal(request, refusal)
        response = api.create_response(request, refusal.as_json(), status=refusal.status)
        if isinstance(refusal, TooMany):
            response["Retry-After"] = str(refusal.facts.get("wait_s", 60))
        if isinstance(refusal, NotSignedIn):
            response["WWW-Authenticate"] = "Bearer"
        return response

    @api.exception_handler(AuthenticationError)
    def nobody(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
        return refused(
            request, NotSignedIn("api.sign_in", "这个接口要带令牌", remedy="加上请求头 Authorization: Bearer 令牌")
        )

    @api.exception_handler(ValidationError)
    def malformed(request: HttpRequest, problem: ValidationError) -> HttpResponse:
        fields = {".".join(str(part) for part in error["loc"][1:]) or "body": _said(error) for error in problem.errors}
        body = {"code": "api.malformed", "message": f"请求里有 {len(fields)} 处不对", "remedy": "对照 /api/v1/openapi.json 改正",
                "facts": {"fields": fields}}  # fmt: skip
        return api.create_response(request, body, status=422)

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, problem: HttpError) -> HttpResponse:
        body = {
            "code": "api.unreadable",
            "message": "请求读不懂",
            "remedy": "正文写成 JSON，对照 /api/v1/openapi.json",
            "facts": {},
        }
        return api.create_response(request, body, status=problem.status_code)

    @api.exception_handler(SuspiciousOperation)
    def suspicious(request: HttpRequest, problem: SuspiciousOperation) -> HttpResponse:
        if isinstance(problem, RequestDataTooBig):
            body = {
                "code": "api.too_large",
                "message": "请求的正文超过 1 MB",
                "remedy": "大文件先用 POST /files 上传，再写它的 id",
                "facts": {},
            }
            return api.create_response(request, body, status=413)
        return unreadable(request, HttpError(400, str(problem)))
