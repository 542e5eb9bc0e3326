"""Rollups of cases, published indicators, what units report, and the months that were frozen."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.core.db import new_id
from tongban.core.specs import SpecVersion


class IndicatorVersion(SpecVersion):
    """A published version of an indicator."""


class Touched(models.Model):
    """An application of which something happened that counts are made of, until the rollups were brought up to date."""

    joint_case_id = models.UUIDField()


class Rollup(models.Model):
    """The counts of one month by what the cases are about. Computed anew from the cases, never added to."""

    pack = models.CharField(max_length=40)
    month = models.DateField()
    organisation = models.CharField(max_length=64)
    region = models.CharField(max_length=12)
    item_code = models.CharField(max_length=64)
    theme_code = models.CharField(max_length=64)
    channel = models.CharField(max_length=16)
    received = models.PositiveIntegerField()
    asked = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    on_time = models.PositiveIntegerField()
    granted = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "month", "organisation", "region", "item_code", "theme_code", "channel"],
                name="indicators_rollup_once",
            ),
            models.CheckConstraint(condition=Q(on_time__lte=models.F("closed")), name="indicators_on_time_closed"),
        ]


class Freshness(models.Model):
    """When the rollups of a place were last brought up to date."""

    pack = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()


class Report(models.Model):
    """A value that a unit reports for an indicator the platform cannot compute, with its evidence. Never edited: the last counts."""

    kept = True
    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    indicator = models.CharField(max_length=64)
    month = models.DateField()
    organisation = models.CharField(max_length=64)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    done_on = models.DateField(null=True)
    words = models.CharField(max_length=500)
    files = models.JSONField(default=list)  # 佐证
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["pack", "indicator", "month", "-at"], name="indicators_of_month")]
        constraints = [
            models.CheckConstraint(condition=Q(value=None) ^ Q(done_on=None), name="indicators_report_value_or_day")
        ]


class Choice(models.Model):
    """Which of several printed targets counts here (23 % or 25 %): who chose it, and why. Never edited: the last counts."""

    kept = True
    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    indicator = models.CharField(max_length=64)
    position = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()


class Snapshot(models.Model):
    """The value of an indicator in a month as it was frozen, of the place or of one part of it: figure, target; of the place
    also the digest of the rows. Never edited.
    """

    kept = True
    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    indicator = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    month = models.DateField()
    way = models.CharField(max_length=16, blank=True)  # organisation, region; "" for the place
    code = models.CharField(max_length=64, blank=True)
    above = models.BigIntegerField(null=True)
    below = models.BigIntegerField(null=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    target = models.CharField(max_length=100)
    meets = models.BooleanField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "indicator", "month", "way", "code"], name="indicators_frozen_once")
        ]
