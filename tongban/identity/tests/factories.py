"""Make people and firms of the demonstration range."""

from __future__ import annotations

from datetime import date

from tongban.core.actor import Actor
from tongban.identity import services
from tongban.identity.models import Account, Party
from tongban.rules.numbers import demo_id, demo_uscc

PASSWORD = "correct horse 9"


def citizen(name: str = "张示例", n: int = 1) -> Account:
    """Register the n-th demonstration person: account `citizen-n`, with a phone that ends in n."""
    return services.register(
        f"citizen-{n}",
        PASSWORD,
        name=name,
        code=demo_id(n, date(1990, 1, 2)),
        phone=f"1390000{n:04d}",
        by=Actor.system(),
    )


def as_person(account: Account, *, channel: str = "web", address: str = "") -> Actor:
    """Return the actor behind a citizen's account."""
    return Actor(
        account_id=account.pk, username=account.username, name=account.name, person_id=account.person_id,
        party_id=account.person_id, channel=channel, address=address,
    )  # fmt: skip


def firm(owner: Account, *, name: str = "洪湖示例酒店有限公司", n: int = 50) -> Party:
    """Add the n-th demonstration firm with `owner` as its legal representative."""
    return services.register_firm(name, code=demo_uscc("91", "421083", n), by=as_person(owner))
