"""Make staff on the posts of a department."""

from __future__ import annotations

from itertools import count

from tongban.core.actor import Actor
from tongban.identity import services as identity
from tongban.identity.models import Account
from tongban.orgs import queries, services
from tongban.orgs.models import Post

_numbers = count(1)


def officer(org_code: str, post: str = "负责人", *, name: str = "王示例") -> Account:
    """Create a staff account and put it on a post of a department of 洪湖."""
    account = identity.create_account(f"{org_code}-{next(_numbers)}", "x" * 14, name=name, kind="staff")
    services.give_seat(Post.objects.get(organisation__pack="honghu", organisation__code=org_code, name=post), account)
    return account


def actor(account: Account, *, channel: str = "web") -> Actor:
    """Return the actor behind any account, with the seats it holds now."""
    return queries.actor_of(account, channel=channel)


def at_desk(org_code: str, post: str = "负责人") -> Actor:
    """Return the actor of a new officer of a department."""
    return actor(officer(org_code, post))
