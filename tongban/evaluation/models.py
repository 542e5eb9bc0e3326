"""好差评: invitations, ratings, what is done about bad ones.

No row of a rating holds who rated: only the invitation leads to a matter, and `rater` is a digest that counts persons.
Ratings and supplements are never changed: the database itself refuses it (`core.keeping`). Source: assurance S34.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.core.db import new_id


class TermsVersion(models.Model):
    """A version of what a place sets for its ratings; the latest one counts."""

    pack = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    body = models.TextField()
    changed_by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "version"], name="evaluation_terms_once")]


class Invitation(models.Model):
    """That a case or a visit may be rated (应评): one each, until a day."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    kind = models.CharField(max_length=8)  # case, visit
    joint_case = models.ForeignKey("cases.JointCase", on_delete=models.PROTECT, related_name="invitations")
    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, null=True, related_name="invitation")
    window = models.ForeignKey("orgs.Window", on_delete=models.PROTECT, null=True, related_name="+")
    mode = models.CharField(max_length=8)  # online, onsite
    organisation = models.CharField(max_length=64)
    organisation_name = models.CharField(max_length=60)
    region = models.CharField(max_length=12)
    item_code = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    closes_on = models.DateField()
    rated_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True)  # the tablet at the window was told “not now”

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["joint_case"], name="evaluation_visit_once", condition=Q(kind="visit")),
            models.CheckConstraint(
                condition=Q(kind="case", case__isnull=False, window=None)
                | Q(kind="visit", case=None, window__isnull=False),
                name="evaluation_invitation_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["pack", "opened_at"], name="evaluation_invited"),
            # Figures by unit are read from this one and its like alone: twice as fast on 260,000 invitations.
            models.Index(fields=["pack", "organisation", "opened_at", "rated_at"], name="evaluation_invited_unit"),
            # Who else could have rated the same (queries/crowd.py).
            models.Index(fields=["organisation", "title", "closes_on"], name="evaluation_alike"),
            models.Index(
                fields=["window", "-opened_at"], name="evaluation_at_window", condition=Q(kind="visit", rated_at=None)
            ),
        ]


class Rating(models.Model):
    """What somebody said of a case or a visit. Never changed, never deleted; one for each invitation."""

    kept = True
    id = models.UUIDField(primary_key=True, default=new_id)
    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="rating")
    pack = models.CharField(max_length=40)
    organisation = models.CharField(max_length=64)
    region = models.CharField(max_length=12)
    item_code = models.CharField(max_length=64, blank=True)
    window = models.ForeignKey("orgs.Window", on_delete=models.PROTECT, null=True, related_name="+")
    grade = models.PositiveSmallIntegerField()  # GB/T 39046: 1 best … 5 worst
    options = models.JSONField(default=list)  # [code, words] of what was ticked
    terms_version = models.PositiveIntegerField()
    text = models.CharField(max_length=500, blank=True)
    wants_call_back = models.BooleanField(default=False)
    channel = models.CharField(max_length=8)
    at = models.DateTimeField()
    # Digests, to count persons and to find praise in bursts; they lead to nobody.
    rater = models.CharField(max_length=32)
    address = models.CharField(max_length=32, blank=True)
    device = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(grade__gte=1, grade__lte=5), name="evaluation_grade_range"),
        ]
        indexes = [
            models.Index(fields=["pack", "at"], name="evaluation_rated"),
            models.Index(fields=["pack", "organisation", "at", "grade", "rater"], name="evaluation_rated_unit"),
            models.Index(fields=["pack", "item_code"], name="evaluation_of_item"),
        ]


class Supplement(models.Model):
    """What somebody added to the own rating later (追评), once."""

    kept = True
    id = models.UUIDField(primary_key=True, default=new_id)
    rating = models.OneToOneField(Rating, on_delete=models.PROTECT, related_name="supplement")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()


class BadRating(models.Model):
    """A bad rating (差评) on its way: verified, settled, published; excluded only by a review."""

    id = models.UUIDField(primary_key=True, default=new_id)
    rating = models.OneToOneField(Rating, on_delete=models.PROTECT, related_name="bad")
    pack = models.CharField(max_length=40)
    number = models.CharField(max_length=40, unique=True)
    organisation = models.CharField(max_length=64)
    state = models.CharField(max_length=8)
    opened_at = models.DateTimeField()
    verify_by_on = models.DateField()
    settle_by_on = models.DateField()
    verified_at = models.DateTimeField(null=True)
    verify_missed_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=12, blank=True)
    branch = models.CharField(max_length=12, blank=True)
    facts = models.CharField(max_length=500, blank=True)  # what verifying found, and why it is settled so
    plan_on = models.DateField(null=True)
    settled_at = models.DateTimeField(null=True)
    settle_missed_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=500, blank=True)
    called_back_at = models.DateTimeField(null=True)
    excluded_at = models.DateTimeField(null=True)
    public_text = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(settled_at=None) | Q(verified_at__isnull=False), name="evaluation_verified_first"),
            models.CheckConstraint(condition=~Q(branch="planned") | Q(plan_on__isnull=False), name="evaluation_plan_has_day"),
            models.CheckConstraint(condition=Q(published_at=None) | ~Q(public_text=""), name="evaluation_published_text"),
            models.CheckConstraint(condition=Q(excluded_at=None) ^ Q(state="excluded"), name="evaluation_excluded_state"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["pack", "state", "verify_by_on"], name="evaluation_bad_open"),
            models.Index(fields=["organisation", "-opened_at"], name="evaluation_bad_of_unit"),
            models.Index(fields=["pack", "-published_at"], name="evaluation_published"),
        ]


class Act(models.Model):
    """What was done about a bad rating, by whom. Never edited."""

    bad_rating = models.ForeignKey(BadRating, on_delete=models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=16)
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=40)

    class Meta:
        indexes = [models.Index(fields=["bad_rating", "at"], name="evaluation_acts")]


class CallBack(models.Model):
    """A call back to who rated badly (回访) and what came of it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    bad_rating = models.ForeignKey(BadRating, on_delete=models.PROTECT, related_name="call_backs")
    outcome = models.CharField(max_length=12)
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")


class Appeal(models.Model):
    """A unit's appeal against a rating (误评、恶意差评申诉); one may be open at a time."""

    id = models.UUIDField(primary_key=True, default=new_id)
    bad_rating = models.ForeignKey(BadRating, on_delete=models.PROTECT, related_name="appeals")
    plea = models.CharField(max_length=12)
    words = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    is_upheld = models.BooleanField(null=True)
    decision = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bad_rating"], name="evaluation_appeal_once", condition=Q(decided_at=None)),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("by")), name="evaluation_appeal_two_persons"
            ),
        ]


class Unmasking(models.Model):
    """That the handling body looked who rated (去匿名), and why. Kept with the rating; the audit trail has it too."""

    id = models.UUIDField(primary_key=True, default=new_id)
    bad_rating = models.ForeignKey(BadRating, on_delete=models.PROTECT, related_name="unmaskings")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
