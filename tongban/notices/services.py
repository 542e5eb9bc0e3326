"""Tell people what happened to their matter."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.notices import queries
from tongban.notices.models import DeskNotice, Notice


def notify(parties: Iterable[UUID | None], *, title: str, text: str, link: str = "") -> None:
    """Put a message into the inbox of each party, in the transaction of what happened."""
    at = time.now()
    wanted = dict.fromkeys(party for party in parties if party is not None)
    db.insert_many(
        Notice, [Notice(party_id=party, title=title, text=text[:500], link=link, created_at=at) for party in wanted]
    )


@dataclass(frozen=True)
class Told:
    """A message to members of staff, once an occurrence."""

    accounts: Collection[UUID]
    occurrence: str
    title: str
    text: str
    link: str


def tell_desk(messages: Iterable[Told]) -> None:
    """Put messages before members of staff, in the transaction of what happened."""
    at = time.now()
    DeskNotice.objects.bulk_create(
        [DeskNotice(account_id=account, occurrence=one.occurrence[:80], title=one.title[:120], text=one.text[:500], link=one.link, created_at=at)
         for one in messages for account in dict.fromkeys(one.accounts)],
        ignore_conflicts=True,
    )  # fmt: skip


def mark_desk_read(*, by: Actor, notice_id: UUID | None = None) -> None:
    """Mark one of the actor's messages at work as read, or all that came by now."""
    at = time.now()
    rows = queries.desk_of(by).filter(read_at=None, created_at__lte=at)
    (rows.filter(pk=notice_id) if notice_id else rows).update(read_at=at)


def mark_read(by: Actor) -> None:
    """Mark the actor's messages as read."""
    Notice.objects.filter(party_id__in=[p for p in (by.person_id, by.party_id) if p], read_at=None).update(
        read_at=time.now()
    )
