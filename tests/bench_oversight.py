"""What oversight costs on the cases of a database: rollups built anew and compared, dashboards, figures, a month frozen.

`make bench` runs it on the cases that it has simulated; with DATABASE_URL of a year it measures that:
`python tests/bench_oversight.py`. Pages are opened 40 times; the name carries the 95th percentile.
"""

from __future__ import annotations

import sys
import time as stopwatch
from collections.abc import Callable
from datetime import date

PAGES = 40


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
    return [*rows, *_pages(month)]


def _busiest(months: list[date]) -> date:
    from tongban.indicators.models import Rollup

    counts = dict.fromkeys(months, 0)
    for month, received in Rollup.objects.values_list("month", "received"):
        counts[month] = counts.get(month, 0) + received
    return max(counts, key=lambda month: counts[month])


def _digests(pack: str, month: date) -> int:
    from tongban.indicators.queries import values

    return sum(bool(values.rows_digest(pack, row)) for row in values.values(pack, month=month))


def _timed(name: str, call: Callable[[], object]) -> tuple[str, float]:
    began = stopwatch.perf_counter()
    call()
    return name, stopwatch.perf_counter() - began


def _pages(month: date) -> list[tuple[str, float]]:
    from django.test import Client

    from tongban.identity.models import Account

    client = Client()
    client.force_login(Account.objects.get(username="data-supervisor"))
    at = f"month={month:%Y-%m}"
    paths = {
        "overview": f"/supervise/?{at}", "statistics by item": f"/supervise/stats?{at}&by=item", "unit": f"/supervise/units/market?{at}",
        "indicators": f"/supervise/indicators?{at}", "one indicator": f"/supervise/indicators/hh-overtime-item-count?{at}",
        "rows behind a figure": f"/supervise/cases?measure=closed&{at}", "wall": "/screen/", "cards": "/supervise/cards",
        "ratings": "/supervise/evaluation",
    }  # fmt: skip
    return [_page(client, name, path) for name, path in paths.items()]


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
