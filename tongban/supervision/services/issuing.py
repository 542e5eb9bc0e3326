"""Issue cards: numbered per place and year without gaps, never two for one cause, with the facts frozen.

Source: GB/T 39046—2020 table 11; standards reference 7.3; assurance R05.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from tongban.audit import services as audit
from tongban.calendars import queries as calendars
from tongban.cases.queries import watched
from tongban.core import db, time
from tongban.core.actor import Actor
from tongban.jobs import services as jobs
from tongban.notices import services as notices
from tongban.notices.services import Told
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.outbox import services as outbox
from tongban.rules import clock
from tongban.supervision.events import CardIssued
from tongban.supervision.models import Act, Card, Standing
from tongban.supervision.queries import thresholds
from tongban.supervision.queries.thresholds import Table
from tongban.supervision.rules.kinds import KINDS, LEVEL_WORDS, Level

WATCH = Actor.system("系统（电子监察）")


@dataclass(frozen=True)
class Cause:
    """What is cause for a card: the kind, what it is about, which time, since when, whose fault, the facts."""

    kind: str
    subject_kind: str
    subject: str
    organisation: str
    arose_at: datetime
    words: str
    title: str
    occurrence: str = ""
    subject_number: str = ""
    case_id: UUID | None = None
    item_code: str = ""
    person: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes a cause one and the same."""
        return (self.kind, self.subject, self.occurrence)


@transaction.atomic
def issue(pack: str, causes: Sequence[Cause]) -> list[Card]:
    """Issue a card for each cause that has none yet, in the order of the causes' moments. Return the new ones.

    The counter of the year is locked before anything is looked up: whoever issues at the same moment waits and then
    sees these cards. A cause of a kind that the place, or the unit's region, has switched off is passed over.
    """
    rules = thresholds.table(pack)
    wanted = {cause.key: cause for cause in causes if rules.of(cause.organisation).thresholds.use(cause.kind).is_on}
    at = time.now()
    scope = f"card:{pack}:{time.day_of(at).year}"
    if not wanted:
        return []
    jobs.next_serial(scope, count=0)
    for key in _known(list(wanted)):
        wanted.pop(key)
    if not wanted:
        return []
    fresh = sorted(wanted.values(), key=lambda cause: (cause.arose_at, cause.kind, cause.subject))
    first = jobs.next_serial(scope, count=len(fresh))
    cards = _cards(pack, fresh, rules, first=first, at=at)
    db.insert_many(Card, cards)
    _stand(cards, rules)
    _notify(cards)
    audit.record_all(
        [audit.entry("cards.issue", "card", card.pk, by=WATCH, organisation=card.organisation) for card in cards]
    )
    outbox.publish(
        *[CardIssued(str(card.pk), card.level, card.rule, card.organisation, at.isoformat()) for card in cards]
    )
    return cards


def _known(keys: list[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    found: set[tuple[str, str, str]] = set()
    subjects = sorted({subject for _, subject, _ in keys})
    for start in range(0, len(subjects), watched.MOST):
        rows = Card.objects.filter(subject__in=subjects[start : start + watched.MOST])
        found |= set(rows.values_list("rule", "subject", "occurrence"))
    return found & set(keys)


def _cards(pack: str, causes: list[Cause], rules: Table, *, first: int, at: datetime) -> list[Card]:
    names, region, on = orgs.organisations(pack), orgs.place(pack).region, time.day_of(at)
    about = [cause.case_id for cause in causes if cause.case_id]
    events: dict[UUID, list[watched.Happening]] = {}
    for row in watched.happenings(about):
        events.setdefault(row.case_id, []).append(row)
    people = watched.working_on(about)
    cards = []
    for serial, cause in enumerate(causes, first):
        held = rules.of(cause.organisation)
        kind, use = KINDS[cause.kind], held.thresholds.use(cause.kind)
        org = names.get(cause.organisation)
        evidence = {
            "facts": [list(fact) for fact in cause.facts],
            "rule": {"number": kind.number, "name": kind.name, "when": kind.when, "level": use.level, "points": use.points},
            "events": [
                {"id": row.id, "seq": row.seq, "words": row.words, "at": row.at.isoformat(), "by": row.by_name, "said": row.reason}
                for row in events.get(cause.case_id, [])
            ] if cause.case_id else [],
        }  # fmt: skip
        person = cause.person or (people.get(cause.case_id, "") if cause.case_id else "")
        cards.append(Card(
            pack=pack, year=on.year, serial=serial, number=f"{region[:6]}{on.year}J{serial:06d}", rule=cause.kind,
            thresholds=held.version, level=use.level, points=use.points, arose_at=cause.arose_at, words=cause.words[:400],
            organisation=cause.organisation, organisation_name=org.name if org else cause.organisation, person_name=person[:60],
            demand=kind.demand, issued_at=at, issued_on=on, subject_kind=cause.subject_kind, subject=cause.subject,
            occurrence=cause.occurrence, case_id=cause.case_id, subject_number=cause.subject_number, title=cause.title[:200],
            item_code=cause.item_code, evidence=evidence,
        ))  # fmt: skip
    return cards


def _stand(cards: list[Card], rules: Table) -> None:
    on = cards[0].issued_on
    by_on = {
        row.version: (working_day(on, row.thresholds.appeal_days), working_day(on, row.thresholds.cure_days))
        for row in rules.all
    }
    db.insert_many(Standing, [
        Standing(card=card, act_count=1, appeal_by_on=by_on[card.thresholds][0], cure_by_on=by_on[card.thresholds][1])
        for card in cards
    ])  # fmt: skip


def working_day(start_on: date, days: int) -> date:
    """Return the last of some working days after a day."""
    return clock.due(start_on, limit=days, unit="workday", calendar=calendars.calendar()).due_on


def _notify(cards: list[Card]) -> None:
    """Tell the heads of the unit of yellow and red cards, and write it down; warnings they find in the morning's digest."""
    loud = [card for card in cards if card.level != Level.BLUE]
    units = {card.organisation: orgs.colleagues(card.organisation, Role.HEAD.value) for card in loud}
    heads = {card.pk: list(units[card.organisation].values()) for card in loud}
    notices.tell_desk(
        Told(units[card.organisation], f"card-{card.pk.hex}", f"{LEVEL_WORDS[Level(card.level)]} {card.number}",
             f"{card.words}。{card.demand}", f"/supervise/cards/{card.pk}")
        for card in loud
    )  # fmt: skip
    db.insert_many(Act, [
        Act(card=card, seq=1, verb="notify", at=card.issued_at, by_name=WATCH.name,
            words=_sent(card, heads.get(card.pk, [])), facts={"to": card.organisation, "heads": heads.get(card.pk, [])})
        for card in cards
    ])  # fmt: skip


def _sent(card: Card, heads: list[str]) -> str:
    if card.level == Level.BLUE:
        return f"已列入{card.organisation_name}的监察牌清单和早间提醒"
    return f"已发给{card.organisation_name}" + (f"，负责人：{'、'.join(heads)}" if heads else "")
