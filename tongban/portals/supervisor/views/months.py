"""The month a page is about, as the address says it."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from tongban.cases.queries import tallying
from tongban.core import time
from tongban.portals.supervisor.views.shell import PLACE


def chosen(request: HttpRequest) -> date:
    """Return the month in the address (month=2026-11); this month when there is none or it is no month."""
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return time.today().replace(day=1)
    return min(month, time.today().replace(day=1))


def offered(month: date) -> list[tuple[str, str, bool]]:
    """Return the months to choose from, the last first: value, words, whether it is the chosen one."""
    months = tallying.months(PLACE) or [time.today().replace(day=1)]
    return [(f"{each:%Y-%m}", f"{each.year} 年 {each.month} 月", each == month) for each in reversed(months)]
