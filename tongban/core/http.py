"""HTTP without domain: the actor of a request, refusals as pages, what every page needs."""

from __future__ import annotations

import urllib.parse
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string

from tongban.core import time
from tongban.core.actor import ANONYMOUS, Actor
from tongban.rules.errors import DomainError, NotFound, NotSignedIn

log = structlog.get_logger()
SIZES = {"std": "标准", "lg": "大字版", "xl": "特大字版"}


def actor(request: HttpRequest) -> Actor:
    """Return who acts in this request."""
    return getattr(request, "actor", ANONYMOUS)


def signed_in(request: HttpRequest) -> Actor:
    """Return who acts. Raises NotSignedIn, which becomes the way to the sign-in page and back."""
    by = actor(request)
    if not by.is_signed_in:
        raise NotSignedIn("identity.sign_in", "请先登录", remedy="登录后会回到这一页")
    return by


def address(request: HttpRequest) -> str:
    """Return the client's address; forwarded headers are not trusted without a configured proxy."""
    return str(request.META.get("REMOTE_ADDR", ""))


def own_path(path: str, default: str) -> str:
    """Return a path of this site to go on to, else the default: redirects never leave."""
    ok = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if ok else default


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the shell of every page shows."""
    size = request.COOKIES.get("size", "std")
    return {
        "actor": actor(request),
        "size": size if size in SIZES else "std",
        "contrast": "high" if request.COOKIES.get("contrast") == "high" else "std",
        "is_demonstration": settings.DEMONSTRATION,
        "here": request.get_full_path(),
        "request_id": getattr(request, "request_id", ""),
        "now": time.now(),
    }


SAFE = ("GET", "HEAD", "OPTIONS")
INPUT = (413, 415, 422)  # what is wrong with the input alone, and mended at its place


def note_refusal(request: HttpRequest, refusal: DomainError) -> None:
    """Write down that somebody was refused an act (audit): who, which address, why. Source: assurance S05, S06."""
    by = actor(request)
    if request.method not in SAFE and by.is_signed_in and refusal.status not in INPUT:
        import_string(settings.REFUSAL_RECORDER)(refusal.code, path=request.path, by=by)


def refusal_page(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """Return the page of a refusal, which is written down; whoever is not signed in is led to the sign-in page."""
    note_refusal(request, refusal)
    if isinstance(refusal, NotSignedIn) and request.method == "GET":
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={urllib.parse.quote(request.get_full_path())}")
    home = "/work/" if request.path.startswith("/work/") and actor(request).is_staff else "/"
    return render(request, "ui/refusal.html", {"refusal": refusal, "home": home}, status=refusal.status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for a form whose key is gone (an old page, another browser tab signed out)."""
    refusal = DomainError(
        "page.stale", "这一页放得太久，已经过期，刚才的操作没有执行", remedy="返回上一页，刷新后再提交"
    )
    return render(request, "ui/refusal.html", {"refusal": refusal}, status=403)


API = "/api/"


def _page(request: HttpRequest, refusal: DomainError, status: int) -> HttpResponse:
    """Return a refusal as programs read it under the API's address, else as a page."""
    if request.path.startswith(API):
        return JsonResponse(refusal.as_json(), status=status, json_dumps_params={"ensure_ascii": False})
    return render(request, "ui/refusal.html", {"refusal": refusal}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for an address that does not exist."""
    return _page(
        request, NotFound("page.not_found", "没有找到这个页面", remedy="检查网址，或从首页搜索你要办的事"), 404
    )


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for a request that breaks the rules of the protocol: too large, too many fields, a wrong host."""
    return _page(
        request,
        DomainError("page.unreadable", "这个请求读不懂，或者太大，没有执行", remedy="返回上一页，减少内容后再试"),
        400,
    )


def too_large(request: HttpRequest, size: int, most: int) -> HttpResponse:
    """Return the answer to a request that says of itself that it is too large; sizes in bytes."""
    words = f"这次上传有 {size // 2**20} MB，最多 {most // 2**20} MB，没有接收"
    return _page(request, DomainError("page.too_large", words, remedy="请压缩，或分几次上传"), 413)


def not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the answer to a method that an address does not take, with the methods that it does."""
    refusal = DomainError("page.method", "这个网址不能这样用", remedy=f"改用 {response['Allow']}")
    told = _page(request, refusal, 405)
    told["Allow"] = response["Allow"]
    return told


def broken(request: HttpRequest) -> HttpResponse:
    """Return the page for a fault of ours: what is safe, and the number to quote."""
    log.error("request_broken", request_id=getattr(request, "request_id", ""), path=request.path)
    return _page(
        request,
        DomainError("page.broken", "系统出了问题，已经记录；你之前保存的内容还在", remedy="过一会儿再试，或拨打 12345"),
        500,
    )
