"""Where applications were received: the regions of the windows."""

from __future__ import annotations

from datetime import datetime

from tongban.hall.models import Reception


def regions_with_receptions(pack: str, *, since: datetime, until: datetime) -> frozenset[str]:
    """Return the codes of the regions whose windows received an application in [since, until). One query."""
    rows = Reception.objects.filter(window__pack=pack, at__gte=since, at__lt=until).order_by()
    return frozenset(rows.values_list("window__region", flat=True).distinct())
