"""Warnings before and after an hour: to the people who can still act, and as findings where it is too late."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.models import Task
from tongban.cases.rules import warning
from tongban.cases.rules.life import WORKING, State
from tongban.cases.services.recording import append, find, locked
from tongban.core import time
from tongban.core.actor import Actor


def stop_overrun(case_id: UUID, stop: int) -> None:
    """Write down that a stop of the clock lasts longer than the applicant was told. Source: standards reference 7.2 rule 5."""
    case = locked(case_id)
    running = next((row for row in case.stops if row["seq"] == stop and row["end_on"] is None), None)
    if running is None:
        return
    told = case.events.get(seq=stop).facts
    words = f"{told['name']}告知到 {running['expected_on']} 结束，已经超过，还没有恢复计时"
    find(case, "stop_overrun", words, occurrence=str(stop), at=time.now())
    case.save(update_fields=["event_count"])


def default_ahead(case_id: UUID, rung: str) -> None:
    """Warn the unit that a case will be granted by default soon; the note stands in the case and on the desk's task."""
    case = locked(case_id)
    if State(case.state) not in WORKING:
        return
    words = f"{warning.WORDS[rung]}就到承诺时限，到期没有决定将默认准予"
    Task.objects.filter(case=case, done_at=None, organisation=case.desk).update(asks=words)
    append(case, "warn", by=Actor.system(), at=time.now(), facts={"reason": words})
    case.save(update_fields=["event_count"])
