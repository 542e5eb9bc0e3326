"""What supervision does with news of cases and payments. Every event may come twice: a cause has one card."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings

from tongban.cases.events import CaseMoved, JointCaseOpened
from tongban.evaluation.events import BadRatingLate
from tongban.outbox.services import often, on
from tongban.payments import queries as payments
from tongban.payments.events import OrderOpened, Paid
from tongban.supervision.services import looking, sweeping

PLACE = settings.PLACE


@on(JointCaseOpened)
def begin(event: JointCaseOpened) -> None:
    """Watch the place from its first case on."""
    sweeping.ensure(PLACE)


@on(CaseMoved)
def look(event: CaseMoved) -> None:
    """Look at the moves that can be cause for a card; the others are passed over."""
    looking.look(PLACE, UUID(event.case_id), event.verb)


@on(OrderOpened)
def look_at_order(event: OrderOpened) -> None:
    """Compare what is asked for with what the item's spec says."""
    looking.look_at_order(PLACE, payments.subject_of(UUID(event.order_id)))


@on(Paid)
def look_at_payment(event: Paid) -> None:
    """Compare what was paid, however it was asked for."""
    looking.look_at_order(PLACE, UUID(event.subject_id))


@on(BadRatingLate)
def look_at_rating(event: BadRatingLate) -> None:
    """A bad rating was not verified, or not settled, in time."""
    looking.look_at_rating(PLACE, UUID(event.bad_rating_id), event.kind, at=datetime.fromisoformat(event.at))


@often
def catch_up() -> int:
    """Look when the timer did not: after a fault, or in a place that was set up before it was watched."""
    return len(sweeping.sweep(PLACE)) if sweeping.is_behind(PLACE) else 0
