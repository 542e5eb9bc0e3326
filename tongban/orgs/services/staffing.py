"""Keep the staff and posts of an organisation, on screen."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.db import transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity import rules as identity_rules
from tongban.identity import services as identity
from tongban.identity.queries import Account, account_named
from tongban.orgs import queries
from tongban.orgs.models import Post, Seat
from tongban.orgs.rules import Role
from tongban.rules import masking
from tongban.rules.errors import Conflict, Invalid, NotFound


@transaction.atomic
def add_post(pack: str, code: str, *, name: str, roles: list[str], by: Actor) -> Post:
    """Add a post to an organisation that the actor administers. Raises Invalid, NotAllowed."""
    organisation = queries.own_organisation(pack, code, by=by)
    name = masking.normal(name)
    problems: dict[str, str] = {}
    if not 2 <= len(name) <= 20:
        problems["name"] = "岗位名称应为 2 至 20 个字"
    elif Post.objects.filter(organisation=organisation, name=name).exists():
        problems["name"] = "本单位已有这个岗位，请换一个名称"
    if not roles or set(roles) - {role.value for role in Role}:
        problems["roles"] = "请至少选一项职责"
    if problems:
        raise Invalid("orgs.post", f"有 {len(problems)} 处要改", fields=problems)
    post = Post.objects.create(organisation=organisation, name=name, roles=sorted(set(roles)))
    audit.record("orgs.post_added", "post", post.pk, by=by, organisation=code)
    return post


@transaction.atomic
def seat(pack: str, code: str, *, post_id: UUID, username: str, name: str, by: Actor) -> tuple[Account, str]:
    """Put a person on a post; a new account gets a first password, shown once. Raises Invalid, NotAllowed."""
    organisation = queries.own_organisation(pack, code, by=by)
    post = Post.objects.filter(pk=post_id, organisation=organisation, is_closed=False).first()
    username, name = masking.normal(username).lower(), masking.normal(name)
    problems: dict[str, str] = {}
    if post is None:
        problems["post"] = "请选择本单位的岗位"
    if not 4 <= len(username) <= 40:
        problems["username"] = "账号用 4 至 40 个字符"
    account = account_named(username)
    if account is not None and (account.kind != "staff" or not account.is_active):
        problems["username"] = "这个账号不是在用的工作人员账号，请换一个"
    if account is None and identity_rules.name_problem(name):
        problems["name"] = str(identity_rules.name_problem(name))
    if problems or post is None:
        raise Invalid("orgs.seat", f"有 {len(problems)} 处要改", fields=problems)
    first = ""
    if account is None:
        first = secrets.token_urlsafe(12)
        account = identity.create_account(username, first, name=name, kind="staff")
    if Seat.objects.filter(post=post, account=account, ended_at=None).exists():
        raise Conflict("orgs.seated", f"{account.name}已经在“{post.name}”上")
    give_seat(post, account)
    audit.record("orgs.seated", "account", account.pk, by=by, organisation=code)
    return account, first


def give_seat(post: Post, account: Account) -> Seat:
    """Put an account on a post, inside the caller's transaction."""
    return Seat.objects.create(post=post, account=account, since=time.now())


@transaction.atomic
def unseat(pack: str, code: str, *, seat_id: UUID, by: Actor) -> None:
    """End a seat. Raises NotFound, NotAllowed; nobody ends the own administrator's seat."""
    organisation = queries.own_organisation(pack, code, by=by)
    row = (
        Seat.objects.select_for_update(of=("self",))
        .filter(pk=seat_id, post__organisation=organisation, ended_at=None)
        .first()
    )
    if row is None:
        raise NotFound("orgs.no_seat", "没有找到这条任职，可能已经结束")
    if row.account_id == by.account_id and Role.ADMIN.value in row.post.roles:
        raise Conflict("orgs.own_seat", "不能结束自己的管理员任职", remedy="请另一位管理员操作")
    row.ended_at = time.now()
    row.save(update_fields=["ended_at"])
    audit.record("orgs.unseated", "account", row.account_id, by=by, organisation=code)
