"""What waits in the outbox."""

from __future__ import annotations

from tongban.outbox.models import Message


def waiting() -> int:
    """Return how many messages wait for the worker."""
    return Message.objects.filter(done_at=None, is_dead=False).count()


def dead() -> list[Message]:
    """Return the messages that failed for good, for a person to look at."""
    return list(Message.objects.filter(is_dead=True).order_by("id"))
