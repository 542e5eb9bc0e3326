"""What oversight costs on the cases of a database: rollups built anew and compared, dashboards, figures, a month frozen.

`make bench` runs it on the cases that it has simulated; with DATABASE_URL of a year it measures that:
`python tests/bench_oversight.py`. Pages are opened 40 times; the name carries the 95th percentile.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time as stopwatch
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

PAGES = 40
UNITS = 40
BOUND = Path(__file__).resolve().parents[1] / "packs" / "xiangxi" / "lists" / "2021-indicators.json"


def measure() -> list[tuple[str, float]]:
    """Return (name, seconds) of each. Django is set up, the catalogue applied, accounts of the demonstration loaded."""
    from django.conf import settings
    from django.db import transaction

    from tongban.cases.queries import tallying
    from tongban.indicators.queries import rollups, values
    from tongban.indicators.services import rolling

    rows: list[tuple[str, float]] = []
    rows.append(_timed("rollups built from the cases", lambda: rolling.rebuild(settings.PLACE)))
    before = rollups.digest(settings.PLACE)
    rows.append(_timed("rollups built again", lambda: rolling.rebuild(settings.PLACE)))
    assert rollups.digest(settings.PLACE) == before, "rollups built again differ"
    month = _busiest(tallying.months(settings.PLACE))
    rows.append(_timed("all 178 indicators of a month", lambda: values.values(settings.PLACE, month=month)))
    with transaction.atomic():
        rows.append(_timed("digests of the rows of all indicators", lambda: _digests(settings.PLACE, month)))
        transaction.set_rollback(True)
    rows.append(_timed("all indicators by unit and region", lambda: _parts(settings.PLACE, month)))
    with transaction.atomic():
        rows.append(_bulletin(month))
        transaction.set_rollback(True)
    return [*rows, *_pages(month)]


def _bulletin(month: date) -> tuple[str, float]:
    """Draft the bulletin of a month: 58 tasks of all units of the place, filled up to 40, 15 of them bound to indicators."""
    from django.conf import settings

    from tongban.core import time
    from tongban.identity.models import Account
    from tongban.orgs import queries as orgs
    from tongban.taskforce.rules.bulletins import Kind
    from tongban.taskforce.rules.lists import Match
    from tongban.taskforce.services import bulletins, campaigns, importing
    from tongban.taskforce.services.campaigns import Settings

    by = orgs.actor_of(Account.objects.get(username="data-supervisor"), channel="web")
    names = [row.name for row in orgs.organisations(settings.PLACE).values()][:UNITS]
    names += [f"市第{n}局" for n in range(len(names), UNITS)]
    head = "序号\t任务类别\t工作要求\t完成时限\t牵头单位\t责任单位\n"
    lines = [
        f"{n}\t一\t做第{n}件事\t{month.year}年12月31日\t{names[0]}\t{'、'.join(names[1:])}\n" for n in range(1, 59)
    ]
    text = (head + "".join(lines)).encode()
    with tempfile.TemporaryDirectory() as folder, time.moved(time.at_china(month, 9)):
        path = Path(folder) / "list.txt"
        path.write_bytes(text)
        row = importing.upload(path, path.name, name="四十个单位", year=None, by=by)
        unknown = {name: Match(outside=True) for name, kept in row.units.items() if not kept["codes"]}
        importing.map_units(row.pk, unknown, by=by)
        campaign = importing.take(row.pk, Settings(month), by=by)
        bound = json.loads(BOUND.read_text("utf-8"))
        for task in campaign.tasks.filter(number__in=list(bound)):
            campaigns.bind(task.pk, bound[task.number], by=by)
        campaigns.launch(campaign.pk, by=by)
    with time.moved(time.at_china(month + timedelta(days=40), 9)):
        taken = _timed(
            f"monthly bulletin, 58 tasks of {UNITS} units",
            lambda: bulletins.draft(campaign.pk, Kind.MONTH, f"{month:%Y-%m}", by=by),
        )
    assert campaign.tasks.exclude(indicators=[]).count() == len(bound)
    return taken


def _busiest(months: list[date]) -> date:
    from tongban.indicators.models import Rollup

    counts = dict.fromkeys(months, 0)
    for month, received in Rollup.objects.values_list("month", "received"):
        counts[month] = counts.get(month, 0) + received
    return max(counts, key=lambda month: counts[month])


def _digests(pack: str, month: date) -> int:
    from tongban.indicators.queries import frozen, values

    return sum(bool(frozen.rows_digest(pack, row)) for row in values.values(pack, month=month))


def _parts(pack: str, month: date) -> int:
    from tongban.indicators.queries import frozen, values

    found = values.values(pack, month=month)
    return sum(len(values.groups(pack, row, way)) for row in found for way in frozen.FROZEN)


def _timed(name: str, call: Callable[[], object]) -> tuple[str, float]:
    began = stopwatch.perf_counter()
    call()
    return name, stopwatch.perf_counter() - began


def _pages(month: date) -> list[tuple[str, float]]:
    from django.test import Client

    from tongban.identity.models import Account

    overseer, head = Client(), Client()
    overseer.force_login(Account.objects.get(username="data-supervisor"))
    head.force_login(Account.objects.get(username="market-head"))
    at = f"month={month:%Y-%m}"
    paths = {
        "overview": f"/supervise/?{at}", "statistics by item": f"/supervise/stats?{at}&by=item", "unit": f"/supervise/units/market?{at}",
        "indicators": f"/supervise/indicators?{at}", "one indicator": f"/supervise/indicators/hh-overtime-item-count?{at}",
        "indicators of a unit": f"/supervise/indicators?{at}&in=organisation:market",
        "one indicator by item": f"/supervise/indicators/wc-annual-case-count?{at}&by=item",
        "rows behind a figure": f"/supervise/cases?measure=closed&{at}", "wall": "/screen/", "cards": "/supervise/cards",
        "tally of all cards": "/supervise/cards/tally", "cards of the month": f"/supervise/cards/month/{month:%Y-%m}",
        "ratings of the year": f"/supervise/evaluation?since={month.year}-01-01&until={month.year}-12-31",
    }  # fmt: skip
    of_unit = {
        "overview of a unit's head": f"/supervise/?{at}",
        "ratings that a unit reads": f"/supervise/evaluation/ratings?since={month.year}-01-01&until={month.year}-12-31",
    }
    found = [_page(overseer, name, path) for name, path in paths.items()]
    return found + [_page(head, name, path) for name, path in of_unit.items()]


def _page(client: object, name: str, path: str) -> tuple[str, float]:
    taken = []
    for _ in range(PAGES):
        began = stopwatch.perf_counter()
        answer = client.get(path)  # type: ignore[attr-defined]
        assert answer.status_code == 200, (path, answer.status_code)
        taken.append(stopwatch.perf_counter() - began)
    return f"{name}, p95", sorted(taken)[int(PAGES * 0.95)]


def main() -> int:
    """Measure on the database that DATABASE_URL names."""
    import django

    django.setup()
    from tongban.cases.models import Case

    print(f"{Case.objects.count():,} cases", file=sys.stderr)
    for name, seconds in measure():
        print(f"{name:<48}{seconds * 1000:>12.0f} ms")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
