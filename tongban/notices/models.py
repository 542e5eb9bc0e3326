"""Messages to people (消息)."""

from __future__ import annotations

from django.db import models

from tongban.core.db import new_id


class Notice(models.Model):
    """A message in a person's inbox (站内消息)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    party = models.ForeignKey("identity.Party", on_delete=models.PROTECT, related_name="notices")
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=500)
    link = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["party", "-created_at"], name="notices_inbox")]
