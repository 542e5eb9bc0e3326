"""Accounts, parties (natural persons and legal entities), mandates, tokens."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from tongban.core.db import new_id


class Party(models.Model):
    """Who can apply and hold licences: a natural person (自然人) or a legal entity (法人、非法人组织)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=8, choices=[("person", "自然人"), ("firm", "法人和其他组织")])
    name = models.CharField(max_length=100)
    code_type = models.CharField(max_length=3)  # 111 identity number, 001 credit code (GA/T 2000.156)
    code = models.CharField(max_length=20)
    phone = models.CharField(max_length=20, blank=True)
    verified_at = models.DateTimeField(null=True)
    representative = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="represents")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code_type", "code"], name="identity_party_once")]


class Accounts(BaseUserManager["Account"]):
    """Find accounts by their name."""


class Account(AbstractBaseUser):
    """A way to sign in. Citizens have a person behind it; staff hold posts (app `orgs`)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=[("citizen", "个人"), ("staff", "工作人员")])
    person = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="accounts")
    is_active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)
    last_failed_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []
    objects = Accounts()


class Mandate(models.Model):
    """An authority to act for another (委托): granted and revoked by the principal. Source: assurance S33."""

    id = models.UUIDField(primary_key=True, default=new_id)
    principal = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="mandates_given")
    agent = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="mandates_held")
    expires_on = models.DateField()
    granted_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(principal=F("agent")), name="identity_mandate_to_another"),
            models.UniqueConstraint(
                fields=["principal", "agent"], name="identity_mandate_once", condition=Q(revoked_at=None)
            ),
        ]


class Token(models.Model):
    """A bearer token of an account; only its digest is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Try(models.Model):
    """A counted try of something that can be guessed or flooded (assurance §10)."""

    scope = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["scope", "at"], name="identity_tries")]
