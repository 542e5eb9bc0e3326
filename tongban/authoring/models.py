"""Drafts of what the catalogue will say next, and what was done with each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.authoring.rules.life import OPEN, State
from tongban.core.db import new_id


class Draft(models.Model):
    """A version on its way (编制稿): the body as typed, whole or not. One open draft a spec.

    `based_on` is the version in force when it was begun (0: none), `editors` the accounts that wrote it: none of them
    reviews it.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=64)
    organisation = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True)
    file = models.CharField(max_length=200)
    body = models.JSONField()
    based_on = models.PositiveIntegerField(default=0)
    base = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default=State.EDITING.value)
    revision = models.PositiveIntegerField(default=1)
    editors = models.JSONField(default=list)
    words = models.CharField(max_length=300, blank=True)
    effective_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "kind", "code"],
                name="authoring_one_open",
                condition=Q(state__in=[s.value for s in OPEN]),
            ),
        ]
        indexes = [models.Index(fields=["pack", "state"], name="authoring_by_state")]


class Step(models.Model):
    """What was done with a draft, by whom, when."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=12)
    revision = models.PositiveIntegerField()
    words = models.CharField(max_length=500, blank=True)
    account_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()
