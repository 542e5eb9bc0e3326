"""Write a note of another app into the history of a case: a visit, a payment. It moves nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from tongban.cases.rules import life
from tongban.cases.services.recording import append, locked
from tongban.core import time
from tongban.core.actor import Actor


@transaction.atomic
def note(case_id: UUID, verb: str, facts: dict[str, Any], *, by: Actor) -> None:
    """Append a note (`life.NOTES`) to a case. Whether the actor may, the calling app has checked. Raises NotFound."""
    if verb not in life.NOTES:
        raise ValueError(f"{verb} is no note")
    case = locked(case_id)
    append(case, verb, by=by, at=time.now(), facts=facts)
    case.save(update_fields=["event_count"])
