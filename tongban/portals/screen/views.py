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


def _watching(request: HttpRequest) -> Actor:
    by = http.signed_in(request)
    if not by.organisations_as(Role.SUPERVISOR.value, Role.HEAD.value):
        raise NotAllowed(
            "screen.not_allowed", "大屏给监督人员和单位负责人看，你的账号没有这样的岗位", remedy="请用监督岗账号登录"
        )
    return by


@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """The whole wall; with flat=1 as a plain page."""
    by = _watching(request)
    return render(request, "screen/wall.html", {**_panels(by), "flat": request.GET.get("flat") == "1"})


@require_safe
def panels(request: HttpRequest) -> HttpResponse:
    """The panels alone, for the refresh every 30 seconds."""
    return render(request, "screen/panels.html", _panels(_watching(request)))


def _panels(by: Actor) -> dict[str, object]:
    now, today = time.now(), time.today()
    month = today.replace(day=1)
    place, target = overview.whole(PLACE, month), orgs.place(PLACE).on_time_target
    units = overview.rows(PLACE, month, "organisation")
    overdue = overview.overdue_by_organisation(PLACE, on=today)
    below = [row for row in units if row.rate is not None and float(row.rate) < target]
    steps = tallying.stuck(tallying.overdue(PLACE, on=today))[:STEPS]
    received = tallying.received_on(PLACE, today)
    opinions = ratings.place(PLACE, since=month)
    return {
        "place_name": orgs.place(PLACE).name, "now": now, "at": f"{now.astimezone(time.CHINA):%H:%M:%S}", "month": month, "target": target,
        "place": place, "message": _message(place, below, target), "overdue": sum(overdue.values()),
        "in_below": sum(overdue.get(row.code, 0) for row in below), "below": below,
        "tiles": [(row, overdue.get(row.code, 0), row in below) for row in _tiles(units, overdue)],
        "more": max(0, len(units) - TILES), "steps": steps, "most": max([n for _, n in steps], default=0),
        "today": sum(n for *_, n in received), "channels": _channels(received), "hours": _hours(received), "opinions": opinions,
        "satisfied": f"{rounded(Fraction(opinions.good * 100, opinions.rated))}" if opinions.rated else "",
        "cards": cards.waiting(PLACE), "campaign": _campaign(by),
    }  # fmt: skip


def _campaign(by: Actor) -> tuple[str, list[tuple[str, str, int]]] | None:
    """Return the newest campaign that the actor sees with its lamps (kind, word, how many), worst first; None without one."""
    newest = next(iter(campaigns.campaigns(by=by)), None)
    if newest is None:
        return None
    counts = campaigns.ledger(newest, by=by, on=time.today()).counts
    return newest.name, [(kind, word, counts[kind]) for kind, word in lamps.WORDS.items() if counts.get(kind)]


def _tiles(units: list[Row], overdue: dict[str, int]) -> list[Row]:
    """Return the units that need to be seen: those below first, then those with most work."""
    busiest = sorted(units, key=lambda row: (-overdue.get(row.code, 0), -row.counts["closed"]))
    worst = [row for row in units if row.rate is not None][: TILES // 2]
    return list({row.code: row for row in [*worst, *busiest]}.values())[:TILES]


def _message(place: Row, below: list[Row], target: float) -> str:
    if place.rate is None:
        return "本月还没有办结的办件"
    if not below:
        return f"各单位按时办结率都达到 {target:g} %"
    names = "、".join(row.name for row in below[:3])
    return f"{names}{f'等 {len(below)} 个单位' if len(below) > 3 else ''}按时办结率低于 {target:g} %"


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
