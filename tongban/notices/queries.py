"""The inbox."""

from __future__ import annotations

from django.db.models import QuerySet

from tongban.core.actor import Actor
from tongban.notices.models import Notice


def visible_to(by: Actor) -> QuerySet[Notice]:
    """Return the messages of the person and of the party the person acts for."""
    return Notice.objects.filter(party_id__in=[p for p in (by.person_id, by.party_id) if p])


def inbox(*, by: Actor, most: int = 50) -> list[Notice]:
    """Return the newest messages."""
    return list(visible_to(by).order_by("-created_at")[:most])


def unread(*, by: Actor) -> int:
    """Return how many messages are unread."""
    return visible_to(by).filter(read_at=None).count()
