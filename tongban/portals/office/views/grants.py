"""跨域收件授权: the deciding organisation lets windows of another region receive for it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.hall.queries import grants
from tongban.hall.rules import MOST_HAND_OVER_DAYS
from tongban.hall.services import granting as services
from tongban.orgs import queries as orgs
from tongban.portals.office.views import shell
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

PACK = settings.PLACE
USUAL_DAYS = 365


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show the grants of an organisation and make a new one."""
    by = shell.staff(request)
    code = _organisation(code, by)
    if request.method == "GET":
        return _page(request, by, code)
    sent = request.POST
    try:
        services.grant(
            PACK, code, to=sent.get("to", ""), items=_items(request),
            since=_day(sent.get("since", ""), "since"), until=_day(sent.get("until", ""), "until"),
            hand_over_days=_number(sent.get("hand_over_days", "")), by=by,
        )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        return _page(request, by, code, refusal=refusal)
    shell.tell(request, "已授权，对方窗口现在可以收件。")
    return HttpResponseRedirect(reverse("office:grants_of", args=[code]))


def _organisation(code: str, by: Actor) -> str:
    own = by.organisations_as(*grants.GRANTERS)
    if not own:
        raise NotAllowed("hall.not_granter", "跨域收件由办理部门的负责人或管理员授权", remedy="请本单位负责人办理")
    code = code or own[0]
    grants.require_granter(code, by=by)
    return code


def _items(request: HttpRequest) -> list[str]:
    """Return the items chosen; an empty choice never stands for all of them."""
    items = request.POST.getlist("items")
    if request.POST.get("scope") == "all":
        return []
    if not items:
        raise Invalid("hall.grant", "有 1 处要改", fields={"items": "请选择授权收哪些事项，或选全部"})
    return items


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as problem:
        raise Invalid("hall.grant", "有 1 处要改", fields={field: "请填日期，例如 2026-12-01"}) from problem


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _page(request: HttpRequest, by: Actor, code: str, *, refusal: Invalid | Conflict | None = None) -> HttpResponse:
    known, sent, today = orgs.organisations(PACK), request.POST, time.today()
    errors = (refusal.fields if isinstance(refusal, Invalid) else {"form": refusal.message}) if refusal else {}
    chosen = set(sent.getlist("items"))
    own = [(c, known[c].name, c == code) for c in by.organisations_as(*grants.GRANTERS) if c in known]
    return shell.show(
        request, "windows_grants", by=by, menu="windows", tab="grants", code=code, name=known[code].name, own=own,
        rows=grants.of_organisation(PACK, code, by=by), hosts=grants.hosts(PACK), sent=sent, errors=errors,
        items=[(c, item.name, c in chosen) for c, item in catalogue.items(PACK).items() if item.org == code],
        scope=sent.get("scope", "all"), days=sent.get("hand_over_days", "3"), most=MOST_HAND_OVER_DAYS,
        since=sent.get("since") or str(today), until=sent.get("until") or str(today + timedelta(days=USUAL_DAYS)),
        anchors=[(f"g-{name}", words) for name, words in errors.items()], status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, code: str, grant_id: UUID) -> HttpResponse:
    """Ask before a grant is taken back, and take it back."""
    by = shell.staff(request)
    rows = grants.of_organisation(PACK, _organisation(code, by), by=by)
    found = next((view for view in rows if view.row.pk == grant_id and view.is_live), None)
    if found is None:
        raise NotFound("hall.no_grant_row", "没有找到这份授权，可能已经撤销或到期", remedy="回到跨域授权")
    if request.method == "GET":
        return shell.show(request, "windows_revoke", by=by, menu="windows", code=code, view=found)
    services.revoke(grant_id, by=by)
    shell.tell(request, "授权已撤销，对方窗口不能再收；已经收的照常移交。")
    return HttpResponseRedirect(reverse("office:grants_of", args=[code]))
