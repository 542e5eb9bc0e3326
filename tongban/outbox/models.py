"""Events in transit (发件箱)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Message(models.Model):
    """An event to be told to other apps after commit; delivered at least once, handlers are idempotent."""

    topic = models.CharField(max_length=64)
    payload = models.TextField()
    created_at = models.DateTimeField()
    available_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    is_dead = models.BooleanField(default=False)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["available_at", "id"], name="outbox_waiting", condition=Q(done_at=None, is_dead=False)
            ),
        ]
