"""Accounts: register, sign in and out, passwords, firms and mandates."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.core import http
from tongban.core.actor import Actor
from tongban.identity import queries as identity
from tongban.identity import services
from tongban.portals.citizen import forms
from tongban.portals.citizen.forms import FieldRow
from tongban.portals.citizen.views.shell import error_summary, page, problems
from tongban.rules.errors import Conflict, Invalid, NotFound, NotSignedIn, TooMany

DONE = {
    "firm": "单位已添加，显示为未核验。", "grant": "授权已生效，对方已收到消息。", "revoke": "授权已撤销，对方已收到消息。",
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in; staff go to the workbench, everybody else back to where they came from."""
    after = request.POST.get("next", request.GET.get("next", ""))
    username, error, status = request.POST.get("username", ""), "", 200
    if request.method == "POST":
        try:
            account = services.sign_in(username, request.POST.get("password", ""), by=_visitor(request))
            login(request, account, backend="django.contrib.auth.backends.ModelBackend")
            request.session["is_staff"] = account.kind == "staff"
            return HttpResponseRedirect(http.own_path(after, "/work/" if account.kind == "staff" else "/me/"))
        except (NotSignedIn, TooMany) as refusal:
            error, status = f"{refusal.message}。{refusal.remedy}", refusal.status if refusal.status != 401 else 422
    rows = [
        FieldRow(
            name="username",
            label="账号",
            value=username,
            autocomplete="username",
            hint="注册时填的账号或手机号",
            error=error,
        ),
        FieldRow(name="password", label="密码", type="password", autocomplete="current-password"),
    ]
    expired = request.session.pop("expired", False)
    return page(request, "login", rows=rows, next=after, errors=error_summary(rows), expired=expired,
                reset="reset" in request.GET, status=status)  # fmt: skip


def _visitor(request: HttpRequest) -> Actor:
    by = http.actor(request)
    return Actor(account_id=by.account_id, name="访客", channel="web", request_id=getattr(request, "request_id", ""),
                          address=http.address(request))  # fmt: skip


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out and leave nothing in the browser."""
    logout(request)
    response = HttpResponseRedirect("/")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


REGISTER = (
    ("name", "姓名", "与身份证上一致", "name", ""),
    ("code", "身份证号码", "中国大陆居民身份证，末位是 X 的也照样填", "off", "input--w18"),
    ("phone", "手机号码", "办事进展发到这个号码", "tel", "input--w11"),
    ("username", "账号", "4 至 40 个字符，可以直接用手机号", "username", ""),
)


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register; the account is signed in at once, its real name stays 未核验."""
    found: dict[str, str] = {}
    after = request.POST.get("next", request.GET.get("next", ""))
    if request.method == "POST":
        try:
            given = {name: request.POST.get(name, "") for name, *_ in REGISTER}
            account = services.register(
                given["username"], request.POST.get("password", ""), name=given["name"], code=given["code"],
                phone=given["phone"], by=_visitor(request),
            )  # fmt: skip
            login(request, account, backend="django.contrib.auth.backends.ModelBackend")
            return HttpResponseRedirect(http.own_path(after, "/me/"))
        except Invalid as refusal:
            found = problems(refusal)
    rows = _rows(request, REGISTER, found)
    rows.append(FieldRow(name="password", label="密码", type="password", autocomplete="new-password", error=found.get("password", ""),
                         hint="至少 8 个字符，不要用生日和手机号"))  # fmt: skip
    return page(
        request,
        "register",
        rows=rows,
        next=after,
        errors=error_summary(rows, found.get("form", "")),
        status=422 if found else 200,
    )


def _rows(
    request: HttpRequest, spec: tuple[tuple[str, str, str, str, str], ...], found: dict[str, str]
) -> list[FieldRow]:
    return [
        FieldRow(name=name, label=label, hint=hint, autocomplete=auto, width=width, value=request.POST.get(name, ""),
                 error=found.get(name, ""), inputmode="tel" if name == "phone" else "")
        for name, label, hint, auto, width in spec
    ]  # fmt: skip


RESET = (
    ("username", "账号", "", "username", ""),
    ("name", "姓名", "", "name", ""),
    ("code", "身份证号码", "", "off", "input--w18"),
    ("phone", "注册时的手机号码", "", "tel", "input--w11"),
)


@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    """Set a new password for whoever knows what was registered."""
    found: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            services.reset_password(
                request.POST.get("username", ""), name=request.POST.get("name", ""), code=request.POST.get("code", ""),
                phone=request.POST.get("phone", ""), new=request.POST.get("new", ""), by=_visitor(request),
            )  # fmt: skip
            return HttpResponseRedirect("/login?reset=1")
        except Invalid as refusal:
            found, status = problems(refusal), 422
        except TooMany as refusal:
            found, status = {"username": f"{refusal.message}。{refusal.remedy}"}, 429
    rows = _rows(request, RESET, found)
    rows.append(
        FieldRow(
            name="new",
            label="新密码",
            type="password",
            autocomplete="new-password",
            error=found.get("new", ""),
            hint="至少 8 个字符",
        )
    )
    return page(request, "reset", rows=rows, errors=error_summary(rows, found.get("form", "")), status=status)


@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password."""
    by = http.signed_in(request)
    found: dict[str, str] = {}
    if request.method == "POST":
        try:
            services.change_password(request.POST.get("old", ""), request.POST.get("new", ""), by=by)
            assert by.account_id is not None
            update_session_auth_hash(request, identity.account(by.account_id))
            return HttpResponseRedirect("/work/?done=password" if by.is_staff else "/me/?done=password")
        except Invalid as refusal:
            found = problems(refusal)
    rows = [
        FieldRow(name="old", label="现在的密码", type="password", autocomplete="current-password", error=found.get("old", "")),
        FieldRow(name="new", label="新密码", type="password", autocomplete="new-password", error=found.get("new", ""),
                 hint="个人至少 8 个字符，工作人员至少 12 个"),
    ]  # fmt: skip
    return page(
        request,
        "password",
        nav="me",
        rows=rows,
        errors=error_summary(rows, found.get("form", "")),
        status=422 if found else 200,
    )


@require_safe
def firms(request: HttpRequest) -> HttpResponse:
    """My firms and mandates."""
    return _firms_page(request, {}, "")


def _firms_page(request: HttpRequest, found: dict[str, str], which: str) -> HttpResponse:
    by = http.signed_in(request)
    post = request.POST
    firm_rows = [
        FieldRow(
            name="name",
            label="单位名称",
            value=post.get("name", ""),
            error=found.get("name", ""),
            hint="与营业执照上一致",
        ),
        FieldRow(
            name="code",
            label="统一社会信用代码",
            value=post.get("code", ""),
            error=found.get("code", ""),
            width="input--w18",
        ),
    ]
    grant_rows = [
        FieldRow(name="agent_name", label="经办人姓名", value=post.get("agent_name", ""), error=found.get("agent_name", "")),
        FieldRow(name="agent_code", label="经办人身份证号码", value=post.get("agent_code", ""), error=found.get("agent_code", ""),
                 width="input--w18", hint="对方要先在本站注册"),
        FieldRow(name="expires_on", label="授权到哪一天", kind="date", error=found.get("expires_on", ""), hint="三年以内",
                 parts=forms.date_parts(forms.joined_date(post, "expires_on"))),
    ]  # fmt: skip
    return page(
        request, "firms", nav="me", firms=identity.firms(by=by), given=identity.mandates_given(by=by),
        held=identity.mandates_held(by=by), firm_rows=firm_rows, grant_rows=grant_rows, which=which,
        principal=post.get("principal", ""), errors=error_summary([*firm_rows, *grant_rows], found.get("form", "")),
        done=DONE.get(request.GET.get("done", ""), ""), status=422 if found else 200,
    )  # fmt: skip


@require_POST
def add_firm(request: HttpRequest) -> HttpResponse:
    """Add a firm as its legal representative (未核验)."""
    try:
        services.register_firm(
            request.POST.get("name", ""), code=request.POST.get("code", ""), by=http.signed_in(request)
        )
    except Invalid as refusal:
        return _firms_page(request, problems(refusal), "firm")
    return HttpResponseRedirect("/me/firms?done=firm")


@require_POST
def grant(request: HttpRequest) -> HttpResponse:
    """Let somebody act for a firm."""
    by = http.signed_in(request)
    try:
        until = date(*(int(request.POST.get(f"expires_on-{part}", "") or 0) for part in "ymd"))
        principal = UUID(request.POST.get("principal", ""))
    except ValueError:
        return _firms_page(request, {"expires_on": "请填年、月、日，例如 2027 年 12 月 31 日"}, "grant")
    try:
        services.grant_mandate(principal, agent_name=request.POST.get("agent_name", ""), agent_code=request.POST.get("agent_code", ""),
                               expires_on=until, by=by)  # fmt: skip
    except Invalid as refusal:
        return _firms_page(request, problems(refusal), "grant")
    except Conflict as refusal:
        return _firms_page(request, {"agent_code": f"{refusal.message}。{refusal.remedy}"}, "grant")
    return HttpResponseRedirect("/me/firms?done=grant")


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, mandate_id: UUID) -> HttpResponse:
    """Take a mandate back, after a page that says what it means."""
    by = http.signed_in(request)
    if request.method == "GET":
        mandate = next((m for m in identity.mandates_given(by=by) if m.pk == mandate_id and not m.revoked_at), None)
        if mandate is None:
            raise NotFound("identity.no_mandate", "没有找到这份授权，可能已经撤销", remedy="回到“我的企业与授权”看一看")
        return page(
            request, "confirm", nav="me", back="/me/firms", act=request.path, title=f"撤销给{mandate.agent.name}的授权？",
            means=f"撤销后，{mandate.agent.name}马上看不到{mandate.principal.name}的草稿和办件，也不能再替它办事。已经提交的办件照常办。",
            button="撤销授权", keep="不撤销",
        )  # fmt: skip
    services.revoke_mandate(mandate_id, by=by)
    return HttpResponseRedirect("/me/firms?done=revoke")
