"""Tell people what happened to their matter."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.notices.models import Notice


def notify(parties: Iterable[UUID | None], *, title: str, text: str, link: str = "") -> None:
    """Put a message into the inbox of each party, in the transaction of what happened."""
    at = time.now()
    wanted = dict.fromkeys(party for party in parties if party is not None)
    db.insert_many(
        Notice, [Notice(party_id=party, title=title, text=text[:500], link=link, created_at=at) for party in wanted]
    )


def mark_read(by: Actor) -> None:
    """Mark the actor's messages as read."""
    Notice.objects.filter(party_id__in=[p for p in (by.person_id, by.party_id) if p], read_at=None).update(
        read_at=time.now()
    )
