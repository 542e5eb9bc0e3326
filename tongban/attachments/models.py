"""Uploaded files (附件)."""

from __future__ import annotations

from django.db import models

from tongban.core.db import new_id


class File(models.Model):
    """A file as checked and stored under a generated id; its name is only a label. Source: assurance §8."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=60)
    size_bytes = models.PositiveIntegerField()
    pages = models.PositiveIntegerField(default=1)
    sha256 = models.CharField(max_length=64)
    owner_id = models.UUIDField()  # the account that uploaded it
    scan = models.CharField(max_length=12, default="not_scanned")
    created_at = models.DateTimeField()
