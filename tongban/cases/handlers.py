"""What cases do with news: of members that begin, of money, of parcels. Every event may come twice."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.events import CaseMoved, CaseStarted, FeeAsked
from tongban.cases.queries import counter
from tongban.cases.rules.life import State
from tongban.cases.services import instant, mailing, paying, serving
from tongban.delivery.events import Delivered, Returned
from tongban.documents.rules import Way
from tongban.outbox.services import on
from tongban.payments.events import Paid, Refunded


@on(CaseStarted)
def look(event: CaseStarted) -> None:
    """Let the table look at a member that began; who was taken up is left alone."""
    instant.consider(UUID(event.case_id))


@on(FeeAsked)
def wait_for_fee(event: FeeAsked) -> None:
    """Stop the promise clock, where the item's spec allows it."""
    paying.asked(UUID(event.case_id), UUID(event.order_id))


@on(Paid)
def note_paid(event: Paid) -> None:
    """Write the payment down; a result that waited for it is sent."""
    if paying.paid(UUID(event.subject_id), UUID(event.order_id), event.purpose):
        mailing.send_result(UUID(event.subject_id))


@on(Refunded)
def note_refunded(event: Refunded) -> None:
    """Write down that the money went back."""
    paying.refunded(UUID(event.subject_id), UUID(event.order_id), event.purpose)


@on(CaseMoved)
def send(event: CaseMoved) -> None:
    """Send the result of a case that was granted, where its applicant wants it by mail."""
    if event.state == State.GRANTED and counter.delivery_way(UUID(event.joint_case_id)) == "mail":
        mailing.send_result(UUID(event.case_id))


@on(Delivered)
def note_delivered(event: Delivered) -> None:
    """Write down who signed for the result; the decision that went along is served."""
    view = mailing.delivered(UUID(event.subject_id), UUID(event.shipment_id), event.purpose)
    if view is not None:
        row = view.shipment
        serving.served_with_result(
            UUID(event.subject_id), Way.MAILED, recipient=row.signed_by, waybill=row.waybill, by=mailing.COURIER
        )


@on(Returned)
def note_returned(event: Returned) -> None:
    """Write down that the result came back."""
    mailing.returned(UUID(event.subject_id), UUID(event.shipment_id), event.purpose)
