"""What every window page shares: who may come in, at which window, the frame around the page, the note of what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tongban.attachments import services as files
from tongban.core import http
from tongban.core.actor import Actor
from tongban.hall.queries import desk as hall
from tongban.hall.queries import pickups
from tongban.orgs import queries as orgs
from tongban.orgs.queries import Window
from tongban.orgs.rules import LEVEL_WORDS
from tongban.rules.errors import NotAllowed

TOLD, WINDOW = "counter_told", "counter_window"
MENU = (
    ("home", "收件", "inbox"), ("pickups", "出件", "card"), ("transfers", "流转", "upload"), ("track", "在办", "track"),
    ("assist", "代办", "users"), ("find", "找件", "search"), ("today", "今日", "clock"), ("me", "我的", "person"),
)  # fmt: skip


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
    """The frame of a window page."""

    unit: str
    menu: tuple[MenuRow, ...]
    search_url: str
    home_url: str
    me_url: str
    text: str
    told: str


@dataclass(frozen=True)
class Clerk:
    """Who sits at which window."""

    by: Actor
    window: Window
    windows: tuple[Window, ...]


def clerk(request: HttpRequest) -> Clerk:
    """Return the clerk and the window. Raises NotSignedIn, NotAllowed for who sits at none."""
    by = http.signed_in(request)
    windows = orgs.windows(by=by)
    if not windows:
        raise NotAllowed(
            "counter.no_window", "这里是综合窗口，你的账号没有安排窗口",
            remedy="窗口人员请联系本单位管理员安排窗口；部门审批人员请到工作台",
        )  # fmt: skip
    chosen = str(request.session.get(WINDOW, ""))
    return Clerk(by, next((w for w in windows if str(w.pk) == chosen), windows[0]), tuple(windows))


def show(
    request: HttpRequest, template: str, *, who: Clerk, menu: str, text: str = "", status: int = 200, **context: Any
) -> HttpResponse:
    """Render a window page in its frame; a note of what was done is shown once."""
    shell = Shell(
        unit=who.window.place, menu=_menu(menu, who.window), search_url=reverse("counter:find"), home_url=reverse("counter:home"),
        me_url=reverse("counter:me"), text=text, told=request.session.pop(TOLD, ""),
    )  # fmt: skip
    here = orgs.here(by=who.by)
    frame = {
        "shell": shell, "who": who, "level": LEVEL_WORDS[who.window.level], "is_away": not hall.is_of_place(who.window),
        "acting": here if here is not None and here.assistance_id is not None else None,
    }  # fmt: skip
    return render(request, f"counter/{template}.html", {**frame, **context}, status=status)


def _menu(current: str, window: Window) -> tuple[MenuRow, ...]:
    left_out = set() if pickups.hands_out(window) else {"pickups"}
    return tuple(
        MenuRow(name, label, icon, reverse(f"counter:{name}"), None, name == current)
        for name, label, icon in MENU
        if name not in left_out
    )


def uploaded(request: HttpRequest, name: str, *, by: Actor) -> UUID | None:
    """Keep a scan that was sent along and return its id; none was sent: None. Raises TooLarge, Unsupported, Invalid."""
    upload = request.FILES.get(name)
    return files.store(upload, by=by).pk if isinstance(upload, UploadedFile) else None


def tell(request: HttpRequest, text: str) -> None:
    """Keep a note of what was done for the next page."""
    request.session[TOLD] = text
