"""Official task lists as uploaded, campaigns (专项) with tasks and assignments, reports, orders and bulletins."""

from __future__ import annotations

from django.db import models

from tongban.core.db import new_id
from tongban.taskforce.rules.bulletins import KIND_WORDS, Kind
from tongban.taskforce.rules.moves import ACT_WORDS, STATE_WORDS, State
from tongban.taskforce.rules.schemes import Scheme

STATES = [(state.value, words) for state, words in STATE_WORDS.items()]
ACTS = [(act.value, words) for act, words in ACT_WORDS.items()]


class Upload(models.Model):
    """An uploaded list (任务清单) while it is checked: the file as it came, what the reader was unsure of, the units."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    file_name = models.CharField(max_length=120)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    findings = models.JSONField(default=list)  # about the whole list: [where, reason]
    units = models.JSONField(default=dict)  # printed name -> {codes, outside, how}
    shift_years = models.IntegerField(default=0)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    campaign = models.OneToOneField("Campaign", on_delete=models.PROTECT, null=True, related_name="upload")


class UploadRow(models.Model):
    """A row of the grid: as the reader read it (`printed`), and as people corrected it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    seq = models.CharField(max_length=12, blank=True)
    sub = models.CharField(max_length=12, blank=True)
    section = models.CharField(max_length=200, blank=True)
    requirement = models.TextField(blank=True)
    deadline = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True)
    syncs = models.BooleanField(default=False)
    lead = models.JSONField(default=list)
    responsible = models.JSONField(default=list)
    doubts = models.JSONField(default=list)  # [column, words]
    printed = models.JSONField(default=dict)
    left_out = models.CharField(max_length=200, blank=True)
    edited_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "position"], name="taskforce_row_once")]


class UnitName(models.Model):
    """What a printed name of a unit stood for in an earlier list; no codes: an outside unit."""

    pack = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    codes = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "name"], name="taskforce_unit_name_once")]


class Campaign(models.Model):
    """A campaign (专项): its tasks run from `starts_on`; when reports are due; how lamps and ranking are reckoned."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    source = models.CharField(max_length=120)
    is_example = models.BooleanField(default=False)
    shift_years = models.IntegerField(default=0)
    starts_on = models.DateField()
    ends_on = models.DateField()
    # Configuration of the campaign as set at the start 【惯例】; what changed since stands in SchemeVersion.
    report_day = models.PositiveSmallIntegerField(default=25)
    opens_before_days = models.PositiveSmallIntegerField(default=5)
    ladder_days = models.JSONField(default=list)
    tolerance = models.PositiveSmallIntegerField(default=0)
    weight_on_time = models.PositiveSmallIntegerField(default=50)
    weight_done = models.PositiveSmallIntegerField(default=50)
    weight_meets = models.PositiveSmallIntegerField(default=0)
    phases = models.JSONField(default=list)  # [name, first, last]
    created_by = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["pack", "-created_at"], name="taskforce_campaigns")]
        constraints = [
            models.CheckConstraint(condition=models.Q(starts_on__lte=models.F("ends_on")), name="taskforce_days"),
            models.CheckConstraint(
                condition=models.Q(report_day__gte=1, report_day__lte=31, opens_before_days__gte=1, opens_before_days__lte=20),
                name="taskforce_calendar",
            ),
            models.CheckConstraint(
                condition=models.Q(weight_on_time=100 - models.F("weight_done") - models.F("weight_meets")),
                name="taskforce_weights",
            ),
        ]  # fmt: skip

    @property
    def scheme(self) -> Scheme:
        """What it went by at the start."""
        return _scheme(self)


class SchemeVersion(models.Model):
    """A later version of what a campaign goes by (专项规则): from which month, why, by whom. Never changed or deleted."""

    kept = True
    id = models.UUIDField(primary_key=True, default=new_id)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="schemes")
    version = models.PositiveSmallIntegerField()  # what was set at the start is version 1
    since = models.CharField(max_length=7)  # the first month it counts for
    since_on = models.DateField()  # the day on which the window of that month opens
    report_day = models.PositiveSmallIntegerField()
    opens_before_days = models.PositiveSmallIntegerField()
    ladder_days = models.JSONField(default=list)
    tolerance = models.PositiveSmallIntegerField()
    weight_on_time = models.PositiveSmallIntegerField()
    weight_meets = models.PositiveSmallIntegerField()
    changes = models.CharField(max_length=300)  # in words
    reason = models.CharField(max_length=200)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "version"], name="taskforce_scheme_once"),
            models.CheckConstraint(
                condition=models.Q(version__gte=2, report_day__gte=1, report_day__lte=31, opens_before_days__gte=1, opens_before_days__lte=20),
                name="taskforce_scheme_calendar",
            ),
            models.CheckConstraint(
                condition=models.Q(weight_on_time__lte=100 - models.F("weight_meets")), name="taskforce_scheme_weights"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="taskforce_scheme_why"),
        ]  # fmt: skip

    @property
    def scheme(self) -> Scheme:
        """What it changes to."""
        return _scheme(self)


def _scheme(row: Campaign | SchemeVersion) -> Scheme:
    return Scheme(
        row.report_day,
        row.opens_before_days,
        tuple(row.ladder_days),
        row.tolerance,
        row.weight_on_time,
        row.weight_meets,
    )


class Task(models.Model):
    """A task (任务) as printed, or a part of one (子任务) with the task above it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="tasks")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")
    position = models.PositiveIntegerField()
    number = models.CharField(max_length=24)
    section = models.CharField(max_length=200, blank=True)
    requirement = models.TextField()
    deadline = models.CharField(max_length=200, blank=True)  # as printed
    printed_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    syncs = models.BooleanField(default=False)
    lead_text = models.CharField(max_length=500, blank=True)
    responsible_text = models.CharField(max_length=1000, blank=True)
    indicators = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="taskforce_number_once")]


class Assignment(models.Model):
    """What one unit has to do of a task (分工): as lead (牵头) or responsible (责任); outside units are kept as text."""

    id = models.UUIDField(primary_key=True, default=new_id)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="assignments")
    organisation = models.CharField(max_length=64, blank=True)
    unit_name = models.CharField(max_length=120)  # as printed
    leads = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=STATES)
    due_on = models.DateField(null=True)
    progress = models.PositiveSmallIntegerField(null=True)
    assigned_on = models.DateField(null=True)
    signed_at = models.DateTimeField(null=True)
    asked_by = models.UUIDField(null=True)  # who asked for delay or closing: another one decides
    asked_due_on = models.DateField(null=True)
    asked_words = models.CharField(max_length=500, blank=True)
    closed_on = models.DateField(null=True)
    orders = models.JSONField(default=dict)  # how many yellow, red

    class Meta:
        indexes = [models.Index(fields=["organisation", "state"], name="taskforce_own")]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "organisation"], condition=~models.Q(organisation=""), name="taskforce_share_once"
            ),
            models.UniqueConstraint(
                fields=["task", "unit_name"], condition=models.Q(organisation=""), name="taskforce_outside_once"
            ),
            models.CheckConstraint(
                condition=models.Q(organisation="") ^ ~models.Q(state=State.OUTSIDE.value), name="taskforce_outside"
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.CLOSED.value) ^ models.Q(closed_on=None), name="taskforce_closed"
            ),
            models.CheckConstraint(
                condition=models.Q(progress=None) | models.Q(progress__lte=100), name="taskforce_progress"
            ),
        ]


class Report(models.Model):
    """What a unit reported (填报) of an assignment for a month; one sent back is followed by another revision."""

    id = models.UUIDField(primary_key=True, default=new_id)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="reports")
    period = models.CharField(max_length=7)
    revision = models.PositiveSmallIntegerField(default=1)
    progress = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)  # 自报数
    text = models.CharField(max_length=1000)
    blocker = models.CharField(max_length=500, blank=True)
    highlight = models.CharField(max_length=500, blank=True)
    publicity = models.PositiveIntegerField(default=0)
    files = models.JSONField(default=list)
    is_late = models.BooleanField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()
    review = models.CharField(max_length=8, blank=True)  # "", accepted, returned
    uses_platform = models.BooleanField(default=False)  # 按平台数进通报
    reviewed_by = models.CharField(max_length=60, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["period", "review"], name="taskforce_reviewing")]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "period", "revision"], name="taskforce_report_once"),
            models.CheckConstraint(condition=models.Q(progress__lte=100), name="taskforce_report_progress"),
            models.CheckConstraint(condition=~models.Q(review="returned") | ~models.Q(remark=""), name="taskforce_returned_why"),
        ]  # fmt: skip


class Step(models.Model):
    """One act in the life of an assignment (过程记录). Never edited."""

    id = models.UUIDField(primary_key=True, default=new_id)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=16, choices=ACTS)
    words = models.CharField(max_length=500, blank=True)
    on = models.DateField(null=True)  # the day a talk was held, a new deadline
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["assignment", "at"], name="taskforce_steps")]


class Order(models.Model):
    """A numbered 督办单, yellow or red, as issued."""

    id = models.UUIDField(primary_key=True, default=new_id)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="papers")
    colour = models.CharField(max_length=8, choices=[("yellow", "黄色"), ("red", "红色")])
    year = models.PositiveIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=60)
    words = models.CharField(max_length=500)
    standing = models.CharField(max_length=200)  # the lamp in words on the day of issue
    reply_by = models.DateField()
    by_name = models.CharField(max_length=60)
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "serial"], name="taskforce_order_number_once")]


class Reminder(models.Model):
    """An in-site notice to a unit's head and administrator (提醒): a step of the ladder, or an act of the other side."""

    id = models.UUIDField(primary_key=True, default=new_id)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="reminders")
    organisation = models.CharField(max_length=64)
    occurrence = models.CharField(max_length=80)
    words = models.CharField(max_length=300)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "read_at"], name="taskforce_unread")]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "organisation", "occurrence"], name="taskforce_reminder_once")
        ]


class Bulletin(models.Model):
    """A bulletin (通报): text of the leader, figures frozen when drafted, all of it frozen and numbered on issue."""

    id = models.UUIDField(primary_key=True, default=new_id)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="bulletins")
    kind = models.CharField(max_length=8, choices=[(kind.value, KIND_WORDS[kind]) for kind in Kind])
    last_period = models.CharField(max_length=7)
    title = models.CharField(max_length=120)
    text = models.TextField()
    figures = models.JSONField()  # name -> {shown, formula, rows}
    rows = models.JSONField()  # the frozen rows that figures count
    ranking = models.JSONField()
    method = models.CharField(max_length=400)
    frozen_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    drafted_by = models.CharField(max_length=60)
    drafted_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    issued_by = models.CharField(max_length=60, blank=True)
    organisation = models.CharField(max_length=64, blank=True)
    year = models.PositiveIntegerField(null=True)
    serial = models.PositiveIntegerField(null=True)
    number = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind", "last_period"], name="taskforce_bulletin_once"),
            models.UniqueConstraint(fields=["year", "serial"], name="taskforce_bulletin_number_once"),
            models.CheckConstraint(
                condition=models.Q(issued_at=None, number="") | (models.Q(issued_at__isnull=False) & ~models.Q(number="") & ~models.Q(digest="")),
                name="taskforce_issued_numbered",
            ),
        ]  # fmt: skip


class Receipt(models.Model):
    """That a bulletin was sent to a unit, and who confirmed that it came (签收回执)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="receipts")
    organisation = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulletin", "organisation"], name="taskforce_receipt_once")]
