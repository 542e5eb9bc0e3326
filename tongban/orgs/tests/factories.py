"""Make staff on the posts of a department."""

from __future__ import annotations

from itertools import count
from uuid import UUID

from tongban.core import specs, time
from tongban.core.actor import Actor
from tongban.core.specs import Placed
from tongban.identity import services as identity
from tongban.identity.models import Account
from tongban.orgs import queries
from tongban.orgs.models import Organisation, PlaceVersion, Post, Window
from tongban.orgs.rules import SUPERVISOR_POST, WINDOW_POST, PlaceSpec, Role
from tongban.orgs.services import presence, staffing, windows

_numbers = count(1)


def officer(org_code: str, post: str = "负责人", *, name: str = "王示例") -> Account:
    """Create a staff account and put it on a post of a department of 洪湖."""
    account = identity.create_account(f"{org_code}-{next(_numbers)}", "x" * 14, name=name, kind="staff")
    staffing.give_seat(Post.objects.get(organisation__pack="honghu", organisation__code=org_code, name=post), account)
    return account


def actor(account: Account, *, channel: str = "web") -> Actor:
    """Return the actor behind any account, with the seats it holds now."""
    return queries.actor_of(account, channel=channel)


def at_desk(org_code: str, post: str = "负责人") -> Actor:
    """Return the actor of a new officer of a department."""
    return actor(officer(org_code, post))


def name_bodies(**bodies: str | None) -> None:
    """Let 洪湖 name other bodies: `overseer`, `appeals`, `arbiter`; each named one gets its post."""
    found = specs.published(PlaceVersion, PlaceSpec, "honghu")["honghu"]
    wanted = Placed("honghu", found.spec.model_copy(update=bodies), found.file, found.position)
    specs.apply(PlaceVersion, PlaceSpec, "honghu", [wanted], at=time.now())
    for row in Organisation.objects.filter(pack="honghu", code__in=[code for code in bodies.values() if code]):
        Post.objects.get_or_create(organisation=row, name=SUPERVISOR_POST, defaults={"roles": [Role.SUPERVISOR.value]})


def window_clerk(code: str = "hall-01", *, name: str = "李某") -> Account:
    """Create a clerk of a window of the pack, on the post that serves it."""
    window = Window.objects.select_related("organisation").get(pack="honghu", code=code)
    account = officer(window.organisation.code, WINDOW_POST, name=name)
    windows.give_seat(window, account)
    return account


def window_of(code: str = "hall-01") -> Window:
    """Return a window of the pack."""
    return Window.objects.get(pack="honghu", code=code)


def present_at(clerk: Account, person: Account, *, applicant_id: UUID | None = None, code: str = "hall-01") -> Actor:
    """Return a person who stands at a clerk's window, acting by the clerk's hand."""
    by = actor(clerk)
    assert person.person_id is not None
    row = presence.check_in(
        window_of(code).pk, person_id=person.person_id, applicant_id=applicant_id or person.person_id, document="id-card",
        way="card", by=by,
    )  # fmt: skip
    return queries.at_window(row.pk, by=by)
