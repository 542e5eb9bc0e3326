"""What of a case is sent to its applicant on paper (寄递), to whom, and where it is."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tongban.cases import permissions
from tongban.cases.models import Case
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import State
from tongban.core.actor import Actor
from tongban.delivery import queries as delivery
from tongban.delivery.queries import ShipmentView
from tongban.delivery.rules import Addressee

PURPOSE = "result"


def has_result(case: Case) -> bool:
    """Return whether a case was granted and brings something that can be put on paper."""
    item = plans.item_of(case.joint_case.plan, case.item_code)
    return case.state == State.GRANTED and item.result_kind != "record" and not case.is_tracked_only


def is_to_be_sent(case: Case) -> bool:
    """Return whether a case has a result that its applicant wants by mail."""
    return case.joint_case.delivery.get("way") == "mail" and has_result(case)


def addressee(case: Case) -> Addressee:
    """Return whom the applicant named at submission; unchecked."""
    joint = case.joint_case
    return Addressee(joint.applicant_name[:60], joint.contact_phone, joint.delivery.get("address", ""))


def contents(case: Case) -> str:
    """Return what is sent."""
    return plans.item_of(case.joint_case.plan, case.item_code).result_name[:120]


def shipments(case_ids: Iterable[UUID]) -> list[ShipmentView]:
    """Return the shipments of some cases, oldest first; the caller knows that the actor may see the cases. Two queries."""
    return delivery.of_subjects(case_ids)


def for_desk(case_id: UUID, *, by: Actor) -> Case:
    """Return a case of the actor's desk with its joint case. Raises NotFound."""
    case = Case.objects.select_related("joint_case", "joint_case__applicant").filter(
        pk=case_id, desk__in=list(by.seats)
    )
    found = case.first()
    if found is None:
        raise permissions.hidden()
    return found
