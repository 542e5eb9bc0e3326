"""Write down on a joint case what windows do with it outside its moves: results handed out (出件签收), help given (帮代办)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from tongban.audit import services as audit
from tongban.cases import permissions
from tongban.cases.models import Case, Event, JointCase
from tongban.cases.services import recording
from tongban.core import db, time
from tongban.core.actor import Actor


@transaction.atomic
def lock(joint_id: UUID) -> JointCase:
    """Return a joint case, locked until the caller's transaction ends: who hands something out takes it first."""
    found = db.select(JointCase, id=joint_id, for_update=True)
    if not found:
        raise permissions.hidden()
    return found[0]


@transaction.atomic
def note_collected(joint: JointCase, *, facts: dict[str, Any], by: Actor) -> None:
    """Append the event that results were handed out, with who collected them and how, to a joint case that is locked."""
    joint.event_count += 1
    row = recording.event(joint, None, "collect", by=by, at=time.now(), seq=joint.event_count, facts=facts)
    db.insert_many(Event, [row])
    JointCase.objects.filter(pk=joint.pk).update(event_count=joint.event_count)
    audit.record("cases.collect", "joint_case", joint.pk, by=by)


@transaction.atomic
def note_assisted(joint_id: UUID, *, facts: dict[str, Any], by: Actor) -> None:
    """Append to each case that a helper acted for the person, under which mandate (facts: helper, person, mandate, reason)."""
    at = time.now()
    for case_id in Case.objects.filter(joint_case_id=joint_id).order_by("position").values_list("pk", flat=True):
        case = recording.locked(case_id)
        recording.append(case, "assist", by=by, at=at, facts=facts)
        db.update(case)
