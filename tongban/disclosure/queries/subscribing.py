"""Who is told of changes of the catalogue."""

from __future__ import annotations

from tongban.disclosure.models import Subscription


def subscriptions(pack: str) -> list[Subscription]:
    """Return the addresses of a place that are told of changes, the oldest first."""
    return list(Subscription.objects.filter(pack=pack, ended_at=None).order_by("created_at"))
