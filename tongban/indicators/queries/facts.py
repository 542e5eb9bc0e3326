"""Rollups and frozen values as facts for analysts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tongban.indicators.models import Rollup, Snapshot
from tongban.indicators.queries.rollups import COUNTS

# Name -> type, as DuckDB calls it. Moments are UTC, without zone.
ROLLUPS = {
    "month": "DATE", "organisation": "VARCHAR", "region": "VARCHAR", "item": "VARCHAR", "theme": "VARCHAR", "channel": "VARCHAR",
    **dict.fromkeys(COUNTS, "INTEGER"),
}  # fmt: skip
FROZEN = {
    "month": "DATE", "indicator": "VARCHAR", "version": "INTEGER", "way": "VARCHAR", "code": "VARCHAR", "above": "BIGINT",
    "below": "BIGINT", "value": "DECIMAL(14, 2)", "target": "VARCHAR", "meets": "BOOLEAN", "frozen_at": "TIMESTAMP",
}  # fmt: skip


def rollups(pack: str) -> Iterator[tuple[Any, ...]]:
    """Give the counts of all months, as `ROLLUPS` says. One query."""
    names = ("month", "organisation", "region", "item_code", "theme_code", "channel", *COUNTS)
    yield from Rollup.objects.filter(pack=pack).order_by(*names[:6]).values_list(*names).iterator()


def frozen(pack: str) -> Iterator[tuple[Any, ...]]:
    """Give the frozen values of all months, of the place and its parts, as `FROZEN` says. One query."""
    names = ("month", "indicator", "version", "way", "code", "above", "below", "value", "target", "meets", "frozen_at")
    for row in Snapshot.objects.filter(pack=pack).order_by(*names[:2], "way", "code").values_list(*names).iterator():
        yield tuple(
            None if cell is None else str(cell) if name == "value" else cell
            for name, cell in zip(names, row, strict=True)
        )
