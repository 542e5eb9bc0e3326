"""Register, sign in, passwords, mandates, tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction

from tongban.audit import services as audit
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.identity import rules
from tongban.identity.models import Account, Mandate, Party, Token, Try
from tongban.notices import services as notices
from tongban.rules import masking
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn, TooMany

_WRONG = ("identity.wrong", "账号或密码不对")


@transaction.atomic
def register(username: str, password: str, *, name: str, code: str, phone: str, by: Actor) -> Account:
    """Register a person and an account (真实性未核验). Raises Invalid with the fields, Conflict when taken."""
    username, name = masking.normal(username).lower(), masking.normal(name)
    code, phone = rules.normal_code(code), masking.compact(phone)
    problems = {
        "username": rules.username_problem(username),
        "name": rules.name_problem(name),
        "code": rules.code_problem("111", code, on=time.today(), demonstration=settings.DEMONSTRATION),
        "phone": rules.phone_problem(phone),
        "password": rules.password_problem(password, kind="citizen", words=(username, phone, code)),
    }
    found = {field: problem for field, problem in problems.items() if problem}
    if not found and Account.objects.filter(username=username).exists():
        found["username"] = "这个账号已有人用，请换一个，或直接登录"
    if not found and Account.objects.filter(person__code_type="111", person__code=code).exists():
        found["code"] = "这个身份证号码已经注册过，请直接登录，忘了密码可以找回"
    if not found and Party.objects.filter(code_type="111", code=code).exclude(name=name).exists():
        found["name"] = "姓名和这个身份证号码登记的不一致，请对照证件核对"
    if found:
        raise Invalid("identity.register", "有几处要改", fields=found)
    person = ensure_party("person", name=name, code=code, phone=phone)
    try:
        with transaction.atomic():
            account = create_account(username, password, name=name, kind="citizen", person=person)
    except IntegrityError as problem:  # Somebody took the name between the look and the write.
        fields = {"username": "这个账号已有人用，请换一个，或直接登录"}
        raise Invalid("identity.register", "有 1 处要改", fields=fields) from problem
    audit.record("identity.register", "account", account.pk, by=by)
    return account


def ensure_party(
    kind: str, *, name: str, code: str, phone: str = "", representative: Party | None = None, verified: bool = False
) -> Party:
    """Return the party with this code, made when there is none."""
    code_type = "111" if kind == "person" else "001"
    at = time.now()
    party, _ = Party.objects.get_or_create(
        code_type=code_type,
        code=code,
        defaults={"kind": kind, "name": name, "phone": phone, "representative": representative, "created_at": at,
                  "verified_at": at if verified else None},
    )  # fmt: skip
    return party


def create_account(username: str, password: str, *, name: str, kind: str, person: Party | None = None) -> Account:
    """Create an account; the password was checked by the caller."""
    return Account.objects.create(
        username=username, password=make_password(password), name=name, kind=kind, person=person, created_at=time.now()
    )


def generated_account(
    username: str, *, name: str, code: str, phone: str, firm: tuple[str, str] | None = None
) -> Account:
    """Return the account of a generated applicant (演示), made when there is none; nobody can sign in to it.

    `firm` is name and credit code of a firm whose legal representative the person is.
    """
    known = db.select(Account, username=username)
    if known:
        return known[0]
    person = ensure_party("person", name=name, code=code, phone=phone)
    if firm:
        ensure_party("firm", name=firm[0], code=firm[1], phone=phone, representative=person)
    return Account.objects.create(
        username=username, password=make_password(None), name=name, kind="citizen", person=person, created_at=time.now()
    )


def sign_in(username: str, password: str, *, by: Actor) -> Account:
    """Return the account that a name and password open. Unknown and known names answer alike.

    Five failures in 15 minutes lock the account for 20 minutes; an address may fail 20 times a minute. Who signs in
    rightly is not counted: a hall is one address, and at nine o'clock all its windows open. Raises NotSignedIn, TooMany.
    """
    from_address = f"sign_in:{by.address}"
    check_tries(from_address, most=20, within=timedelta(minutes=1))
    account = Account.objects.filter(username=masking.normal(username).lower()).first()
    at = time.now()
    if account is None:
        # A name that does not exist is locked as one that does, so that the lock does not tell which names exist.
        scope = f"unknown:{_digest(masking.normal(username).lower())}"
        _refuse_locked(rules.locked_until(_tried(scope), at=at), at)
        check_password(password, _dummy_hash())
        Try.objects.bulk_create([Try(scope=scope, at=at), Try(scope=from_address, at=at)])
        raise NotSignedIn(*_WRONG, remedy="检查账号和密码，忘了密码可以找回")
    _refuse_locked(account.locked_until, at)
    if not check_password(password, account.password) or not account.is_active:
        _count_failure(account.pk, by)
        Try.objects.create(scope=from_address, at=at)
        raise NotSignedIn(*_WRONG, remedy="检查账号和密码，忘了密码可以找回")
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(failures=0, locked_until=None)
        audit.record("identity.sign_in", "account", account.pk, by=by)
    return account


def _tried(scope: str) -> list[datetime]:
    return list(
        Try.objects.filter(scope=scope, at__gt=time.now() - rules.FAILURE_WINDOW - rules.LOCK).values_list(
            "at", flat=True
        )
    )


def _refuse_locked(until: datetime | None, at: datetime) -> None:
    if until and until > at:
        minutes = int((until - at).total_seconds() // 60) + 1
        raise TooMany(
            "identity.locked",
            f"输错次数太多，请 {minutes} 分钟后再试",
            remedy="着急可以拨打 12345",
            wait_s=minutes * 60,
        )


_dummy: list[str] = []


def _dummy_hash() -> str:
    # Checking some password takes as long as checking the right one, so time does not tell which names exist.
    if not _dummy:
        _dummy.append(make_password(secrets.token_urlsafe(16)))
    return _dummy[0]


@transaction.atomic
def _count_failure(account_id: UUID, by: Actor) -> None:
    account = Account.objects.select_for_update().get(pk=account_id)
    at = time.now()
    account.failures = rules.failures_after(account.failures, account.last_failed_at, at=at)
    account.last_failed_at = at
    if account.failures >= rules.MOST_FAILURES:
        account.locked_until, account.failures = at + rules.LOCK, 0
    account.save(update_fields=["failures", "last_failed_at", "locked_until"])
    audit.record("identity.sign_in_failed", "account", account.pk, by=by)


@transaction.atomic
def change_password(old: str, new: str, *, by: Actor) -> None:
    """Change the actor's own password. Raises Invalid with the fields."""
    account = Account.objects.select_for_update().get(pk=by.account)
    if not check_password(old, account.password):
        raise Invalid("identity.password", "有 1 处要改", fields={"old": "现在的密码不对，请再输一次"})
    set_password(account, new, by=by)


def set_password(account: Account, new: str, *, by: Actor) -> None:
    """Set a new password inside the caller's transaction; other sessions end, because their key changes."""
    words = (account.username, account.person.code, account.person.phone) if account.person else (account.username,)
    problem = rules.password_problem(new, kind=account.kind, words=words)
    if problem:
        raise Invalid("identity.password", "有 1 处要改", fields={"new": problem})
    account.password = make_password(new)
    account.failures, account.locked_until = 0, None
    account.save(update_fields=["password", "failures", "locked_until"])
    audit.record("identity.password", "account", account.pk, by=by)


def reset_password(username: str, *, name: str, code: str, phone: str, new: str, by: Actor) -> None:
    """Set a new password for whoever knows name, identity number and phone of the account. Limited tries.

    The real-name check by an outside provider is a port for later; until then three facts must fit.
    """
    count_try(f"reset:{by.address}", most=10, within=timedelta(hours=1))
    count_try(f"reset:{masking.normal(username).lower()[:80]}", most=10, within=timedelta(days=1))
    # The try stays counted though the reset is refused: only what follows goes back.
    with transaction.atomic():
        _reset(username, name=name, code=code, phone=phone, new=new, by=by)


def _reset(username: str, *, name: str, code: str, phone: str, new: str, by: Actor) -> None:
    account = (
        Account.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(username=masking.normal(username).lower(), kind="citizen")
        .first()
    )
    given = (masking.normal(name), rules.normal_code(code), masking.compact(phone))
    person = account.person if account else None
    if account is None or person is None or given != (person.name, person.code, person.phone):
        raise Invalid(
            "identity.reset", "有 1 处要改", fields={"username": "账号、姓名、身份证号码和手机号对不上，请核对后再试"}
        )
    set_password(account, new, by=by)


@transaction.atomic
def grant_mandate(principal_id: UUID, *, agent_name: str, agent_code: str, expires_on: date, by: Actor) -> Mandate:
    """Let a person act for a firm until a day. Only the firm's legal representative grants. Raises Invalid, NotAllowed."""
    principal = _own_firm(principal_id, by)
    agent = Party.objects.filter(code_type="111", code=rules.normal_code(agent_code)).first()
    problems: dict[str, str] = {}
    if agent is None or agent.name != masking.normal(agent_name):
        problems["agent_code"] = "没有找到这个人：对方要先注册，姓名和身份证号码要与注册的一致"
    if not time.today() <= expires_on <= time.today() + timedelta(days=3 * 366):
        problems["expires_on"] = "到期日应在今天之后三年以内"
    if problems or agent is None:
        raise Invalid("identity.mandate", f"有 {len(problems)} 处要改", fields=problems)
    if Mandate.objects.filter(principal=principal, agent=agent, revoked_at=None, expires_on__gte=time.today()).exists():
        raise Conflict("identity.mandate_twice", "已经授权给这个人了", remedy="要改到期日，先撤销再重新授权")
    Mandate.objects.filter(principal=principal, agent=agent, revoked_at=None).update(revoked_at=time.now())
    mandate = Mandate.objects.create(
        principal=principal, agent=agent, expires_on=expires_on, granted_by_id=by.account, granted_at=time.now()
    )
    audit.record("identity.mandate_granted", "mandate", mandate.pk, by=by)
    notices.notify(
        [agent.pk],
        title="你可以替单位办事了",
        text=f"{principal.name}授权你办理业务，到 {expires_on} 为止。",
        link="/me/firms",
    )
    return mandate


@transaction.atomic
def revoke_mandate(mandate_id: UUID, *, by: Actor) -> None:
    """Take a mandate back; what the agent has submitted stays submitted. Raises NotFound."""
    mandate = Mandate.objects.select_for_update(of=("self",)).filter(pk=mandate_id, revoked_at=None).first()
    if mandate is None:
        raise NotFound("identity.no_mandate", "没有找到这份授权，可能已经撤销")
    _own_firm(mandate.principal_id, by)
    mandate.revoked_at = time.now()
    mandate.save(update_fields=["revoked_at"])
    audit.record("identity.mandate_revoked", "mandate", mandate.pk, by=by)
    notices.notify(
        [mandate.agent_id], title="授权已撤销", text=f"{mandate.principal.name}撤销了给你的授权。", link="/me/firms"
    )


def _own_firm(principal_id: UUID, by: Actor) -> Party:
    firm = Party.objects.filter(pk=principal_id, kind="firm", representative_id=by.person_id).first()
    if firm is None or by.person_id is None:
        raise NotFound("identity.no_firm", "没有找到这个单位", remedy="只有法定代表人可以授权和撤销授权")
    return firm


@transaction.atomic
def register_firm(name: str, *, code: str, by: Actor) -> Party:
    """Add a firm whose legal representative the actor says to be (未核验). Raises Invalid."""
    code, name = rules.normal_code(code), masking.normal(name)
    problems = {
        "name": None if 2 <= len(name) <= 80 else "单位名称应为 2 至 80 个字，与营业执照上一致",
        "code": rules.code_problem("001", code, on=time.today(), demonstration=settings.DEMONSTRATION),
    }
    found = {field: problem for field, problem in problems.items() if problem}
    if not found and Party.objects.filter(code_type="001", code=code).exists():
        found["code"] = "这个单位已经登记过，请让法定代表人授权给你"
    if found:
        raise Invalid("identity.firm", "有几处要改", fields=found)
    if by.person_id is None:
        raise NotAllowed("identity.no_person", "这个账号不能添加单位", remedy="请用法定代表人的个人账号登录")
    person = Party.objects.get(pk=by.person_id)
    firm = ensure_party("firm", name=name, code=code, phone=person.phone, representative=person)
    audit.record("identity.firm_added", "party", firm.pk, by=by)
    return firm


@transaction.atomic
def create_token(username: str, *, by: Actor, days: int = 90) -> str:
    """Return a new bearer token of an account; it is shown once. Raises NotFound."""
    account = Account.objects.filter(username=masking.normal(username).lower(), is_active=True).first()
    if account is None:
        raise NotFound("identity.no_account", f"没有账号“{username}”", remedy="用 tongban account create 先建账号")
    token = secrets.token_urlsafe(32)
    at = time.now()
    Token.objects.create(account=account, digest=_digest(token), created_at=at, expires_at=at + timedelta(days=days))
    audit.record("identity.token", "account", account.pk, by=by)
    return token


def account_of_token(token: str) -> Account | None:
    """Return the account of a live bearer token, or None."""
    row = (
        Token.objects.select_related("account", "account__person")
        .filter(digest=_digest(token), revoked_at=None, expires_at__gt=time.now(), account__is_active=True)
        .first()
    )
    return row.account if row else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def check_tries(scope: str, *, most: int, within: timedelta) -> None:
    """Raise TooMany when something limited was tried too often."""
    if Try.objects.filter(scope=scope, at__gt=time.now() - within).count() >= most:
        minutes = max(1, int(within.total_seconds() // 60))
        wait = f"{minutes // 60} 小时" if minutes > 90 else f"{minutes} 分钟"
        raise TooMany(
            "identity.too_many", f"试得太频繁了，请 {wait}后再试", remedy="着急可以拨打 12345", wait_s=minutes * 60
        )


def count_try(scope: str, *, most: int, within: timedelta) -> None:
    """Count a try of something limited. Raises TooMany beyond the limit."""
    check_tries(scope, most=most, within=within)
    Try.objects.create(scope=scope, at=time.now())


def forget_tries() -> int:
    """Delete tries older than a day; return how many. For the worker."""
    return Try.objects.filter(at__lt=time.now() - timedelta(days=1)).delete()[0]


@transaction.atomic
def deactivate(account_id: UUID, *, by: Actor) -> None:
    """Close an account; its sessions end with the next request."""
    if account_id == by.account_id:
        raise NotAllowed("identity.own_account", "不能停用自己的账号", remedy="请另一位管理员操作")
    Account.objects.filter(pk=account_id).update(is_active=False)
    audit.record("identity.deactivated", "account", account_id, by=by)
