"""Who is told of changes of the catalogue."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.core.db import new_id


class Subscription(models.Model):
    """An address that is told of changes (webhook). `cursor` is the last change that it answered for."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    url = models.CharField(max_length=300)
    cursor = models.BigIntegerField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    try_after = models.DateTimeField()
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "url"], condition=Q(ended_at=None), name="disclosure_told_once"),
        ]
