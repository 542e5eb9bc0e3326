"""Make lists, campaigns and the people who act in them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from tongban.core import time
from tongban.core.actor import Actor
from tongban.orgs.tests.factories import at_desk
from tongban.taskforce.models import Assignment, Campaign, Report, Upload
from tongban.taskforce.rules.lists import Match
from tongban.taskforce.rules.moves import State
from tongban.taskforce.services import acting, campaigns, importing, reporting
from tongban.taskforce.services.campaigns import Settings
from tongban.taskforce.services.reporting import Filled

OFFICIAL = Path(__file__).resolve().parents[3] / "packs" / "xiangxi" / "lists" / "2021-task-list.txt"
HEAD = "序号\t任务类别\t工作要求\t完成时限\t牵头单位\t责任单位\n"
# Three tasks of units that 洪湖 has; deadlines of 2026.
SMALL = HEAD + (
    "1\t一、清单\t公布办事指南\t2026年9月30日\t市政务数据局\t市人社局、市公安局\n"
    "2\t一、清单\t清理证明事项\t2026年6月30日\t市市场监管局\t市公安局\n"
    "3\t二、平台\t对接省级系统\t与省同步推进\t市政务数据局\t市医保局\n"
)
FIRST_DAY = date(2026, 6, 1)
START, DUE = FIRST_DAY, date(2026, 9, 9)  # 100 days


def at(on: date, hour: int = 10) -> datetime:
    """Return a moment of a day."""
    return time.at_china(on, hour)


def overseer() -> Actor:
    """Return somebody who runs campaigns in 洪湖."""
    return at_desk("data", "监督岗")


def uploaded(folder: Path, text: str = SMALL, *, by: Actor, year: int | None = None, name: str = "清单.txt") -> Upload:
    """Return an upload of a text."""
    path = folder / name
    path.write_text(text, "utf-8")
    return importing.upload(path, path.name, name="攻坚行动", year=year, by=by)


def campaign(
    folder: Path, *, by: Actor, text: str = SMALL, on: date = FIRST_DAY, launched: bool = True, **given: object
) -> Campaign:
    """Return a campaign handed out on a day; names that nobody knows stay outside."""
    with time.moved(at(on)):
        row = uploaded(folder, text, by=by)
        unknown = {name: Match(outside=True) for name, kept in row.units.items() if not kept["codes"]}
        importing.map_units(row.pk, unknown, by=by)
        made = importing.take(row.pk, Settings(on, **given), by=by)  # type: ignore[arg-type]
        if launched:
            campaigns.launch(made.pk, by=by)
    return made


def share(made: Campaign, number: str, organisation: str) -> Assignment:
    """Return what a unit has to do of a task."""
    return Assignment.objects.select_related("task", "task__campaign").get(
        task__campaign=made, task__number=number, organisation=organisation
    )


def head(organisation: str) -> Actor:
    """Return the head of a unit."""
    return at_desk(organisation, "负责人")


def running(made: Campaign, number: str, organisation: str, *, on: date = FIRST_DAY) -> tuple[Assignment, Actor]:
    """Return an assignment that is signed for, and the head who signed."""
    by = head(organisation)
    row = share(made, number, organisation)
    if row.state == State.ASSIGNED.value:
        with time.moved(at(on)):
            acting.sign_all(made.pk, organisation, by=by)
    return share(made, number, organisation), by


def filled(progress: int = 40, **more: object) -> Filled:
    """Return what a unit reports."""
    return Filled(progress, "已办理一部分", **more)  # type: ignore[arg-type]


def reported(
    row: Assignment, *, by: Actor, on: date, progress: int = 40, value: Decimal | None = None, **more: object
) -> Report:
    """Report on a day."""
    with time.moved(at(on)):
        return reporting.report(row.pk, filled(progress, value=value, **more), by=by)
