"""Look at all that may have run out by a morning, and issue what is due. The same however often and late it runs.

All limits of the platform end at midnight, so one look a day, at 00:00, finds each at its moment; a look that comes late
finds the same causes with their legal moments. Source: standards reference 7.3; assurance R04, R05, R16.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from tongban.calendars import queries as calendars
from tongban.cases.queries import watched
from tongban.cases.queries.watched import Clock, Step
from tongban.core import time
from tongban.documents import queries as documents
from tongban.jobs import services as jobs
from tongban.orgs import queries as orgs
from tongban.supervision.models import Card, Standing, Watch
from tongban.supervision.queries import thresholds
from tongban.supervision.queries.thresholds import Table
from tongban.supervision.rules import watching
from tongban.supervision.rules.flow import LIVE, Appeal
from tongban.supervision.rules.kinds import Level, Thresholds
from tongban.supervision.rules.watching import Stop
from tongban.supervision.services import lifting, looking, patterns
from tongban.supervision.services.issuing import Cause, issue

SWEEP = "supervision.sweep"
_SPACE = UUID("6f0f6a52-8e6f-5c0e-9a43-0d5a4a6b7c11")  # of the ids under which places have their timer
BACK = 3  # days that each look covers again: days off, and what was moved meanwhile


def ensure(pack: str) -> None:
    """Begin to watch a place, once: from today on, each midnight."""
    if Watch.objects.filter(pack=pack).exists():
        return
    today = time.today()
    try:
        with transaction.atomic():
            Watch.objects.create(pack=pack, began_on=today, through_on=today, looked_at=time.now())
            jobs.schedule([(SWEEP, uuid5(_SPACE, pack), pack, time.at_china(today + timedelta(days=1), 0))])
    except IntegrityError:  # Another worker began at the same moment.
        return


@transaction.atomic
def sweep(pack: str) -> list[Card]:
    """Issue all cards that are due at a place by this moment and were not issued yet; lift warnings that are over. Return the new ones.

    The place's row is locked first: two workers look one after the other.
    """
    watch = Watch.objects.select_for_update(of=("self",)).get(pack=pack)
    on, rules = time.today(), thresholds.table(pack)
    since_on = watch.through_on - timedelta(days=BACK)
    issued = issue(pack, [
        *_nearing(pack, on, watch.through_on, rules), *_run_out(pack, on, since_on), *_steps(pack, on, since_on),
        *looking.found_since(pack, time.at_china(since_on, 0)), *_entries(pack, time.at_china(since_on, 0), rules),
        *looking.ungranted(pack, since_on),
        *looking.unaccepted(pack, watched.decided_unaccepted(pack, orgs.organisations(pack))),
    ])  # fmt: skip
    issued += issue(pack, _uncured(pack, on))
    issued += issue(pack, _too_many(pack, on, rules))
    lifting.lift(pack)
    patterns.find(pack, since_on=since_on, on=on, began_on=watch.began_on)
    watch.through_on, watch.looked_at = on, time.now()
    watch.save(update_fields=["through_on", "looked_at"])
    return issued


def is_behind(pack: str) -> bool:
    """Return whether a place was not looked at this morning. One query."""
    row = Watch.objects.filter(pack=pack).values_list("through_on", flat=True).first()
    return row is not None and row < time.today()


def stops_of(rows: Iterable[Mapping[str, Any]]) -> list[Stop]:
    """Return the stops of a case's row as values."""
    return [
        Stop(date.fromisoformat(row["start_on"]), date.fromisoformat(row["expected_on"]),
             date.fromisoformat(row["end_on"]) if row["end_on"] else None, watched.is_statutory(row["kind"]))
        for row in rows
    ]  # fmt: skip


def _closed_on(at: datetime | None) -> date | None:
    return time.day_of(at) if at else None


def _midnight(on: date) -> datetime:
    """Return the moment at which a day is over."""
    return time.at_china(on + timedelta(days=1), 0)


def _run_out(pack: str, on: date, since_on: date) -> list[Cause]:
    """Promises and statutory days that ended unmet; where both did, each is a cause of its own."""
    desks = orgs.organisations(pack)
    rows = watched.run_out(pack, desks, on=on, closed_since=time.at_china(since_on, 0), since_on=since_on)
    found = []
    for row in rows:
        closed_on, stops = _closed_on(row.closed_at), stops_of(row.stops)
        if watching.is_over(row.due_on, on=on, closed_on=closed_on, stops=stops):
            assert row.due_on is not None
            found.append(_of_clock("promise_over", row, row.due_on, "承诺", closed_on))
        if watching.is_over(row.statutory_due_on, on=on, closed_on=closed_on, stops=stops, all_clocks=True):
            assert row.statutory_due_on is not None
            found.append(_of_clock("statutory_over", row, row.statutory_due_on, "法定", closed_on))
    return found


def _of_clock(kind: str, row: Clock, due_on: date, name: str, closed_on: date | None) -> Cause:
    done = f"，{closed_on} 才办结" if closed_on else "，还没有办结"
    return Cause(
        kind=kind, subject_kind="case", subject=str(row.case_id), occurrence=row.accepted_at.isoformat(timespec="seconds"),
        organisation=row.organisation, arose_at=_midnight(due_on), title=row.name, subject_number=row.number,
        words=f"{row.organisation_name}办理的“{row.name}”{name}时限到 {due_on} 届满{done}", case_id=row.case_id,
        item_code=row.item_code, facts=_facts(row),
    )  # fmt: skip


def _facts(row: Clock) -> tuple[tuple[str, str], ...]:
    accepted = time.day_of(row.accepted_at)
    return (
        ("受理", str(accepted)), ("承诺工作日", str(row.limit_days)), ("承诺到期", str(row.due_on or "—")),
        ("法定到期", str(row.statutory_due_on or "—")), ("停止计时", f"{len(row.stops)} 次"),
        ("办结", str(_closed_on(row.closed_at) or "还没有")),
    )  # fmt: skip


def _nearing(pack: str, on: date, through_on: date, rules: Table) -> list[Cause]:
    """Promises that became nearly over on a morning since the last look, while open and running."""
    desks: dict[int, list[str]] = {}
    for unit in orgs.organisations(pack):
        desks.setdefault(rules.of(unit).version, []).append(unit)
    found = []
    for row in rules.all:
        if row.thresholds.use("promise_near").is_on and row.version in desks:
            found += _nearing_at(pack, desks[row.version], on, through_on, row.thresholds)
    return found


def _nearing_at(pack: str, desks: list[str], on: date, through_on: date, rules: Thresholds) -> list[Cause]:
    calendar = calendars.calendar()
    days = {limit: watching.near_days(limit, days=rules.near_days, percent=rules.near_percent)
            for limit in watched.limits(desks, since_on=through_on) if limit >= rules.near_least}  # fmt: skip
    back = (on - through_on).days + BACK
    ends = {
        tuple(sorted(limit for limit, n in days.items() if n == left)):
            watching.ends_nearing(on, days=left, calendar=calendar, back=back)
        for left in sorted(set(days.values()))
    }  # fmt: skip
    found = []
    for row in watched.nearing(pack, desks, ends, open_at=time.at_china(through_on + timedelta(days=1), 0)):
        assert row.due_on is not None
        stops, started_on, closed_on = stops_of(row.stops), time.day_of(row.accepted_at), _closed_on(row.closed_at)
        mornings = (
            day for day in watching.days_after(min(through_on, on - timedelta(days=1)), on)
            if watching.is_near(row.due_on, on=day, days=days[row.limit_days], started_on=started_on, closed_on=closed_on,
                                stops=stops, calendar=calendar)
        )  # fmt: skip
        morning = next(mornings, None)
        if morning is not None:
            found.append(_near(row, morning))
    return found


def _near(row: Clock, morning: date) -> Cause:
    return Cause(
        kind="promise_near", subject_kind="case", subject=str(row.case_id), organisation=row.organisation,
        occurrence=row.accepted_at.isoformat(timespec="seconds"), arose_at=time.at_china(morning, 0), title=row.name,
        subject_number=row.number, words=f"“{row.name}”承诺 {row.limit_days} 个工作日，{row.due_on} 到期，还没有办结",
        case_id=row.case_id, item_code=row.item_code, facts=_facts(row),
    )  # fmt: skip


def _steps(pack: str, on: date, since_on: date) -> list[Cause]:
    """Steps, 会签 and 征求意见 whose own limit ended unmet."""
    names, calendar, found = orgs.organisations(pack), calendars.calendar(), []
    for row in watched.steps_run_out(pack, names, on=on, done_since=time.at_china(since_on, 0)):
        end_on = watching.step_end(
            time.day_of(row.opened_at), row.step_due_on, stops=stops_of(row.stops), calendar=calendar
        )
        done_on = _closed_on(row.done_at or row.case_closed_at)
        if end_on is not None and watching.is_over(end_on, on=on, closed_on=done_on):
            found.append(_of_step(row, end_on, done_on, names[row.organisation].name))
    return found


def _of_step(row: Step, end_on: date, done_on: date | None, unit: str) -> Cause:
    done = f"，{done_on} 才办完" if done_on else "，还没有办完"
    return Cause(
        kind="step_over", subject_kind="task", subject=str(row.task_id), organisation=row.organisation,
        arose_at=_midnight(end_on), title=row.case_name, subject_number=row.number, person=row.person, item_code=row.item_code,
        words=f"{unit}的“{row.name}”到 {end_on} 到期{done}", case_id=row.case_id,
        facts=(("环节", row.name), ("开始", str(time.day_of(row.opened_at))), ("到期", str(end_on)),
               ("办完", str(done_on or "还没有"))),
    )  # fmt: skip


def _entries(pack: str, since: datetime, rules: Table) -> list[Cause]:
    """Services of papers (送达) that were entered later than allowed after the day on which they happened."""
    late = [row for row in documents.served_since(since) if time.day_of(row.at) > row.served_on]
    known = looking.cases_of([row.paper.subject_id for row in late], pack)
    return [
        Cause(
            kind="late_reporting", subject_kind="service", subject=str(row.pk), organisation=case.organisation, arose_at=row.at,
            title=case.name, subject_number=case.number, item_code=case.item_code, person=row.by_name, case_id=case.pk,
            words=f"{row.paper.title}（{row.paper.number}）登记的送达日期是 {row.served_on}，{time.day_of(row.at)} 才登记",
            facts=(("文书", row.paper.number), ("送达", str(row.served_on)), ("登记", str(time.day_of(row.at))), ("登记人", row.by_name)),
        )
        for row in late if (case := known.get(row.paper.subject_id)) is not None
        and watching.is_late_entry(row.served_on, entered_on=time.day_of(row.at), calendar=calendars.calendar(),
                                   days=rules.of(case.organisation).thresholds.entry_days)
    ]  # fmt: skip


def _uncured(pack: str, on: date) -> list[Cause]:
    """Yellow cards on which no rectification was reported in time. An open or upheld appeal, a cancellation, hold it."""
    late = Q(rectified_on=None) | Q(rectified_on__gt=F("cure_by_on"))
    rows = Standing.objects.filter(
        late, card__pack=pack, card__level=Level.YELLOW.value, cure_by_on__lt=on, appeal__in=[Appeal.NONE.value, Appeal.DISMISSED.value],
        state__in=LIVE,
    )  # fmt: skip
    already = Card.objects.filter(pack=pack, rule="uncured").values("subject")
    rows = rows.exclude(card__number__in=already).select_related("card")
    return [
        Cause(
            kind="uncured", subject_kind="card", subject=row.card.number, organisation=row.card.organisation,
            arose_at=_midnight(row.cure_by_on), title=row.card.title, subject_number=row.card.subject_number,
            person=row.card.person_name, item_code=row.card.item_code, case_id=row.card.case_id,
            words=f"黄牌 {row.card.number} 到 {row.cure_by_on} 没有报整改",
            facts=(("黄牌", row.card.number), ("发出", str(row.card.issued_on)), ("整改期限", str(row.cure_by_on))),
        )
        for row in rows
    ]  # fmt: skip


def _too_many(pack: str, on: date, rules: Table) -> list[Cause]:
    """Units with too many yellow cards in this month or, on its first days, the month before; one red card a month."""
    months = {(day.year, day.month) for day in (on, on - timedelta(days=BACK))}
    found: dict[tuple[str, str], list[Card]] = {}
    for year, month in sorted(months):
        rows = Card.objects.filter(
            pack=pack, level=Level.YELLOW.value, issued_on__year=year, issued_on__month=month, standing__counts=True
        ).order_by("issued_at", "year", "serial")  # fmt: skip
        for card in rows.only("organisation", "organisation_name", "number", "issued_at", "words"):
            found.setdefault((card.organisation, f"{year}-{month:02d}"), []).append(card)
    return [
        Cause(
            kind="three_yellows", subject_kind="unit", subject=f"{pack}:{unit}", occurrence=month, organisation=unit,
            arose_at=cards[most - 1].issued_at, title=f"{cards[0].organisation_name} {month}",
            words=f"{cards[0].organisation_name}在 {month} 已有 {most} 张黄牌",
            facts=tuple((card.number, card.words) for card in cards[:most]),
        )
        for (unit, month), cards in found.items() if len(cards) >= (most := rules.of(unit).thresholds.yellows_a_month)
    ]  # fmt: skip
