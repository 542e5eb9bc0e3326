"""园区赋权: what was granted to parks, whether it is used; what nobody asked for in n months is listed first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules.dictionaries import POWER_SOURCES
from tongban.core import time
from tongban.disclosure.rules.lists import grant_state
from tongban.indicators.queries import overview, rollups
from tongban.orgs import queries as orgs
from tongban.portals.supervisor.views import shell

PERIODS = (3, 6, 12)
USUAL = 6


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The granted items with what came in the last months."""
    by = shell.staff(request)
    own = shell.own_units(by)
    chosen = request.GET.get("months", "")
    months = int(chosen) if chosen.isdigit() and int(chosen) in PERIODS else USUAL
    this = time.today().replace(day=1)
    first = overview.before(this, months=months - 1)
    counts = rollups.received_by_item(shell.PLACE, (first, this))
    names = {code: org.name for code, org in orgs.organisations(shell.PLACE).items()}
    rows = [
        (item, names.get(item.org, item.org), names.get(item.grant.held_by, item.grant.held_by), POWER_SOURCES[item.power_source],
         grant_state(item, time.today()), counts.get(item.code, 0))
        for item in catalogue.items(shell.PLACE).values()
        if item.grant is not None and (own is None or item.org in own)
    ]  # fmt: skip
    rows.sort(key=lambda row: (row[4] != "有效", row[5] > 0, row[1], row[0].code))
    idle = sum(row[4] == "有效" and not row[5] for row in rows)
    return shell.show(
        request, "grants", by=by, menu="grants", rows=rows, months=months, periods=PERIODS, first=first, idle=idle
    )
