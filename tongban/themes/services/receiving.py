"""Receive at the window (收件登记): submit what the person present applies for, and accept what can start."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from tongban.core.actor import Actor
from tongban.hall.services import reception as hall
from tongban.orgs import queries as orgs
from tongban.themes.services import submission


@dataclass(frozen=True)
class Received:
    """What a window received, and what came of accepting it there."""

    joint_id: UUID
    outcome: hall.Outcome


@transaction.atomic
def receive(draft_id: UUID, *, presence_id: UUID, by: Actor) -> Received:
    """Submit a draft for the person present and accept all members that can start (综合受理). Both or nothing.

    The same draft again gives the same joint case. Consent to the use of personal data is signed on the receipt.
    Raises NotAllowed, NotFound, Invalid.
    """
    present = orgs.at_window(presence_id, by=by)
    joint_id = submission.submit(draft_id, consented=True, by=present)
    return Received(joint_id, hall.accept_startable(joint_id, by=by))
