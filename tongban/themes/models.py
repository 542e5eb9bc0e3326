"""Published themes (一件事), and drafts of applications."""

from __future__ import annotations

from django.db import models

from tongban.core.db import new_id
from tongban.core.specs import SpecVersion


class ThemeVersion(SpecVersion):
    """A version of a theme."""


class Draft(models.Model):
    """An application being filled in (草稿): kept on the server at every step, for 90 days after the last change."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    theme_code = models.CharField(max_length=64, blank=True)
    item_code = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=200)
    owner = models.ForeignKey("identity.Account", on_delete=models.CASCADE, related_name="drafts")
    applicant = models.ForeignKey("identity.Party", on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey("identity.Mandate", on_delete=models.PROTECT, null=True, related_name="+")
    answers = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    # Fields as typed that were refused, kept so that nothing entered is lost: element -> [value, problem].
    faults = models.JSONField(default=dict)
    materials = models.JSONField(default=dict)
    delivery = models.JSONField(default=dict)
    done = models.JSONField(default=list)  # parts of the task list that are complete
    consented_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    joint_case = models.ForeignKey("cases.JointCase", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["owner", "-updated_at"], name="themes_drafts")]


class Favourite(models.Model):
    """An item that a citizen wants to find again (收藏), and the version of it that the citizen has seen."""

    pack = models.CharField(max_length=40)
    item_code = models.CharField(max_length=64)
    owner = models.ForeignKey("identity.Account", on_delete=models.CASCADE, related_name="favourites")
    seen_version = models.PositiveIntegerField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "pack", "item_code"], name="themes_favourite_once"),
        ]
