"""Issue numbered papers."""

from __future__ import annotations

import dataclasses
import secrets
from uuid import UUID

from tongban.core import db, time
from tongban.documents import rules
from tongban.documents.models import Paper
from tongban.jobs import services as jobs


def issue(kind: rules.Kind, *, organisation: str, word: str, subject_id: UUID, body: rules.Body) -> Paper:
    """Issue a paper under the next number of its organisation, kind and year, inside the caller's transaction."""
    at = time.now()
    year = time.day_of(at).year
    serial = jobs.next_serial(f"paper:{organisation}:{kind}:{year}")
    paper = Paper(
        kind=kind.value,
        organisation=organisation,
        year=year,
        serial=serial,
        number=rules.number(word, kind, year, serial),
        title=rules.TITLES[kind],
        subject_id=subject_id,
        body=dataclasses.asdict(body),
        issued_at=at,
        check_code=secrets.token_hex(10),
    )
    db.insert_many(Paper, [paper])
    return paper
