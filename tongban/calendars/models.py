"""The working-day calendar as rows: what each year's official notice says."""

from __future__ import annotations

from django.db import models


class CalendarYear(models.Model):
    """A year whose official notice is known, and where it is from."""

    year = models.PositiveIntegerField(primary_key=True)
    source = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)


class CalendarDay(models.Model):
    """A day that differs from Monday–Friday."""

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
