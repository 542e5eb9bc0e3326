"""Counts of ratings by unit, item, window, region or channel: in a few queries, whatever the number of ratings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.db.models import Count, F, Q, QuerySet, Value

from tongban.core import time
from tongban.evaluation.models import BadRating, Invitation, Rating
from tongban.evaluation.rules.figures import Counts
from tongban.evaluation.rules.handling import State

By = Literal["all", "organisation", "item", "window", "region", "channel"]
_COLUMNS: dict[By, str] = {
    "organisation": "organisation", "item": "item_code", "window": "window_id", "region": "region", "channel": "channel",
}  # fmt: skip
_UNRATED = ("channel",)  # what an invitation has no value of


@dataclass(frozen=True)
class Scope:
    """What is counted: the days, both included; None is no bound, and empty collections leave nothing out."""

    since: date | None = None
    until: date | None = None
    organisations: Collection[str] = ()
    items: Collection[str] = ()
    regions: Collection[str] = ()

    def narrow(self, rows: QuerySet[Any], moment: str, prefix: str = "") -> QuerySet[Any]:
        """Return the rows whose moment and place lie within the scope."""
        if self.since is not None:
            rows = rows.filter(**{f"{moment}__gte": time.at_china(self.since, 0)})
        if self.until is not None:
            rows = rows.filter(**{f"{moment}__lt": time.at_china(self.until + timedelta(days=1), 0)})
        for column, wanted in (
            ("organisation", self.organisations),
            ("item_code", self.items),
            ("region", self.regions),
        ):
            if wanted:
                rows = rows.filter(**{f"{prefix}{column}__in": list(wanted)})
        return rows


def counts(
    pack: str, *, since: date | None = None, until: date | None = None, by: By = "all", organisations: Collection[str] = (),
    items: Collection[str] = (), regions: Collection[str] = (),
) -> dict[str, Counts]:  # fmt: skip
    """Return the counts of each group of a place: key -> counts. Five queries.

    `since` and `until` are days, both included. The key of a window is its id, "" stands for none; with `by="all"`
    the only key, always there, is "". Invitations count by the day on which they were opened, ratings by the day on which they were
    given, bad ratings with them. Ratings excluded after review count only as `excluded`, and their invitations nowhere.
    """
    scope = Scope(since, until, organisations, items, regions)
    found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    if by not in _UNRATED:
        _count_invitations(pack, scope, by, found)
    _count_ratings(pack, scope, by, found)
    _count_bad(pack, scope, by, found)
    if by == "all":
        found.setdefault("", {})
    return {key: Counts(**values) for key, values in found.items()}


Found = defaultdict[str, dict[str, Any]]


def _grouped(rows: QuerySet[Any], by: By, prefix: str = "") -> QuerySet[Any]:
    key = Value("") if by == "all" else F(f"{prefix}{_COLUMNS[by]}")
    grouped: QuerySet[Any] = rows.annotate(key=key).order_by().values("key")
    return grouped


def _key(row: dict[str, Any]) -> str:
    return str(row["key"] or "")


def _count_invitations(pack: str, scope: Scope, by: By, found: Found) -> None:
    rows = scope.narrow(Invitation.objects.filter(pack=pack), "opened_at")
    for row in _grouped(rows, by).annotate(invited=Count("pk"), answered=Count("rated_at")):
        found[_key(row)] |= {"invited": row["invited"], "answered": row["answered"]}
    excluded = BadRating.objects.filter(pack=pack, state=State.EXCLUDED)
    excluded = scope.narrow(excluded, "rating__invitation__opened_at", "rating__")
    for row in _grouped(excluded, by, "rating__").annotate(n=Count("pk")):
        values = found[_key(row)]
        values["invited"], values["answered"] = values["invited"] - row["n"], values["answered"] - row["n"]


def _count_ratings(pack: str, scope: Scope, by: By, found: Found) -> None:
    rows = scope.narrow(counted(pack), "at")
    for row in _grouped(rows, by).values("key", "grade").annotate(n=Count("pk")):
        values = found[_key(row)]
        grades = list(values.get("grades", (0,) * 5))
        grades[row["grade"] - 1] = row["n"]
        values["grades"] = tuple(grades)
    for row in _grouped(rows, by).annotate(n=Count("rater", distinct=True)):
        found[_key(row)]["persons"] = row["n"]


def _count_bad(pack: str, scope: Scope, by: By, found: Found) -> None:
    rows = scope.narrow(BadRating.objects.filter(pack=pack), "opened_at", "rating__")
    counts_in = ~Q(state=State.EXCLUDED)
    verified, settled = Q(verified_at__isnull=False), Q(settled_at__isnull=False)
    grouped = _grouped(rows, by, "rating__").annotate(
        verify_due=Count("pk", filter=counts_in & (verified | Q(verify_missed_at__isnull=False))),
        verified_in_time=Count("pk", filter=counts_in & verified & Q(verify_missed_at=None)),
        settle_due=Count("pk", filter=counts_in & (settled | Q(settle_missed_at__isnull=False))),
        settled_in_time=Count("pk", filter=counts_in & settled & Q(settle_missed_at=None)),
        called_back=Count("pk", filter=counts_in & Q(called_back_at__isnull=False)),
        excluded=Count("pk", filter=Q(state=State.EXCLUDED)),
    )
    for row in grouped:
        found[_key(row)] |= {name: value for name, value in row.items() if name != "key"}


def counted(pack: str) -> QuerySet[Rating]:
    """Return the ratings that count: all but those excluded after review."""
    return Rating.objects.filter(pack=pack).exclude(bad__state=State.EXCLUDED)


def rated_items(pack: str, *, since: date | None = None, until: date | None = None) -> frozenset[str]:
    """Return the codes of the items that were rated in a period, for 评价事项覆盖率. Source: standards reference 1.7."""
    rows = Scope(since, until).narrow(counted(pack), "at").exclude(item_code="")
    return frozenset(rows.order_by().values_list("item_code", flat=True).distinct())


def rated_organisations(pack: str, *, since: date | None = None, until: date | None = None) -> frozenset[str]:
    """Return the codes of the organisations that were rated in a period, for 好差评层级覆盖率."""
    rows = Scope(since, until).narrow(counted(pack), "at")
    return frozenset(rows.order_by().values_list("organisation", flat=True).distinct())


def rated_regions(pack: str, *, since: date | None = None, until: date | None = None) -> frozenset[str]:
    """Return the codes of the regions whose windows or cases were rated in a period, for 好差评层级覆盖率."""
    rows = Scope(since, until).narrow(counted(pack), "at")
    return frozenset(rows.order_by().values_list("region", flat=True).distinct())


def of_item(pack: str, item_code: str) -> Counts:
    """Return the counts of all ratings of an item, for its guide page. Two queries."""
    found: Found = defaultdict(dict)
    _count_ratings(pack, Scope(items=(item_code,)), "all", found)
    return Counts(**found[""])
