"""Count imported history: what the command line prints and the page shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from tongban.supervision.models import HistoryCase, HistoryFile

NO_CHANNEL = "未填写"


@dataclass(frozen=True)
class Report:
    """Cases of imported logs: closed ones have an actual end, late ones ended after the planned one."""

    cases: int
    closed: int
    open: int
    late: int
    by_month: dict[str, int]
    by_channel: dict[str, int]


def report(pack: str) -> Report:
    """Return the counts of a place. Months are those of the first activity as written. Three queries."""
    rows = HistoryCase.objects.filter(pack=pack).order_by()
    sums = rows.aggregate(
        n=Count("pk"), closed=Count("pk", filter=~Q(end="")), late=Count("pk", filter=Q(is_late=True))
    )
    months = rows.values_list("first_month").annotate(n=Count("pk")).order_by("first_month")
    channels = rows.values_list("channel").annotate(n=Count("pk")).order_by("-n", "channel")
    return Report(
        sums["n"], sums["closed"], sums["n"] - sums["closed"], sums["late"], dict(months),
        {channel or NO_CHANNEL: n for channel, n in channels},
    )  # fmt: skip


# Rows behind a figure: code -> condition.
FIGURES = {"cases": Q(), "closed": ~Q(end=""), "open": Q(end=""), "late": Q(is_late=True)}
PAGE = 100


@dataclass(frozen=True)
class Wanted:
    """Which rows to show: of which figure, month, channel; page."""

    figure: str = "cases"
    month: str = ""
    channel: str | None = None
    page: int = 1


def rows(pack: str, wanted: Wanted) -> tuple[list[HistoryCase], int]:
    """Return a page of the cases that a figure counts, and how many there are. Two queries."""
    found = HistoryCase.objects.filter(FIGURES[wanted.figure], pack=pack)
    if wanted.month:
        found = found.filter(first_month=wanted.month)
    if wanted.channel is not None:
        found = found.filter(channel=wanted.channel)
    start = (wanted.page - 1) * PAGE
    return list(found.order_by("first_at", "pk")[start : start + PAGE]), found.count()


def files(pack: str) -> list[HistoryFile]:
    """Return the imported files, newest first."""
    return list(HistoryFile.objects.filter(pack=pack).order_by("-at"))
