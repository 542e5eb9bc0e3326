"""Joint cases (联办件), cases (办件), their events, tasks and materials."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from tongban.cases.rules.life import CLOSED, State
from tongban.core.db import new_id

NO_LIMIT = date(9999, 12, 31)


class JointCase(models.Model):
    """One submission of a theme, or of one item, with its frozen plan."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=21, unique=True)
    pack = models.CharField(max_length=40)
    region = models.CharField(max_length=12)
    theme_code = models.CharField(max_length=64, blank=True)
    item_code = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=200)
    lead = models.CharField(max_length=64)
    applicant = models.ForeignKey("identity.Party", on_delete=models.PROTECT, related_name="joint_cases")
    applicant_name = models.CharField(max_length=100)
    agent = models.ForeignKey("identity.Party", on_delete=models.PROTECT, null=True, related_name="+")
    mandate = models.ForeignKey("identity.Mandate", on_delete=models.PROTECT, null=True, related_name="+")
    contact_phone = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=16)
    plan = models.JSONField()
    values = models.JSONField()
    delivery = models.JSONField(default=dict)
    event_count = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField()
    promised_on = models.DateField()
    is_provisional = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["applicant", "-submitted_at"], name="cases_of_applicant"),
            models.Index(fields=["pack", "submitted_at"], name="cases_submitted"),
        ]


class Case(models.Model):
    """One item of a joint case. Its row is a projection of its events."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=50, unique=True)
    joint_case = models.ForeignKey(JointCase, on_delete=models.PROTECT, related_name="cases")
    position = models.PositiveIntegerField()
    # That of its joint case: the cases of a place and month are found without reading those.
    pack = models.CharField(max_length=40)
    region = models.CharField(max_length=12)
    item_code = models.CharField(max_length=64)
    item_version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    organisation = models.CharField(max_length=64)
    organisation_name = models.CharField(max_length=60)
    # The organisation whose desk works on it: the item's own, or the lead's where an outside body is only tracked.
    desk = models.CharField(max_length=64)
    is_tracked_only = models.BooleanField(default=False)
    applicant_name = models.CharField(max_length=100)
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in State])
    event_count = models.PositiveIntegerField(default=0)
    limit_days = models.PositiveIntegerField()
    statutory_days = models.PositiveIntegerField(null=True)
    received_at = models.DateTimeField(null=True)
    accept_by_on = models.DateField(null=True)
    accepted_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    is_provisional = models.BooleanField(default=False)
    statutory_due_on = models.DateField(null=True)
    # Which clocks stand still: "", "promise" or "all"; every stop so far as the case page shows it.
    paused = models.CharField(max_length=8, blank=True)
    stops = models.JSONField(default=list)
    extension_days = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    asked = models.JSONField(default=list)
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["joint_case", "item_code"], name="cases_item_once"),
            models.CheckConstraint(
                condition=Q(closed_at=None) ^ Q(state__in=[s.value for s in CLOSED]), name="cases_closed_has_moment"
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(accepted_at__isnull=False), name="cases_due_after_acceptance"
            ),
        ]
        # “IS NOT NULL”, not “NOT (… IS NULL)”: only that lets SQLite use an index for a range of moments.
        indexes = [
            models.Index(fields=["desk", "state", "due_on"], name="cases_desk"),
            models.Index(fields=["desk", "-closed_at"], name="cases_desk_closed", condition=Q(closed_at__isnull=False)),
            # What the cases accepted and closed in a month are counted by, so that none of them need be read for it.
            models.Index(
                fields=["pack", "accepted_at", "organisation", "region", "item_code", "joint_case"],
                name="cases_accepted",
                condition=Q(accepted_at__isnull=False),
            ),
            models.Index(
                fields=["pack", "closed_at", "state", "due_on", "organisation", "region", "item_code", "joint_case"],
                name="cases_closed",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(fields=["due_on"], name="cases_open_due", condition=Q(closed_at=None)),
        ]


class Event(models.Model):
    """What happened, with all its facts: the only history. Never edited; numbered per case without gaps."""

    joint_case = models.ForeignKey(JointCase, on_delete=models.PROTECT, related_name="events")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="events")
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=24)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=40)
    on_behalf_of = models.UUIDField(null=True)
    channel = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="cases_event_once", condition=~Q(case=None)),
            models.UniqueConstraint(
                fields=["joint_case", "seq"], name="cases_joint_event_once", condition=Q(case=None)
            ),
        ]


class Task(models.Model):
    """Work waiting for a post (待办): intake, a step, or the decision of a case."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    organisation = models.CharField(max_length=64)
    role = models.CharField(max_length=12)
    kind = models.CharField(max_length=8)  # intake, step, decide, cosign, consult, extend, promise, revoke
    code = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=60)
    # The last day of what the task must do; NO_LIMIT where no limit runs, so that lists sort alike everywhere.
    due_on = models.DateField()
    # The last day of the step's own limit (环节时限), where it has one.
    step_due_on = models.DateField(null=True)
    asks = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField()
    claimed_by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, null=True, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by_name = models.CharField(max_length=40, blank=True)
    opinion = models.CharField(max_length=500, blank=True)
    # Done once, but the case went back behind it (退回上一步、重新办理): it counts as history only.
    is_undone = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "code"], name="cases_task_once", condition=Q(done_at=None)),
        ]
        indexes = [
            models.Index(fields=["organisation", "due_on", "id"], name="cases_worklist", condition=Q(done_at=None)),
            models.Index(fields=["organisation", "-done_at"], name="cases_done", condition=Q(done_at__isnull=False)),
        ]


class Finding(models.Model):
    """Something a supervisor must see (监察发现): deemed acceptance, a second notice, an overrun stop. Never edited."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=24)
    occurrence = models.CharField(max_length=64)
    words = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind", "occurrence"], name="cases_finding_once")]
        indexes = [models.Index(fields=["at"], name="cases_finding_at")]


class BrokenPromise(models.Model):
    """A commitment (告知承诺) found to be false: for its time the party cannot use this road again."""

    id = models.UUIDField(primary_key=True, default=new_id)
    party = models.ForeignKey("identity.Party", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="broken_promises")
    material_type = models.CharField(max_length=64)
    words = models.CharField(max_length=300)
    at = models.DateTimeField()
    until = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "material_type"], name="cases_broken_promise_once"),
        ]
        indexes = [models.Index(fields=["party", "until"], name="cases_broken_of_party")]


class Material(models.Model):
    """A material of a joint case as handed in; a later version of the same type replaces the one before."""

    id = models.UUIDField(primary_key=True, default=new_id)
    joint_case = models.ForeignKey(JointCase, on_delete=models.PROTECT, related_name="materials")
    type_code = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    version = models.PositiveIntegerField(default=1)
    way = models.CharField(max_length=12)
    files = models.JSONField(default=list)
    licence_id = models.UUIDField(null=True)
    text = models.CharField(max_length=600, blank=True)  # the commitment as signed
    due_on = models.DateField(null=True)  # 容缺: to be handed in by
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["joint_case", "type_code", "version"], name="cases_material_version_once"),
            models.CheckConstraint(condition=~Q(way="defer") | Q(due_on__isnull=False), name="cases_deferred_has_day"),
            models.CheckConstraint(condition=Q(version__gte=1), name="cases_material_version"),
        ]


class SavedView(models.Model):
    """A filter of the worklist that an officer kept under a name (常用筛选)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    account = models.ForeignKey("identity.Account", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=20)
    query = models.CharField(max_length=500)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="cases_view_once")]
