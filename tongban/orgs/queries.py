"""Organisations, and the actor behind an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from tongban.core import db, specs, time
from tongban.core.actor import Actor
from tongban.identity.queries import Account
from tongban.orgs import rules
from tongban.orgs.models import (
    Assistance,
    Deputy,
    Organisation,
    PlaceVersion,
    Post,
    Presence,
    Region,
    Seat,
    Window,
    WindowSeat,
)
from tongban.orgs.rules import OrganisationSpec, PlaceSpec, Role
from tongban.rules import masking
from tongban.rules.errors import NotAllowed, NotFound


def actor_of(account: Account, *, channel: str, request_id: str = "", address: str = "") -> Actor:
    """Return the actor behind an account with the seats it holds now."""
    seats: dict[str, frozenset[str]] = {}
    if account.kind == "staff":
        held = Seat.objects.filter(account_id=account.pk, ended_at=None, post__is_closed=False)
        for code, roles in held.values_list("post__organisation__code", "post__roles"):
            seats[code] = seats.get(code, frozenset()) | frozenset(roles)
    name = _stand_in(account, seats) if seats else account.name
    return Actor(
        account_id=account.pk, username=account.username, name=name, person_id=account.person_id,
        party_id=account.person_id, seats=seats, channel=channel, request_id=request_id, address=address,
    )  # fmt: skip


def _stand_in(account: Account, seats: dict[str, frozenset[str]]) -> str:
    """Add the roles of those for whom the account stands in today; return its name, saying for whom where that adds any.

    A deputy's own deputies get nothing of it: who stands in passes on only what is his.
    """
    absent = {
        row.absent_id: row for row in deputies_on(time.today()).filter(deputy_id=account.pk).select_related("absent")
    }
    if not absent:
        return account.name
    held = Seat.objects.filter(account_id__in=list(absent), ended_at=None, post__is_closed=False)
    names: dict[str, None] = {}
    for absent_id, organisation_id, code, roles in held.values_list(
        "account_id", "post__organisation_id", "post__organisation__code", "post__roles"
    ):
        row = absent[absent_id]
        more = frozenset(roles) - {Role.ADMIN.value} - seats.get(code, frozenset())
        if organisation_id == row.organisation_id and code in seats and more:
            seats[code] |= more
            names[row.absent.name] = None
    return f"{account.name}（代{'、'.join(names)}）" if names else account.name


def deputies_on(on: date) -> QuerySet[Deputy]:
    """Return who stands in for whom on a day."""
    live = Deputy.objects.filter(ended_at=None, since_on__lte=on)
    return live.filter(Q(until_on=None) | Q(until_on__gte=on))


def deputies(organisation_id: int) -> list[Deputy]:
    """Return the stand-ins of an organisation that are not over, the first to begin first."""
    rows = Deputy.objects.filter(organisation_id=organisation_id, ended_at=None).select_related("absent", "deputy")
    return [row for row in rows.order_by("since_on") if row.until_on is None or row.until_on >= time.today()]


def organisations(pack: str) -> dict[str, OrganisationSpec]:
    """Return the organisations of a place by code, in the order of the pack."""
    return _organisations(pack, _organisations_stamp(pack), str(connection.settings_dict["NAME"]))


def stamp(pack: str) -> str:
    """Return what changes when the organisations of a place, or what it says about itself, do."""
    return f"{_organisations_stamp(pack)}.{specs.stamp(PlaceVersion, pack)}"


def _organisations_stamp(pack: str) -> int:
    sql = "SELECT COALESCE(SUM(version), 0) * 100000 + COUNT(*) FROM orgs_organisation WHERE pack = %s"
    return int(db.stamp(sql, [pack]))


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


def host(pack: str) -> str:
    """Return the code of the organisation that hosts a place (政务服务管理机构); "" when the pack does not list it."""
    name = place(pack).host
    rows = organisations(pack).items()
    return next((code for code, org in rows if name in (org.full_name, org.name, *org.aliases)), "")


def overseer(pack: str) -> str:
    """Return the code of the body that supervises a place: as its pack says, otherwise its host."""
    return place(pack).overseer or host(pack)


def appeals_body(pack: str) -> str:
    """Return the code of the body that decides appeals against the supervising one; "" when the pack names none."""
    return place(pack).appeals or ""


def arbiter(pack: str) -> str:
    """Return the code of the body that decides appeals of the body of appeals itself; "" when the pack names none."""
    return place(pack).arbiter or ""


def judge_of(pack: str, organisation: str) -> str:
    """Return the code of the body that decides appeals of a unit against what the supervising body did; "" when there is none."""
    return rules.judge_of(organisation, overseer=overseer(pack), appeals=appeals_body(pack), arbiter=arbiter(pack))


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


def windows(*, by: Actor) -> list[Window]:
    """Return the open windows where the actor may sit now: a live seat there, and the post that serves it."""
    posts = by.organisations_as(Role.WINDOW.value)
    if not posts or by.account_id is None:
        return []
    rows = Window.objects.select_related("organisation").filter(
        is_closed=False, organisation__code__in=posts, seats__account_id=by.account_id, seats__ended_at=None
    )
    return list(rows.order_by("pack", "position", "number"))


def window(window_id: UUID, *, by: Actor) -> Window:
    """Return a window where the actor may sit now. Raises NotAllowed."""
    row = next((row for row in windows(by=by) if row.pk == window_id), None)
    if row is None:
        raise NotAllowed("orgs.not_at_window", "你现在不在这个窗口的岗位上，不能收件", remedy="请本单位管理员安排窗口")
    return row


def all_windows(*, by: Actor) -> list[Window]:
    """Return the open windows of the organisations that the actor administers, with who sits there."""
    rows = Window.objects.filter(is_closed=False, organisation__code__in=by.organisations_as(Role.ADMIN.value))
    return list(rows.select_related("organisation").order_by("position", "number").prefetch_related("seats__account"))


def hosts_away(pack: str) -> list[Organisation]:
    """Return the organisations of other regions that have windows for a place (跨域收件)."""
    home = rules.inside(place(pack).region)
    rows = Organisation.objects.filter(pack=pack, is_retired=False, windows__is_closed=False)
    return list(rows.exclude(windows__region__startswith=home).distinct().order_by("position"))


def checked_since(window: Window, at: datetime) -> list[tuple[UUID, str, int]]:
    """Return how many identities each clerk checked at a window's place since a moment: account, name, count."""
    rows = Presence.objects.filter(
        window__place=window.place, window__pack=window.pack, at__gte=at, assistance=None
    ).values_list("checked_by_id", "checked_by__name")
    return list(rows.order_by().annotate(n=Count("pk")))


def window_seats(window_id: UUID) -> list[WindowSeat]:
    """Return who may sit at a window now."""
    return list(WindowSeat.objects.select_related("account").filter(window_id=window_id, ended_at=None))


def presence(presence_id: UUID, *, by: Actor) -> Presence:
    """Return the stay of the person whom the actor checked today and who is still at the window. Raises NotFound."""
    row = (
        Presence.objects.select_related("window", "window__organisation", "person", "applicant", "assistance")
        .filter(pk=presence_id, checked_by_id=by.account, ended_at=None, at__gte=time.at_china(time.today(), 0))
        .first()
    )
    if row is None:
        raise NotFound("orgs.nobody_here", "这位办事人已经办完离开，或不是你核验的", remedy="重新读证件或输入证件号码")
    if row.assistance is not None:
        require_live(row.assistance)
    return row


def lapse_of(row: Assistance) -> str:
    """Return why a helper's mandate cannot be used today, in Chinese, or an empty text when it can."""
    revoked_on = time.day_of(row.revoked_at) if row.revoked_at else None
    return rules.lapse(rules.Mandate(row.consented_at is not None, revoked_on, row.expires_on), on=time.today())


def require_live(row: Assistance) -> None:
    """Raise NotAllowed, saying why, when a helper's mandate cannot be used today."""
    why = lapse_of(row)
    if why:
        raise NotAllowed(
            "orgs.assistance_over", f"{masking.name(row.person.name)}的帮代办授权{why}，不能再替他办",
            remedy="请本人重新授权，或请本人自己办理",
        )  # fmt: skip


def assistances(*, by: Actor) -> list[Assistance]:
    """Return the mandates that people gave the actor as helper, the newest first; those never agreed to for a day."""
    rows = Assistance.objects.select_related("person", "window").filter(helper_id=by.account)
    fresh = Q(consented_at__isnull=False) | Q(asked_at__gte=time.at_china(time.today(), 0))
    return list(rows.filter(fresh).order_by("-asked_at")[:100])


def assistance(assistance_id: UUID, *, by: Actor) -> Assistance:
    """Return a mandate that was given the actor as helper. Raises NotFound."""
    rows = Assistance.objects.select_related("person", "window", "window__organisation", "helper")
    row = rows.filter(pk=assistance_id, helper_id=by.account).first()
    if row is None:
        raise no_assistance()
    return row


def no_assistance() -> NotFound:
    """Return the answer for a mandate that does not exist or is not the actor's."""
    return NotFound("orgs.no_assistance", "没有找到这份帮代办授权，或者它不是给你的", remedy="回到帮代办页面重新选择")


def helpers_of(*, by: Actor) -> list[Assistance]:
    """Return the mandates that the actor, as a person, gave to helpers, the newest first."""
    rows = Assistance.objects.select_related("helper", "window").filter(person_id=by.person_id)
    return list(rows.exclude(consented_at=None).order_by("-asked_at")[:100]) if by.person_id else []


def here(*, by: Actor) -> Presence | None:
    """Return the stay of the person whom the actor serves now, if any."""
    row = (
        Presence.objects.select_related("assistance", "assistance__person")
        .filter(checked_by_id=by.account, ended_at=None, at__gte=time.at_china(time.today(), 0))
        .first()
    )
    if row is None or (row.assistance is not None and lapse_of(row.assistance)):
        return None
    return presence(row.pk, by=by)


def at_window(presence_id: UUID, *, by: Actor) -> Actor:
    """Return the person present acting by the clerk's hand: the person's rights, the clerk's name and account.

    It is the only way in which staff act for an applicant in person. Raises NotAllowed, NotFound.
    """
    here = presence(presence_id, by=by)
    row = window(here.window_id, by=by)
    helped = masking.name(here.person.name) if here.assistance is not None else ""
    return replace(
        by, person_id=here.person_id, party_id=here.applicant_id, channel="assist" if helped else "window",
        presence_id=here.pk, name=signed(by.name, row, helped=helped),
    )  # fmt: skip


def signed(name: str, window: Window, *, helped: str = "") -> str:
    """Return a clerk's name with the window, as the history of a case shows it: 李某（03号窗口）.

    A helper's name says for whom: 李某（螺山镇便民服务中心，代张*办）.
    """
    where = f"{window.number}号窗口" if window.level == "hall" else window.place
    if helped:
        ending = f"，代{helped}办）"
        return f"{name}（{where}"[: 40 - len(ending)] + ending
    return name if name.endswith("）") else f"{name}（{where}）"[:40]


def require_presence(by: Actor) -> Presence | None:
    """Return under which check of identity staff act for a person; None for people who act for themselves.

    Raises NotAllowed for staff who act for somebody without one.
    """
    if not by.is_staff or by.person_id is None:
        return None
    if by.presence_id is None:
        raise NotAllowed("orgs.no_presence", "工作人员不能替人申办", remedy="在综合窗口当面核验身份后收件")
    here = presence(by.presence_id, by=by)
    window(here.window_id, by=by)
    if (here.person_id, here.applicant_id) != (by.person_id, by.party_id):
        raise NotAllowed("orgs.no_presence", "当面核验的不是这个人，或不是为这个单位", remedy="重新核验身份")
    return here


def colleagues(organisation: str, *roles: str) -> dict[UUID, str]:
    """Return who sits in an organisation with any of some roles now: account -> name, in the order of their names."""
    live = Seat.objects.filter(post__organisation__code=organisation, ended_at=None, post__is_closed=False)
    rows = live.order_by("account__name").values_list("account_id", "account__name", "post__roles")
    return {account: name for account, name, held in rows if set(roles) & set(held)}
