"""Electronic licences (电子证照) and their types."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q

from tongban.core.db import new_id
from tongban.core.specs import SpecVersion
from tongban.licences.rules import State


class LicenceTypeVersion(SpecVersion):
    """A version of a licence type."""


def new_check_code() -> str:
    """Return the random code that a QR carries: it opens the public check page and says nothing else."""
    return secrets.token_hex(10)


class Licence(models.Model):
    """A licence as issued. Whether it has expired is computed, never typed in."""

    id = models.UUIDField(primary_key=True, default=new_id)
    identifier = models.CharField(max_length=100, unique=True)
    check_code = models.CharField(max_length=32, unique=True, default=new_check_code)
    pack = models.CharField(max_length=40)
    type_code = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    number = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    holder = models.ForeignKey("identity.Party", on_delete=models.PROTECT, related_name="licences")
    holder_name = models.CharField(max_length=100)
    issuer = models.CharField(max_length=64)
    issuer_name = models.CharField(max_length=100)
    issued_on = models.DateField()
    valid_until = models.DateField(null=True)
    face = models.JSONField()
    # The case in which it was issued; of a permit (行业综合许可证) the joint case.
    case_id = models.UUIDField(null=True)
    case_number = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in State], default=State.VALID.value)
    state_reason = models.CharField(max_length=200, blank=True)
    state_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["holder", "type_code"], name="licences_held"),
            # The constraint below serves only who asks for valid ones: a case also finds those that no longer are.
            models.Index(fields=["case_id"], name="licences_of_case"),
            models.Index(fields=["issued_on"], name="licences_issued"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case_id"], name="licences_one_a_case", condition=~Q(case_id=None) & Q(state=State.VALID.value)
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("issued_on")),
                name="licences_valid_after_issue",
            ),
        ]


class Component(models.Model):
    """A licence that a permit (行业综合许可证) puts together with others. The states are those of the licences."""

    permit = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="components")
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="permits")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["permit", "licence"], name="licences_component_once"),
            models.CheckConstraint(condition=~Q(permit=models.F("licence")), name="licences_no_component_of_itself"),
        ]
