"""Heads who answer for the cards of their units, and the bodies that follow them up: mostly in time, a few too late.

Who does what, and when, follows from seed and card number; words are examples (示例).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tongban.calendars import queries as calendars
from tongban.core import time
from tongban.core.actor import Actor
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.rules import clock
from tongban.simulation.rules import pick, roll
from tongban.simulation.services.people import Players
from tongban.supervision.queries import cards
from tongban.supervision.queries.cards import CardView, Wanted
from tongban.supervision.rules.flow import Appeal
from tongban.supervision.rules.kinds import Level
from tongban.supervision.services import acting

DONE = "已查明原因，补办了这一件，调整了经办人的分工。（示例）"
GROUNDS = "系统中断期间无法办理，有运维记录为证。（示例）"
FOUND = "经核对，整改属实，同意核销。（示例）"
TOO_SHORT = "没有说明以后怎样避免，请补充。（示例）"
UPHELD = "申诉的情况属实，不应归责于该单位。（示例）"
DISMISSED = "申诉的理由不成立，请按期整改。（示例）"


class Answerers(Players):
    """The heads of carded units, the overseer and the body of appeals of a place."""

    def evening(self) -> Iterator[None]:
        """On working days, take up every card whose day has come; yields after each act."""
        today = time.today()
        overseer = self._supervisor(orgs.overseer(self.place))
        if overseer is None or not calendars.calendar().is_working_day(today):
            return
        for view, act in (("issued", self._answer), ("rectified", self._follow_up), ("appeal", self._decide)):
            for level in (Level.YELLOW, Level.RED):
                for row in cards.listed(self.place, Wanted(state=view, level=level), by=overseer):
                    if self._is_due(row, view, today):
                        act(row)
                        yield

    def _is_due(self, row: CardView, view: str, today: date) -> bool:
        waited = clock.working_days_between(row.card.issued_on, today, calendars.calendar())
        days = 1 + pick(self.seed, 2, row.card.number, view)
        if view == "issued":
            return waited >= days + (4 if self._roll(row, "late") < self.mix.cure_late else 0)
        return waited >= 3 + days

    def _answer(self, row: CardView) -> None:
        by = self.cast.officer(row.card.organisation, Role.HEAD.value)
        if by is None:
            return
        match row.standing.appeal:
            case Appeal.NONE if time.today() <= row.appeal_by_on and self._roll(row, "appeal") < self.mix.appeal:
                self._try(lambda: acting.appeal(row.card.pk, words=GROUNDS, by=by))
            case Appeal.NONE | Appeal.DISMISSED:
                self._try(lambda: acting.rectify(row.card.pk, words=DONE, by=by))

    def _follow_up(self, row: CardView) -> None:
        by = self._supervisor(cards.watcher(row.card))
        if by is None:
            return
        if self._roll(row, "send back", str(time.today())) < self.mix.send_back:
            self._try(lambda: acting.send_back(row.card.pk, words=TOO_SHORT, by=by))
        else:
            self._try(lambda: acting.close(row.card.pk, words=FOUND, by=by))

    def _decide(self, row: CardView) -> None:
        by = self._supervisor(orgs.judge_of(self.place, row.card.organisation))
        if by is not None:
            is_upheld = self._roll(row, "upheld") < 0.3
            words = UPHELD if is_upheld else DISMISSED
            self._try(lambda: acting.decide(row.card.pk, is_upheld=is_upheld, words=words, by=by))

    def _supervisor(self, organisation: str) -> Actor | None:
        return self.cast.officer(organisation, Role.SUPERVISOR.value)

    def _roll(self, row: CardView, *what: str) -> float:
        return roll(self.seed, row.card.number, *what)
