"""Self-reports beside what the platform computes (`indicators`), for tasks that are bound to an indicator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from uuid import UUID

from django.conf import settings

from tongban.indicators.queries import values as indicators
from tongban.taskforce.models import Report
from tongban.taskforce.queries import ledger
from tongban.taskforce.queries.ledger import ShareView
from tongban.taskforce.rules import comparing
from tongban.taskforce.rules.comparing import Verdict

# What the platform computed, by code, unit (empty: the whole place) and first day of the month.
Figures = dict[tuple[str, str, date], indicators.Value]


@dataclass(frozen=True)
class Compared:
    """An indicator beside a self-report: name, target and the two figures in words, how they stand to each other."""

    code: str
    name: str
    month: str  # YYYY-MM, of the computed figure
    target: str
    computed: str
    own: str
    verdict: Verdict
    meets: bool | None  # whether the computed figure reaches the target
    is_whole: bool  # the lead answers for the whole place, not for its own items


def names(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of indicators in force; a code that is none is left out."""
    known = indicators.specs(settings.PLACE)
    return {code: known[code].name for code in codes if code in known}


def choices() -> list[tuple[str, str]]:
    """Return the indicators that the platform computes, for choosing: code and name."""
    return [(code, spec.name) for code, spec in indicators.specs(settings.PLACE).items() if spec.way == "computed"]


def compared(shares: Iterable[ShareView], *, month: date, figures: Figures | None = None) -> dict[UUID, Compared]:
    """Return the comparison of each share whose task is bound to an indicator that the platform computes.

    A self-report is held against the figure of its own month; `month` is for who has not reported yet. Each figure is
    computed once a unit and month, and not at all if `figures` holds it; it is over the whole place for who leads. The
    first bound indicator is the one the self-report is about.
    """
    known = indicators.specs(settings.PLACE)
    found: dict[UUID, Compared] = {}
    figures = {} if figures is None else figures
    for share in shares:
        code = next((code for code in share.row.task.indicators if code in known and known[code].way == "computed"), "")
        if not code or share.is_outside:
            continue
        report = share.report or share.last
        key = (code, "" if share.row.leads else share.row.organisation, month_of(report) if report else month)
        if key not in figures:
            figures[key] = indicators.value(settings.PLACE, code, month=key[2], org=key[1])
        found[share.row.pk] = _one(share, report, code, figures[key])
    return found


def of_reports(reports: Iterable[tuple[Report, ShareView]], *, figures: Figures | None = None) -> dict[UUID, Compared]:
    """Return the comparison of each of some reports by its id, whichever months they are of and however many of a share."""
    figures = {} if figures is None else figures
    found: dict[UUID, Compared] = {}
    for report, share in reports:
        own = replace(share, report=report)
        held = compared([own], month=month_of(report), figures=figures).get(share.row.pk)
        if held is not None:
            found[report.pk] = held
    return found


def is_above(report: Report, *, figures: Figures | None = None) -> bool:
    """Return whether a report is better than what the platform computes for its month; see `compared` for `figures`."""
    row = report.assignment
    share = ledger.share_view(row, row.task.campaign, on=ledger.today(), names={}, report=report)
    found = compared([share], month=month_of(report), figures=figures).get(row.pk)
    return found is not None and found.verdict.is_contradiction


def month_of(report: Report) -> date:
    """Return the first day of the month that a report is about."""
    return date.fromisoformat(f"{report.period}-01")


def _one(share: ShareView, report: Report | None, code: str, value: indicators.Value) -> Compared:
    own = report.value if report else None
    unit = value.spec.unit or ""
    said = comparing.verdict(
        None if own is None else Fraction(own), value.number, comparator=value.target.comparator or ">=", unit=unit
    )
    if report is None:
        said = Verdict("unknown", "没有填报")
    shown = "未填数" if own is None else f"{own.normalize():f} {unit}".strip()
    return Compared(
        code, value.spec.name, f"{value.month:%Y-%m}", value.target.text, value.words, shown, said, value.meets, share.row.leads
    )  # fmt: skip
