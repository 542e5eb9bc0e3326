"""Make decided cases that may be rated, ratings of them, and the people around."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count

from tongban.cases.models import Case
from tongban.cases.services import acceptance, decision
from tongban.cases.tests.factories import LICENCE, case_of, open_hotel
from tongban.core import time
from tongban.core.actor import ANONYMOUS, Actor
from tongban.evaluation.models import BadRating, Invitation, Rating
from tongban.evaluation.services import inviting, rating
from tongban.evaluation.services.rating import Said
from tongban.hall.tests.factories import received
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import at_desk, window_clerk
from tongban.outbox import services as outbox

PACK = "honghu"
_people = count(100)
FRIDAY = date(2026, 3, 6)  # the next working day is Monday the 9th


def person(name: str = "张示例") -> Account:
    """Register one more demonstration person."""
    return citizen(name, next(_people))


def decided(*, clerk: Actor, applicant: Account | None = None, name: str = "张示例") -> Case:
    """Return a case of the market bureau that `clerk` accepted and granted, with its applicant invited to rate."""
    joint = open_hotel(as_person(applicant or person(name)), members={LICENCE: ()})
    case = case_of(joint, LICENCE)
    acceptance.accept(case.pk, by=clerk)
    decision.grant(case.pk, by=clerk)
    outbox.deliver(1000)
    return case


def invitation_of(case: Case) -> Invitation:
    """Return the invitation of a case."""
    return Invitation.objects.get(case=case)


def rated(case: Case, grade: int = 5, **said: object) -> Rating:
    """Let whoever holds the link of a case rate it."""
    return rating.rate(invitation_of(case).pk, Said(grade, **said), by=ANONYMOUS)  # type: ignore[arg-type]


def bad_of(rating: Rating) -> BadRating:
    """Return the handling of a bad rating as it stands now."""
    return BadRating.objects.get(rating=rating)


def supervisor() -> Actor:
    """Return a new supervisor of the place."""
    return at_desk("data", SUPERVISOR_POST)


def judge() -> Actor:
    """Return a new supervisor of the body that decides appeals."""
    return at_desk("business-environment", SUPERVISOR_POST)


def visited(clerk: Account | None = None, *, window: str = "hall-01", applicant: Account | None = None) -> Invitation:
    """Let somebody apply at a window, and return the invitation to rate the visit."""
    joint = received(clerk or window_clerk(window), applicant or person(), code=window)
    inviting.invite_visit(joint.pk)
    return Invitation.objects.get(joint_case=joint, kind="visit")


def on(day: date, hour: int = 10) -> datetime:
    """Return a moment of a day in China."""
    return time.at_china(day, hour)
