"""Organisations, and the actor behind an account."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection
from django.db.models import QuerySet

from tongban.core import db, specs
from tongban.core.actor import Actor
from tongban.identity.queries import Account
from tongban.orgs.models import Organisation, PlaceVersion, Post, Region, Seat
from tongban.orgs.rules import OrganisationSpec, PlaceSpec, Role
from tongban.rules.errors import NotAllowed, NotFound


def actor_of(account: Account, *, channel: str, request_id: str = "", address: str = "") -> Actor:
    """Return the actor behind an account with the seats it holds now."""
    seats: dict[str, frozenset[str]] = {}
    if account.kind == "staff":
        held = Seat.objects.filter(account_id=account.pk, ended_at=None, post__is_closed=False)
        for code, roles in held.values_list("post__organisation__code", "post__roles"):
            seats[code] = seats.get(code, frozenset()) | frozenset(roles)
    return Actor(
        account_id=account.pk, username=account.username, name=account.name, person_id=account.person_id,
        party_id=account.person_id, seats=seats, channel=channel, request_id=request_id, address=address,
    )  # fmt: skip


def organisations(pack: str) -> dict[str, OrganisationSpec]:
    """Return the organisations of a place by code, in the order of the pack."""
    stamp = db.scalar(
        "SELECT COALESCE(SUM(version), 0) * 100000 + COUNT(*) FROM orgs_organisation WHERE pack = %s", [pack]
    )
    return _organisations(pack, int(stamp), str(connection.settings_dict["NAME"]))


@lru_cache(maxsize=8)
def _organisations(pack: str, stamp: int, database: str) -> dict[str, OrganisationSpec]:
    rows = Organisation.objects.filter(pack=pack, is_retired=False).order_by("file", "position")
    return {row.code: OrganisationSpec.model_validate_json(row.body) for row in rows}


def place(pack: str) -> PlaceSpec:
    """Return what a place says about itself. Raises NotFound when its pack was not applied."""
    rows = specs.published(PlaceVersion, PlaceSpec, pack)
    if pack not in rows:
        raise NotFound("orgs.no_place", f"还没有装入“{pack}”的目录", remedy="先运行 tongban setup")
    return rows[pack].spec


def regions(pack: str) -> list[Region]:
    """Return the regions of a place in the order of the pack."""
    return list(Region.objects.filter(pack=pack).order_by("file", "position"))


def administered(*, by: Actor) -> QuerySet[Organisation]:
    """Return the organisations whose staff the actor keeps."""
    return Organisation.objects.filter(code__in=by.organisations_as(Role.ADMIN.value), is_retired=False)


def own_organisation(pack: str, code: str, *, by: Actor) -> Organisation:
    """Return an organisation that the actor administers. Raises NotAllowed."""
    row = administered(by=by).filter(pack=pack, code=code).first()
    if row is None:
        raise NotAllowed("orgs.not_admin", "只有本单位的管理员能管理人员和岗位", remedy="请联系本单位管理员")
    return row


def posts(organisation_id: int) -> list[Post]:
    """Return the open posts of an organisation, with who sits there."""
    return list(
        Post.objects.filter(organisation_id=organisation_id, is_closed=False)
        .order_by("name")
        .prefetch_related("seats__account")
    )


def seats(organisation_id: int) -> list[Seat]:
    """Return the live seats of an organisation."""
    live = Seat.objects.select_related("post", "account").filter(
        post__organisation_id=organisation_id, ended_at=None, post__is_closed=False
    )
    return list(live.order_by("account__name"))


def own_seats(*, by: Actor) -> list[Seat]:
    """Return the live seats of the actor, with post and organisation."""
    live = Seat.objects.select_related("post", "post__organisation").filter(
        account_id=by.account, ended_at=None, post__is_closed=False
    )
    return list(live.order_by("post__organisation__name", "post__name"))
