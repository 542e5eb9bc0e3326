"""Looking at a person's matter is an act of its own: who looked is written down. Source: assurance §7."""

from __future__ import annotations

from uuid import UUID

from tongban.audit import services as audit
from tongban.core.actor import Actor


def note(case_id: UUID, *, by: Actor, organisation: str, what: str = "case") -> None:
    """Write down that a member of staff opened a case, or one of its files or papers."""
    audit.record("cases.viewed", what, case_id, by=by, organisation=organisation)
