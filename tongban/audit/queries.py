"""Read the audit trail, for who watches procedure: when something was first looked at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Min

from tongban.audit.models import Entry

MOST = 500  # ids to a query


def first_seen(action: str, object_type: str, ids: Iterable[object]) -> dict[str, datetime]:
    """Return when each of some objects was first acted on so, by its id as text. Few queries."""
    wanted, found = list(dict.fromkeys(str(each) for each in ids)), dict[str, datetime]()
    for start in range(0, len(wanted), MOST):
        rows = Entry.objects.filter(object_type=object_type, object_id__in=wanted[start : start + MOST], action=action)
        found |= dict(rows.order_by().values_list("object_id").annotate(at=Min("at")))
    return found
