"""Make what windows work with: applications received there, decided ones, helpers, windows of another region."""

from __future__ import annotations

from datetime import timedelta

from tongban.cases.models import JointCase
from tongban.cases.tests.factories import LICENCE, grant, open_hotel
from tongban.core import time
from tongban.core.actor import Actor
from tongban.hall.models import ReceivingGrant
from tongban.hall.services import granting, reception
from tongban.identity.models import Account
from tongban.orgs import queries
from tongban.orgs.models import Assistance, Presence
from tongban.orgs.services import assistance
from tongban.orgs.tests.factories import actor, at_desk, present_at, window_clerk, window_of

AWAY = "neighbour-01"


def received(clerk: Account, person: Account, *, code: str = "hall-01", way: str = "electronic") -> JointCase:
    """Receive the hotel of a person at a clerk's window."""
    by = present_at(clerk, person, code=code)
    joint = open_hotel(by)
    JointCase.objects.filter(pk=joint.pk).update(delivery={"way": way})
    joint.refresh_from_db()
    reception.receive(joint, by=by)
    return joint


def decided(clerk: Account, person: Account) -> JointCase:
    """Receive the hotel of a person who wants the results on paper at the hall, and grant the business licence."""
    joint = received(clerk, person, way="pickup")
    grant(joint, LICENCE)
    return joint


def helper(
    person: Account, *, covers: dict[str, str] | None = None, code: str = "hall-01"
) -> tuple[Account, Assistance]:
    """Return a window clerk whom a person lets act for him: all matters, or those named."""
    clerk = window_clerk(code, name="帮示例")
    assert person.person_id is not None
    row = assistance.ask(
        window_of(code).pk, person_id=person.person_id, covers=covers or {}, expires_on=time.today() + timedelta(days=30),
        consent="code", by=actor(clerk),
    )  # fmt: skip
    Assistance.objects.filter(pk=row.pk).update(consented_at=time.now())
    row.refresh_from_db()
    return clerk, row


def helping(clerk: Account, row: Assistance) -> Actor:
    """Return the person acting by the helper's hand."""
    here: Presence = assistance.begin(row.pk, by=actor(clerk))
    return queries.at_window(here.pk, by=actor(clerk))


def granted(organisation: str, *items: str, days: int = 3) -> ReceivingGrant:
    """Let the windows of the neighbouring county receive for a department."""
    today = time.today()
    return granting.grant(
        "honghu", organisation, to="neighbour-hall", items=items, since=today, until=today + timedelta(days=90),
        hand_over_days=days, by=at_desk(organisation),
    )  # fmt: skip
