"""Decision tables in versions, certificates of instant decisions, and what shadow mode recorded."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models import Q

from tongban.core.db import new_id
from tongban.core.specs import SpecVersion


class TableVersion(SpecVersion):
    """A version of a decision table: from the pack, or published on screen with a reason and a name."""

    is_from_screen = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    published_by_id = models.UUIDField(null=True)
    published_by_name = models.CharField(max_length=60, blank=True)

    class Meta(SpecVersion.Meta):
        abstract = False
        constraints = [
            *SpecVersion.Meta.constraints,
            models.CheckConstraint(condition=Q(is_from_screen=False) | ~Q(reason=""), name="decisions_screen_says_why"),
        ]


class Written(models.QuerySet["Certificate"]):
    """Rows that are only ever added."""

    def update(self, **values: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("a certificate is never changed")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise TypeError("a certificate is never deleted")


class Certificate(models.Model):
    """The certificate of an instant decision (秒批凭证). One a case; `queries.verify` recomputes it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    subject_id = models.UUIDField(unique=True)
    pack = models.CharField(max_length=40)
    table_code = models.CharField(max_length=64)
    table_version = models.PositiveIntegerField()
    table_digest = models.CharField(max_length=64)
    inputs = models.JSONField()
    rows = models.JSONField()
    outcome = models.JSONField()
    reasons = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects = Written.as_manager()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; a row that is there stays as it is."""
        if not self._state.adding:
            raise TypeError("a certificate is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("a certificate is never deleted")


class ShadowRun(models.Model):
    """What a table would have decided in a case, beside what people decided. One a case."""

    subject_id = models.UUIDField(unique=True)
    pack = models.CharField(max_length=40)
    table_code = models.CharField(max_length=64)
    table_version = models.PositiveIntegerField()
    table_digest = models.CharField(max_length=64)
    inputs = models.JSONField()
    rows = models.JSONField()
    outcome = models.JSONField(null=True)
    # What the table says: grant, refuse, or nothing (None: it leaves the case to people, and nothing is compared).
    says = models.BooleanField(null=True)
    granted = models.BooleanField(null=True)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["pack", "table_code", "table_digest", "settled_at"], name="decisions_shadow")]
        constraints = [
            models.CheckConstraint(
                condition=Q(granted=None, settled_at=None) | Q(granted__isnull=False, settled_at__isnull=False),
                name="decisions_settled_at_once",
            ),
        ]

    @property
    def agrees(self) -> bool | None:
        """Whether table and people said the same; None while there is nothing to compare."""
        return None if self.says is None or self.granted is None else self.says == self.granted
