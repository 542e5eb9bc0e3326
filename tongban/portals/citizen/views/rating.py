"""评价: rate by a link without signing in, add to it once, the own ratings, and what everybody may see of ratings."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.core import http, time
from tongban.evaluation.queries import inviting, mine, public
from tongban.evaluation.queries.inviting import Asked
from tongban.evaluation.queries.terms import terms
from tongban.evaluation.rules.figures import ratios
from tongban.evaluation.rules.grades import channel_of, is_bad
from tongban.evaluation.services import rating
from tongban.evaluation.services.rating import Said
from tongban.identity import services as limits
from tongban.portals.citizen.views.shell import page, pager, problems
from tongban.rules.errors import Conflict, Invalid

MINE = "rated_here"  # in the session: what this browser rated, so that its giver can add to it
MOST_AN_HOUR = 300  # from one address: a hall is one address
PAGE = 20


@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """The rating page behind a link; afterwards thanks to the giver, and one neutral answer to everybody else."""
    asked = inviting.asked(token)
    if asked.is_rated and _is_mine(request, asked):
        return _thanks(request, asked)
    if asked.is_rated or asked.is_over:
        return page(request, "rate_closed", nav="")
    if request.method == "GET":
        return _form(request, asked, {}, {})
    try:
        rating.rate(asked.id, said(request), by=http.actor(request))
    except Invalid as refusal:
        return _form(request, asked, typed(request), problems(refusal))
    except Conflict:
        return page(request, "rate_closed", nav="")
    remember(request, asked)
    return HttpResponseRedirect(f"/rate/{asked.token}")


def said(request: HttpRequest, *, via: str = "") -> Said:
    """Return what was posted, with how it came. Raises TooMany."""
    address = http.address(request)
    limits.count_try(f"rate:{address}", most=MOST_AN_HOUR, within=timedelta(hours=1))
    browser = request.headers.get("User-Agent", "")[:300]
    grade = request.POST.get("grade", "")
    return Said(
        grade=int(grade) if grade in ("1", "2", "3", "4", "5") else 0, options=tuple(request.POST.getlist(f"option-{grade}")[:10]),
        text=request.POST.get("text", "")[:2000], wants_call_back=f"call-{grade}" in request.POST,
        channel=channel_of(via or request.GET.get("via", ""), is_mobile="Mobi" in browser), address=address, device=browser,
    )  # fmt: skip


def typed(request: HttpRequest) -> dict[str, object]:
    """Return what was chosen and written, to show it again."""
    grade = request.POST.get("grade", "")
    return {"grade": grade, "text": request.POST.get("text", ""), "options": request.POST.getlist(f"option-{grade}"),
            "call": f"call-{grade}" in request.POST}  # fmt: skip


def _form(request: HttpRequest, asked: Asked, kept: dict[str, object], found: dict[str, str]) -> HttpResponse:
    anchors = [({"grade": "grade-1", "text": "text"}.get(name, "main"), words) for name, words in found.items()]
    return page(
        request, "rate", nav="", asked=asked, choices=inviting.choices(asked.pack, asked.mode), typed=kept, found=found,
        errors=anchors, status=422 if found else 200,
    )  # fmt: skip


def remember(request: HttpRequest, asked: Asked) -> None:
    """Let this browser read and add to the rating that it just gave."""
    request.session[MINE] = [*request.session.get(MINE, []), str(asked.id)][-20:]


def _is_mine(request: HttpRequest, asked: Asked) -> bool:
    return str(asked.id) in request.session.get(MINE, []) or inviting.may_read(asked.id, by=http.actor(request))


def _thanks(request: HttpRequest, asked: Asked, *, text: str = "", problem: str = "") -> HttpResponse:
    given = inviting.given(asked.id)
    assert given is not None
    return page(
        request, "rate_done", nav="", asked=asked, given=given, terms=terms(asked.pack), is_bad=is_bad(given.grade), text=text,
        may_list=inviting.may_read(asked.id, by=http.actor(request)), problem=problem,
        errors=[("text", problem)] if problem else [], status=422 if problem else 200,
    )  # fmt: skip


@require_POST
def supplement(request: HttpRequest, token: str) -> HttpResponse:
    """Add to the own rating, once (追评)."""
    asked = inviting.asked(token)
    if not asked.is_rated or not _is_mine(request, asked):
        return page(request, "rate_closed", nav="")
    try:
        rating.supplement(asked.id, text=request.POST.get("text", "")[:2000], by=http.actor(request))
    except Invalid as refusal:
        return _thanks(
            request, asked, text=request.POST.get("text", ""), problem=problems(refusal).get("text", refusal.message)
        )
    return HttpResponseRedirect(f"/rate/{asked.token}")


@require_safe
def my_ratings(request: HttpRequest) -> HttpResponse:
    """我的评价: the own ratings and what came of them, and what can be rated."""
    by, on = http.signed_in(request), time.today()
    rows = mine.rated(by=by)
    pages = pager(request, rows.count(), PAGE)
    found = mine.shown(list(rows[pages.first : pages.last]), by=by, on=on)
    return page(request, "my_ratings", nav="me", waiting=mine.unrated(by=by, on=on), rows=found, pager=pages)


@require_safe
def ratings_page(request: HttpRequest) -> HttpResponse:
    """好差评: figures of the place and its organisations, and what became of bad ratings."""
    found_terms = terms(settings.PLACE)
    since = time.today() - timedelta(days=found_terms.public_days - 1)
    whole, (rows, hidden) = public.place(settings.PLACE, since=since), public.organisations(settings.PLACE, since=since)
    found = public.published(settings.PLACE)
    pages = pager(request, found.count(), PAGE)
    return page(
        request, "open_ratings", nav="", whole=whole, days=found_terms.public_days,
        is_few=0 < whole.persons < found_terms.least_persons,
        ratios=ratios(whole), rows=rows, hidden=hidden,
        least=found_terms.least_persons, published=public.shown(list(found[pages.first : pages.last])), pager=pages,
    )  # fmt: skip
