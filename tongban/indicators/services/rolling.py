"""Bring the rollups up to date: whole cells of a month and an organisation are counted anew from the cases.

Nothing is ever added to a count, so that doing it twice, late or after a kill gives the same. Source: issue of figures that open.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction

from tongban.cases.queries import tallying
from tongban.core import db, time
from tongban.indicators.models import Freshness, Rollup, Touched

# Moves that change no count of `cases.queries.tallying`.
QUIET = frozenset({
    "pass_pre_review", "pass_step", "send_to_decision", "step_back", "pause", "resume", "correct", "request_extension",
    "decline_extension", "consult", "answer_consult", "supply", "start", "extend",
})  # fmt: skip
AT_ONCE = 2_000
LONGEST_LAG_S = 60


def touch(joint_case_id: str) -> None:
    """Remember that counts of an application may have changed, inside the caller's transaction."""
    db.insert_many(Touched, [Touched(joint_case_id=UUID(joint_case_id))])


def refresh() -> int:
    """Count the touched months anew; return how many applications were looked at."""
    looked_at = 0
    while taken := _refresh_some():
        looked_at += taken
    return looked_at


@transaction.atomic
def _refresh_some() -> int:
    rows = list(Touched.objects.order_by("pk").values_list("pk", "joint_case_id")[:AT_ONCE])
    if not rows:
        return 0
    cells: dict[tuple[str, date], set[str]] = {}
    for pack, organisation, month in tallying.touched({joint for _, joint in rows}):
        cells.setdefault((pack, month), set()).add(organisation)
    for (pack, month), organisations in sorted(cells.items()):
        _count(pack, month, organisations)
    Touched.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    for pack in {pack for pack, _ in cells}:
        Freshness.objects.update_or_create(pack=pack, defaults={"at": time.now()})
    return len(rows)


def _count(pack: str, month: date, organisations: Collection[str] | None) -> None:
    old = Rollup.objects.filter(pack=pack, month=month)
    (old if organisations is None else old.filter(organisation__in=organisations)).delete()
    found = tallying.tally(pack, month, organisations=organisations)
    Rollup.objects.bulk_create(
        Rollup(
            pack=pack, month=month, organisation=key[0], region=key[1], item_code=key[2], theme_code=key[3], channel=key[4],
            **vars(counts),
        )
        for key, counts in found.items()
    )  # fmt: skip


@transaction.atomic
def rebuild(pack: str) -> int:
    """Throw the rollups of a place away and count all its months anew; return how many rows there are now."""
    Rollup.objects.filter(pack=pack).delete()
    for month in tallying.months(pack):
        _count(pack, month, None)
    Freshness.objects.update_or_create(pack=pack, defaults={"at": time.now()})
    return Rollup.objects.filter(pack=pack).count()
