"""The demonstration's campaigns (专项): official lists of 2021 and 2022, marked 示例, moved to this year and lived through.

The real services run under a moved clock, as in the simulation of cases. Source files: `packs/<place>/lists`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction

from tongban.config import env
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.identity.queries import account_named
from tongban.notices import services as notices
from tongban.orgs import queries as orgs
from tongban.taskforce.models import Assignment, Campaign, Reminder
from tongban.taskforce.queries import comparing, ledger
from tongban.taskforce.rules import lamps, periods
from tongban.taskforce.rules.bulletins import Kind
from tongban.taskforce.rules.lists import Match
from tongban.taskforce.rules.moves import Act, State
from tongban.taskforce.services import acting, bulletins, campaigns, importing, reporting
from tongban.taskforce.services.acting import Given
from tongban.taskforce.services.campaigns import Settings
from tongban.taskforce.services.reporting import Filled

PACKS = env.ROOT / "packs"
TASKS = PACKS / "xiangxi" / "lists" / "2021-task-list.txt"
BOUND = PACKS / "xiangxi" / "lists" / "2021-indicators.json"
UNITS = PACKS / "honghu" / "lists" / "units-of-xiangxi-2021.json"
THEMES = PACKS / "honghu" / "lists" / "2022-one-thing-plan.txt"
ISSUED = 2021  # the year in which the list of tasks was issued; its text says none
LIVED_DAYS = 75
HIGHLIGHTS = (
    "推出“潮汐窗口”，高峰时段加开两个窗口（示例）",
    "上门帮办送政策进园区（示例）",
    "“办不成事”反映窗口当场协调（示例）",
)
BLOCKERS = ("乡镇网络带宽不够，高拍仪常掉线（示例）", "省级系统接口还没有开放（示例）")


def has_campaigns() -> bool:
    """Return whether the demonstration's campaigns are there."""
    return Campaign.objects.filter(pack=settings.PLACE).exists()


@transaction.atomic
def load(seed: int = 2026) -> int:
    """Make the campaigns and live through their past months; return how many assignments there are.

    Only for the place whose names the list of units knows; another place has no campaigns of its own yet.
    """
    if not UNITS.is_relative_to(PACKS / settings.PLACE):
        return 0
    with db.steady():  # Nobody publishes a spec meanwhile.
        return _load(seed)


def _load(seed: int) -> int:
    today = time.today()
    by = _seated(f"{orgs.overseer(settings.PLACE)}-supervisor")
    start = min(max(date(today.year, 6, 7), today - timedelta(days=170)), today - timedelta(days=LIVED_DAYS))
    main = _taken(TASKS, "政务（便民）服务攻坚行动（示例）", by=by, start=start, year=ISSUED, rebase=today.year)
    plan = _taken(
        THEMES, "“高效办成一件事”攻坚专项行动（示例）", by=by, start=start, due=max(date(today.year, 12, 31), today)
    )
    rng = random.Random(seed)  # noqa: S311  # demonstration data, not secrets
    for campaign in (main, plan):
        _live(campaign, rng, by=by)
    months = ledger.windows_until(main, today)
    if len(months) > 1:
        _publish(main, months[-2], by=by)
    return Assignment.objects.filter(task__campaign__in=[main, plan]).count()


def _seated(username: str) -> Actor:
    account = account_named(username)
    assert account is not None, username
    return orgs.actor_of(account, channel="system")


def _taken(
    path: Path,
    name: str,
    *,
    by: Actor,
    start: date,
    year: int | None = None,
    rebase: int | None = None,
    due: date | None = None,
) -> Campaign:
    with time.moved(time.at_china(start, 9)):
        row = importing.upload(path, path.name, name=name, year=year, by=by)
        if rebase:
            importing.rebase(row.pk, rebase, by=by)
        if due:
            importing.set_due(row.pk, due, by=by)
        given = json.loads(UNITS.read_text("utf-8"))
        wanted = {unit: Match(tuple(given.get(unit, ())), outside=not given.get(unit))
                  for unit, kept in row.units.items() if not kept["codes"] or unit in given}  # fmt: skip
        importing.map_units(row.pk, wanted, by=by)
        campaign = importing.take(row.pk, Settings(start, tolerance=5, is_example=True, phases=_phases(start)), by=by)
        bound = json.loads(BOUND.read_text("utf-8")) if rebase else {}
        for task in campaign.tasks.filter(number__in=list(bound)):
            campaigns.bind(task.pk, bound[task.number], by=by)
        campaigns.launch(campaign.pk, by=by)
    return campaign


def _phases(start: date) -> tuple[tuple[str, date, date], ...]:
    second, third = start + timedelta(days=30), start + timedelta(days=110)
    return (
        ("动员部署（示例）", start, second - timedelta(days=1)), ("集中攻坚（示例）", second, third - timedelta(days=1)),
        ("总结提升（示例）", third, start + timedelta(days=200)),
    )  # fmt: skip


@dataclass(frozen=True)
class _Life:
    """What stays the same while a campaign is lived through."""

    campaign: Campaign
    heads: dict[str, Actor]
    by: Actor
    rng: random.Random
    today: date


def _live(campaign: Campaign, rng: random.Random, *, by: Actor) -> None:
    """Let the units sign, and report month by month; what is done is mostly asked to be closed and verified."""
    own = Assignment.objects.filter(task__campaign=campaign).exclude(organisation="")
    units = own.order_by("organisation").values_list("organisation", flat=True).distinct()
    life = _Life(campaign, {code: _seated(f"{code}-head") for code in units}, by, rng, time.today())
    with time.moved(time.at_china(campaign.starts_on + timedelta(days=2), 10)):
        for code, head in life.heads.items():
            acting.sign_all(campaign.pk, code, by=head)
    for window in ledger.windows_until(campaign, life.today):
        _month(life, window)


def _month(life: _Life, window: periods.Window) -> None:
    """Most report in the window, some a few days late, some not at all."""
    days = (window.closes_on - window.opens_on).days
    made: list[tuple[date, Assignment]] = []
    open_ = Assignment.objects.filter(task__campaign=life.campaign, state=State.RUNNING.value).select_related("task")
    for row in open_.order_by("task__position", "organisation"):
        luck = life.rng.random()
        offset = life.rng.randint(0, days) if luck < 0.8 else days + life.rng.randint(1, 3)
        if luck < 0.92 and window.opens_on + timedelta(days=offset) < life.today:
            made.append((window.opens_on + timedelta(days=offset), row))
    for on, row in sorted(made, key=lambda one: (one[0], one[1].task.position, one[1].organisation)):
        with time.moved(time.at_china(on, 15)):
            _report(life, row, on)


def _report(life: _Life, row: Assignment, on: date) -> None:
    rng, head = life.rng, life.heads[row.organisation]
    plan = lamps.expected(life.campaign.starts_on, row.due_on, on) if row.due_on else 50
    is_due = row.due_on is not None and on >= row.due_on
    progress = max(row.progress or 0, min(100, round(plan * rng.uniform(0.95 if is_due else 0.8, 1.3))))
    luck = rng.random()
    filled = Filled(
        progress, "按计划推进，已完成阶段性工作（示例）", value=Decimal(rng.choice(("100", "98", "96.5"))) if row.task.indicators else None,
        blocker=rng.choice(BLOCKERS) if luck < 0.04 else "", highlight=rng.choice(HIGHLIGHTS) if luck > 0.97 else "",
        publicity=rng.randint(1, 3) if luck > 0.9 else 0,
    )  # fmt: skip
    made = reporting.report(row.pk, filled, by=head)
    if on + timedelta(days=20) < life.today:  # The last month still waits for review.
        reporting.accept(made.pk, uses_platform=comparing.is_above(made), by=life.by)
        if progress >= 100 and rng.random() < 0.9:
            acting.act(row.pk, Act.ASK_CLOSE, Given("已全部完成，佐证齐全（示例）"), by=head)
            acting.act(row.pk, Act.VERIFY_CLOSE, Given("抽查核验属实（示例）"), by=life.by)


def _publish(campaign: Campaign, window: periods.Window, *, by: Actor) -> None:
    """Draft and issue the bulletin of the last month that is over; two thirds of the units confirm."""
    with time.moved(time.at_china(window.closes_on + timedelta(days=4), 16)):
        for code in Reminder.objects.values_list("organisation", flat=True).distinct():
            head = _seated(f"{code}-head")
            campaigns.read_reminders(code, by=head)
            notices.mark_desk_read(by=head)
        row = bulletins.draft(campaign.pk, Kind.MONTH, window.period, by=by)
        row = bulletins.issue(row.pk, seen=row.revision, by=by)
        units: Sequence[str] = sorted(row.receipts.values_list("organisation", flat=True))
        for at, code in enumerate(units):
            if at % 3:
                bulletins.confirm(row.pk, code, by=_seated(f"{code}-head"))
