"""Reads of the rollups: counts of some months, who was busy, where."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import QuerySet, Sum

from tongban.cases.queries import tallying
from tongban.cases.queries.tallying import Behind, Months
from tongban.hall.queries import serving
from tongban.indicators.models import Freshness, Rollup
from tongban.orgs import queries as orgs
from tongban.orgs.rules import level_of, lies_in

# How rows are told apart -> the column of a rollup, and the field of `Behind` that narrows to one.
COLUMNS: dict[str, str] = {
    "organisation": "organisation", "theme": "theme_code", "item": "item_code", "channel": "channel", "region": "region",
}  # fmt: skip
FIELDS: dict[str, str] = {
    "organisation": "organisations", "theme": "themes", "item": "items", "channel": "channels", "region": "regions",
}  # fmt: skip
ONLINE = tallying.ONLINE
COUNTS = tallying.MEASURES


def months_of(month: date, *, year: bool = False) -> Months:
    """Return a month, or its year up to it, as the first days of the first and the last month."""
    first = month.replace(day=1)
    return (first.replace(month=1) if year else first, first)


def _rows(pack: str, months: Months, wanted: Behind | None = None) -> QuerySet[Rollup]:
    rows = Rollup.objects.filter(pack=pack, month__gte=months[0], month__lte=months[1])
    for way, name in FIELDS.items():
        chosen = getattr(wanted, name) if wanted else None
        rows = rows if chosen is None else rows.filter(**{f"{COLUMNS[way]}__in": chosen})
    return rows


def count(pack: str, month: date, wanted: Behind, *, year: bool = False) -> int:
    """Return a count of a month, or of its year so far. One small query."""
    rows = _rows(pack, months_of(month, year=year), wanted)
    names = [name for name in (wanted.measure, wanted.without) if name]
    sums = rows.aggregate(**{name: Sum(name) for name in names})
    return (sums[wanted.measure] or 0) - (sums[wanted.without] or 0 if wanted.without else 0)


def counts(pack: str, month: date, wanted: Behind, *, way: str, year: bool = False) -> dict[str, int]:
    """Return a count of a month, or of its year so far, told apart one way: code -> count. One small query."""
    column = COLUMNS[way]
    names = [name for name in (wanted.measure, wanted.without) if name]
    rows = _rows(pack, months_of(month, year=year), wanted).order_by().values(column)
    return {
        row[column]: row[f"n_{wanted.measure}"] - (row[f"n_{wanted.without}"] if wanted.without else 0)
        for row in rows.annotate(**{f"n_{name}": Sum(name) for name in names})
    }


def organisations(pack: str, month: date) -> frozenset[str]:
    """Return the organisations that received cases in a month."""
    rows = _rows(pack, months_of(month)).filter(received__gt=0).order_by()
    return frozenset(rows.values_list("organisation", flat=True).distinct())


def items(pack: str, month: date) -> frozenset[str]:
    """Return the items applied for in a month."""
    rows = _rows(pack, months_of(month)).filter(received__gt=0).order_by()
    return frozenset(rows.values_list("item_code", flat=True).distinct())


def items_ever(pack: str) -> frozenset[str]:
    """Return the items that were ever applied for."""
    rows = Rollup.objects.filter(pack=pack, received__gt=0).order_by()
    return frozenset(rows.values_list("item_code", flat=True).distinct())


def channels(pack: str, month: date) -> frozenset[str]:
    """Return the channels through which cases came in a month."""
    rows = _rows(pack, months_of(month)).filter(received__gt=0).order_by()
    return frozenset(rows.values_list("channel", flat=True).distinct())


def stations(pack: str, month: date) -> list[tuple[str, str, bool]]:
    """Return the townships and villages of a place: code, name, whether a window there received a case in the month."""
    since, until = tallying.bounds(months_of(month))
    busy, home = serving.regions_with_receptions(pack, since=since, until=until), orgs.place(pack).region
    found = [row for row in orgs.regions(pack) if level_of(row.code) in ("5", "6") and lies_in(row.code, home)]
    return [(row.code, row.name, row.code in busy) for row in found]


def by_month(
    pack: str, months: Months, *, group: str = "", within: Mapping[str, str] | None = None
) -> dict[tuple[str, date], dict[str, int]]:
    """Return all counts by (value of `group`, month); `group` is "", organisation, item_code, theme_code, region, channel.

    `within` narrows to a value of some of these columns.
    """
    names = [name for name in (group, "month") if name]
    rows = (
        _rows(pack, months)
        .filter(**(within or {}))
        .order_by()
        .values(*names)
        .annotate(**{f"n_{name}": Sum(name) for name in COUNTS})
    )
    return {(row[group] if group else "", row["month"]): {name: row[f"n_{name}"] for name in COUNTS} for row in rows}


def received_by_item(pack: str, months: Months) -> dict[str, int]:
    """Return how many cases of each item came in some months. One query."""
    rows = _rows(pack, months).order_by().values_list("item_code").annotate(n=Sum("received"))
    return dict(rows)


def fresh_at(pack: str) -> datetime | None:
    """Return when the rollups were last brought up to date."""
    return Freshness.objects.filter(pack=pack).values_list("at", flat=True).first()


def digest(pack: str) -> str:
    """Return the digest of all rollups of a place: the same counts give the same digest."""
    rows = Rollup.objects.filter(pack=pack).order_by(
        "month", "organisation", "region", "item_code", "theme_code", "channel"
    )
    names = ("month", "organisation", "region", "item_code", "theme_code", "channel", *COUNTS)
    return hashlib.sha256("\n".join("\t".join(map(str, row)) for row in rows.values_list(*names)).encode()).hexdigest()
