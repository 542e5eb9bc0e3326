"""What every API operation has in common: bearer tokens, refusals as JSON, shapes of pages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

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


def add_handlers(api: NinjaAPI) -> None:
    """Turn refusals and malformed requests into `Refusal` answers."""

    @api.exception_handler(DomainError)
    def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
        response = api.create_response(request, refusal.as_json(), status=refusal.status)
        if isinstance(refusal, TooMany):
            response["Retry-After"] = str(refusal.facts.get("wait_s", 60))
        return response

    @api.exception_handler(AuthenticationError)
    def nobody(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
        return refused(request, NotSignedIn("api.sign_in", "这个接口要带令牌", remedy="加上请求头 Authorization: Bearer 令牌"))

    @api.exception_handler(ValidationError)
    def malformed(request: HttpRequest, problem: ValidationError) -> HttpResponse:
        fields = {".".join(str(part) for part in error["loc"][1:]) or "body": str(error["msg"]) for error in problem.errors}
        body = {"code": "api.malformed", "message": f"请求里有 {len(fields)} 处不对", "remedy": "对照 /api/v1/openapi.json 改正",
                "facts": {"fields": fields}}  # fmt: skip
        return api.create_response(request, body, status=422)

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, problem: HttpError) -> HttpResponse:
        body = {"code": "api.unreadable", "message": "请求读不懂", "remedy": "正文写成 JSON，对照 /api/v1/openapi.json", "facts": {}}
        return api.create_response(request, body, status=problem.status_code)
