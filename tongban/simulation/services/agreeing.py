"""Before the days of a simulation: tables that are to decide at once (秒批) agree with the clerks, case after case.

Nothing is written by hand: people apply, the table looks on from the shadow, clerks accept and heads decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import cycle

from django.db import transaction

from tongban.calendars import queries as calendars
from tongban.cases.queries import counter
from tongban.cases.rules import instant
from tongban.cases.rules.life import State
from tongban.cases.services import acceptance, decision
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules.item import ItemSpec
from tongban.catalogue.rules.parts import Instant
from tongban.core import time
from tongban.decisions import queries as decisions
from tongban.rules.errors import DomainError
from tongban.simulation.rules import Mix
from tongban.simulation.services.applying import Wish, Wishes
from tongban.simulation.services.people import Cast
from tongban.themes.services import submission

MOST_TRIES = 4  # applications for each agreement that is wanted
MOST_VARIANTS = 200  # ways of filling in the form that are looked at for them
AT_ONCE = 3  # cases that a table then decides at once
IN_SHADOW = 6  # applications for an item that stays in shadow mode
A_DAY = 5


def agree(place: str, *, before_on: date, cast: Cast, town: str) -> int:
    """Let the tables of all items agree with clerks in the days before a day; return how many cases they then decided.

    Those that are to run live go on until they have decided some; those in shadow mode are compared a few times.
    """
    wishes = Wishes(place, cast.seed, Mix(), cast, town)
    items = [(spec, spec.instant) for spec in catalogue.items(place).values() if spec.instant]
    return sum(_item(place, spec, use, before_on, cast, wishes) for spec, use in items)


def _item(place: str, spec: ItemSpec, use: Instant, before_on: date, cast: Cast, wishes: Wishes) -> int:
    at_once = 0
    count = use.agreed_cases * MOST_TRIES if use.mode == "live" else IN_SHADOW
    plain = cycle(_plain(place, spec.code, use, wishes) or [0])
    for n, (on, minutes) in enumerate(_moments(before_on, count)):
        with time.moved(time.at_china(on, 9) + timedelta(minutes=minutes)), transaction.atomic():
            at_once += _one(place, wishes.of_item(spec.code, next(plain)), n, spec, cast)
        if at_once == AT_ONCE:
            break
    return at_once


def _plain(place: str, code: str, use: Instant, wishes: Wishes) -> list[int]:
    """Return variants of an application that the table grants when nothing else speaks against it."""
    table, known = decisions.table(place, use.table), instant.computed([], is_barred=False, applicant_kind="person")
    found = []
    for variant in range(MOST_VARIANTS):
        outcome = decisions.ask(table, {**wishes.of_item(code, variant).values, **known}).outcome
        if instant.says(outcome, output=use.output, grant=use.grant, refuse=use.refuse, materials=[]):
            found.append(variant)
    return found


def _moments(before_on: date, count: int) -> list[tuple[date, int]]:
    """Return as many moments on the working days before a day, the first one first: some a day."""
    days = list(_working_days(before_on, count // A_DAY + 1))
    return [(on, 20 * n) for on in reversed(days) for n in range(A_DAY)][:count]


def _working_days(before_on: date, count: int) -> Iterator[date]:
    on, calendar = before_on, calendars.calendar()
    while count:
        on -= timedelta(days=1)
        if calendar.is_working_day(on):
            count -= 1
            yield on


def _one(place: str, wish: Wish, n: int, spec: ItemSpec, cast: Cast) -> bool:
    """Let somebody apply, and the department decide what the table does not; return whether the table did."""
    by, head = cast.applicant(2 * n, as_firm=wish.for_firm, channel="web"), cast.officer(spec.org, "head")
    if head is None:
        return False
    try:
        joint_id = submission.submit_whole(
            place, theme="", item=wish.item, answers={}, values=wish.values, given=wish.given,
            key=f"agree-{spec.code}-{n}", party_id=None, by=by,
        )  # fmt: skip
    except DomainError:
        return False  # These values do not fit together: somebody gives up.
    (case,) = counter.cases_of(joint_id)
    if case.state == State.GRANTED:
        return True
    acceptance.accept(case.pk, by=head)
    decision.grant(case.pk, by=head, opinion="材料齐全，符合条件。")
    return False
