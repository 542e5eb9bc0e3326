"""办件统计: counts by unit, theme, item, channel or region, and the cases behind every count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from tongban.cases.queries import tallying
from tongban.cases.queries.tallying import Behind, Case
from tongban.cases.rules.life import WORDS, State
from tongban.core import books, time
from tongban.core.actor import Actor
from tongban.indicators.queries import overview, rollups
from tongban.indicators.queries.overview import CHANNELS, Row
from tongban.indicators.rules.figures import rounded
from tongban.indicators.rules.scopes import WAYS
from tongban.orgs import queries as orgs
from tongban.portals.supervisor.views import months, shell
from tongban.rules.errors import NotFound

PAGE = 50
WHAT = {
    "received": "收到的办件", "asked": "补正过的办件", "accepted": "受理的办件", "closed": "办结的办件", "on_time": "按时办结的办件",
    "granted": "准予的办件", "refused": "不予的办件", "overdue": "现在超期的办件",
}  # fmt: skip
SHOWN = (("received", "收到"), ("asked", "补正"), ("accepted", "受理"), ("closed", "办结"))
KEYS = {"organisation": "org", "theme": "theme", "item": "item", "channel": "channels", "region": "region"}
# What a group is shown to be made of.
MADE_OF = {"organisation": ("item",), "theme": ("item", "organisation"), "item": ("organisation", "channel"),
           "channel": ("organisation", "item"), "region": ("organisation", "item")}  # fmt: skip
HEADS = ("编号", "事项", "办理单位", "提交", "承诺到期", "办结", "状态")
DEFINITIONS = (
    ("收到", "本月提交的办件，一件事按成员事项分别计"), ("受理", "本月受理的办件，含逾期视为受理"),
    ("办结", "受理以后、本月作出决定的办件"), ("按时办结", "办结日不晚于承诺到期日；依法停止计时、批准延期的日子不算在内"),
    ("按时办结率", "按时办结 ÷ 办结；没有办结的显示“无数据”"), ("超时办结", "办结 − 按时办结"),
    ("补正", "本月提交、后来补正过的办件"), ("网上提交", "从网站或接口提交的办件"),
)  # fmt: skip


@require_safe
def stats(request: HttpRequest) -> HttpResponse:
    """The counts of a month, grouped one way."""
    by, month = shell.staff(request), months.chosen(request)
    way = request.GET.get("by", "organisation")
    if way not in WAYS:
        raise NotFound("supervisor.no_way", "没有这种分组", remedy="按单位、一件事、事项、渠道或区划看")
    own = shell.own_units(by)
    way = "organisation" if own is not None else way
    rows = [row for row in overview.rows(shell.PLACE, month, way) if own is None or row.code in own]
    if request.GET.get("file") == "xlsx":
        return books.response(f"办件统计-{month:%Y-%m}", _sheet(rows, WAYS[way], month))
    return shell.show(
        request, "stats", by=by, menu="stats", month=month, months=months.offered(month), way=way, ways=WAYS.items(),
        rows=rows, target=orgs.place(shell.PLACE).on_time_target, fresh_at=rollups.fresh_at(shell.PLACE),
        definitions=DEFINITIONS, name=WAYS[way], key=KEYS[way], shown=SHOWN, keep=[("by", way)],
    )  # fmt: skip


def _sheet(rows: list[Row], name: str, month: date) -> books.Sheet:
    means = dict(DEFINITIONS)
    counted = [(word, means.pop(word)) for word in ("收到", "补正", "受理", "办结", "按时办结", "超时办结")]
    columns: list[books.Column] = [name, *counted, ("按时办结率（%）", means.pop("按时办结率")), "准予", "不予"]
    lines = [
        (row.name, row.counts["received"], row.counts["asked"], row.counts["accepted"], row.counts["closed"],
         row.counts["on_time"], row.late, "无数据" if row.rate is None else float(rounded(row.rate)), row.counts["granted"],
         row.counts["refused"])
        for row in rows
    ]  # fmt: skip
    return books.Sheet(f"{month:%Y年%m月}", columns, lines, terms=list(means.items()))


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The cases behind a count; the count in the heading is the number of rows."""
    by, month = shell.staff(request), months.chosen(request)
    measure, without = request.GET.get("measure", "received"), request.GET.get("without", "")
    if measure not in WHAT or (without and without not in tallying.MEASURES):
        raise NotFound("supervisor.no_count", "没有这个数", remedy="从统计表里点数字进来")
    rows = _rows(request, month, measure, without, by)
    if request.GET.get("file") == "xlsx":
        return books.response(f"办件-{month:%Y-%m}", books.Sheet("办件", HEADS, _lines(rows.iterator())))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page", "1"))
    kept = {name: str(value) for name, value in request.GET.items() if name not in ("page", "file")}
    return shell.show(
        request, "cases", by=by, menu="stats", title=_title(request, month, measure, without), page=page,
        rows=[(row, WORDS[State(row.state)]) for row in page], total=page.paginator.count, kept=urlencode(kept),
    )  # fmt: skip


def _rows(request: HttpRequest, month: date, measure: str, without: str, by: Actor) -> QuerySet[Case]:
    own = shell.own_units(by)
    asked = request.GET.get("org", "")
    bodies = tuple(own) if own is not None else None
    if asked:
        bodies = (asked,) if own is None or asked in own else ()
    given = request.GET
    wanted = Behind(
        measure, without, organisations=bodies, items=(given["item"],) if "item" in given else None,
        themes=(given["theme"],) if "theme" in given else None, channels=_channels(given.get("channels", "")),
        regions=(given["region"],) if "region" in given else None,
    )  # fmt: skip
    if measure == "overdue":
        return tallying.narrowed(tallying.overdue(shell.PLACE, on=time.today()), wanted)
    return tallying.behind(shell.PLACE, rollups.months_of(month, year="year" in given), wanted)


def _channels(text: str) -> tuple[str, ...] | None:
    if text == "online":
        return rollups.ONLINE
    return (text,) if text in CHANNELS else None


def _title(request: HttpRequest, month: date, measure: str, without: str) -> str:
    known = orgs.organisations(shell.PLACE)
    org = request.GET.get("org", "")
    when = "" if measure == "overdue" else f"{month.year} 年{'' if 'year' in request.GET else f' {month.month} 月'}"
    left = {"on_time": "超时", "asked": "没有补正过"}.get(without, "")
    name = "超时办结的办件" if (measure, without) == ("closed", "on_time") else f"{left}{WHAT[measure]}"
    return f"{known[org].name if org in known else ''}{when}{name}"


def _lines(rows: Iterator[Case]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield (
            row.number, row.name, row.organisation_name, f"{time.day_of(row.joint_case.submitted_at)}", f"{row.due_on or ''}",
            f"{time.day_of(row.closed_at)}" if row.closed_at else "", WORDS[State(row.state)],
        )  # fmt: skip


@require_safe
def group(request: HttpRequest, code: str, way: str = "organisation") -> HttpResponse:
    """One unit, theme, item, channel or region: its months, what it is made of, what is past its promise."""
    by, month = shell.staff(request), months.chosen(request)
    own = shell.own_units(by)
    rows = overview.rows(shell.PLACE, month, way) if way in WAYS else []
    row = next((each for each in rows if each.code == code), None)
    # What is in the catalogue no more still has the cases that it had.
    name = row.name if row else overview.names(shell.PLACE, way).get(code) if way in WAYS else None
    if name is None or (own is not None and (way != "organisation" or code not in own)):
        raise NotFound("supervisor.no_group", "没有这一页，或者它不归你看", remedy="从办件统计里点名字进来")
    narrow: dict[str, Any] = {rollups.FIELDS[way]: (code,)}
    wanted = Behind("received", **narrow)
    late = tallying.narrowed(tallying.overdue(shell.PLACE, on=time.today()), wanted)
    return shell.show(
        request, "group", by=by, menu="stats", month=month, months=months.offered(month), row=row, name=name, way=way, key=KEYS[way],
        at=f"{month:%Y-%m}", code=code, target=orgs.place(shell.PLACE).on_time_target, way_words=WAYS[way],
        parts=[(WAYS[other], KEYS[other], other, overview.parts_of(shell.PLACE, month, way, code, by=other)) for other in MADE_OF[way]],
        late=[(each, (time.today() - each.due_on).days) for each in late[:PAGE] if each.due_on], overdue=late.count(),
        steps=tallying.stuck(late), fresh_at=rollups.fresh_at(shell.PLACE), shown=SHOWN,
    )  # fmt: skip
