"""Handle a bad rating: its clocks, verifying, settling by one of three branches. Never by whoever dealt with the matter.

Source: 国办发〔2019〕51号; standards reference 4.2.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from tongban.audit import services as audit
from tongban.calendars import queries as calendars
from tongban.core import time
from tongban.core.actor import Actor
from tongban.evaluation import events, permissions
from tongban.evaluation.models import Act, BadRating, Rating
from tongban.evaluation.queries import links
from tongban.evaluation.queries.terms import terms
from tongban.evaluation.rules import handling as rules
from tongban.evaluation.rules.handling import BRANCH_WORDS, FINDING_WORDS, State
from tongban.jobs import services as jobs
from tongban.notices import services as notices
from tongban.notices.services import Told
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.outbox import services as outbox

VERIFY, SETTLE = "evaluation.verify", "evaluation.settle"


def open_bad(rating: Rating, *, at: datetime) -> BadRating:
    """Open the handling of a bad rating: number, both limits, both timers. Inside the caller's transaction."""
    found, on = terms(rating.pack), time.day_of(at)
    limits = rules.limits(
        on, verify_days=found.verify_days, settle_days=found.settle_days, calendar=calendars.calendar()
    )
    number = jobs.next_serial(f"evaluation:{rating.pack}:{on:%Y%m%d}")
    bad = BadRating.objects.create(
        rating=rating, pack=rating.pack, number=f"差评{on:%Y%m%d}-{number:04d}", organisation=rating.organisation,
        state=State.OPEN, opened_at=at, verify_by_on=limits.verify.due_on, settle_by_on=limits.settle.due_on,
    )  # fmt: skip
    note(bad, "open", "", by=Actor.system(), at=at)
    keep_timers(bad)
    outbox.publish(events.BadRatingOpened(str(bad.pk), at.isoformat()))
    _tell(bad)
    return bad


def _tell(bad: BadRating) -> None:
    """Tell those who handle it and the heads of the unit, but nobody who dealt with the matter."""
    body = permissions.handling_body(bad.pack, bad.organisation)
    told = orgs.colleagues(body, Role.SUPERVISOR.value) | orgs.colleagues(bad.organisation, Role.HEAD.value)
    notices.tell_desk([
        Told(set(told) - permissions.concerned(bad.rating.invitation), f"bad-{bad.pk.hex}", f"收到差评 {bad.number}",
             f"{bad.verify_by_on} 前核实，{bad.settle_by_on} 前办结。", f"/supervise/evaluation/bad/{bad.pk}")
    ])  # fmt: skip


def keep_timers(bad: BadRating) -> None:
    """Let a bad rating have just the timers it needs now, each at the end of the last day of its limit."""
    wanted = {}
    if bad.state == State.OPEN and bad.verify_missed_at is None:
        wanted[VERIFY, str(bad.verify_by_on)] = _end_of(bad.verify_by_on)
    if bad.state in (State.OPEN, State.VERIFIED) and bad.settle_missed_at is None:
        wanted[SETTLE, str(bad.settle_by_on)] = _end_of(bad.settle_by_on)
    jobs.keep(bad.pk, wanted)


def _end_of(on: date) -> datetime:
    """Return the end of a day in China (24:00). Source: 民法典 art. 203."""
    return time.at_china(on + timedelta(days=1), 0)


def note(bad: BadRating, verb: str, words: str, *, by: Actor, at: datetime) -> None:
    """Write down what was done, and audit it. Inside the caller's transaction."""
    Act.objects.create(
        bad_rating=bad, verb=verb, words=words[:500], at=at, account_id=by.account_id, by_name=by.name or "系统"
    )
    audit.record(f"evaluation.{verb}", "bad_rating", bad.pk, by=by, organisation=bad.organisation, reason=words[:64])


def locked(bad_id: UUID) -> BadRating:
    """Return a bad rating with its row locked. Raises NotFound."""
    row = BadRating.objects.select_for_update(of=("self",)).select_related(
        "rating__invitation__joint_case__applicant", "rating__invitation__case"
    ).filter(pk=bad_id).first()  # fmt: skip
    if row is None:
        raise permissions.hidden()
    return row


@transaction.atomic
def miss(bad_id: UUID, kind: str, *, effective_at: datetime) -> bool:
    """Write down that a limit ("verify" or "settle") passed, and tell supervision; return whether it had to be. Idempotent."""
    bad = locked(bad_id)
    return _missed(bad, kind, effective_at)


def _missed(bad: BadRating, kind: str, effective_at: datetime) -> bool:
    if kind == "verify":
        if bad.state != State.OPEN or bad.verify_missed_at is not None:
            return False
        bad.verify_missed_at = effective_at
    else:
        if bad.state not in (State.OPEN, State.VERIFIED) or bad.settle_missed_at is not None:
            return False
        bad.settle_missed_at = effective_at
    bad.save(update_fields=["verify_missed_at", "settle_missed_at"])
    note(bad, f"miss_{kind}", "", by=Actor.system(), at=effective_at)
    outbox.publish(events.BadRatingLate(str(bad.pk), kind, effective_at.isoformat()))
    return True


def _catch_up(bad: BadRating, at: datetime) -> None:
    """Write down what is late though no worker has come by yet: an act of the next morning is late all the same."""
    for kind, due_on in (("verify", bad.verify_by_on), ("settle", bad.settle_by_on)):
        if time.day_of(at) > due_on:
            _missed(bad, kind, _end_of(due_on))


@transaction.atomic
def verify(bad_id: UUID, *, finding: str, branch: str, facts: str, plan_on: date | None = None, by: Actor) -> BadRating:
    """Verify a bad rating (核实): what was found, how it is settled. Raises NotFound, NotAllowed, Invalid, Conflict."""
    bad = locked(bad_id)
    permissions.require_handler(bad, by=by)
    after = rules.after("verify", State(bad.state))
    found, way = rules.checked_finding(finding, branch)
    words = rules.checked_words(facts, "核实的情况和理由", field="facts")
    at = time.now()
    day = rules.checked_plan(way, plan_on, today=time.day_of(at), settle_by_on=bad.settle_by_on)
    _catch_up(bad, at)
    bad.state, bad.verified_at, bad.finding, bad.branch, bad.facts, bad.plan_on = after, at, found, way, words, day
    bad.save()
    said = f"{FINDING_WORDS[found]}；{BRANCH_WORDS[way]}{f'，限 {day} 前' if day else ''}。{words}"
    note(bad, "verify", said, by=by, at=at)
    keep_timers(bad)
    outbox.publish(events.BadRatingVerified(str(bad.pk), at.isoformat()))
    return bad


@transaction.atomic
def settle(bad_id: UUID, *, result: str, by: Actor) -> BadRating:
    """Settle a verified bad rating (整改、解释说明) and answer who gave it. Raises NotFound, NotAllowed, Invalid, Conflict.

    The answer goes to the applicant's inbox; whoever writes it does not learn to whom.
    """
    bad = locked(bad_id)
    permissions.require_handler(bad, by=by)
    after = rules.after("settle", State(bad.state))
    words = rules.checked_words(result, "处理结果和给评价人的答复", field="result")
    at = time.now()
    _catch_up(bad, at)
    bad.state, bad.settled_at, bad.result = after, at, words
    bad.save()
    note(bad, "settle", words, by=by, at=at)
    keep_timers(bad)
    invitation = bad.rating.invitation
    notices.notify(
        [invitation.joint_case.applicant_id], title=f"你的评价有了处理结果：{invitation.title}",
        text=f"{invitation.organisation_name}答复：{words}"[:500], link=links.path(invitation.pk),
    )  # fmt: skip
    outbox.publish(events.BadRatingSettled(str(bad.pk), at.isoformat()))
    return bad


def note_supplement(rating: Rating, *, at: datetime) -> None:
    """Write down with a bad rating that its giver added something. Inside the caller's transaction."""
    bad = BadRating.objects.filter(rating=rating).first()
    if bad is not None:
        note(bad, "supplement", "", by=Actor(name="评价人"), at=at)
