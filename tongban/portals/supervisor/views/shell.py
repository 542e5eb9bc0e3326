"""What every page of supervision (监督与调度) shares: who may come in, the frame around the page, the note of what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tongban.attachments import services as attachments
from tongban.core import http
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.rules.errors import DomainError, Invalid, NotAllowed

TOLD = "supervisor_told"
PLACE = settings.PLACE


@dataclass(frozen=True)
class MenuRow:
    """A line of the side menu."""

    name: str
    label: str
    icon: str
    href: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True)
class Shell:
    """The frame of a page of supervision."""

    unit: str
    menu: tuple[MenuRow, ...]
    search_url: str
    home_url: str
    me_url: str
    text: str
    told: str


# Each line: route, label, icon, whether the units concerned come here too (otherwise only who supervises).
MENU: tuple[tuple[str, str, str, bool], ...] = (
    ("home", "总览", "home", True),
    ("stats", "办件统计", "chart", True),
    ("indicators", "指标体系", "grid", True),
    ("cards", "效能监察", "alert", True),
    ("patterns", "反作弊线索", "search", False),
    ("history", "历史办件", "clock", False),
    ("grants", "园区赋权", "users", True),
    ("evaluation", "好差评", "star", True),
    ("campaigns", "督办", "flag", True),
    ("reports", "我的上报", "pen", True),
    ("bulletins", "通报", "file", True),
)


def staff(request: HttpRequest) -> Actor:
    """Return the officer who acts: who supervises, or leads or administers a unit. Raises NotSignedIn, NotAllowed."""
    by = http.signed_in(request)
    if not by.organisations_as(Role.SUPERVISOR.value, Role.HEAD.value, Role.ADMIN.value):
        raise NotAllowed(
            "supervisor.not_allowed", "这里给监督人员和各单位负责人、管理员用，你的账号没有这样的岗位",
            remedy="请联系本单位管理员安排岗位",
        )  # fmt: skip
    return by


def supervises(by: Actor) -> bool:
    """Return whether the actor supervises the whole place."""
    return by.has_role(orgs.overseer(PLACE), Role.SUPERVISOR.value)


def own_units(by: Actor) -> frozenset[str] | None:
    """Return the units whose figures the actor may see; None means all: who supervises or decides appeals sees the place."""
    if supervises(by) or decides_appeals(by):
        return None
    return frozenset(by.organisations_as(Role.HEAD.value, Role.ADMIN.value))


def decides_appeals(by: Actor) -> bool:
    """Return whether the actor decides appeals against the supervising body."""
    return by.has_role(orgs.appeals_body(PLACE), Role.SUPERVISOR.value)


def show(
    request: HttpRequest, template: str, *, by: Actor, menu: str, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page in its frame; a note of what was done is shown once."""
    known = orgs.organisations(PLACE)
    sees_all = supervises(by) or decides_appeals(by)
    shell = Shell(
        unit="、".join(known[code].name if code in known else code for code in sorted(by.seats)),
        menu=tuple(
            MenuRow(name, label, icon, reverse(f"supervisor:{name}"), name == menu)
            for name, label, icon, for_units in MENU if for_units or sees_all
        ),
        search_url=reverse("office:home"), home_url=reverse("supervisor:home"), me_url=reverse("office:me"), text="",
        told=request.session.pop(TOLD, ""),
    )  # fmt: skip
    return render(
        request, f"supervisor/{template}.html", {"shell": shell, "sees_all": sees_all, **context}, status=status
    )


def stored(request: HttpRequest, *, by: Actor, most: int) -> list[UUID]:
    """Keep the files of evidence (佐证) that were sent along; when one is refused, none is kept.

    Raises TooLarge, Unsupported, Invalid.
    """
    uploads, files = request.FILES.getlist("files"), list[UUID]()
    if len(uploads) > most:
        raise Invalid(
            "supervisor.files", "有 1 处要改", fields={"files": f"佐证最多 {most} 份，这次选了 {len(uploads)} 份"}
        )
    try:
        for upload in uploads:
            files.append(attachments.store(upload, by=by).pk)  # those stored so far are taken back
    except DomainError:
        attachments.discard(files, by=by)
        raise
    return files


def tell(request: HttpRequest, text: str) -> None:
    """Keep a note of what was done for the next page."""
    request.session[TOLD] = text
