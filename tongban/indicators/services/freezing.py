"""Freeze the figures of a month when it is over, so that a bulletin can be held to what it said."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction

from tongban.audit import services as audit
from tongban.cases.queries import tallying
from tongban.core import time
from tongban.core.actor import Actor
from tongban.indicators import permissions
from tongban.indicators.models import Snapshot
from tongban.indicators.queries import frozen, values
from tongban.indicators.queries.values import Group, Value
from tongban.indicators.services import rolling
from tongban.rules.errors import Conflict

DUE_DAY = 2  # the day of the next month on which the worker freezes a month


@transaction.atomic
def freeze(pack: str, month: date, *, by: Actor) -> int:
    """Freeze all indicators of a month that is over; return how many. Raises NotAllowed, Conflict when done or too early."""
    permissions.require_supervisor(pack, by=by)
    return _freeze(pack, month.replace(day=1), by=by)


@transaction.atomic
def freeze_by_system(pack: str, month: date, *, by: Actor) -> int:
    """Freeze a month from the command line or by the worker. Raises Conflict when done or too early."""
    return _freeze(pack, month.replace(day=1), by=by)


def _freeze(pack: str, month: date, *, by: Actor) -> int:
    if tallying.bounds((month, month))[1] > time.now():
        raise Conflict("indicators.too_early", f"{month:%Y 年 %m 月}还没有过完", remedy="下个月再冻结")
    if Snapshot.objects.filter(pack=pack, month=month).exists():
        raise Conflict("indicators.frozen", f"{month:%Y 年 %m 月}的数据已经冻结", remedy="看冻结后有没有更正")
    rolling.refresh()
    found = values.values(pack, month=month)
    Snapshot.objects.bulk_create([_snapshot(pack, row) for row in found])
    Snapshot.objects.bulk_create([
        _snapshot(pack, row, group) for row in found for way in frozen.FROZEN for group in values.groups(pack, row, way)
    ])  # fmt: skip
    audit.record("indicators.frozen", "month", month.isoformat(), by=by)
    return len(found)


def _snapshot(pack: str, found: Value, group: Group | None = None) -> Snapshot:
    """Return the row of a value of the place, or of a part of it, for which the figure alone is kept."""
    figure = group.figure if group else found.measured.figure if found.measured else None
    return Snapshot(
        pack=pack, indicator=found.spec.code, version=values.version_of(pack, found.spec.code), month=found.month,
        way=group.part.way if group else "", code=group.part.code if group else "",
        above=figure.above if figure else None, below=figure.below if figure else None,
        value=frozen.decimal_of(figure.number if figure else found.number), target=found.target.text,
        meets=group.meets if group else found.meets, digest="" if group else frozen.rows_digest(pack, found),
        frozen_at=time.now(),
    )  # fmt: skip


def freeze_due() -> int:
    """Freeze the month before, from the second day on, unless that was done; return how many figures were frozen."""
    today = time.today()
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    pack = settings.PLACE
    if today.day < DUE_DAY or month not in tallying.months(pack) or not values.specs(pack):
        return 0
    if Snapshot.objects.filter(pack=pack, month=month).exists():
        return 0
    return freeze_by_system(pack, month, by=Actor.system())
