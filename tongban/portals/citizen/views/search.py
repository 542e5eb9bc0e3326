"""One search over themes, items and questions, in people's own words; and what is offered while somebody types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from tongban.catalogue import queries as catalogue
from tongban.core import http
from tongban.identity import services as limits
from tongban.portals.citizen.views.home import days_words, limit_words, theme_row
from tongban.portals.citizen.views.shell import page
from tongban.rules.errors import TooMany
from tongban.search import queries as search
from tongban.search import services as searching
from tongban.search.queries import Found, Hit
from tongban.search.rules import narrowing
from tongban.search.rules.narrowing import Choice, Filters
from tongban.search.rules.weighing import Why
from tongban.themes.queries import composing

# Source: assurance guide §10.
SEARCHES_A_MINUTE, SUGGESTIONS_A_MINUTE = 60, 120
KINDS = {"theme": "一件事", "item": "事项", "question": "问答"}
LABELS = {
    "kind": ("类型", KINDS),
    "audience": ("对象", {"person": "个人", "firm": "法人"}),
    "online": ("网办", {"yes": "可网办"}),
    "visits": ("跑动", {"0": "零跑动", "1": "最多跑一次"}),
}
MOST_DEPARTMENTS = 8
SHORT, LONG = 6, 60  # results under the choices of a vague search; results of any other
WEAK = 10


@dataclass(frozen=True)
class Result:
    """A search result with the matched words marked, and why it is there."""

    kind: str
    link: str
    title: SafeString
    summary: SafeString
    meta: str
    why: str


@dataclass(frozen=True)
class Option:
    """A value of a filter as a link: how many results it leaves; following it when chosen takes it away."""

    label: str
    link: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter with its values."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Way:
    """A way to narrow a vague search."""

    label: str
    link: str
    count: int


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Search in people's own words; filters and choices are links."""
    query = request.GET.get("q", "").strip()[:100]
    if not query:
        return page(request, "search", query="", results=[])
    try:
        limits.count_try(f"search:{http.address(request)}", most=SEARCHES_A_MINUTE, within=timedelta(minutes=1))
    except TooMany as refusal:
        return _too_many(request, refusal)
    found = search.search(query, pack=settings.PLACE, filters=_filters(request.GET))
    is_good = any(hit.is_good for hit in found.all_hits)
    if not is_good:
        searching.note_missed(settings.PLACE, query)
    most = SHORT if found.choices and "all" not in request.GET else LONG if is_good else WEAK
    results = [row for hit in found.hits[:most] if (row := _result(hit)) is not None]
    frequent = [] if results else [theme_row(theme) for theme in composing.themes(settings.PLACE) if theme.frequent][:4]
    return page(
        request, "search", query=query, results=results, count=len(found.hits), is_good=is_good, frequent=frequent,
        facets=_facets(request.GET, found) if len(found.all_hits) > 1 else [], ways=[_way(query, choice) for choice in found.choices],
        chosen=_chosen(request.GET, found), mended=[(slip.meant, _link({"q": slip.meant})) for slip in found.mended],
        rest=_link({"q": query, "all": "1"}) if found.choices and most < len(found.hits) else "", bare=_link({"q": query}),
    )  # fmt: skip


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Give what somebody who has typed so much may want, as JSON for the list under the search box."""
    typed = request.GET.get("q", "").strip()[:40]
    try:
        limits.count_try(f"suggest:{http.address(request)}", most=SUGGESTIONS_A_MINUTE, within=timedelta(minutes=1))
    except TooMany as refusal:
        answer = JsonResponse({"found": []}, status=429)
        answer["Retry-After"] = str(refusal.facts["wait_s"])
        return answer
    hits = search.suggest(typed, pack=settings.PLACE)
    rows = [{"title": hit.title, "kind": KINDS.get(hit.kind, ""), "href": _target(hit)} for hit in hits]
    return JsonResponse({"found": rows}, json_dumps_params={"ensure_ascii": False})


def _too_many(request: HttpRequest, refusal: TooMany) -> HttpResponse:
    response = http.refusal_page(request, refusal)
    response["Retry-After"] = str(refusal.facts["wait_s"])
    return response


def _target(hit: Hit) -> str:
    """Return the address of a thing found; a question stands in the guide of its item."""
    if hit.kind == "theme":
        return reverse("theme", args=[hit.code])
    code, _, number = hit.code.partition("/")
    return reverse("item", args=[code]) + (f"#faq-{number}" if number else "")


# Results


def _result(hit: Hit) -> Result | None:
    """Return a hit as a row; None for one that is no longer in force."""
    meta = _meta(hit)
    if not meta:
        return None
    title, summary = marked(hit.title, hit.marks), marked(hit.summary, hit.marks)
    return Result(KINDS[hit.kind], _target(hit), title, summary, meta, why_words(hit.why, hit.title))


def _meta(hit: Hit) -> str:
    if hit.kind == "theme":
        themes = composing.published(settings.PLACE)
        if hit.code not in themes:
            return ""
        spec = themes[hit.code].spec
        return f"{len(spec.members)} 项一起办 · {limit_words(spec.limit)}{_visits(hit)}"
    items = catalogue.items(settings.PLACE)
    item = items.get(hit.code.partition("/")[0])
    if item is None:
        return ""
    if hit.kind == "question":
        return f"“{item.name}”的常见问题"
    return f"{hit.facts.org_name} · {days_words(item.promised_days)}{_visits(hit)}"


def _visits(hit: Hit) -> str:
    return " · 零跑动" if hit.facts.visits == 0 and hit.facts.is_online else ""


def why_words(why: Why, title: str) -> str:
    """Return in a sentence why something was found."""
    match why.kind:
        case "synonym":
            return f"按“{'…'.join(why.said.split())}”≈“{why.meant}”找到"
        case "pinyin":
            return f"按拼音找到：{why.said}，{why.meant}"
        case "initials":
            return f"按拼音首字母找到：{why.said}，{why.meant}"
        case "mistake":
            return f"你是不是要找：{why.meant}"
    return f"也叫“{why.meant}”" if why.meant and why.meant not in title else "字面对得上"


def marked(text: str, wanted: tuple[str, ...]) -> SafeString:
    """Mark what was searched for; everything else is escaped."""
    low = text.lower()
    hot = {
        n + k for word in wanted if word for n in range(len(low)) if low.startswith(word, n) for k in range(len(word))
    }
    pieces = [f'<mark class="mark">{escape(ch)}</mark>' if n in hot else escape(ch) for n, ch in enumerate(text)]
    return mark_safe("".join(pieces).replace('</mark><mark class="mark">', ""))  # noqa: S308  # each piece is escaped


# Filters


def _filters(sent: QueryDict) -> Filters:
    """Return the filters of an address; an unknown value narrows nothing."""
    known = {name: value for name, (_, values) in LABELS.items() if (value := sent.get(name, "")) in values}
    return Filters(**known, org=sent.get("org", "")[:64])


def _link(values: Mapping[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in values.items() if value})
    return f"{reverse('search')}?{query.urlencode()}"


def _current(sent: QueryDict) -> dict[str, str]:
    filters = _filters(sent)
    names = [*LABELS, "org"]
    return {"q": sent.get("q", "").strip()[:100], **{name: getattr(filters, name) for name in names}}


def _options(sent: QueryDict, found: Found) -> list[tuple[str, str, dict[str, str], dict[str, int]]]:
    """Return (filter, label, value -> label, value -> count) of each filter."""
    rows = [(hit.kind, hit.facts) for hit in found.all_hits]
    orgs = dict(list(narrowing.departments(rows).items())[:MOST_DEPARTMENTS])
    labels = {"kind": LABELS["kind"], "audience": LABELS["audience"], "org": ("部门", orgs),
              "online": LABELS["online"], "visits": LABELS["visits"]}  # fmt: skip
    counts = narrowing.counts(rows, _filters(sent), {name: list(values) for name, (_, values) in labels.items()})
    return [(name, label, values, counts[name]) for name, (label, values) in labels.items()]


def _facets(sent: QueryDict, found: Found) -> list[Facet]:
    now = _current(sent)
    facets = []
    for name, label, values, counts in _options(sent, found):
        options = tuple(
            Option(words, _link(now | {name: "" if now[name] == value else value}), counts[value], now[name] == value)
            for value, words in values.items() if counts[value] or now[name] == value
        )  # fmt: skip
        if options and (len(options) > 1 or options[0].is_chosen or options[0].count < len(found.all_hits)):
            facets.append(Facet(label, options))
    return facets


def _chosen(sent: QueryDict, found: Found) -> list[tuple[str, str]]:
    """Return (label, link without it) of each filter that is on."""
    now = _current(sent)
    names = {hit.facts.org: hit.facts.org_name for hit in found.all_hits}
    labels = {**{name: values for name, (_, values) in LABELS.items()}, "org": names}
    return [
        (labels[name].get(value, value), _link(now | {name: ""}))
        for name, value in now.items()
        if name != "q" and value
    ]


def _way(query: str, choice: Choice) -> Way:
    link = _link({"q": choice.query}) if choice.query else _link({"q": query, "org": choice.org})
    return Way(choice.label, link, choice.count)
