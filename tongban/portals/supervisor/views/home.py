"""总览: where things stand this morning, and the sentence that says it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from tongban.cases.queries import tallying
from tongban.core import time
from tongban.indicators.queries import overview, rollups
from tongban.indicators.queries.overview import Row
from tongban.indicators.rules.figures import rounded
from tongban.orgs import queries as orgs
from tongban.portals.supervisor.views import months, shell, today

MOST_NAMED, MOST_STUCK = 3, 5
Link = tuple[str, str]  # words, address


def cases_address(month: date, measure: str, **more: str) -> str:
    """Return the address of the cases behind a count of a month."""
    given = {"measure": measure, "month": f"{month:%Y-%m}", **more}
    return f"{reverse('supervisor:cases')}?{urlencode({k: v for k, v in given.items() if v})}"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page of supervision: the place, or a unit's own part of it."""
    by, month = shell.staff(request), months.chosen(request)
    target, own = orgs.place(shell.PLACE).on_time_target, shell.own_units(by)
    units = [row for row in overview.rows(shell.PLACE, month, "organisation") if own is None or row.code in own]
    place = overview.whole(shell.PLACE, month) if own is None else _together(units)
    overdue = overview.overdue_by_organisation(shell.PLACE, on=time.today())
    below = [row for row in units if row.rate is not None and float(row.rate) < target]
    late = tallying.overdue(shell.PLACE, on=time.today())
    late = late if own is None else late.filter(organisation__in=own)
    steps, (lines, more) = tallying.stuck(late), today.lines(by=by)
    return shell.show(
        request, "home", by=by, menu="home", month=month, months=months.offered(month), place=place, target=target,
        headline=_headline(place, month, below, target, units), below=below[:MOST_NAMED],
        units=[(row, overdue.get(row.code, 0)) for row in units], overdue=late.count(),
        steps=steps[:MOST_STUCK], most=max([n for _, n in steps], default=0), fresh_at=rollups.fresh_at(shell.PLACE),
        online=_share(place.counts["received"], _online(month, own)), links=_links(month), today=lines, more=more,
    )  # fmt: skip


def _together(rows: Sequence[Row]) -> Row:
    """Return the units of an officer as one row: what the page says is what its links open."""
    if len(rows) == 1:
        return rows[0]
    counts = {name: sum(row.counts[name] for row in rows) for name in overview.COUNTS}
    return Row("", "、".join(row.name for row in rows), counts, (overview.rate(counts),))


def _online(month: date, own: frozenset[str] | None) -> int:
    units = None if own is None else tuple(sorted(own))
    wanted = tallying.Behind("received", channels=rollups.ONLINE, organisations=units)
    return rollups.count(shell.PLACE, month, wanted)


def _share(whole: int, part: int) -> str:
    return f"{rounded(Fraction(part * 100, whole))} %" if whole else "无数据"


def _links(month: date) -> dict[str, str]:
    return {
        "received": cases_address(month, "received"), "closed": cases_address(month, "closed"),
        "late": cases_address(month, "closed", without="on_time"), "asked": cases_address(month, "asked"),
        "online": cases_address(month, "received", channels="online"), "overdue": cases_address(month, "overdue"),
    }  # fmt: skip


def _headline(place: Row, month: date, below: Sequence[Row], target: float, units: Sequence[Row]) -> str:
    """Return the sentence of the month: the rate, how it moved, who is below the target."""
    if place.rate is None:
        return f"{month.month} 月还没有办结的办件。"
    words = f"{month.month} 月按时办结率 {rounded(place.rate)} %"
    if place.change is not None:
        moved = (
            "持平"
            if not place.change
            else f"{'高' if place.change > 0 else '低'} {rounded(abs(place.change))} 个百分点"
        )
        words += f"，比 {overview.before(month, months=1).month} 月{moved}"
    if len(units) == 1:
        return f"{units[0].name} {words}，{'没到' if below else '达到'} {target:g} %。"
    if not below:
        closing = sum(row.rate is not None for row in units)
        return f"{words}；有办结的 {closing} 个单位都达到 {target:g} %。"
    names = "、".join(row.name for row in below[:MOST_NAMED])
    return f"{words}；{names}{'等' if len(below) > MOST_NAMED else ''} {len(below)} 个单位没到 {target:g} %。"
