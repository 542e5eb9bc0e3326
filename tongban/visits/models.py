"""On-site and remote checks (踏勘): one visit can serve several departments of a joint case."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.core.db import new_id
from tongban.visits.rules import State


class Visit(models.Model):
    """A visit as it was arranged: when, where, how, and by whom."""

    id = models.UUIDField(primary_key=True, default=new_id)
    joint_case = models.ForeignKey("cases.JointCase", on_delete=models.PROTECT, related_name="visits")
    organisation = models.CharField(max_length=64)  # who arranged it
    kind = models.CharField(max_length=8)  # onsite, remote
    planned_at = models.DateTimeField()
    place = models.CharField(max_length=200)  # the address, or how the video call is reached
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, default=State.PLANNED.value)
    reason = models.CharField(max_length=300, blank=True)  # of a change or cancellation
    created_by_name = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "planned_at"], name="visits_day")]


class Part(models.Model):
    """What one department checks on a visit: a step of its case, the officers, the checklist and the conclusion."""

    id = models.UUIDField(primary_key=True, default=new_id)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="parts")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="visit_parts")
    step = models.CharField(max_length=64)
    step_name = models.CharField(max_length=60)
    organisation = models.CharField(max_length=64)
    organisation_name = models.CharField(max_length=60)
    officers = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    conclusion = models.CharField(max_length=8, blank=True)
    remark = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by_name = models.CharField(max_length=40, blank=True)
    is_off = models.BooleanField(default=False)  # the department took itself out, or the visit was cancelled

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "step"], name="visits_step_once", condition=Q(done_at=None, is_off=False)
            ),
        ]


class Shot(models.Model):
    """A photo or file of a visit: it keeps when and where it was made, and the digest of its bytes."""

    id = models.UUIDField(primary_key=True, default=new_id)
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="shots")
    file_id = models.UUIDField(unique=True)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=60)
    taken_at = models.DateTimeField()
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    place = models.CharField(max_length=100, blank=True)
    by_name = models.CharField(max_length=40)
