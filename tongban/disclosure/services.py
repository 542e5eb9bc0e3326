"""Tell subscribers of changes of the catalogue (webhooks): signed, in order, at least once, tried again until answered."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import orjson
import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from tongban.audit import services as audit
from tongban.catalogue import queries as catalogue
from tongban.core import calls, time
from tongban.core.actor import Actor
from tongban.disclosure.adapters import http
from tongban.disclosure.models import Subscription
from tongban.disclosure.rules import webhooks
from tongban.orgs import queries as orgs
from tongban.rules import signing
from tongban.rules.errors import Conflict, Invalid, NotFound

log = structlog.get_logger()
LEASE = timedelta(minutes=1)  # while one worker tells an address, no other does
MOST_CHANGES = 100  # changes to a message


@dataclass(frozen=True)
class Made:
    """A new subscription and the secret that its messages are signed with."""

    subscription: Subscription
    secret: str


def secret_of(subscription_id: UUID) -> str:
    """Return the secret of a subscription; it follows from the key of the installation and is kept nowhere."""
    return salted_hmac("tongban.disclosure.webhook", str(subscription_id), algorithm="sha256").hexdigest()


@transaction.atomic
def subscribe(pack: str, url: str, *, by: Actor) -> Made:
    """Let an address be told of every change from now on. Raises NotFound, Invalid, Conflict."""
    orgs.place(pack)
    problem = webhooks.url_problem(url, allows_near=settings.DEMONSTRATION)
    if problem:
        raise Invalid("disclosure.webhook_url", problem, remedy="写成 https://主机/路径", fields={"url": problem})
    at = time.now()
    try:
        with transaction.atomic():
            row = Subscription.objects.create(
                pack=pack, url=url, cursor=catalogue.stamp(pack), created_at=at, try_after=at
            )
    except IntegrityError as twice:
        raise Conflict("disclosure.webhook_twice", "这个网址已经在通知了", remedy="先取消再添加") from twice
    audit.record("subscribed", "subscription", row.pk, by=by, reason=url[:64])
    return Made(row, secret_of(row.pk))


@transaction.atomic
def unsubscribe(subscription_id: UUID, *, by: Actor) -> Subscription:
    """Tell an address nothing any more. Raises NotFound."""
    row = Subscription.objects.select_for_update().filter(pk=subscription_id, ended_at=None).first()
    if row is None:
        raise NotFound("disclosure.no_webhook", "没有这个订阅，或已经取消", remedy="用 subscriptions 看编号")
    row.ended_at = time.now()
    row.save()
    audit.record("unsubscribed", "subscription", row.pk, by=by, reason=row.url[:64])
    return row


def tell_due() -> int:
    """Tell every address what it has not answered for yet. Return how many were told. Outside any transaction: it waits for others."""
    return sum(_tell_next(row_id) for row_id in _behind())


def _behind() -> list[UUID]:
    waiting = Subscription.objects.filter(ended_at=None, try_after__lte=time.now()).order_by("try_after")
    return [row.pk for row in waiting if row.cursor < catalogue.stamp(row.pack)]


def _tell_next(row_id: UUID) -> int:
    row = _lease(row_id)
    if row is None:
        return 0
    changes = catalogue.changes(row.pack, since=row.cursor, most=MOST_CHANGES)
    told = [
        {"cursor": str(c.cursor), "code": c.code, "kind": c.kind, "version": c.version, "at": c.at, "digest": c.digest}
        for c in changes
    ]
    body = orjson.dumps({"place": row.pack, "changes": told})
    signed = signing.sign(
        "POST", http.target(row.url), body, key=str(row.pk), secret=secret_of(row.pk), at_s=calls.seconds(),
        nonce=secrets.token_hex(12),
    )  # fmt: skip
    try:
        http.tell(row.url, body, signed.headers())
    except http.NotTold as problem:
        _put_off(row_id, str(problem))
        return 0
    _went_well(row_id, changes[-1].cursor)
    return 1


@transaction.atomic
def _lease(row_id: UUID) -> Subscription | None:
    """Return the row, taken for a while, unless another worker has it or it has nothing to hear."""
    row = Subscription.objects.select_for_update().filter(pk=row_id, ended_at=None, try_after__lte=time.now()).first()
    if row is None or row.cursor >= catalogue.stamp(row.pack):
        return None
    row.try_after = time.now() + LEASE
    row.save(update_fields=["try_after"])
    return row


@transaction.atomic
def _went_well(row_id: UUID, cursor: int) -> None:
    row = Subscription.objects.select_for_update().get(pk=row_id)
    row.cursor, row.attempts, row.try_after, row.problem = max(row.cursor, cursor), 0, time.now(), ""
    row.save(update_fields=["cursor", "attempts", "try_after", "problem"])


@transaction.atomic
def _put_off(row_id: UUID, problem: str) -> None:
    row = Subscription.objects.select_for_update().get(pk=row_id)
    row.attempts += 1
    row.try_after, row.problem = time.now() + webhooks.wait(row.attempts), problem[:200]
    row.save(update_fields=["attempts", "try_after", "problem"])
    log.warning("webhook_put_off", subscription_id=str(row_id), attempts=row.attempts, problem=problem)
