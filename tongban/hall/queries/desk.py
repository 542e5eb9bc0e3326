"""What windows see: what they take, whose matter is on the desk, what they received."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tongban.calendars import queries as calendars
from tongban.cases.queries import counter
from tongban.cases.queries.applicant import lamp_of
from tongban.cases.queries.counter import Case, JointCase
from tongban.cases.rules.life import INTAKE, WORDS, State
from tongban.core import time
from tongban.core.actor import Actor
from tongban.hall import permissions
from tongban.hall.models import Reception
from tongban.orgs import queries as orgs
from tongban.orgs.queries import Presence, Window
from tongban.rules.clock import LAMP_WORDS, Lamp
from tongban.rules.errors import NotAllowed, NotFound


def allowed_items(window: Window) -> frozenset[str]:
    """Return the codes of the items that a window takes now."""
    return permissions.allowed_items(window)


def takes_all(window: Window, item_codes: Iterable[str]) -> bool:
    """Return whether a window takes all of some items."""
    return set(item_codes) <= permissions.allowed_items(window)


def is_of_place(window: Window) -> bool:
    """Return whether a window belongs to the place; one of another region only receives."""
    return permissions.is_of_place(window)


def serves(here: Presence | None, joint: JointCase) -> bool:
    """Return whether the person at the window may be served in a joint case: the applicant, or a helper within scope."""
    return here is not None and permissions.covers(here, joint)


@dataclass(frozen=True)
class Member:
    """One case of a joint case as a window sees it, with what its clerk may do with it now."""

    case: Case
    state_words: str
    lamp: Lamp
    lamp_words: str
    left: int
    may_accept: bool
    why_not: str
    lacks: tuple[str, ...]
    is_returned: bool


@dataclass(frozen=True)
class AtDesk:
    """A joint case as a window sees it: only the cases of items that the window takes."""

    joint: JointCase
    members: tuple[Member, ...]
    hidden: int
    reception: Reception | None

    @property
    def acceptable(self) -> tuple[Member, ...]:
        """The members that the clerk may accept now."""
        return tuple(member for member in self.members if member.may_accept)


def joint(joint_id: UUID, *, by: Actor) -> AtDesk:
    """Return a joint case for a clerk whose window takes at least one of its items. Raises NotFound."""
    row = counter.joint(joint_id)
    windows = [w for w in orgs.windows(by=by) if w.pack == row.pack]
    cases = counter.cases_of(joint_id)
    allowed = _allowed(windows)
    own = cases if permissions.known(windows, [joint_id]) else [case for case in cases if case.item_code in allowed]
    if not own:
        raise NotFound(
            "case.none", "没有找到这件办件，或者它不归你的窗口", remedy="检查编号；市级事项请到市政务服务大厅"
        )
    members = tuple(_member(case, by) for case in own)
    reception = (
        Reception.objects.select_related("window", "received_by", "presence").filter(joint_case_id=joint_id).first()
    )
    return AtDesk(row, members, len(cases) - len(own), reception)


def _allowed(windows: Iterable[Window]) -> set[str]:
    """Return the items of which windows of the place know all cases; those of another region know what they received."""
    return {code for w in windows if permissions.is_of_place(w) for code in permissions.allowed_items(w)}


def _member(case: Case, by: Actor) -> Member:
    lamp, left = lamp_of(case, on=time.today(), calendar=calendars.calendar())
    is_open = State(case.state) in INTAKE
    why_not = "" if is_open else WORDS[State(case.state)]
    if is_open:
        try:
            permissions.stand_in(case, by=by)
        except NotAllowed as refusal:
            why_not = refusal.message
    lacks = tuple(m.name for m in counter.lacking(case)) if is_open else ()
    return Member(
        case=case, state_words=WORDS[State(case.state)], lamp=lamp, lamp_words=LAMP_WORDS[lamp], left=left,
        may_accept=is_open and not why_not, why_not=why_not, lacks=lacks, is_returned=case.state == State.RETURNED,
    )  # fmt: skip


@dataclass(frozen=True)
class Matter:
    """A line of the panel 这位办事人: a case of the party at the desk."""

    joint_id: UUID
    name: str
    organisation: str
    words: str
    when: date | datetime | None
    lamp: Lamp


def matters(party_id: UUID, *, by: Actor) -> list[Matter]:
    """Return the open matters of a party that a clerk's windows may know of, those that want something first."""
    windows = orgs.windows(by=by)
    calendar, today, allowed = calendars.calendar(), time.today(), _allowed(windows)
    found = counter.of_party(party_id)
    received = permissions.known(windows, [row.pk for row in found])
    rows = []
    for row in found:
        for case in row.cases.all():
            if case.closed_at is None and (case.item_code in allowed or row.pk in received):
                lamp, _ = lamp_of(case, on=today, calendar=calendar)
                rows.append(
                    Matter(row.pk, case.name, case.organisation_name, WORDS[State(case.state)], case.due_on or case.accept_by_on, lamp)
                )  # fmt: skip
    return sorted(rows, key=lambda matter: matter.words != WORDS[State.RETURNED])


def find(text: str, *, by: Actor) -> list[JointCase]:
    """Return the joint cases of a number, or of the party with an identity number or credit code, newest first.

    Only those of which the clerk's windows take an item.
    """
    windows = orgs.windows(by=by)
    found = counter.joint_with(text)
    rows = [found] if found is not None else counter.of_code(text)
    allowed = {pack: _allowed(w for w in windows if w.pack == pack) for pack in {w.pack for w in windows}}
    received = permissions.known(windows, [row.pk for row in rows])
    return [
        row for row in rows
        if row.pk in received or any(item["code"] in allowed.get(row.pack, ()) for item in row.plan["items"])
    ]  # fmt: skip
