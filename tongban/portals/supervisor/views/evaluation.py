"""好差评: figures by unit, item, window, region and channel, the ratings behind them, and what the place sets."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from tongban.catalogue import queries as catalogue
from tongban.core import books, time
from tongban.core.actor import Actor
from tongban.core.books import Sheet
from tongban.evaluation.queries import figures, sayings
from tongban.evaluation.queries import terms as settings
from tongban.evaluation.rules.figures import Counts, Ratio, ratios
from tongban.evaluation.rules.grades import BAD, CHANNEL_WORDS, GOOD, WORDS, Grade
from tongban.evaluation.rules.terms import NUMBERS
from tongban.evaluation.services import setting
from tongban.orgs import queries as orgs
from tongban.portals.supervisor.views import shell
from tongban.rules.errors import Invalid

GROUPS = {"organisation": "单位", "item": "事项", "window": "窗口", "region": "区划", "channel": "渠道"}
DAYS, PAGE = 30, 50
RATIOS_SHOWN = ("good_rate", "answer_rate", "verify_rate", "settle_rate", "call_back_rate")
NO_GROUP = "（不分）"


@dataclass(frozen=True)
class Period:
    """The days that are looked at, both included, and the unit where one was chosen."""

    since: date
    until: date
    organisation: str = ""

    def link(self, **more: str) -> str:
        """Return the query of an address with this period."""
        kept = {"since": str(self.since), "until": str(self.until), "org": self.organisation, **more}
        return "?" + urlencode({name: value for name, value in kept.items() if value})


def seen(wanted: Period, by: Actor) -> Period:
    """Return the period as the actor may look at it: whole months for the leads of units."""
    since, until = sayings.days(shell.PLACE, wanted.since, wanted.until, by=by)
    return Period(since, until, wanted.organisation)


def period(request: HttpRequest) -> Period:
    """Return the period of an address; what is no day is left out, and the last 30 days stand in."""
    today = time.today()
    until = _day(request.GET.get("until", "")) or today
    since = _day(request.GET.get("since", "")) or until - timedelta(days=DAYS - 1)
    return Period(min(since, until), until, request.GET.get("org", "")[:64])


def _day(text: str) -> date | None:
    with contextlib.suppress(ValueError):
        return date.fromisoformat(text)
    return None


@dataclass(frozen=True)
class GroupRow:
    """A group with its counts; `is_hidden` where too few persons stand behind them for whoever looks."""

    key: str
    name: str
    counts: Counts
    ratios: tuple[Ratio, ...]
    is_hidden: bool
    link: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The figures of ratings in a period, whole and by group."""
    by = shell.staff(request)
    wanted = seen(period(request), by)
    group = cast("figures.By", request.GET.get("by") if request.GET.get("by") in GROUPS else "organisation")
    whole = sayings.counts(
        shell.PLACE, since=wanted.since, until=wanted.until, by_group="all", organisation=wanted.organisation, by=by
    )[""]
    rows = _rows(wanted, group, by)
    found = [(row, _opened(row.code, wanted)) for row in ratios(whole)]
    if request.GET.get("format") == "xlsx":
        return books.response(f"好差评统计-{time.today()}", _sheet(rows, whole, group, wanted))
    return shell.show(
        request, "evaluation_home", by=by, menu="evaluation", whole=whole, ratios=found, rows=rows, group=group, wanted=wanted,
        is_hidden=sayings.hides(whole, pack=shell.PLACE, by=by), least=settings.terms(shell.PLACE).least_persons,
        groups=[(code, name, wanted.link(by=code)) for code, name in GROUPS.items()], units=_units(by),
        xlsx_address=wanted.link(by=group, format="xlsx"), shown=RATIOS_SHOWN,
    )  # fmt: skip


def _units(by: Actor) -> list[tuple[str, str]]:
    own = sayings.units_of(shell.PLACE, by=by)
    known = orgs.organisations(shell.PLACE).items()
    return [(code, org.name) for code, org in known if (own is None and not org.external) or code in (own or ())]


def _opened(code: str, wanted: Period) -> str:
    """Return the address of the rows behind a figure."""
    if code in ("verify_rate", "settle_rate", "call_back_rate"):
        return reverse("supervisor:bad_ratings") + wanted.link(view="all")
    grades = "good" if code in ("good_rate", "active_good_rate") else ""
    return reverse("supervisor:ratings") + wanted.link(grade=grades) if code != "unrated_rate" else ""


def _rows(wanted: Period, group: figures.By, by: Actor) -> list[GroupRow]:
    found = sayings.counts(
        shell.PLACE, since=wanted.since, until=wanted.until, by_group=group, organisation=wanted.organisation, by=by
    )
    names = _names(group)
    rows = [
        GroupRow(key, names.get(key, key) or NO_GROUP, counts, tuple(r for r in ratios(counts) if r.code in RATIOS_SHOWN),
                 sayings.hides(counts, pack=shell.PLACE, by=by), _link(group, key, wanted))
        for key, counts in found.items() if counts != Counts() and (key or group in ("item", "channel"))
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.counts.bad, -row.counts.rated, row.name))


def _link(group: str, key: str, wanted: Period) -> str:
    if not key or group in ("region", "channel"):
        return ""
    name = {"organisation": "org", "item": "item", "window": "window"}[group]
    return reverse("supervisor:ratings") + wanted.link(**{name: key})


def _names(group: str) -> dict[str, str]:
    if group == "organisation":
        return {code: org.name for code, org in orgs.organisations(shell.PLACE).items()}
    if group == "item":
        return {code: spec.name for code, spec in catalogue.items(shell.PLACE).items()}
    if group == "region":
        return {row.code: row.name for row in orgs.regions(shell.PLACE)}
    if group == "window":
        return sayings.window_names(shell.PLACE)
    return {channel.value: words for channel, words in CHANNEL_WORDS.items()}


def _sheet(rows: list[GroupRow], whole: Counts, group: str, wanted: Period) -> Sheet:
    means = [(r.code, r.name, f"{r.formula}；{r.note}" if r.note else r.formula) for r in ratios(whole)]
    columns: list[books.Column] = [
        GROUPS[group], ("应评", "按发出评价邀请的日子算"), ("已评", "应评里面已经评价的"),
        ("评价总数", "按评价的日子算；经复核不计入的不算"), *(WORDS[g] for g in Grade), ("差评", "按评价的日子算；经复核不计入的不算"),
        *((name, formula) for code, name, formula in means if code in RATIOS_SHOWN),
    ]  # fmt: skip
    lines: list[list[books.Cell]] = []
    for row in rows:
        c = row.counts
        known: list[books.Cell] = [c.answered, c.rated, *c.grades, c.bad, *(r.words for r in row.ratios)]
        hidden: list[books.Cell] = ["人数不足，不显示"] * len(known)
        lines.append([row.name, c.invited, *(hidden if row.is_hidden else known)])
    return Sheet(
        "统计", columns, lines, f"{wanted.since} 至 {wanted.until}，生成于 {time.today()}",
        [(name, formula) for code, name, formula in means if code not in RATIOS_SHOWN],
    )  # fmt: skip


@require_safe
def ratings(request: HttpRequest) -> HttpResponse:
    """The ratings behind a figure; nothing tells who gave them."""
    by = shell.staff(request)
    wanted = seen(period(request), by)
    chosen = request.GET.get("grade", "")
    grades = {"good": [g.value for g in GOOD], "bad": [g.value for g in BAD]}.get(chosen, [])
    item, window = request.GET.get("item", "")[:64], request.GET.get("window", "")
    rows = sayings.rows_of(
        shell.PLACE, since=wanted.since, until=wanted.until, organisation=wanted.organisation, item=item,
        window=window if _is_id(window) else "", grades=grades, by=by,
    )  # fmt: skip
    count = rows.count()
    number = max(1, min(_number(request.GET.get("page", "")), (count - 1) // PAGE + 1))
    found = sayings.shown(list(rows[(number - 1) * PAGE : number * PAGE]), pack=shell.PLACE, by=by)

    def link(to: int) -> str:
        return wanted.link(item=item, window=window, grade=chosen, page=str(to))

    return shell.show(
        request, "evaluation_ratings", by=by, menu="evaluation", rows=found, count=count, wanted=wanted, chosen=chosen,
        views=[(name, wanted.link(item=item, window=window, grade=code), code == chosen)
               for code, name in (("", "全部"), ("good", "好评"), ("bad", "差评"))],
        before=link(number - 1) if number > 1 else "", after=link(number + 1) if number * PAGE < count else "",
        about=_names("item").get(item, "") or _names("window").get(window, "") or _names("organisation").get(wanted.organisation, ""),
        least=settings.terms(shell.PLACE).least_persons,
    )  # fmt: skip


def _is_id(text: str) -> bool:
    with contextlib.suppress(ValueError):
        return bool(UUID(text))
    return False


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 1


@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """What the place sets for ratings: days and limits; who supervises changes them."""
    by, found = shell.staff(request), dict[str, str]()
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        try:
            setting.change(shell.PLACE, request.POST.dict(), reason=request.POST.get("reason", ""),
                           seen=int(seen) if seen.isdecimal() and len(seen) < 8 else -1, by=by)  # fmt: skip
        except Invalid as refusal:
            found = refusal.fields or {"reason": refusal.message}
        else:
            shell.tell(request, "已保存，从现在收到的评价起用新的设置。")
            return HttpResponseRedirect(reverse("supervisor:evaluation_terms"))
    body = settings.terms(shell.PLACE).model_dump()
    rows = [
        (name, words, unit, request.POST.get(name, body[name]), found.get(name, "")) for name, (words, unit) in NUMBERS.items()
    ]  # fmt: skip
    return shell.show(
        request, "evaluation_terms", by=by, menu="evaluation", rows=rows, version=settings.version(shell.PLACE),
        changes=settings.changes(shell.PLACE), reason=request.POST.get("reason", ""), problem=found.get("reason", ""),
        errors=list(found.items()), may=shell.supervises(by), status=422 if found else 200,
    )  # fmt: skip
