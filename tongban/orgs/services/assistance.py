"""帮代办: a person lets a window clerk act for him, by a one-time code or a signed paper, and takes it back."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from tongban.attachments import queries as attachments
from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity import queries as identity
from tongban.identity import services as tries
from tongban.notices import services as notices
from tongban.orgs import queries
from tongban.orgs.models import Assistance, ConsentCode, Presence
from tongban.orgs.rules import ALL_MATTERS, CODE_LIFE, CONSENT_WAYS, MOST_ASSISTANCE_DAYS, MOST_CODE_TRIES
from tongban.orgs.services import presence
from tongban.rules.errors import Conflict, Invalid, NotAllowed

MOST_CODES_AN_HOUR = 5


@transaction.atomic
def ask(
    window_id: UUID, *, person_id: UUID, covers: Mapping[str, str], expires_on: date, consent: str, by: Actor
) -> Assistance:
    """Write down the mandate that a person is asked for; it counts when the person agreed (`agree`, `agree_on_paper`).

    `covers` are “theme:…” and “item:…” with their names; none means all matters. Raises NotAllowed, Invalid, Conflict.
    """
    window = queries.window(window_id, by=by)
    person = identity.party(person_id)
    problems: dict[str, str] = {}
    if person.kind != "person":
        problems["code"] = "帮代办只替个人办；单位请法定代表人在“我的企业与授权”里授权"
    if by.person_id == person_id:
        problems["code"] = "不能替自己代办，请用个人账号办理"
    if not time.today() <= expires_on <= time.today() + timedelta(days=MOST_ASSISTANCE_DAYS):
        problems["expires_on"] = "到期日应在今天起一年以内"
    if consent not in CONSENT_WAYS:
        problems["consent"] = "请选择本人怎么同意"
    if problems:
        raise Invalid("orgs.assistance", f"有 {len(problems)} 处要改", fields=problems)
    row = Assistance.objects.create(
        person=person, helper_id=by.account, window=window, covers=dict(covers), expires_on=expires_on, consent=consent,
        asked_at=time.now(),
    )  # fmt: skip
    audit.record("orgs.assistance_asked", "party", person_id, by=by, organisation=window.organisation.code)
    return row


def send_code(assistance_id: UUID, *, by: Actor) -> None:
    """Send the person a one-time code of five minutes, with what it is for. Raises NotFound, Conflict, TooMany."""
    row = _unanswered(assistance_id, by)
    tries.count_try(f"assist-send:{row.person_id}", most=MOST_CODES_AN_HOUR, within=timedelta(hours=1))
    _send(row, by)


@transaction.atomic
def _send(row: Assistance, by: Actor) -> None:
    code = f"{secrets.randbelow(10**6):06d}"
    # A new code ends the ones before it.
    ConsentCode.objects.filter(assistance=row, used_at=None).update(expires_at=time.now())
    sent = ConsentCode(assistance=row, expires_at=time.now() + CODE_LIFE)
    sent.digest = _digest(sent.pk, code)
    sent.save(force_insert=True)
    notices.notify(
        [row.person_id],
        title=f"帮代办授权码 {code}",
        text=f"{row.window.place}的{row.helper.name}请你同意替你办理：{scope_words(row)}，到 {row.expires_on} 为止。同意的，把授权码 {code} 告诉他，"
        "5 分钟内有效；不同意的，不要告诉任何人。",
        link="/me/helpers",
    )
    audit.record("orgs.consent_code_sent", "assistance", row.pk, by=by)


def scope_words(row: Assistance) -> str:
    """Return what a mandate covers in words."""
    return "、".join(f"“{name}”" for name in row.covers.values()) or ALL_MATTERS


def _digest(salt: UUID, code: str) -> str:
    return hashlib.sha256(f"{salt}:{code}".encode()).hexdigest()


def agree(assistance_id: UUID, *, code: str, by: Actor) -> Assistance:
    """Take the code that the person read out: the mandate counts from now. Five tries a code.

    Raises NotFound, Conflict, Invalid for a wrong or old code, TooMany.
    """
    row = _unanswered(assistance_id, by)
    sent = ConsentCode.objects.filter(assistance=row, used_at=None, expires_at__gt=time.now()).first()
    if sent is None:
        fields = {"consent_code": "授权码已经过期，请重新发送"}
        raise Invalid("orgs.consent_code", "有 1 处要改", fields=fields)
    # The try stays counted though the code is refused.
    tries.count_try(f"assist:{sent.pk}", most=MOST_CODE_TRIES, within=CODE_LIFE)
    if not hmac.compare_digest(sent.digest, _digest(sent.pk, code.strip())):
        fields = {"consent_code": f"授权码不对，最多试 {MOST_CODE_TRIES} 次"}
        raise Invalid("orgs.consent_code", "有 1 处要改", fields=fields)
    with transaction.atomic():
        if not ConsentCode.objects.filter(pk=sent.pk, used_at=None).update(used_at=time.now()):
            raise Conflict("orgs.consent_given", "这个授权码已经用过了", remedy="刷新页面")
        return _agreed(assistance_id, by)


@transaction.atomic
def agree_on_paper(assistance_id: UUID, *, file_id: UUID, by: Actor) -> Assistance:
    """Take the scan of the paper that the person signed. Raises NotFound, Conflict, Invalid for a foreign file."""
    row = _unanswered(assistance_id, by)
    if row.consent != "paper" or not attachments.belongs_to([str(file_id)], account_id=by.account):
        raise Invalid("orgs.consent_paper", "有 1 处要改", fields={"paper": "请上传本人签字的授权书扫描件"})
    Assistance.objects.filter(pk=row.pk).update(paper_id=file_id)
    return _agreed(assistance_id, by)


def _unanswered(assistance_id: UUID, by: Actor) -> Assistance:
    row = queries.assistance(assistance_id, by=by)
    queries.window(row.window_id, by=by)
    if row.consented_at is not None or row.revoked_at is not None:
        raise Conflict("orgs.consent_given", "这份授权已经同意或撤销，不用再办", remedy="回到帮代办页面看现在的授权")
    return row


def _agreed(assistance_id: UUID, by: Actor) -> Assistance:
    row = Assistance.objects.select_for_update(of=("self",)).get(pk=assistance_id)
    if row.consented_at is None:
        row.consented_at = time.now()
        row.save(update_fields=["consented_at"])
        audit.record("orgs.assistance_agreed", "assistance", row.pk, by=by)
        notices.notify(
            [row.person_id],
            title="你同意了帮代办",
            text=f"{row.window.place}的{row.helper.name}可以替你办理：{scope_words(row)}，到 {row.expires_on} 为止。你可以随时撤销。",
            link="/me/helpers",
        )
    return row


@transaction.atomic
def begin(assistance_id: UUID, *, by: Actor) -> Presence:
    """Begin to act for the person under a mandate: the window shows it on every page. Raises NotFound, NotAllowed."""
    row = queries.assistance(assistance_id, by=by)
    window = queries.window(row.window_id, by=by)
    queries.require_live(row)
    presence.leave(by=by)
    here = Presence.objects.create(
        window=window, checked_by_id=by.account, person_id=row.person_id, applicant_id=row.person_id, document="mandate",
        way="mandate", assistance=row, at=time.now(),
    )  # fmt: skip
    audit.record("orgs.assistance_used", "assistance", row.pk, by=by, organisation=window.organisation.code)
    return here


@transaction.atomic
def revoke(assistance_id: UUID, *, by: Actor) -> None:
    """Take a mandate back, as the person who gave it; what was submitted stays. Raises NotFound, NotAllowed."""
    if by.person_id is None or by.presence_id is not None:
        raise NotAllowed("orgs.assistance_own", "帮代办授权由本人撤销", remedy="请本人登录后在“帮代办”里撤销")
    rows = Assistance.objects.select_for_update(of=("self",)).filter(pk=assistance_id, person_id=by.person_id)
    row = rows.filter(revoked_at=None).first()
    if row is None:
        raise queries.no_assistance()
    row.revoked_at = time.now()
    row.save(update_fields=["revoked_at"])
    audit.record("orgs.assistance_revoked", "assistance", row.pk, by=by)
