"""Bad ratings as supervisors and the leads of units see them: what was said, both clocks, what was done; never who said it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from tongban.calendars import queries as calendars
from tongban.core import time
from tongban.core.actor import Actor
from tongban.evaluation import permissions
from tongban.evaluation.models import BadRating, Rating
from tongban.evaluation.queries import crowd
from tongban.evaluation.queries.terms import terms
from tongban.evaluation.rules import handling, privacy
from tongban.evaluation.rules.grades import CHANNEL_WORDS, KIND_WORDS, WORDS, Channel, Grade, Kind, stars
from tongban.evaluation.rules.handling import State
from tongban.rules.clock import Lamp, WorkingCalendar
from tongban.rules.errors import NotAllowed

VIEWS = {
    "open": "待核实",
    "verified": "待整改",
    "late": "超时",
    "appealed": "申诉中",
    "publish": "待公开",
    "excluded": "不计入",
    "all": "全部",
}


@dataclass(frozen=True)
class Clock:
    """One of the two clocks of a bad rating: its last day, its lamp and the words beside it."""

    due_on: date
    lamp: Lamp
    words: str


@dataclass(frozen=True)
class BadRow:
    """A bad rating in a list. There is no field that says who rated, nor in which case."""

    id: UUID
    number: str
    organisation: str
    organisation_name: str
    kind_words: str
    title: str
    window: str
    grade: int
    grade_words: str
    stars: int
    opened_at: datetime
    state: str
    state_words: str
    verify: Clock
    settle: Clock
    is_appealed: bool


def names_of(rating: Rating) -> list[str]:
    """Return the names and numbers of who stands behind a rating, to take them out of texts. Never shown."""
    joint = rating.invitation.joint_case
    found = [
        joint.applicant_name,
        joint.applicant.name,
        joint.contact_phone,
        joint.applicant.phone,
        joint.applicant.code,
        joint.number,
    ]
    found += [joint.agent.name, joint.agent.phone, joint.agent.code] if joint.agent else []
    found += [rating.invitation.case.number] if rating.invitation.case else []
    return [name for name in found if name]


_RELATED = (
    "rating", "rating__supplement", "rating__window", "rating__invitation", "rating__invitation__joint_case",
    "rating__invitation__joint_case__applicant", "rating__invitation__joint_case__agent", "rating__invitation__case",
)  # fmt: skip


def _guessable(pack: str, *, by: Actor) -> Callable[[BadRating], bool]:
    """Return what tells whether the actor could guess by the matter who rated so: a lead of the unit, where few had the same."""
    if permissions.supervises(pack, by=by) or not by.organisations_as(*permissions.LEADS):
        return lambda row: False
    least = terms(pack).least_persons
    return lambda row: crowd.is_few(row.rating, least=least)


def rows_of(
    pack: str,
    *,
    view: str = "all",
    organisation: str = "",
    since: date | None = None,
    until: date | None = None,
    by: Actor,
) -> QuerySet[BadRating]:
    """Return the bad ratings of a view that the actor may know of, those with the nearest deadline first.

    `since` and `until` are days of the rating, both included.
    """
    rows = permissions.visible_to(by, pack).select_related("rating__invitation", "rating__window")
    if organisation:
        rows = rows.filter(organisation=organisation)
    if since is not None:
        rows = rows.filter(opened_at__gte=time.at_china(since, 0))
    if until is not None:
        rows = rows.filter(opened_at__lt=time.at_china(until + timedelta(days=1), 0))
    running = Q(state__in=[State.OPEN, State.VERIFIED])
    wanted: dict[str, Q] = {
        "open": Q(state=State.OPEN), "verified": Q(state=State.VERIFIED), "appealed": Q(appeals__decided_at=None, appeals__isnull=False),
        "late": running & (Q(state=State.OPEN, verify_missed_at__isnull=False) | Q(settle_missed_at__isnull=False)),
        "publish": Q(state=State.SETTLED, published_at=None),
    }  # fmt: skip
    if view == "excluded":
        return rows.filter(state=State.EXCLUDED).order_by("-opened_at")
    if view in wanted:
        return rows.filter(wanted[view]).order_by("settle_by_on", "opened_at")
    return rows.order_by("-opened_at")


def shown(rows: list[BadRating], *, by: Actor) -> list[BadRow]:
    """Return bad ratings of one place as a list shows them. A query for the appeals; for leads of units a small one each."""
    on, calendar = time.today(), calendars.calendar()
    appealed = set(
        BadRating.objects.filter(pk__in=[row.pk for row in rows], appeals__isnull=False, appeals__decided_at=None)
        .values_list("pk", flat=True)
    )  # fmt: skip
    is_few = _guessable(rows[0].pack, by=by) if rows else None
    return [
        _row(row, on, calendar, is_appealed=row.pk in appealed, is_few=bool(is_few and is_few(row))) for row in rows
    ]


def _row(row: BadRating, on: date, calendar: WorkingCalendar, *, is_appealed: bool, is_few: bool) -> BadRow:
    rating = row.rating
    invitation, window = rating.invitation, rating.window
    excluded = row.state == State.EXCLUDED
    clocks = []
    for due_on, done_at in ((row.verify_by_on, row.verified_at), (row.settle_by_on, row.settled_at)):
        lamp, words = handling.lamp(due_on, time.day_of(done_at) if done_at else None, on=on, calendar=calendar)
        clocks.append(Clock(due_on, *((Lamp.OFF, "不再计时") if excluded and done_at is None else (lamp, words))))
    return BadRow(
        id=row.pk, number=row.number, organisation=row.organisation, organisation_name=invitation.organisation_name,
        kind_words=KIND_WORDS[Kind(invitation.kind)],
        title=crowd.shown(invitation.title, is_few=is_few),
        window=f"{window.place} {window.number} 号窗口" if window else "", grade=rating.grade,
        grade_words=WORDS[Grade(rating.grade)], stars=stars(rating.grade), opened_at=row.opened_at, state=row.state,
        state_words=handling.STATE_WORDS[State(row.state)], verify=clocks[0], settle=clocks[1], is_appealed=is_appealed,
    )  # fmt: skip


@dataclass(frozen=True)
class ActRow:
    """What was done, by whom, with what words."""

    words: str
    text: str
    at: datetime
    by_name: str


@dataclass(frozen=True)
class AppealRow:
    """An appeal and what was decided."""

    plea: str
    words: str
    at: datetime
    is_upheld: bool | None
    decision: str


@dataclass(frozen=True)
class BadView:
    """A bad rating with all its page shows. Texts are without persons; nothing leads to who rated."""

    row: BadRow
    options: tuple[str, ...]
    text: str
    supplement: str
    channel: str
    wants_call_back: bool
    finding: str
    branch: str
    facts: str
    plan_on: date | None
    result: str
    public_text: str
    published_at: datetime | None
    called_back_at: datetime | None
    acts: list[ActRow]
    appeals: list[AppealRow]
    may: frozenset[str]
    why_not: str


def bad(bad_id: UUID, *, by: Actor, pack: str) -> BadView:
    """Return a bad rating with what was done about it and what the actor may do now. Raises NotFound."""
    row = permissions.visible_to(by, pack).select_related(*_RELATED).filter(pk=bad_id).first()
    if row is None:
        raise permissions.hidden()
    rating, names = row.rating, names_of(row.rating)
    appeals = list(row.appeals.order_by("at"))
    added = getattr(rating, "supplement", None)
    is_appealed = any(a.decided_at is None for a in appeals)
    may, why_not = _acts(row, open_appeal=is_appealed, by=by)
    return BadView(
        row=_row(row, time.today(), calendars.calendar(), is_appealed=is_appealed, is_few=_guessable(pack, by=by)(row)),
        options=tuple(words for _, words in rating.options), text=privacy.scrubbed(rating.text, names=names),
        supplement=privacy.scrubbed(added.text, names=names) if added else "", channel=CHANNEL_WORDS[Channel(rating.channel)],
        wants_call_back=rating.wants_call_back, finding=handling.FINDING_WORDS[handling.Finding(row.finding)] if row.finding else "",
        branch=handling.BRANCH_WORDS[handling.Branch(row.branch)] if row.branch else "", facts=row.facts, plan_on=row.plan_on,
        result=row.result, public_text=row.public_text, published_at=row.published_at, called_back_at=row.called_back_at,
        acts=[
            ActRow(handling.VERB_WORDS[a.verb], privacy.scrubbed(a.words, names=names), a.at, a.by_name)
            for a in row.acts.order_by("at", "pk")
        ],
        appeals=[AppealRow(handling.PLEA_WORDS[handling.Plea(a.plea)], a.words, a.at, a.is_upheld, a.decision) for a in appeals],
        may=may, why_not=why_not,
    )  # fmt: skip


def _acts(row: BadRating, *, open_appeal: bool, by: Actor) -> tuple[frozenset[str], str]:
    """Return which acts the page offers, and why handling is not among them."""
    state, found = State(row.state), set[str]()
    has_judge = bool(permissions.judge(row.pack, row.organisation))
    if by.has_role(row.organisation, *permissions.LEADS) and not open_appeal and state != State.EXCLUDED:
        found.add("appeal" if has_judge else "appeal_elsewhere")
    try:
        permissions.require_handler(row, by=by)
    except NotAllowed as refusal:
        return frozenset(found), f"{refusal.message}。{refusal.remedy}"
    found |= {verb for verb, at in handling.MOVES if at == state and verb != "exclude"}
    if permissions.reviews(row, by=by):
        found |= {"call_back", "unmask"} | ({"decide"} if open_appeal and has_judge else set())
        if state == State.SETTLED:
            found.add("publish")
    return frozenset(found), ""


@dataclass(frozen=True)
class Brief:
    """A bad rating for services of other apps: supervision, feedback. Nothing leads to who rated."""

    id: UUID
    number: str
    pack: str
    organisation: str
    organisation_name: str
    region: str
    kind: str
    item_code: str
    title: str
    grade: int
    text: str
    options: tuple[str, ...]
    opened_at: datetime
    state: str
    verify_by_on: date
    settle_by_on: date
    verified_at: datetime | None
    settled_at: datetime | None
    verify_missed_at: datetime | None
    settle_missed_at: datetime | None


def brief(bad_id: UUID) -> Brief:
    """Return the facts of a bad rating, its text without persons, its title only where many had the same matter. Raises NotFound.

    `item_code` is for counting and finding, not to be shown to the unit beside a single rating.
    """
    row = BadRating.objects.filter(pk=bad_id).select_related(*_RELATED).first()
    if row is None:
        raise permissions.hidden()
    return _brief(row, least=terms(row.pack).least_persons)


def briefs(pack: str, *, item_code: str = "", since: date | None = None) -> list[Brief]:
    """Return the bad ratings of a place, or of an item, that count, the newest first: at most 500."""
    rows = BadRating.objects.filter(pack=pack).exclude(state=State.EXCLUDED).select_related(*_RELATED)
    if item_code:
        rows = rows.filter(rating__item_code=item_code)
    if since is not None:
        rows = rows.filter(opened_at__gte=time.at_china(since, 0))
    least = terms(pack).least_persons
    return [_brief(row, least=least) for row in rows.order_by("-opened_at")[:500]]


def _brief(row: BadRating, *, least: int) -> Brief:
    rating = row.rating
    return Brief(
        id=row.pk, number=row.number, pack=row.pack, organisation=row.organisation,
        organisation_name=rating.invitation.organisation_name, region=rating.region, kind=rating.invitation.kind,
        item_code=rating.item_code,
        title=crowd.shown(rating.invitation.title, is_few=crowd.is_few(rating, least=least)), grade=rating.grade,
        text=privacy.scrubbed(rating.text, names=names_of(rating)), options=tuple(words for _, words in rating.options),
        opened_at=row.opened_at, state=row.state, verify_by_on=row.verify_by_on, settle_by_on=row.settle_by_on,
        verified_at=row.verified_at, settled_at=row.settled_at, verify_missed_at=row.verify_missed_at,
        settle_missed_at=row.settle_missed_at,
    )  # fmt: skip
