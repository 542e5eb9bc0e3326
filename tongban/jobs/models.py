"""Idempotency keys, serial counters, timers."""

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


class Timer(models.Model):
    """A moment at which something must happen to a subject. One row a (topic, subject, occurrence)."""

    topic = models.CharField(max_length=40)
    subject = models.UUIDField()
    occurrence = models.CharField(max_length=64, blank=True)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "subject", "occurrence"], name="jobs_timer_once")]
        indexes = [
            models.Index(fields=["due_at"], name="jobs_timer_due", condition=models.Q(done_at=None)),
            models.Index(fields=["subject"], name="jobs_timer_subject"),
        ]


class Effect(models.Model):
    """That a timer took effect, written in the transaction of its effect: no worker, however late, does it again.

    Source: assurance R05.
    """

    topic = models.CharField(max_length=40)
    subject = models.UUIDField()
    occurrence = models.CharField(max_length=64, blank=True)
    effective_at = models.DateTimeField()
    detected_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "subject", "occurrence"], name="jobs_effect_once")]
