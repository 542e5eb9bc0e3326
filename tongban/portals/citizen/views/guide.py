"""办事指南: one published version of an item on the web page, on paper and in short; and keeping it (收藏)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules import guide
from tongban.catalogue.rules.dictionaries import ON_APPLICATION
from tongban.catalogue.rules.item import ItemSpec
from tongban.core import http, time
from tongban.core.specs import Published
from tongban.documents import queries as documents
from tongban.evaluation.queries import public as ratings
from tongban.licences import queries as licences
from tongban.orgs import queries as orgs
from tongban.portals.citizen.views.home import AUDIENCES, days_words, theme_row
from tongban.portals.citizen.views.shell import page, site
from tongban.themes.queries import composing
from tongban.themes.queries import favourites as kept
from tongban.themes.services import favourites
from tongban.vocabulary import queries as vocabulary

# The sections of a guide in their order: anchor and heading. Source: product guide 7.1 办事指南.
SECTIONS = {
    "basic": "基本信息", "conditions": "受理条件", "materials": "申请材料", "flow": "办理流程", "fee": "收费", "result": "结果样本",
    "places": "办理地点时间", "basis": "设定依据", "faq": "常见问题", "remedies": "救济渠道",
}  # fmt: skip


@require_safe
def item_page(request: HttpRequest, code: str) -> HttpResponse:
    """The guide (办事指南) of an item, rendered from its published version."""
    by = http.actor(request)
    themes = [theme_row(t) for t in composing.themes(settings.PLACE) if any(m.item == code for m in t.members)]
    return page(
        request, "item", themes=themes, is_kept=kept.is_kept(settings.PLACE, code, by=by),
        rating=ratings.of_item(settings.PLACE, code), **_guide(request, code),
    )  # fmt: skip


@require_safe
def print_page(request: HttpRequest, code: str) -> HttpResponse:
    """The same version for A4 paper: one column, address and QR written out, nothing folded."""
    return page(request, "item_print", on_paper=True, **_guide(request, code))


@require_safe
def short_page(request: HttpRequest, code: str) -> HttpResponse:
    """The same version on one screen (简版): what, who, papers, days, fee, where."""
    return page(request, "item_short", **_guide(request, code))


@require_POST
def favourite(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the item or keep it no longer, then go back to where the button was."""
    by = http.signed_in(request)
    act = favourites.drop if request.POST.get("keep") == "no" else favourites.keep
    act(settings.PLACE, code, by=by)
    return HttpResponseRedirect(http.own_path(request.POST.get("next", ""), f"/items/{code}"))


@require_safe
def favourites_page(request: HttpRequest) -> HttpResponse:
    """What I keep, changed things first."""
    rows = kept.favourites(settings.PLACE, by=http.signed_in(request))
    return page(
        request,
        "favourites",
        nav="me",
        rows=rows,
        organisations=orgs.organisations(settings.PLACE),
        most=favourites.MOST,
    )


def _guide(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return all that a guide says. Everything comes from one version of the item, read once."""
    row = catalogue.item(settings.PLACE, code)
    item, around = row.spec, _around(row)
    address = f"{site(request)}/items/{code}"
    sections = {key: title for key, title in SECTIONS.items() if key != "faq" or item.faq}
    return {
        "item": item, "version": row.version, "published_at": row.effective_from, "organisation": around.organisation,
        "closed": item.closed_words(time.today()), "coming": guide.coming(item, time.today()), "sections": sections,
        "depth": guide.depth(item), "alone": days_words(item.promised_days), "audiences": [AUDIENCES[a] for a in item.audience],
        "type_words": ON_APPLICATION[item.type], "plain": guide.plain_rows(item, around), "formal": guide.formal_rows(item, around),
        "variants": guide.variants(item, around), "materials": guide.materials(item, around), "stops": guide.stops(item),
        "steps": guide.steps(item), "fee_rows": guide.fee_rows(item, around), "result_rows": guide.result_rows(item, around),
        "place_rows": guide.place_rows(item, around), "complaints": item.supervision_phone or around.place.phone,
        "guide_address": address, "qr": documents.qr_svg(address),
    }  # fmt: skip


def _around(row: Published[ItemSpec]) -> guide.Around:
    words = vocabulary.words(settings.PLACE)
    types = licences.licence_types(settings.PLACE)
    return guide.Around(
        organisation=orgs.organisations(settings.PLACE)[row.spec.org], place=orgs.place(settings.PLACE), elements=words.elements,
        materials=words.materials, licence=types.get(row.spec.result.licence_type or ""),
    )  # fmt: skip
