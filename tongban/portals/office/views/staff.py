"""人员与岗位: the posts of an organisation and who sits there; only for its administrator."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.core import time
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.orgs.queries import Organisation, Post, Seat
from tongban.orgs.rules import Role
from tongban.orgs.services import deputising
from tongban.orgs.services import staffing as services
from tongban.portals.office import forms, rules
from tongban.portals.office.views import shell
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

PACK = settings.PLACE


@dataclass(frozen=True)
class PostRow:
    """A post with its roles in words and who sits there."""

    post: Post
    roles: str
    seats: tuple[Seat, ...]


@require_safe
def page(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show the posts of an organisation that the actor administers."""
    by = shell.staff(request)
    return _page(request, by, _organisation(code, by))


def _organisation(code: str, by: Actor) -> Organisation:
    own = by.organisations_as(Role.ADMIN.value)
    if not own:
        raise NotAllowed("orgs.not_admin", "只有本单位的管理员能管理人员和岗位", remedy="请联系本单位管理员")
    return orgs.own_organisation(PACK, code or own[0], by=by)


def _page(
    request: HttpRequest,
    by: Actor,
    organisation: Organisation,
    *,
    refusal: Invalid | Conflict | None = None,
    form: str = "",
) -> HttpResponse:
    seats = orgs.seats(organisation.pk)
    rows = [
        PostRow(
            post,
            "、".join(rules.ROLES.get(role, role) for role in post.roles),
            tuple(s for s in seats if s.post_id == post.pk),
        )
        for post in orgs.posts(organisation.pk)
    ]
    fields = refusal.fields if isinstance(refusal, Invalid) else {"form": refusal.message} if refusal else {}
    return shell.show(
        request, "staff_page", by=by, menu="staff", organisation=organisation, rows=rows, form=form, sent=request.POST,
        errors=fields, anchors=[(f"{form}-{name}", words) for name, words in fields.items()],
        roles=[(role.value, rules.ROLES[role.value], role.value in request.POST.getlist("roles")) for role in Role],
        others=[(row.code, row.name) for row in orgs.administered(by=by).filter(pack=PACK).order_by("position")],
        people=len({seat.account_id for seat in seats}), status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
def add_post(request: HttpRequest, code: str) -> HttpResponse:
    """Add a post."""
    by = shell.staff(request)
    organisation = _organisation(code, by)
    try:
        post = services.add_post(
            PACK, code, name=request.POST.get("name", ""), roles=request.POST.getlist("roles"), by=by
        )
    except Invalid as refusal:
        return _page(request, by, organisation, refusal=refusal, form="post")
    shell.tell(request, f"已增加岗位“{post.name}”。")
    return HttpResponseRedirect(reverse("office:staff_of", args=[code]))


@require_POST
def seat(request: HttpRequest, code: str) -> HttpResponse:
    """Put a person on a post.

    The first password of a new account is shown in the answer itself, never kept in a session or an address;
    sending the form again is refused, because the person already sits there.
    """
    by = shell.staff(request)
    organisation = _organisation(code, by)
    try:
        account, first = services.seat(
            PACK,
            code,
            post_id=_post_id(request),
            username=request.POST.get("username", ""),
            name=request.POST.get("name", ""),
            by=by,
        )
    except (Invalid, Conflict) as refusal:
        return _page(request, by, organisation, refusal=refusal, form="seat")
    if first:
        return shell.show(
            request, "staff_first", by=by, menu="staff", organisation=organisation, account=account, first=first
        )
    shell.tell(request, f"{account.name}已安排到岗。")
    return HttpResponseRedirect(reverse("office:staff_of", args=[code]))


def _post_id(request: HttpRequest) -> UUID:
    try:
        return uuid.UUID(request.POST.get("post", ""))
    except ValueError as problem:
        raise Invalid("orgs.seat", "有 1 处要改", fields={"post": "请选择岗位"}) from problem


@require_http_methods(["GET", "POST"])
def unseat(request: HttpRequest, code: str, seat_id: UUID) -> HttpResponse:
    """Ask before a seat is ended, and end it."""
    by = shell.staff(request)
    organisation = _organisation(code, by)
    row = next((row for row in orgs.seats(organisation.pk) if row.pk == seat_id), None)
    if row is None:
        raise NotFound("orgs.no_seat", "没有找到这条任职，可能已经结束")
    if request.method == "GET":
        return shell.show(request, "staff_end", by=by, menu="staff", organisation=organisation, seat=row)
    try:
        services.unseat(PACK, code, seat_id=seat_id, by=by)
    except Conflict as refusal:
        return _page(request, by, organisation, refusal=refusal, form="end")
    shell.tell(request, f"{row.account.name}在“{row.post.name}”的任职已结束。")
    return HttpResponseRedirect(reverse("office:staff_of", args=[code]))


@require_POST
def appoint(request: HttpRequest, code: str) -> HttpResponse:
    """Name who stands in for the actor, or, as administrator, for a colleague."""
    by, sent = shell.staff(request), request.POST
    try:
        deputising.appoint(
            PACK, code, absent=forms.one_id(sent.get("absent", "") or str(by.account), "absent"),
            deputy=forms.one_id(sent.get("deputy", ""), "deputy"), since_on=_day(sent.get("since", ""), "since") or time.today(),
            until_on=_day(sent.get("until", ""), "until_on"), reason=sent.get("reason", ""), by=by,
        )  # fmt: skip
        shell.tell(request, "代理已设好，到时自动生效、自动结束。")
    except (Invalid, Conflict) as refusal:
        said = "；".join(getattr(refusal, "fields", {}).values()) or refusal.message
        shell.tell(request, f"没有设好代理：{said}。")
    return HttpResponseRedirect(reverse("office:me"))


def _day(text: str, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise Invalid("orgs.deputy", "有 1 处要改", fields={name: "日期写成 2026-12-01"}) from problem


@require_POST
def end_deputy(request: HttpRequest, code: str, deputy_id: UUID) -> HttpResponse:
    """End a stand-in now."""
    deputising.end(deputy_id, by=shell.staff(request))
    shell.tell(request, "代理已结束。")
    return HttpResponseRedirect(reverse("office:me"))
