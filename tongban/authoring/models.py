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


class Import(models.Model):
    """A spreadsheet that somebody brought: its sheets and heads, which column fills what, what came of its lines.

    `heads_key` is what files with the same heads have in common: their mapping is remembered.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    account_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)
    state = models.CharField(max_length=12, default="mapping")  # mapping, ready, taken
    sheets = models.JSONField()
    notes = models.JSONField(default=list)
    heads_key = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["pack", "heads_key"], name="authoring_by_heads")]


class ImportRow(models.Model):
    """A line of a spreadsheet as it stood, every cell of it; what it would do or did, and what was said of its cells.

    `unknown` holds what stands in columns that no element knows, by their heads.
    """

    imported = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    sheet = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    cells = models.JSONField()
    filled = models.JSONField(default=list)
    outcome = models.CharField(max_length=8, blank=True)  # new, changed, same, faulty
    is_partial = models.BooleanField(default=False)
    code = models.CharField(max_length=140, blank=True)
    name = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    findings = models.JSONField(default=list)
    unknown = models.JSONField(default=dict)
    draft = models.ForeignKey(Draft, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["imported", "sheet", "line"], name="authoring_one_line"),
        ]
        indexes = [models.Index(fields=["code", "digest"], name="authoring_by_digest")]
