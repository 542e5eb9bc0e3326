"""Shipments (寄递) and their tracking (轨迹)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.core.db import new_id
from tongban.delivery.rules import State


class Shipment(models.Model):
    """Something on its way to a person for one purpose of a subject (a case)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=32, unique=True)
    subject_id = models.UUIDField()
    purpose = models.CharField(max_length=64)
    subject_number = models.CharField(max_length=60, blank=True)
    organisation = models.CharField(max_length=64)
    contents = models.CharField(max_length=120)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20)
    address = models.CharField(max_length=200)
    # Typed in by an officer: the courier is not asked, and tells nothing.
    is_by_hand = models.BooleanField(default=False)
    waybill = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in State], default=State.ORDERED.value)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=40, blank=True)
    proof = models.CharField(max_length=100, blank=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["waybill"], name="delivery_waybill_once", condition=~Q(waybill="")),
            models.UniqueConstraint(
                fields=["subject_id", "purpose"], name="delivery_once", condition=~Q(state=State.RETURNED.value)
            ),
            models.CheckConstraint(
                condition=Q(delivered_at=None) ^ Q(state=State.DELIVERED.value), name="delivery_delivered_has_moment"
            ),
            models.CheckConstraint(
                condition=Q(returned_at=None) ^ Q(state=State.RETURNED.value), name="delivery_returned_has_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DELIVERED.value) | ~Q(signed_by=""), name="delivery_delivered_was_signed"
            ),
        ]
        indexes = [models.Index(fields=["subject_id"], name="delivery_subject")]


class Tracking(models.Model):
    """One line of the way of a shipment. The key makes a callback count once, however often it comes."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="trackings")
    dedupe_key = models.CharField(max_length=64)
    body_digest = models.CharField(max_length=64)
    told = models.CharField(max_length=12)
    words = models.CharField(max_length=200)
    at = models.DateTimeField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dedupe_key"], name="delivery_tracking_once")]
        indexes = [models.Index(fields=["shipment", "at"], name="delivery_lines")]
