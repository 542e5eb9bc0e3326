"""Numbered official papers (文书)."""

from __future__ import annotations

from django.db import models

from tongban.core.db import new_id


class Paper(models.Model):
    """A paper as issued: its number and all it says. The PDF is rendered from this row, the same each time."""

    id = models.UUIDField(primary_key=True, default=new_id)
    check_code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=24)
    organisation = models.CharField(max_length=64)
    year = models.PositiveIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=60)
    title = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    template_version = models.PositiveIntegerField(default=1)
    body = models.JSONField()
    issued_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject_id"], name="documents_subject")]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "year", "serial"], name="documents_number_once")
        ]
