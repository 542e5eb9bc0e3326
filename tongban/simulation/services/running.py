"""Run day after day: applicants come, desks work, timers fire, each at its moment, by the real services.

Acts are committed in batches. After each day the place remembers how far it came, so that a run can be resumed.
Source: architecture 2.9; assurance R04.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from tongban.calendars import queries as calendars
from tongban.cases.queries import simulated
from tongban.core import db, time
from tongban.identity.queries import Account
from tongban.jobs import services as jobs
from tongban.orgs import queries as orgs
from tongban.outbox import services as outbox
from tongban.simulation.rules import Mix, pick
from tongban.simulation.services.answering import Answerers
from tongban.simulation.services.applying import Wishes
from tongban.simulation.services.people import Cast
from tongban.simulation.services.rating import Raters
from tongban.simulation.services.working import Desk

BATCH = 500  # acts to a commit
LIVE_BATCH = 5  # while others write beside
SWEEPS = ((9, 30), (11, 0), (14, 30), (16, 0))  # when the desks look at their lists, in China
RATING = (20, 0)  # when people rate what was decided the days before, and bad ratings are handled
ANSWERING = (21, 0)  # when heads answer for the cards of their units
EVENING = (22, 0)


@dataclass(frozen=True)
class Run:
    """What a simulation is asked for."""

    place: str
    first_on: date
    days: int
    cases_per_day: int
    seed: int = 2026
    mix: Mix = field(default_factory=Mix)
    until: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """How far a run came after a day."""

    on: date
    submitted: int
    acts: int
    fired: int


def run(
    wanted: Run, *, known: Sequence[Account] = (), tell: Callable[[Progress], None] = lambda _: None
) -> list[Progress]:
    """Run the days that were not run yet under this place and seed; return what came of each.

    `known` are accounts that apply as well, every other time.
    """
    place = orgs.place(wanted.place)
    cast = Cast(wanted.seed, place.region, known=tuple(known))
    wishes = Wishes(wanted.place, wanted.seed, wanted.mix, cast, place.name)
    desk = Desk(wanted.seed, wanted.mix, cast)
    raters = Raters(wanted.place, wanted.seed, wanted.mix, cast)
    answerers = Answerers(wanted.place, wanted.seed, wanted.mix, cast)
    done: list[Progress] = []
    with _rare_collections(), db.lazy_commits():
        for on in _days_left(wanted):
            with db.steady():
                progress = _day(wanted, on, wishes, desk, raters, answerers)
            _remember(wanted, on)
            done.append(progress)
            if len(done) % 7 == 0:
                db.keep_statistics()  # as the worker does: the place grows by thousands a week
            tell(progress)
    return done


@contextlib.contextmanager
def _rare_collections() -> Iterator[None]:
    """Let Python look for circles rarely: rows come and go by the thousand, and hardly any hang in one."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def live(wanted: Run, *, known: Sequence[Account] = (), wait_until: Callable[[datetime], bool]) -> None:
    """Go on day after day at the pace of the clock, until `wait_until` says that it is over.

    `wait_until` waits for a moment of the clock and returns whether to go on. Timers are fired by the worker beside.
    """
    place = orgs.place(wanted.place)
    cast = Cast(wanted.seed, place.region, known=tuple(known))
    wishes, desk = Wishes(wanted.place, wanted.seed, wanted.mix, cast, place.name), Desk(wanted.seed, wanted.mix, cast)
    raters = Raters(wanted.place, wanted.seed, wanted.mix, cast)
    answerers = Answerers(wanted.place, wanted.seed, wanted.mix, cast)
    for on, at, share in _sweeps_to_come(wanted, time.now()):
        if not wait_until(at):
            return
        _submit(wishes, on, share, at, batch=LIVE_BATCH)
        _batched(desk.sweep(), at + timedelta(minutes=10), batch=LIVE_BATCH)
        _batched(raters.evening(), at + timedelta(minutes=20), batch=LIVE_BATCH)
        _batched(answerers.evening(), at + timedelta(minutes=25), batch=LIVE_BATCH)


def _sweeps_to_come(wanted: Run, after: datetime) -> Iterator[tuple[date, datetime, range]]:
    for n in range(wanted.days):
        on = time.day_of(after) + timedelta(days=n)
        if not calendars.calendar().is_working_day(on):
            continue
        for (hour, minute), share in zip(SWEEPS, _shares(wanted, on), strict=True):
            if time.at_china(on, hour, minute) > after:
                yield on, time.at_china(on, hour, minute), share


def _scope(wanted: Run) -> str:
    return f"simulate:{wanted.place}:{wanted.seed}:{wanted.first_on}"


def _days_left(wanted: Run) -> list[date]:
    ran = jobs.counted(_scope(wanted))
    return [wanted.first_on + timedelta(days=n) for n in range(ran, wanted.days)]


def _remember(wanted: Run, on: date) -> None:
    with transaction.atomic():
        jobs.next_serial(_scope(wanted))


def _day(wanted: Run, on: date, wishes: Wishes, desk: Desk, raters: Raters, answerers: Answerers) -> Progress:
    submitted, fired, before = 0, _fire(on, 0, 0), desk.acts
    if calendars.calendar().is_working_day(on):
        shares = _shares(wanted, on)
        for (hour, minute), share in zip(SWEEPS, shares, strict=True):
            at = time.at_china(on, hour, minute)
            if wanted.until and at >= wanted.until:
                break
            fired += _fire(on, hour, minute)
            submitted += _submit(wishes, on, share, at)
            _batched(desk.sweep(), at + timedelta(minutes=40))
        fired += _fire(on, *EVENING)
    _batched(raters.evening(), time.at_china(on, *RATING))
    _batched(answerers.evening(), time.at_china(on, *ANSWERING))
    with time.moved(time.at_china(on, *EVENING)):  # What handlers do bears the day on which it was told.
        outbox.deliver(100_000)
    return Progress(on, submitted, desk.acts - before, fired)


def _shares(wanted: Run, on: date) -> list[range]:
    """Return the numbers of the applicants who come before each sweep: as many cases a day as wanted, on average."""
    joints = wanted.cases_per_day * (8 + pick(wanted.seed, 5, str(on), "crowd")) // 10
    quarter = joints // len(SWEEPS) + 1
    return [range(n * quarter, min(joints, (n + 1) * quarter)) for n in range(len(SWEEPS))]


def _submit(wishes: Wishes, on: date, share: range, at: datetime, *, batch: int = BATCH) -> int:
    """Let applicants come one after the other until they brought their share of the day's cases."""
    wanted, brought, n = len(share), 0, share.start

    def coming() -> Iterator[None]:
        nonlocal brought, n
        while brought < wanted:
            brought += wishes.submit(str(on), n) or 1
            n += 1
            yield

    _batched(coming(), at, batch=batch)
    return brought


def _batched(acts: Iterator[None], begin_at: datetime, *, batch: int = BATCH) -> None:
    """Do acts one after the other, a few seconds apart, and commit them in batches."""
    at, is_going = begin_at, True
    while is_going:
        with transaction.atomic(durable=True):
            is_going = False
            for _ in range(batch):
                at += timedelta(seconds=7)
                with time.moved(at):
                    is_going = next(acts, _END) is not _END
                if not is_going:
                    break


_END = object()


def _fire(on: date, hour: int, minute: int) -> int:
    """Fire what is due by a moment; return how many took effect."""
    fired = 0
    with time.moved(time.at_china(on, hour, minute)):
        while taken := jobs.fire_due(1000):
            fired += taken
    return fired


def counted() -> tuple[int, int, int]:
    """Return how many joint cases, cases and events the place has now."""
    return simulated.counted()
