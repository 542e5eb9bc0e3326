"""The certificate of an instant decision (秒批凭证): what it binds together, and its digest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from tongban.decisions.rules.evaluation import Plain


@dataclass(frozen=True)
class Statement:
    """What a certificate states; none of it can change without the digest changing."""

    subject_id: UUID
    pack: str
    table_code: str
    table_version: int
    table_digest: str
    inputs: dict[str, Plain]
    rows: list[int]
    outcome: dict[str, Plain] | list[dict[str, Plain]] | None
    at: datetime


def digest(statement: Statement) -> str:
    """Return the SHA-256 of the canonical JSON of a statement: keys sorted, no blanks, the moment in UTC."""
    body = {**vars(statement), "subject_id": str(statement.subject_id), "at": statement.at.astimezone(UTC).isoformat()}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
