"""The audit trail (审计): who did what to what, when."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One act, written in the transaction of the act itself. Holds ids, no personal values. Source: assurance §7."""

    at = models.DateTimeField()
    request_id = models.CharField(max_length=32, blank=True)
    account_id = models.UUIDField(null=True)
    party_id = models.UUIDField(null=True)
    mandate_id = models.UUIDField(null=True)
    organisation = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=16)
    address = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=64)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]
