"""Regions, organisations, posts, and who sits where."""

from __future__ import annotations

from django.db import models

from tongban.core.db import new_id
from tongban.core.specs import SpecVersion
from tongban.orgs.rules import CONSENT_WAYS, LEVEL_WORDS


class Region(models.Model):
    """A region (行政区划) by its 12-digit code."""

    code = models.CharField(max_length=12, primary_key=True)
    pack = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    file = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0)


class PlaceVersion(SpecVersion):
    """A version of what a place says about itself."""


class Organisation(models.Model):
    """A department or outside body (机构). Its code is unique within its pack."""

    pack = models.CharField(max_length=40)
    code = models.CharField(max_length=64)
    body = models.TextField()
    name = models.CharField(max_length=60)
    file = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0)
    is_retired = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "code"], name="orgs_organisation_once")]


class Post(models.Model):
    """A post (岗位): roles hang on it, persons sit on it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    name = models.CharField(max_length=40)
    roles = models.JSONField()
    is_closed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="orgs_post_once")]


class Seat(models.Model):
    """An account on a post, from a moment until it ends."""

    id = models.UUIDField(primary_key=True, default=new_id)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="seats")
    account = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="seats")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "account"], name="orgs_seat_once", condition=models.Q(ended_at=None)
            )
        ]


class Window(models.Model):
    """A window (窗口) of the hall or of a station, as the pack says."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pack = models.CharField(max_length=40)
    code = models.CharField(max_length=64)
    body = models.TextField()
    number = models.CharField(max_length=4)
    name = models.CharField(max_length=60)
    place = models.CharField(max_length=60)
    region = models.CharField(max_length=12)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="windows")
    level = models.CharField(max_length=8, choices=[(level, words) for level, words in LEVEL_WORDS.items()])
    items = models.JSONField(default=list)
    file = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0)
    is_closed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "code"], name="orgs_window_once")]


class WindowSeat(models.Model):
    """Who may sit at a window, from a moment until it ends; a clerk may have seats at several."""

    id = models.UUIDField(primary_key=True, default=new_id)
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="seats")
    account = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="window_seats")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["window", "account"], name="orgs_window_seat_once", condition=models.Q(ended_at=None)
            )
        ]


class Assistance(models.Model):
    """A mandate (帮代办授权) by which a person lets a named window clerk act for him: what for, until when, how he agreed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey("identity.Party", on_delete=models.PROTECT, related_name="+")
    helper = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="assistances")
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="+")
    # What it covers: "theme:…" and "item:…" with the names the person read; nothing named means all matters.
    covers = models.JSONField(default=dict)
    expires_on = models.DateField()
    consent = models.CharField(max_length=8, choices=[(way, words) for way, words in CONSENT_WAYS.items()])
    paper_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    consented_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-asked_at"], name="orgs_assistances")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(consented_at=None) | models.Q(consent="code") | models.Q(paper_id__isnull=False),
                name="orgs_consent_has_paper",
            )
        ]


class ConsentCode(models.Model):
    """A one-time code (授权码) sent to the person; only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id)
    assistance = models.ForeignKey(Assistance, on_delete=models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Presence(models.Model):
    """A person at a window, whose identity was checked there: who checked, from which document, for whom he acts.

    With an assistance nobody stands there: the helper acts for the person under that mandate.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="+")
    checked_by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("identity.Party", on_delete=models.PROTECT, related_name="+")
    applicant = models.ForeignKey("identity.Party", on_delete=models.PROTECT, related_name="+")
    document = models.CharField(max_length=16)
    way = models.CharField(max_length=8)
    assistance = models.ForeignKey(Assistance, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["checked_by", "-at"], name="orgs_presences")]


class Deputy(models.Model):
    """Who stands in for whom (AB 岗、代理): for some days, or without end as the B of an A. Ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="deputies")
    absent = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    since_on = models.DateField()
    until_on = models.DateField(null=True)
    reason = models.CharField(max_length=200)
    appointed_by = models.ForeignKey("identity.Account", on_delete=models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(absent=models.F("deputy")), name="orgs_deputy_is_another"),
            models.CheckConstraint(
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("since_on")),
                name="orgs_deputy_days",
            ),
            models.UniqueConstraint(
                fields=["organisation", "absent", "deputy"], name="orgs_deputy_once", condition=models.Q(ended_at=None)
            ),
        ]
        indexes = [models.Index(fields=["deputy", "since_on"], name="orgs_deputy_days_of")]
