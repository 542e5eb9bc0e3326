"""Numbered official papers (文书)."""

from __future__ import annotations

from django.db import models

from tongban.core.db import new_id
from tongban.core.specs import SpecVersion
from tongban.documents.rules import Way


class TemplateVersion(SpecVersion):
    """A version of a template (文书模板): from the pack, or published on screen with a reason and a name."""

    is_from_screen = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    published_by_id = models.UUIDField(null=True)
    published_by_name = models.CharField(max_length=60, blank=True)

    class Meta(SpecVersion.Meta):
        abstract = False
        constraints = [
            *SpecVersion.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(is_from_screen=False) | ~models.Q(reason=""), name="documents_screen_says_why"
            ),
        ]


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
    # The template it was issued with; without a code one that this release brings. It is drawn by that one for ever.
    template_code = models.CharField(max_length=64, blank=True)
    template_version = models.PositiveIntegerField(default=1)
    reprints = models.PositiveIntegerField(default=0)
    body = models.JSONField()
    issued_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject_id"], name="documents_subject")]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "year", "serial"], name="documents_number_once")
        ]


class Service(models.Model):
    """That a paper was served (送达): how, on whom, from which day it takes effect. Once a paper; never edited."""

    id = models.UUIDField(primary_key=True, default=new_id)
    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="service")
    proof = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="proved")  # 送达回证
    way = models.CharField(max_length=12, choices=[(way.value, way.value) for way in Way])
    recipient = models.CharField(max_length=60)
    served_on = models.DateField()
    effective_on = models.DateField()
    witness = models.CharField(max_length=100, blank=True)
    entrusted_to = models.CharField(max_length=100, blank=True)
    waybill = models.CharField(max_length=100, blank=True)
    announced_in = models.CharField(max_length=100, blank=True)
    announced_days = models.PositiveIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="documents_served_at")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(effective_on__gte=models.F("served_on")), name="documents_effective_after_served"
            ),
            models.CheckConstraint(
                condition=models.Q(way=Way.ANNOUNCED.value) ^ models.Q(announced_days=None),
                name="documents_announced_days",
            ),
        ]
