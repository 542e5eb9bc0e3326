"""政务大厅: what windows received, handed over to departments, handed out to applicants; who may receive for whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tongban.core.db import new_id


class Reception(models.Model):
    """An application as a window received it (收件登记): the window, the clerk, the person whose identity was checked."""

    id = models.UUIDField(primary_key=True, default=new_id)
    joint_case = models.OneToOneField("cases.JointCase", on_delete=models.PROTECT, related_name="reception")
    window = models.ForeignKey("orgs.Window", on_delete=models.PROTECT, related_name="+")
    presence = models.ForeignKey("orgs.Presence", on_delete=models.PROTECT, null=True, related_name="+")
    received_by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["window", "-at"], name="hall_receptions")]


class Transfer(models.Model):
    """A hand-over sheet (材料流转单): papers on their way from a window to a department, with two signatures."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=60, unique=True)
    paper_id = models.UUIDField()
    window = models.ForeignKey("orgs.Window", on_delete=models.PROTECT, related_name="+")
    organisation = models.CharField(max_length=64)
    organisation_name = models.CharField(max_length=60)
    carrier = models.CharField(max_length=60, blank=True)
    handed_by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    handed_signature = models.CharField(max_length=40)
    handed_at = models.DateTimeField()
    taken_by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, null=True, related_name="+")
    taken_signature = models.CharField(max_length=40, blank=True)
    taken_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["window", "-handed_at"], name="hall_transfers"),
            models.Index(fields=["organisation", "-handed_at"], name="hall_transfers_to"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_signature="") | (Q(taken_at__isnull=False) & ~Q(taken_signature="")),
                name="hall_transfer_taken_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(taken_by=None) | ~Q(taken_by=F("handed_by")), name="hall_transfer_two_persons"
            ),
        ]


class TransferLine(models.Model):
    """One kind of paper on a hand-over sheet. A paper that was brought goes over once."""

    id = models.UUIDField(primary_key=True, default=new_id)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    joint_case = models.ForeignKey("cases.JointCase", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    material = models.OneToOneField("cases.Material", on_delete=models.PROTECT, related_name="transfer_line")
    name = models.CharField(max_length=100)
    copies = models.PositiveIntegerField()
    received = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(copies__gte=1), name="hall_line_has_copies")]


class Pickup(models.Model):
    """A paper result that waits at the hall (待领): which decision of which case, since when, told and reminded when."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="pickups")
    decided_at = models.DateTimeField()
    told_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    collection = models.ForeignKey("Collection", on_delete=models.PROTECT, null=True, related_name="pickups")

    class Meta:
        indexes = [models.Index(fields=["decided_at"], name="hall_pickups", condition=Q(collection=None))]
        constraints = [models.UniqueConstraint(fields=["case", "decided_at"], name="hall_pickup_once")]


class Collection(models.Model):
    """Results handed out (出件签收): to whom, by which document and right, under which signature."""

    id = models.UUIDField(primary_key=True, default=new_id)
    joint_case = models.ForeignKey("cases.JointCase", on_delete=models.PROTECT, related_name="+")
    window = models.ForeignKey("orgs.Window", on_delete=models.PROTECT, related_name="+")
    presence = models.ForeignKey("orgs.Presence", on_delete=models.PROTECT, related_name="+")
    collector = models.ForeignKey("identity.Party", on_delete=models.PROTECT, related_name="+")
    authority = models.CharField(max_length=16)
    letter_id = models.UUIDField(null=True)
    signature = models.CharField(max_length=40)
    handed_by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["window", "-at"], name="hall_collections")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(authority="letter") | Q(letter_id__isnull=False), name="hall_letter_is_kept"
            )
        ]


class HelperScore(models.Model):
    """What a person says of a helper (帮代办评分), once for each application."""

    id = models.UUIDField(primary_key=True, default=new_id)
    joint_case = models.OneToOneField("cases.JointCase", on_delete=models.PROTECT, related_name="helper_score")
    helper = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("identity.Party", on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["helper", "-at"], name="hall_scores")]
        constraints = [models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="hall_score_range")]


class ReceivingGrant(models.Model):
    """A deciding organisation lets windows of another region receive for it (跨域收件授权、收受分离)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    organisation = models.CharField(max_length=64)
    to = models.ForeignKey("orgs.Organisation", on_delete=models.PROTECT, related_name="+")
    # Items of the granting organisation; none named means all of them.
    items = models.JSONField(default=list)
    since = models.DateField()
    until = models.DateField()
    hand_over_days = models.PositiveIntegerField()
    granted_by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["to", "until"], name="hall_grants")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="hall_grant_ends_after_start"),
            models.CheckConstraint(condition=Q(hand_over_days__gte=1), name="hall_grant_days"),
        ]


class Handover(models.Model):
    """The clock of a receiving window of another region: its papers must be handed to a department by a day."""

    id = models.UUIDField(primary_key=True, default=new_id)
    joint_case = models.ForeignKey("cases.JointCase", on_delete=models.PROTECT, related_name="handovers")
    organisation = models.CharField(max_length=64)
    organisation_name = models.CharField(max_length=60)
    window = models.ForeignKey("orgs.Window", on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey(ReceivingGrant, on_delete=models.PROTECT, related_name="+")
    limit_days = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    due_on = models.DateField()
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["joint_case", "organisation"], name="hall_handover_once")]
