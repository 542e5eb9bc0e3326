"""Write the audit trail."""

from __future__ import annotations

from tongban.audit.models import Entry
from tongban.core import db, time
from tongban.core.actor import Actor


def record(
    action: str, object_type: str, object_id: object, *, by: Actor, organisation: str = "", reason: str = ""
) -> None:
    """Record one act of an actor, inside the transaction of the act."""
    db.insert_many(Entry, [entry(action, object_type, object_id, by=by, organisation=organisation, reason=reason)])


def entry(
    action: str, object_type: str, object_id: object, *, by: Actor, organisation: str = "", reason: str = ""
) -> Entry:
    """Return an entry that the caller inserts together with others."""
    return Entry(
        at=time.now(), request_id=by.request_id, account_id=by.account_id, party_id=by.party_id,
        mandate_id=by.mandate_id, organisation=organisation, channel=by.channel, address=by.address,
        action=action, object_type=object_type, object_id=str(object_id), reason=reason,
    )  # fmt: skip


def record_all(entries: list[Entry]) -> None:
    """Insert entries made by `entry`."""
    db.insert_many(Entry, entries)


def refused(code: str, *, path: str, by: Actor) -> None:
    """Record an act that was refused: its address and the code of the refusal. In a transaction of its own."""
    record("refused", "address", path[:64], by=by, organisation=",".join(sorted(by.seats))[:64], reason=code[:64])
