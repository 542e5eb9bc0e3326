"""The frozen months, of the place or of a unit or region, beside what the same rules give now."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from tongban.core import time
from tongban.indicators.queries import frozen, overview
from tongban.indicators.rules.scopes import WAYS
from tongban.indicators.services import freezing
from tongban.portals.supervisor.views import months, parts, shell
from tongban.rules.errors import DomainError


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The frozen months, and one of them beside what the same rules give now."""
    by, part = shell.staff(request), parts.chosen(request)
    kept = frozen.months(shell.PLACE)
    month = months.chosen(request) if "month" in request.GET else (kept[0] if kept else None)
    rows = frozen.compared(shell.PLACE, month=month, part=part) if month in kept and month is not None else []
    last = (time.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    return shell.show(
        request, "frozen", by=by, menu="indicators", kept=[(f"{each:%Y-%m}", f"{each.year} 年 {each.month} 月", each == month) for each in kept],
        month=month, rows=rows, changed=[row for row in rows if not row.is_same], offered=_offered(month) if month in kept else [],
        part=parts.said(part), part_name=parts.name(part),
        to_freeze=None if last in kept or not shell.supervises(by) else last,
    )  # fmt: skip


def _offered(month: date | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the parts for which something was frozen in a month: words of the kind, then what the address says and the name."""
    found = frozen.parts(shell.PLACE, month) if month else {}
    return [
        (WAYS[way], [(f"{way}:{code}", overview.names(shell.PLACE, way).get(code, code)) for code in codes])
        for way, codes in found.items() if codes
    ]  # fmt: skip


@require_POST
def freeze(request: HttpRequest) -> HttpResponse:
    """Freeze the month before."""
    by = shell.staff(request)
    month = (time.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    try:
        number = freezing.freeze(shell.PLACE, month, by=by)
        shell.tell(request, f"已冻结 {month.year} 年 {month.month} 月的 {number} 项指标")
    except DomainError as refusal:
        shell.tell(request, str(refusal))
    return HttpResponseRedirect(reverse("supervisor:frozen"))
