"""Messages to people (消息)."""

from __future__ import annotations

from django.db import models

from tongban.core.db import new_id


class Message(models.Model):
    """What every message has."""

    id = models.UUIDField(primary_key=True, default=new_id)
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=500)
    link = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Notice(Message):
    """A message in a person's inbox (站内消息)."""

    party = models.ForeignKey("identity.Party", on_delete=models.PROTECT, related_name="notices")

    class Meta:
        indexes = [models.Index(fields=["party", "-created_at"], name="notices_inbox")]


class DeskNotice(Message):
    """A message to a member of staff (工作消息), once per occurrence."""

    account_id = models.UUIDField()
    occurrence = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "occurrence"], name="notices_desk_once")]
        indexes = [
            models.Index(fields=["account_id", "-created_at"], name="notices_desk"),
            models.Index(fields=["account_id"], name="notices_desk_unread", condition=models.Q(read_at__isnull=True)),
            models.Index(fields=["occurrence"], name="notices_desk_occurrence"),
        ]
