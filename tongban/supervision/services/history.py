"""Import a log of permits as history (历史办件). The same file, or the same rows in another, change nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC

from django.db import transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.rules.errors import Invalid
from tongban.supervision.models import HistoryCase, HistoryEvent, HistoryFile
from tongban.supervision.rules import history
from tongban.supervision.rules.history import Columns, HistoricCase, Line, Written

AT_ONCE = 500
LONGEST_CHANNEL = 200


@dataclass(frozen=True)
class Imported:
    """What an import did: rows read, cases and activities that were new."""

    lines: int
    cases: int
    events: int
    is_known: bool


@transaction.atomic
def take(pack: str, name: str, content: bytes, columns: Columns, *, by: Actor) -> Imported:
    """Import a log. Raises Invalid with the lines that cannot be read; then nothing is taken."""
    digest = hashlib.sha256(columns.model_dump_json().encode() + b"\0" + content).hexdigest()
    if HistoryFile.objects.filter(pack=pack, digest=digest).exists():
        return Imported(0, 0, 0, is_known=True)
    lines = history.lines(content, columns)
    if not lines:
        raise Invalid("history.empty", "文件只有表头，没有一行办件", remedy="检查文件是不是完整")
    found = history.cases(lines)
    file = HistoryFile.objects.create(
        pack=pack, name=name[:200], digest=digest, columns=columns.model_dump(exclude_none=True), lines=len(lines),
        at=time.now(), by_name=(by.name or "系统")[:60],
    )  # fmt: skip
    cases = events = 0
    for start in range(0, len(found), AT_ONCE):
        new_cases, new_events = _take_some(pack, file, found[start : start + AT_ONCE])
        cases, events = cases + new_cases, events + new_events
    audit.record("history.import", "history_file", file.pk, by=by)
    return Imported(len(lines), cases, events, is_known=False)


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def _take_some(pack: str, file: HistoryFile, found: Sequence[HistoricCase]) -> tuple[int, int]:
    keys = {row.ref: _digest(row.ref) for row in found}
    kept = {row.ref_digest: row for row in HistoryCase.objects.filter(pack=pack, ref_digest__in=list(keys.values()))}
    known = len(kept)
    for row in found:
        case = kept.setdefault(keys[row.ref], HistoryCase(pack=pack, ref=row.ref, ref_digest=keys[row.ref], first_at=row.first.at,
                                                          first_month=row.first.month))  # fmt: skip
        _fold(case, row)
    HistoryCase.objects.bulk_create([case for case in kept.values() if case.pk is None])
    changed = [case for case in kept.values() if case.pk is not None]
    have = set(HistoryEvent.objects.filter(case__in=changed).values_list("case_id", "key"))
    events = [
        event for row in found for event in _events(kept[keys[row.ref]], file, row.lines) if (event.case_id, event.key) not in have
    ]  # fmt: skip
    HistoryEvent.objects.bulk_create(events, batch_size=1000)
    more = Counter(event.case_id for event in events)
    for case in changed:
        case.lines += more[case.pk]
    fields = ["first_at", "first_month", "planned_end", "end", "end_at", "is_late", "channel", "lines"]
    HistoryCase.objects.bulk_update(changed, fields, batch_size=200)
    return len(kept) - known, len(events)


def _fold(case: HistoryCase, row: HistoricCase) -> None:
    """Let a case say what its rows in this file say; what they leave empty stays."""
    if row.first.at < case.first_at:
        case.first_at, case.first_month = row.first.at, row.first.month
    planned, end = row.planned_end or _read(case.planned_end), row.end or _read(case.end)
    case.planned_end, case.end = _said(planned), _said(end)
    case.end_at, case.is_late = end.at if end else None, history.is_late(planned, end)
    case.channel = (row.channel or case.channel)[:LONGEST_CHANNEL]


def _said(moment: Written | None) -> str:
    """Return a moment as ISO 8601 with its own zone; a day as a day."""
    if moment is None:
        return ""
    return moment.on.isoformat() if moment.is_day else moment.at.isoformat()


def _read(said: str) -> Written | None:
    return history.moment(said) if said else None


def _events(case: HistoryCase, file: HistoryFile, lines: Iterable[Line]) -> Iterable[HistoryEvent]:
    """Give the activities of a case; the same one twice in a file is two."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for line in lines:
        at = line.time.at.astimezone(UTC)
        same = (line.activity, at.isoformat(), line.resource)
        seen[same] += 1
        yield HistoryEvent(
            case_id=case.pk, file=file, line=line.number, activity=line.activity, resource=line.resource, at=at,
            key=_digest("\x1f".join((*same, str(seen[same])))),
        )  # fmt: skip
