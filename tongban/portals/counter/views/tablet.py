"""评价器: the tablet at a window asks whoever was just served; it stands for the window, nobody signs in on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.core import http
from tongban.core.actor import ANONYMOUS
from tongban.documents import queries as documents
from tongban.evaluation.queries import inviting, links
from tongban.evaluation.rules.grades import Channel
from tongban.evaluation.services import inviting as invitations
from tongban.evaluation.services import rating
from tongban.evaluation.services.rating import Said
from tongban.portals.counter.views import shell
from tongban.rules.errors import Conflict, Invalid, NotFound

IDLE_S, ASKING_S, THANKS_S = 5, 60, 6  # after which the page looks again


@require_safe
def setup(request: HttpRequest) -> HttpResponse:
    """Show the clerk the address that the tablet of this window opens once."""
    who = shell.clerk(request)
    address = request.build_absolute_uri(reverse("counter:tablet", args=[links.window_key(who.window.pk)]))
    return shell.show(request, "tablet_setup", who=who, menu="me", address=address, qr=documents.qr_svg(address))


@require_http_methods(["GET", "POST"])
def tablet(request: HttpRequest, key: str) -> HttpResponse:
    """The page on the tablet: waits, asks about the latest visit, says thanks. The clerk does not see what was chosen."""
    window_id = links.window_id(key)
    if window_id is None:
        raise NotFound("counter.no_tablet", "这个评价器的网址不对", remedy="在窗口页面“我的”里重新打开评价器")
    asked = inviting.at_window(window_id)
    here = reverse("counter:tablet", args=[key])
    if request.method == "GET":
        return _page(request, asked, done=request.GET.get("done", ""))
    if asked is None or request.POST.get("visit") != str(asked.id):
        return HttpResponseRedirect(here)  # the next one is at the window by now
    if request.POST.get("act") == "pass":
        invitations.wave_off(window_id, asked.id)
        return HttpResponseRedirect(f"{here}?done=pass")
    grade = request.POST.get("grade", "")
    said = Said(
        grade=int(grade) if grade in ("1", "2", "3", "4", "5") else 0, options=tuple(request.POST.getlist(f"option-{grade}")[:10]),
        channel=Channel.TABLET, address=http.address(request), device=request.headers.get("User-Agent", "")[:300],
    )  # fmt: skip
    try:
        rating.rate(asked.id, said, by=ANONYMOUS)
    except Invalid as refusal:
        return _page(request, asked, problem=refusal.fields.get("grade", refusal.message))
    except Conflict:
        return HttpResponseRedirect(here)
    return HttpResponseRedirect(f"{here}?done=rate")


def _page(request: HttpRequest, asked: inviting.Asked | None, *, done: str = "", problem: str = "") -> HttpResponse:
    thanks = {"rate": "谢谢你的评价", "pass": "好的，以后也可以扫回执上的二维码评价"}.get(done, "")
    after_s = THANKS_S if thanks else ASKING_S if asked else IDLE_S
    return render(
        request, "counter/tablet.html",
        {"asked": None if thanks else asked, "choices": inviting.choices(asked.pack, asked.mode) if asked else (), "thanks": thanks,
         "after_s": after_s, "problem": problem, "here": request.path},
        status=422 if problem else 200,
    )  # fmt: skip
