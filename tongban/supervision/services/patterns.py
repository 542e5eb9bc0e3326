"""Look for patterns that may be gaming (反作弊), and let people judge them. What was found once is not found again.

Days and months are looked at when they are over, so that a pattern has all its rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from tongban.audit import queries as trail
from tongban.audit import services as audit
from tongban.cases.queries import watched
from tongban.cases.queries.watched import Closing, Happening
from tongban.catalogue import queries as catalogue
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.evaluation.queries import bursts as ratings
from tongban.evaluation.queries.bursts import Sourced
from tongban.orgs import queries as orgs
from tongban.rules.errors import Invalid, NotFound
from tongban.supervision import permissions
from tongban.supervision.models import Judgement, Pattern
from tongban.supervision.queries import thresholds
from tongban.supervision.queries.thresholds import Table
from tongban.supervision.rules import patterns as rules
from tongban.supervision.rules.patterns import Praise, Verdict

DECIDED = ("grant", "refuse")  # by a person; a default or a table is no officer's haste
STARTS = ("accept", "deem_accepted", "reopen", "undo_default")
MOST_ROWS = 200
BY_HAND = ("web",)  # an officer at a screen of ours; a system of the department's own has screens of its own


@dataclass(frozen=True)
class Found:
    """A pattern with its rows."""

    kind: str
    organisation: str
    subject: str
    occurrence: str
    words: str
    rows: tuple[tuple[str, ...], ...]


@transaction.atomic
def find(pack: str, *, since_on: date, on: date, began_on: date) -> list[Pattern]:
    """Keep the patterns of the days from one up to the day before another, and of a month that ended among them.

    Return the new ones. The caller sees to it that a place is looked at by one worker at a time.
    """
    limits = thresholds.table(pack)
    since, until = time.at_china(since_on, 0), time.at_china(on, 0)
    decided = watched.decided_between(pack, orgs.organisations(pack), since, until)
    found = [
        *_bursts(pack, since, until, limits),
        *_of_decided(pack, decided, limits),
        *_idle(pack, on, began_on, limits),
    ]
    if since_on.month != on.month:
        found += _unviewed(pack, on.replace(day=1))
    return _keep(pack, found)


def _keep(pack: str, found: list[Found]) -> list[Pattern]:
    known = set(
        Pattern.objects.filter(subject__in=[row.subject for row in found]).values_list("kind", "subject", "occurrence")
    )
    names, at = orgs.organisations(pack), time.now()
    rows = [
        Pattern(
            pack=pack, kind=row.kind, organisation=row.organisation, subject=row.subject, occurrence=row.occurrence,
            organisation_name=names[row.organisation].name if row.organisation in names else row.organisation,
            words=row.words[:300], rows=[list(cells) for cells in row.rows[:MOST_ROWS]], count=len(row.rows), found_at=at,
        )
        for row in found if (row.kind, row.subject, row.occurrence) not in known
    ]  # fmt: skip
    db.insert_many(Pattern, rows)
    return rows


def _moment(at: datetime) -> str:
    return f"{at.astimezone(time.CHINA):%Y-%m-%d %H:%M:%S}"


def _bursts(pack: str, since: datetime, until: datetime, limits: Table) -> list[Found]:
    """Good ratings of one address or device for one unit.

    A tablet at a window is one device for all who come, and a hall has one address for all who scan its code.
    """
    known_rows, found = ratings.sourced(pack, since, until), []
    for what, name, shared in (("address", "地址", ("tablet", "qr")), ("device", "设备", ("tablet",))):
        rows = [row for row in known_rows if row.channel not in shared]
        by_unit: dict[str, list[Sourced]] = {}
        for row in rows:
            by_unit.setdefault(row.organisation, []).append(row)
        for unit, own in by_unit.items():
            known = {row.rating_id: row for row in own}
            praise = [Praise(row.rating_id, row.at, row.grade, getattr(row, what)) for row in own]
            held = limits.of(unit).thresholds
            for run in rules.bursts(praise, least=held.burst_ratings, minutes=held.burst_minutes):
                words = f"同一{name}从 {_moment(run[0].at)} 到 {_moment(run[-1].at)} 给了 {len(run)} 条好评"
                cells = tuple(
                    (_moment(r.at), f"{6 - r.grade} 星", known[r.rating_id].channel, known[r.rating_id].item_code, f"{name} {r.source[:8]}")
                    for r in run
                )  # fmt: skip
                found.append(Found("burst", unit, f"{pack}:{unit}", f"{what}:{run[0].rating_id}", words, cells))
    return found


def _of_decided(pack: str, decided: list[Closing], limits: Table) -> list[Found]:
    """Cases done in seconds, and cases whose acceptance or records step back, by unit and day."""
    events: dict[UUID, list[Happening]] = {}
    for event in watched.happenings([row.case_id for row in decided]):
        events.setdefault(event.case_id, []).append(event)
    quick: dict[tuple[str, date], list[tuple[str, ...]]] = {}
    back: dict[tuple[str, date], list[tuple[str, ...]]] = {}
    for row in decided:
        key, own = (row.organisation, time.day_of(row.closed_at)), events.get(row.case_id, [])
        last = _last(own, DECIDED)
        if (
            last is not None
            and last.account_id
            and rules.is_quick(
                row.received_at, row.closed_at, seconds=limits.of(row.organisation).thresholds.quick_seconds
            )
        ):
            assert row.received_at is not None
            used = int((row.closed_at - row.received_at).total_seconds())
            quick.setdefault(key, []).append(
                (row.number, row.name, _moment(row.received_at), _moment(row.closed_at), str(used), last.by_name)
            )
        cells = _backdated(row, own)
        if cells:
            back.setdefault(key, []).append(cells)
    found = [
        Found("quick", unit, f"{pack}:{unit}", str(on), f"{on} 有 {len(rows)} 件收件后 {held.quick_seconds} 秒内就办结了", tuple(rows))
        for (unit, on), rows in quick.items() if len(rows) >= (held := limits.of(unit).thresholds).quick_cases
    ]  # fmt: skip
    found += [
        Found(
            "backdated",
            unit,
            f"{pack}:{unit}",
            str(on),
            f"{on} 办结的 {len(rows)} 件，受理或经过的时间对不上",
            tuple(rows),
        )
        for (unit, on), rows in back.items()
    ]
    return found


def _last(events: Iterable[Happening], verbs: tuple[str, ...]) -> Happening | None:
    return next((event for event in reversed(list(events)) if event.verb in verbs), None)


def _backdated(row: Closing, events: list[Happening]) -> tuple[str, ...]:
    start = _last(events, STARTS)
    if (
        start is not None
        and start.verb != "deem_accepted"
        and row.accepted_at
        and rules.is_backdated(row.accepted_at, start.at)
    ):
        return (row.number, row.name, f"受理 {_moment(row.accepted_at)}", _moment(start.at), start.by_name)
    at = rules.steps_back([event.at for event in events])
    if at is None:
        return ()
    return (row.number, row.name, f"{events[at].words} {_moment(events[at].at)}",
            f"前一条“{events[at - 1].words}” {_moment(events[at - 1].at)}", events[at].by_name)  # fmt: skip


def _unviewed(pack: str, until_on: date) -> list[Found]:
    """Cases of the month before a day that an officer decided while nobody had looked at their materials, by unit."""
    since_on = (until_on - timedelta(days=1)).replace(day=1)
    decided = watched.decided_between(
        pack, orgs.organisations(pack), time.at_china(since_on, 0), time.at_china(until_on, 0)
    )
    by_case = {event.case_id: event for event in watched.happenings([row.case_id for row in decided], verbs=DECIDED)}
    by_hand = [
        row for row in decided if (event := by_case.get(row.case_id)) and event.account_id and event.channel in BY_HAND
    ]
    files = watched.files_of([row.joint_id for row in by_hand])
    opened = trail.first_seen("cases.viewed", "case", [row.case_id for row in by_hand])
    seen = trail.first_seen("cases.viewed", "file", [file for row in by_hand for file in files.get(row.joint_id, ())])
    units: dict[str, list[tuple[str, ...]]] = {}
    for row in by_hand:
        own = files.get(row.joint_id, set())
        if not rules.was_seen(row.closed_at, case_seen=opened.get(str(row.case_id)), files=own, seen=seen):
            cells = (row.number, row.name, _moment(row.closed_at), by_case[row.case_id].by_name, f"{len(own)} 份")
            units.setdefault(row.organisation, []).append(cells)
    month = f"{since_on:%Y-%m}"
    return [
        Found(
            "unviewed", unit, f"{pack}:{unit}", month, f"{month} 有 {len(rows)} 件没有打开过材料就作了决定", tuple(rows)
        )
        for unit, rows in units.items()
    ]


def _idle(pack: str, on: date, began_on: date, limits: Table) -> list[Found]:
    """Units with items that can be applied for, and no case for so many days since the last one, or since the watch began."""
    items: dict[str, list[tuple[str, ...]]] = {}
    for code, spec in catalogue.open_items(pack, on=on).items():
        if not spec.tracked_only:
            items.setdefault(spec.org, []).append((code, spec.name))
    names = orgs.organisations(pack)
    desks = [unit for unit in items if unit in names and not names[unit].external]
    least = min(row.thresholds.idle_days for row in limits.all)
    quiet = watched.last_received(pack, desks, before_on=on - timedelta(days=least - 1))
    found = []
    for unit, at in quiet.items():
        since_on = time.day_of(at) if at else began_on
        days = limits.of(unit).thresholds.idle_days
        if (on - since_on).days >= days:
            said = f"从 {since_on} 起" if at else "一直"
            words = f"有 {len(items[unit])} 个可办的事项，{said}没有办件，已满 {days} 天"
            found.append(Found("idle", unit, f"{pack}:{unit}", str(since_on), words, tuple(items[unit])))
    return found


@transaction.atomic
def judge(pattern_id: UUID, *, verdict: str, reason: str, by: Actor) -> Pattern:
    """Judge a pattern with a reason, as a person of the overseer; nobody judges a pattern of his own unit.

    A later judgement stands beside the first. Raises NotFound, NotAllowed, Invalid.
    """
    row = Pattern.objects.select_for_update(of=("self",)).filter(pk=pattern_id).first()
    if row is None:
        raise NotFound("pattern.none", "没有找到这条线索", remedy="回到列表重新选择")
    permissions.require_judge(row, by=by)
    reason, fields = reason.strip(), {}
    if verdict not in {v.value for v in Verdict}:
        fields["verdict"] = "请选一个判断"
    if not 5 <= len(reason) <= 1000:
        fields["reason"] = "请写明理由，5 至 1000 个字"
    if fields:
        raise Invalid("pattern.judgement", f"有 {len(fields)} 处要改", fields=fields)
    Judgement.objects.create(
        pattern=row, seq=row.judgements.count() + 1, verdict=verdict, reason=reason, at=time.now(), account_id=by.account,
        by_name=by.name[:60],
    )  # fmt: skip
    audit.record(f"patterns.{verdict}", "pattern", row.pk, by=by, organisation=orgs.overseer(row.pack))
    return row
