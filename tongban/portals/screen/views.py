"""大屏: the wall of a command room. No personal data; every figure is one that the supervisor's pages open.

Source: product guide §7.5.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongban.cases.queries import tallying
from tongban.core import http, time
from tongban.core.actor import Actor
from tongban.evaluation.queries import public as ratings
from tongban.indicators.queries import overview
from tongban.indicators.queries.overview import Row
from tongban.indicators.queries.rollups import ONLINE
from tongban.indicators.rules.figures import rounded
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.rules.errors import NotAllowed
from tongban.supervision.queries import tally as cards
from tongban.taskforce.queries import ledger as campaigns
from tongban.taskforce.rules import lamps

PLACE = settings.PLACE
TILES, STEPS = 12, 5
SHORTEST_TURN = 20  # seconds that a view stays, at least
VIEWS = {"units": "各单位", "regions": "各区划", "campaign": "督办"}  # what the middle shows
FIRST_HOUR, LAST_HOUR = 8, 17


@dataclass(frozen=True)
class Hour:
    """An hour of the day: what came, what came a week ago, drawn from the ground up."""

    hour: int
    count: int
    before: int
    top: float
    height: float
    mark: float


@dataclass(frozen=True)
class Tile:
    """A tile of the middle: a unit or a region with its lamp (ok, warn, bad, off), its figure and a remark."""

    name: str
    lamp: str
    figure: str
    remark: str


@dataclass(frozen=True)
class Middle:
    """The middle of the wall: one message, what makes it bad, its tiles, how many more there are."""

    message: str
    bad: str
    rest: str
    tiles: list[Tile]
    more: str


@dataclass(frozen=True)
class Campaign:
    """A campaign with what stands in it."""

    name: str
    ledger: campaigns.Ledger

    @property
    def lamps(self) -> list[tuple[str, str, int]]:
        """Its lamps (kind, word, how many), worst first."""
        counts = self.ledger.counts
        return [(kind, word, counts[kind]) for kind, word in lamps.WORDS.items() if counts.get(kind)]


def _watching(request: HttpRequest) -> Actor:
    by = http.signed_in(request)
    if not by.organisations_as(Role.SUPERVISOR.value, Role.HEAD.value):
        raise NotAllowed(
            "screen.not_allowed", "大屏给监督人员和单位负责人看，你的账号没有这样的岗位", remedy="请用监督岗账号登录"
        )
    return by


@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """The whole wall; with flat=1 as a plain page, with turn=30 going on to the next view every 30 seconds."""
    by, turn = _watching(request), request.GET.get("turn", "")
    newest = _newest(by)
    has_more = {"units": True, "regions": len(_regions()) > 1, "campaign": newest is not None}
    views = [(code, words) for code, words in VIEWS.items() if has_more[code]]
    turns = turn.isdecimal() and len(views) > 1  # with one view there is nothing to go on to
    context = {
        "flat": request.GET.get("flat") == "1", "views": views, "turn": max(int(turn), SHORTEST_TURN) if turns else 0,
    }  # fmt: skip
    return render(request, "screen/wall.html", {**_panels(request, by, newest), **context})


@require_safe
def panels(request: HttpRequest) -> HttpResponse:
    """The panels alone, for the refresh every 30 seconds."""
    by = _watching(request)
    return render(request, "screen/panels.html", _panels(request, by, _newest(by)))


def _newest(by: Actor) -> Campaign | None:
    """Return the newest campaign that the actor sees, with what stands in it."""
    row = next(iter(campaigns.campaigns(by=by)), None)
    return None if row is None else Campaign(row.name, campaigns.ledger(row, by=by, on=time.today()))


def _panels(request: HttpRequest, by: Actor, newest: Campaign | None) -> dict[str, object]:
    view = request.GET.get("view", "")
    now, today = time.now(), time.today()
    month = today.replace(day=1)
    place, target = overview.whole(PLACE, month), orgs.place(PLACE).on_time_target
    units = overview.rows(PLACE, month, "organisation")
    overdue = overview.overdue_by_organisation(PLACE, on=today)
    steps = tallying.stuck(tallying.overdue(PLACE, on=today))[:STEPS]
    received = tallying.received_on(PLACE, today)
    opinions = ratings.place(PLACE, since=month)
    return {
        "place_name": orgs.place(PLACE).name, "now": now, "at": f"{now.astimezone(time.CHINA):%H:%M:%S}", "month": month, "target": target,
        "place": place, "view": view if view in VIEWS else "units", "middle": _middle(view, newest, units, overdue, target),
        "steps": steps, "most": max([n for _, n in steps], default=0),
        "today": sum(n for *_, n in received), "channels": _channels(received), "hours": _hours(received), "opinions": opinions,
        "satisfied": f"{rounded(Fraction(opinions.good * 100, opinions.rated))}" if opinions.rated else "",
        "cards": cards.waiting(PLACE), "campaign": newest,
    }  # fmt: skip


def _middle(view: str, newest: Campaign | None, units: list[Row], overdue: dict[str, int], target: float) -> Middle:
    if view == "campaign" and newest is not None:
        return _of_campaign(newest)
    if view == "regions":
        return _of_rows(_regions(), tallying.by_region(tallying.overdue(PLACE, on=time.today())), target, "区划")
    return _of_rows(units, overdue, target, "单位")


def _regions() -> list[Row]:
    return overview.rows(PLACE, time.today().replace(day=1), "region")


def _of_rows(rows: list[Row], overdue: dict[str, int], target: float, noun: str) -> Middle:
    below = [row for row in rows if row.rate is not None and float(row.rate) < target]
    whole, inside = sum(overdue.values()), sum(overdue.get(row.code, 0) for row in below)
    tiles = [
        Tile(
            row.name, "bad" if row in below else "off" if row.rate is None else "ok",
            "无办结" if row.rate is None else f"{rounded(row.rate, places='0.1')} %",
            f"超期 {overdue[row.code]}" if overdue.get(row.code) else "无超期",
        )
        for row in _seen(rows, overdue)
    ]  # fmt: skip
    return Middle(
        _message(rows, below, target, noun), f"{whole} 件超期" if whole else "",
        (f"，其中 {inside} 件在这些{noun}" if inside else "") if whole else "现在没有超期的办件", tiles,
        f"，另有 {len(rows) - TILES} 个{noun}" if len(rows) > TILES else "",
    )  # fmt: skip


def _seen(rows: list[Row], overdue: dict[str, int]) -> list[Row]:
    """Return the rows that need to be seen: those with the lowest rates first, then those with most work."""
    busiest = sorted(rows, key=lambda row: (-overdue.get(row.code, 0), -row.counts["closed"]))
    worst = [row for row in rows if row.rate is not None][: TILES // 2]
    return list({row.code: row for row in [*worst, *busiest]}.values())[:TILES]


def _message(rows: list[Row], below: list[Row], target: float, noun: str) -> str:
    if all(row.rate is None for row in rows):
        return "本月还没有办结的办件"
    if not below:
        return f"各{noun}按时办结率都达到 {target:g} %"
    names = "、".join(row.name for row in below[:3])
    return f"{names}{f'等 {len(below)} 个{noun}' if len(below) > 3 else ''}按时办结率低于 {target:g} %"


def _of_campaign(newest: Campaign) -> Middle:
    """Return the units of a campaign, those with most that is overdue or behind first."""
    found: dict[str, Counter[str]] = {}
    for task in newest.ledger.tasks:
        for share in task.shares:
            if not share.is_outside:
                found.setdefault(share.unit, Counter())[share.lamp.kind] += 1
    worst = sorted(found, key=lambda unit: (-found[unit]["bad"], -found[unit]["warn"], -found[unit].total(), unit))
    tiles = []
    for unit in worst[:TILES]:
        kind = next(kind for kind in lamps.WORDS if found[unit][kind])
        tiles.append(Tile(unit, kind, f"{lamps.WORDS[kind]} {found[unit][kind]}", f"共 {found[unit].total()} 项"))
    counts = newest.ledger.counts
    bad = "，".join(f"{counts[kind]} 项次{lamps.WORDS[kind]}" for kind in ("bad", "warn") if counts.get(kind))
    more = f"，另有 {len(worst) - TILES} 个单位" if len(worst) > TILES else ""
    return Middle(newest.name, bad, "" if bad else "没有超期和落后的任务", tiles, more)


def _channels(received: list[tuple[int, str, int]]) -> list[tuple[str, str]]:
    found: Counter[str] = Counter()
    for _, channel, n in received:
        found["网上" if channel in ONLINE else overview.CHANNELS.get(channel, channel)] += n
    whole = sum(found.values())
    return [(name, f"{rounded(Fraction(n * 100, whole), places='1')} %") for name, n in found.most_common()]


def _hours(received: list[tuple[int, str, int]]) -> list[Hour]:
    now: Counter[int] = Counter()
    before: Counter[int] = Counter()
    for hour, _, n in received:
        now[min(max(hour, FIRST_HOUR), LAST_HOUR)] += n
    for hour, _, n in tallying.received_on(PLACE, time.today() - timedelta(days=7)):
        before[min(max(hour, FIRST_HOUR), LAST_HOUR)] += n
    most = max([*now.values(), *before.values(), 1])
    return [
        Hour(hour, now[hour], before[hour], 100 - 90 * now[hour] / most, 90 * now[hour] / most, 100 - 90 * before[hour] / most)
        for hour in range(FIRST_HOUR, LAST_HOUR + 1)
    ]  # fmt: skip
