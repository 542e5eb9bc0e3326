"""The inbox, and the messages at work."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from tongban.core.actor import Actor
from tongban.notices.models import DeskNotice, Notice
from tongban.rules.errors import NotFound


def visible_to(by: Actor) -> QuerySet[Notice]:
    """Return the messages of the person and of the party the person acts for."""
    return Notice.objects.filter(party_id__in=[p for p in (by.person_id, by.party_id) if p])


def inbox(*, by: Actor, most: int = 50) -> list[Notice]:
    """Return the newest messages."""
    return list(visible_to(by).order_by("-created_at")[:most])


def unread(*, by: Actor) -> int:
    """Return how many messages are unread."""
    return visible_to(by).filter(read_at=None).count()


def desk_of(by: Actor) -> QuerySet[DeskNotice]:
    """Return the messages at work of the actor."""
    return DeskNotice.objects.filter(account_id=by.account_id) if by.account_id else DeskNotice.objects.none()


def desk(*, by: Actor, most: int = 100) -> list[DeskNotice]:
    """Return the newest messages at work."""
    return list(desk_of(by).order_by("-created_at", "-id")[:most])


def was_told(occurrence: str) -> bool:
    """Return whether any member of staff has a message of an occurrence."""
    return DeskNotice.objects.filter(occurrence=occurrence).exists()


def desk_notice(notice_id: UUID, *, by: Actor) -> DeskNotice:
    """Return a message at work of the actor. Raises NotFound."""
    row = desk_of(by).filter(pk=notice_id).first()
    if row is None:
        raise NotFound("notices.none", "没有找到这条消息", remedy="回到消息列表重新打开")
    return row


def desk_unread(*, by: Actor) -> int:
    """Return how many messages at work are unread."""
    return desk_of(by).filter(read_at__isnull=True).count()
