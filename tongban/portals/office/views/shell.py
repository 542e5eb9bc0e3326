"""What every office page shares: who may come in, the frame around the page, the note of what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tongban.cases.queries import desk
from tongban.core import http
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.rules.errors import NotAllowed
from tongban.search import queries as searching

TOLD = "office_told"


@dataclass(frozen=True)
class MenuRow:
    """A line of the side menu."""

    name: str
    label: str
    icon: str
    href: str
    count: int | None
    is_current: bool


@dataclass(frozen=True)
class Shell:
    """The frame of an office page."""

    unit: str
    menu: tuple[MenuRow, ...]
    search_url: str
    home_url: str
    me_url: str
    text: str
    told: str


def staff(request: HttpRequest) -> Actor:
    """Return the officer who acts. Raises NotSignedIn, NotAllowed for who holds no seat."""
    by = http.signed_in(request)
    if not by.is_staff:
        raise NotAllowed(
            "office.not_staff",
            "这里是部门审批工作台，你的账号没有岗位",
            remedy="要办事请回首页；工作人员请联系本单位管理员安排岗位",
        )
    return by


def show(
    request: HttpRequest, template: str, *, by: Actor, menu: str, counters: desk.Counters | None = None, text: str = "",
    status: int = 200, **context: Any,
) -> HttpResponse:  # fmt: skip
    """Render an office page in its frame; a note of what was done is shown once."""
    counters = counters or desk.counters(by=by)
    shell = Shell(
        unit=_unit(by), menu=_menu(by, menu, counters), search_url=reverse(f"office:{menu if menu in LISTS else 'home'}"),
        home_url=reverse("office:home"), me_url=reverse("office:me"), text=text, told=request.session.pop(TOLD, ""),
    )  # fmt: skip
    return render(request, f"office/{template}.html", {"shell": shell, "counters": counters, **context}, status=status)


LISTS = ("home", "running", "done")


def _menu(by: Actor, current: str, counters: desk.Counters) -> tuple[MenuRow, ...]:
    rows = [
        ("home", "待办", "inbox", counters.todo),
        ("running", "在办", "clock", counters.running),
        ("done", "已办", "check", None),
    ]
    rows.append(("visits", "踏勘", "search", None))
    rows.append(("fees", "缴费与对账", "card", None))
    if by.organisations_as(Role.CLERK.value, Role.REVIEWER.value, Role.HEAD.value):
        rows.append(("transfers", "材料流转", "upload", None))
    if by.organisations_as(Role.ADMIN.value, Role.HEAD.value):
        rows.append(("windows", "窗口与授权", "home", None))
    if by.organisations_as(Role.ADMIN.value):
        rows.append(("staff", "人员与岗位", "users", None))
        rows.append(("catalogue", "事项管理", "file", None))
        rows.append(("decisions", "决策表", "file", None))
        rows.append(("templates", "文书模板", "file", None))
    if searching.may_edit(keeper(by), by=by):
        rows.append(("search", "搜索用词", "search", None))
    if by.organisations_as(Role.SUPERVISOR.value, Role.HEAD.value, Role.ADMIN.value):
        rows.append(("oversight", "监督与督办", "check", None))
    rows.append(("me", "我的", "person", None))
    return tuple(
        MenuRow(name, label, icon, reverse(f"office:{name}"), count, name == current)
        for name, label, icon, count in rows
    )


def keeper(by: Actor) -> str:
    """Return the organisation that keeps the catalogue of the place: its host. Empty for who heads and administers nothing."""
    if not by.organisations_as(Role.ADMIN.value, Role.HEAD.value):
        return ""
    return orgs.host(settings.PLACE)


def _unit(by: Actor) -> str:
    known = orgs.organisations(settings.PLACE)
    return "、".join(known[code].name if code in known else code for code in sorted(by.seats))


def tell(request: HttpRequest, text: str) -> None:
    """Keep a note of what was done for the next page."""
    request.session[TOLD] = text
