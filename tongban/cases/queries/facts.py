"""Cases as facts for analysts: what, where, when, how it ended. Nothing of who applied, who worked on it, or what was said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tongban.cases.models import Case
from tongban.cases.queries import tallying
from tongban.cases.queries.tallying import Months

# Name -> type, as DuckDB calls it. Moments are UTC, without zone.
COLUMNS = {
    "case_id": "UUID", "application_id": "UUID", "organisation": "VARCHAR", "region": "VARCHAR", "item": "VARCHAR", "theme": "VARCHAR",
    "channel": "VARCHAR", "state": "VARCHAR", "submitted_at": "TIMESTAMP", "received_at": "TIMESTAMP",
    "accepted_at": "TIMESTAMP", "asked_at": "TIMESTAMP", "closed_at": "TIMESTAMP", "due_on": "DATE", "statutory_due_on": "DATE",
    "limit_days": "INTEGER", "extension_days": "INTEGER", "stops": "INTEGER",
}  # fmt: skip


def submitted(pack: str, months: Months) -> Iterator[tuple[Any, ...]]:
    """Give the cases submitted in some months, in the order of their submission, as `COLUMNS` says. One query."""
    since, until = tallying.bounds(months)
    rows = Case.objects.filter(
        joint_case__pack=pack, joint_case__submitted_at__gte=since, joint_case__submitted_at__lt=until
    )
    fields = (
        "id", "joint_case_id", "organisation", "region", "item_code", "joint_case__theme_code", "joint_case__channel", "state",
        "joint_case__submitted_at", "received_at", "accepted_at", "asked_at", "closed_at", "due_on", "statutory_due_on", "limit_days",
        "extension_days", "stops",
    )  # fmt: skip
    for row in rows.order_by("joint_case__submitted_at", "pk").values_list(*fields).iterator():
        yield (*row[:-1], len(row[-1]))
