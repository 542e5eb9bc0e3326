"""Thresholds of a place, cards (红黄牌) and what came after them, how far the watch has looked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.core.db import new_id
from tongban.supervision.rules.flow import Appeal, State
from tongban.supervision.rules.kinds import Level


class ThresholdVersion(models.Model):
    """The thresholds of a place, or of one of its regions, as the overseer set them: versions are only added, each with a
    reason and a name. One of a region without a body says that the region follows the place again.
    """

    kept = True
    pack = models.CharField(max_length=40)
    region = models.CharField(max_length=12, blank=True, default="")
    version = models.PositiveIntegerField()
    body = models.TextField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "version"], name="supervision_thresholds_once")]


class Watch(models.Model):
    """How far a place was watched: the last morning whose limits were looked at, and the last month for patterns."""

    pack = models.CharField(max_length=40, unique=True)
    through_on = models.DateField()
    began_on = models.DateField()
    looked_at = models.DateTimeField()


class Card(models.Model):
    """A card as issued. Never edited: what came later are acts of their own. Source: GB/T 39046—2020 table 11."""

    kept = True
    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    year = models.PositiveIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=40, unique=True)  # 监察编号
    rule = models.CharField(max_length=24)  # 规则编号
    thresholds = models.PositiveIntegerField()  # the version it was given under; 0: the defaults
    level = models.CharField(max_length=8, choices=[(level.value, level.value) for level in Level])  # 预警类型代码
    points = models.PositiveIntegerField()
    arose_at = models.DateTimeField()  # 状态产生时间
    words = models.CharField(max_length=400)  # 结果描述
    organisation = models.CharField(max_length=64)  # 责任部门
    organisation_name = models.CharField(max_length=60)
    person_name = models.CharField(max_length=60, blank=True)  # 责任人
    demand = models.CharField(max_length=200)  # 督办内容
    issued_at = models.DateTimeField()  # 发出时间
    issued_on = models.DateField()  # its day in China
    # What it is about: a case, a task, an order, a rating, another card, a unit.
    subject_kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=64)
    occurrence = models.CharField(max_length=64, blank=True)
    case_id = models.UUIDField(null=True)
    subject_number = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200)
    item_code = models.CharField(max_length=64, blank=True)
    # Frozen facts, the rule as it stood, and ids and words of the events it rests on.
    evidence = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "subject", "occurrence"], name="supervision_card_once"),
            models.UniqueConstraint(fields=["pack", "year", "serial"], name="supervision_card_number_once"),
        ]
        indexes = [
            models.Index(fields=["pack", "organisation", "-issued_on"], name="supervision_cards_of_unit"),
            models.Index(fields=["pack", "-issued_on"], name="supervision_cards_by_day"),
            models.Index(fields=["case_id"], name="supervision_cards_of_case", condition=Q(case_id__isnull=False)),
        ]


class Standing(models.Model):
    """Where a card stands: a projection of its acts, for lists and sums."""

    card = models.OneToOneField(Card, on_delete=models.PROTECT, related_name="standing", primary_key=True)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in State], default=State.ISSUED.value)
    appeal = models.CharField(max_length=12, blank=True, choices=[(a.value, a.value) for a in Appeal], default="")
    is_seen = models.BooleanField(default=False)
    is_cancel_proposed = models.BooleanField(default=False)
    counts = models.BooleanField(default=True)
    act_count = models.PositiveIntegerField(default=0)
    appeal_by_on = models.DateField()
    cure_by_on = models.DateField()
    rectified_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "cure_by_on"], name="supervision_to_cure")]


class Act(models.Model):
    """What was done about a card: notice, receipt, rectification, appeal and decision, cancellation. Never edited."""

    kept = True
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="acts")
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=16)
    words = models.CharField(max_length=1000, blank=True)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    account_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)
    organisation = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "seq"], name="supervision_act_once"),
        ]


class HistoryFile(models.Model):
    """A log of permits that was imported (历史办件), by the digest of its bytes: the same file comes once."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    columns = models.JSONField()
    lines = models.PositiveIntegerField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "digest"], name="supervision_history_file_once")]


class HistoryCase(models.Model):
    """A case of an imported log. Days and months are those that were written; moments are kept beside."""

    pack = models.CharField(max_length=40)
    ref = models.TextField()
    ref_digest = models.CharField(max_length=64)
    first_at = models.DateTimeField()
    first_month = models.CharField(max_length=7)
    planned_end = models.CharField(max_length=64, blank=True)
    end = models.CharField(max_length=64, blank=True)
    end_at = models.DateTimeField(null=True)
    is_late = models.BooleanField(default=False)
    channel = models.CharField(max_length=200, blank=True)
    lines = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "ref_digest"], name="supervision_history_case_once")]
        indexes = [models.Index(fields=["pack", "first_month"], name="supervision_history_month")]


class HistoryEvent(models.Model):
    """An activity of a case of an imported log. `key` tells the same row of another file."""

    case = models.ForeignKey(HistoryCase, on_delete=models.PROTECT, related_name="events")
    file = models.ForeignKey(HistoryFile, on_delete=models.PROTECT, related_name="events")
    line = models.PositiveIntegerField()
    activity = models.TextField()
    resource = models.TextField(blank=True)
    at = models.DateTimeField()
    key = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="supervision_history_event_once")]


class Pattern(models.Model):
    """A pattern that may be gaming (反作弊线索), with its rows as they were found. Never edited; judged by people."""

    kept = True
    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    organisation = models.CharField(max_length=64)
    organisation_name = models.CharField(max_length=60)
    subject = models.CharField(max_length=100)
    occurrence = models.CharField(max_length=64)
    words = models.CharField(max_length=300)
    rows = models.JSONField()
    count = models.PositiveIntegerField()
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject", "occurrence"], name="supervision_pattern_once"),
        ]
        indexes = [models.Index(fields=["pack", "-found_at"], name="supervision_patterns_new")]


class Judgement(models.Model):
    """What a person made of a pattern, and why. A later one stands beside it; the last one counts."""

    kept = True
    pattern = models.ForeignKey(Pattern, on_delete=models.PROTECT, related_name="judgements")
    seq = models.PositiveIntegerField()
    verdict = models.CharField(max_length=12)
    reason = models.CharField(max_length=1000)
    at = models.DateTimeField()
    account_id = models.UUIDField()
    by_name = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pattern", "seq"], name="supervision_judgement_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="supervision_judgement_says_why"),
        ]
