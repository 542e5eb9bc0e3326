"""Idempotency keys and serial counters."""

from __future__ import annotations

from django.db import models


class IdempotencyKey(models.Model):
    """What was answered to a key: the same key with the same body gets the same answer. Source: assurance R03."""

    owner = models.CharField(max_length=64)
    route = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    body_digest = models.CharField(max_length=64)
    result_id = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "route", "key"], name="jobs_key_once")]


class Serial(models.Model):
    """A counter for one purpose; its row lock makes numbers follow without gaps or doubles."""

    scope = models.CharField(max_length=160, primary_key=True)
    value = models.BigIntegerField()
