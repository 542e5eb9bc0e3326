"""Orders (缴费单), callbacks, receipts (电子票据), refunds and daily reconciliations (日对账)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.core.db import new_id
from tongban.payments.rules import HELD, Kind, Sort, State

_LIVE = [State.OPEN.value, State.PAID.value]


class Order(models.Model):
    """What a party is asked to pay for one purpose of a subject (a case)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=32, unique=True)
    subject_id = models.UUIDField()
    purpose = models.CharField(max_length=64)
    # How people know the subject, and where its page is.
    subject_number = models.CharField(max_length=60, blank=True)
    page = models.CharField(max_length=200, blank=True)
    payer = models.ForeignKey("identity.Party", on_delete=models.PROTECT, related_name="orders")
    payer_name = models.CharField(max_length=100)
    organisation = models.CharField(max_length=64)
    title = models.CharField(max_length=120)
    amount_fen = models.BigIntegerField()
    standard = models.CharField(max_length=300)
    basis = models.CharField(max_length=300)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in State], default=State.OPEN.value)
    created_at = models.DateTimeField()
    # Told to the gateway; `cashier` is the address where a person pays.
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    cashier = models.CharField(max_length=300, blank=True)
    trade_no = models.CharField(max_length=64, blank=True)
    paid_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payments_order_amount"),
            models.CheckConstraint(condition=~Q(basis=""), name="payments_order_basis"),
            models.CheckConstraint(
                condition=Q(paid_at=None) ^ Q(state__in=[s.value for s in HELD]), name="payments_paid_has_moment"
            ),
            models.CheckConstraint(
                condition=Q(refunded_at=None) ^ Q(state=State.REFUNDED.value), name="payments_refunded_has_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED.value) | Q(closed_at__isnull=False), name="payments_closed_has_moment"
            ),
            models.CheckConstraint(condition=Q(paid_at=None) | ~Q(trade_no=""), name="payments_paid_has_trade"),
            models.UniqueConstraint(
                fields=["subject_id", "purpose"], name="payments_order_once", condition=Q(state__in=_LIVE)
            ),
            models.UniqueConstraint(fields=["trade_no"], name="payments_trade_once", condition=~Q(trade_no="")),
        ]
        indexes = [
            models.Index(fields=["organisation", "-number"], name="payments_desk"),
            models.Index(fields=["payer", "-number"], name="payments_payer"),
            models.Index(fields=["subject_id"], name="payments_subject"),
            models.Index(fields=["paid_at"], name="payments_paid_on", condition=Q(paid_at__isnull=False)),
        ]


class Callback(models.Model):
    """A callback that was taken. The key makes it count once, however often it comes."""

    dedupe_key = models.CharField(max_length=64)
    body_digest = models.CharField(max_length=64)
    told = models.CharField(max_length=16)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="callbacks")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dedupe_key"], name="payments_callback_once")]


class Receipt(models.Model):
    """The electronic receipt of a paid order: numbered per organisation and year without gaps."""

    id = models.UUIDField(primary_key=True, default=new_id)
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="receipt")
    number = models.CharField(max_length=90, unique=True)
    organisation = models.CharField(max_length=64)
    year = models.PositiveIntegerField()
    serial = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    # 冲红: the money went back, the number stays used.
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "serial"], name="payments_receipt_once"),
        ]


class Refund(models.Model):
    """The whole amount of an order on its way back."""

    id = models.UUIDField(primary_key=True, default=new_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    number = models.CharField(max_length=40, unique=True)
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)
    asked_by_name = models.CharField(max_length=40)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payments_refund_amount"),
            models.CheckConstraint(condition=Q(done_at=None) | Q(failed_at=None), name="payments_refund_one_end"),
            models.UniqueConstraint(fields=["order"], name="payments_refund_once", condition=Q(failed_at=None)),
        ]
        indexes = [models.Index(fields=["done_at"], name="payments_refunded_on", condition=Q(done_at__isnull=False))]


class Reconciliation(models.Model):
    """The comparison of a day; done again, it replaces what was not settled."""

    on = models.DateField(unique=True)
    ran_at = models.DateTimeField()
    ours_lines = models.PositiveIntegerField()
    ours_fen = models.BigIntegerField()
    theirs_lines = models.PositiveIntegerField()
    theirs_fen = models.BigIntegerField()


class Difference(models.Model):
    """A difference between the ledgers of a day, until a person has settled it with a note."""

    id = models.UUIDField(primary_key=True, default=new_id)
    run = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in Kind])
    sort = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Sort])
    number = models.CharField(max_length=64)
    trade_no = models.CharField(max_length=64, blank=True)
    # Empty where nobody here knows the number.
    organisation = models.CharField(max_length=64, blank=True)
    ours = models.CharField(max_length=120)
    theirs = models.CharField(max_length=120)
    settled_at = models.DateTimeField(null=True)
    settled_by_name = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "kind", "sort", "number", "trade_no"], name="payments_difference_once"
            ),
            models.CheckConstraint(condition=Q(settled_at=None) | ~Q(note=""), name="payments_settled_has_note"),
        ]
