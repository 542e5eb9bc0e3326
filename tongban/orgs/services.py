"""Keep regions and organisations (from packs), and the staff and posts of an organisation (on screen)."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from tongban.audit import services as audit
from tongban.core import specs as specs_db
from tongban.core import time
from tongban.core.actor import Actor
from tongban.core.specs import Placed
from tongban.identity import rules as identity_rules
from tongban.identity import services as identity
from tongban.identity.queries import Account, account_named
from tongban.orgs import queries
from tongban.orgs.models import Organisation, PlaceVersion, Post, Region, Seat
from tongban.orgs.rules import OrganisationSpec, PlaceSpec, RegionSpec, Role
from tongban.rules import masking, specs
from tongban.rules.errors import Conflict, Invalid, NotFound

# The posts every organisation begins with; its administrator changes them on screen.
FIRST_POSTS = {
    "受理岗": [Role.CLERK],
    "审查岗": [Role.REVIEWER],
    "负责人": [Role.CLERK, Role.REVIEWER, Role.HEAD],
    "管理员": [Role.ADMIN],
}


def differences(
    pack: str, places: list[Placed[PlaceSpec]], regions: list[Placed[RegionSpec]],
    organisations: list[Placed[OrganisationSpec]],
) -> tuple[list[str], list[str], list[str]]:  # fmt: skip
    """Return the codes to create, to change and to retire."""
    create, change, retire = specs_db.differences(PlaceVersion, PlaceSpec, pack, places)
    have: dict[str, object] = {
        r.code: (r.name, r.parent_id, r.file, r.position) for r in Region.objects.filter(pack=pack)
    }
    want: dict[str, object] = {r.code: (r.spec.name, r.spec.parent, r.file, r.position) for r in regions}
    organisation_rows = Organisation.objects.filter(pack=pack, is_retired=False)
    have |= {row.code: (row.body, row.file, row.position) for row in organisation_rows}
    want |= {o.code: (specs.canonical(o.spec), o.file, o.position) for o in organisations}
    create += [code for code in want if code not in have]
    change += [code for code in want if code in have and have[code] != want[code]]
    return create, change, retire + [code for code in have if code not in want]


def apply(
    pack: str, places: list[Placed[PlaceSpec]], regions: list[Placed[RegionSpec]],
    organisations: list[Placed[OrganisationSpec]], *, at: datetime,
) -> None:  # fmt: skip
    """Bring place, regions and organisations into force, inside the caller's transaction; new ones get their first posts."""
    specs_db.apply(PlaceVersion, PlaceSpec, pack, places, at=at)
    for region in regions:
        Region.objects.update_or_create(
            code=region.spec.code,
            defaults={"pack": pack, "name": region.spec.name, "parent_id": region.spec.parent, "file": region.file,
                      "position": region.position},
        )  # fmt: skip
    Region.objects.filter(pack=pack).exclude(code__in=[r.code for r in regions]).delete()
    have = {row.code: row for row in Organisation.objects.filter(pack=pack)}
    for placed in organisations:
        row = have.get(placed.code) or Organisation(pack=pack, code=placed.code, version=0)
        is_new = row.pk is None
        wanted = (specs.canonical(placed.spec), placed.file, placed.position, False)
        if (row.body, row.file, row.position, row.is_retired) != wanted:
            row.body, row.file, row.position, row.is_retired = wanted
            row.name, row.version = placed.spec.name, row.version + 1
            row.save()
        if is_new:
            Post.objects.bulk_create(
                Post(organisation=row, name=name, roles=[role.value for role in roles])
                for name, roles in FIRST_POSTS.items()
            )
    codes = [placed.code for placed in organisations]
    Organisation.objects.filter(pack=pack).exclude(code__in=codes).update(is_retired=True, version=F("version") + 1)


def exported(pack: str) -> list[tuple[str, str, object]]:
    """Return (file, list key or "", body) of place, regions and organisations in force."""
    regions = Region.objects.filter(pack=pack).order_by("file", "position")
    organisations = Organisation.objects.filter(pack=pack, is_retired=False).order_by("file", "position")
    return [
        *((file, "", body) for file, body in specs_db.exported(PlaceVersion, PlaceSpec, pack)),
        *(
            (r.file, "regions", {"code": r.code, "name": r.name} | ({"parent": r.parent_id} if r.parent_id else {}))
            for r in regions
        ),
        *((o.file, "organisations", json.loads(o.body)) for o in organisations),
    ]


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
