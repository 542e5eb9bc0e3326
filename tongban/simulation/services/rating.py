"""Applicants who rate what was decided for them, and those who handle the bad ratings: mostly in time, a few too late.

Who rates, when and how follows from seed and case number; texts are examples (示例).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tongban.calendars import queries as calendars
from tongban.core import time
from tongban.core.actor import Actor
from tongban.evaluation.queries import bad as bad_ratings
from tongban.evaluation.queries import inviting
from tongban.evaluation.queries.bad import BadRating
from tongban.evaluation.queries.inviting import Unrated
from tongban.evaluation.queries.terms import terms
from tongban.evaluation.rules.grades import Channel, Grade, Kind, is_bad
from tongban.evaluation.services import handling, rating, reviewing
from tongban.evaluation.services.rating import Said
from tongban.orgs import queries as orgs
from tongban.orgs.rules import Role
from tongban.rules import clock
from tongban.simulation.rules import pick, roll
from tongban.simulation.services.people import Players

SOME_DAYS = 6  # people rate within so many days, or never
GOOD = ((Grade.VERY_GOOD, 0.76), (Grade.GOOD, 0.96), (Grade.FAIR, 1.0))  # of the ratings that are not bad, cumulated
CHANNELS = {
    Kind.CASE: (Channel.PHONE, Channel.PHONE, Channel.WEB, Channel.SMS),
    Kind.VISIT: (Channel.TABLET, Channel.TABLET, Channel.QR),
}
PRAISE = ("", "", "", "", "办得快。（示例）", "讲得清楚。（示例）")
COMPLAINTS = (
    "等得太久，叫号慢。（示例）", "同一份材料补了两次。（示例）", "电话没人接，只好又跑一趟。（示例）", "指南写的和窗口说的不一样。（示例）",
)  # fmt: skip
FACTS = "调看了办理记录，等候和补件确实多了。（示例）"
RESULTS = "已经调整窗口安排，更新办事指南，并致歉。（示例）"
PUBLIC = "反映的情况属实，已经调整窗口安排，更新办事指南。（示例）"


class Raters(Players):
    """All who rate in a place, and those who answer them."""

    def evening(self) -> Iterator[None]:
        """Let people rate whose day has come, and officers handle bad ratings on working days; yields after each act."""
        today = time.today()
        for row in inviting.unrated(self.place, since=today - timedelta(days=SOME_DAYS)):
            if self._rates(row, today):
                self._rate(row)
                yield
        if calendars.calendar().is_working_day(today):
            yield from self._handle(today)

    def _rates(self, row: Unrated, today: date) -> bool:
        if roll(self.seed, row.number, row.kind, "rates") >= self.mix.rate:
            return False
        return row.opened_on + timedelta(days=pick(self.seed, SOME_DAYS, row.number, row.kind, "day")) <= today

    def _rate(self, row: Unrated) -> None:
        grade = self._grade(row)
        offered = terms(self.place).offered(row.mode, grade)
        texts = COMPLAINTS if is_bad(grade) else PRAISE
        channels = CHANNELS[Kind(row.kind)]
        ticked = offered[pick(self.seed, len(offered), row.number, "ticked")].code
        said = Said(
            grade, (ticked,) if roll(self.seed, row.number, "ticks") < 0.5 or is_bad(grade) else (),
            texts[pick(self.seed, len(texts), row.number, "text")], is_bad(grade) and roll(self.seed, row.number, "call") < 0.5,
            channels[pick(self.seed, len(channels), row.number, "via")],
            address=f"10.{pick(self.seed, 200, row.number, 'a')}.{pick(self.seed, 200, row.number, 'b')}.7",
            device=f"示例浏览器 {pick(self.seed, 400, row.number, 'device')}",
        )  # fmt: skip
        self._try(lambda: rating.rate(row.id, said, by=Actor(channel="web")))

    def _grade(self, row: Unrated) -> int:
        luck = roll(self.seed, row.number, row.kind, "grade")
        if luck < self.mix.bad:
            return Grade.VERY_BAD if luck < self.mix.bad * 0.3 else Grade.BAD
        share = (luck - self.mix.bad) / (1 - self.mix.bad)
        return next(grade for grade, most in GOOD if share < most)

    def _handle(self, today: date) -> Iterator[None]:
        by = self.cast.officer(orgs.overseer(self.place), Role.SUPERVISOR.value)
        if by is None:
            return
        for view, act in (("open", self._verify), ("verified", self._settle), ("publish", self._close)):
            for row in list(bad_ratings.rows_of(self.place, view=view, by=by)):
                if self._is_due(row, view, today):
                    act(row, by)
                    yield

    def _is_due(self, row: BadRating, view: str, today: date) -> bool:
        waited = clock.working_days_between(time.day_of(row.opened_at), today, calendars.calendar())
        is_late = roll(self.seed, row.number, view) < self.mix.bad_late
        if view == "open":
            return waited >= (3 if is_late else 1)
        return waited >= (12 if is_late else 2 + pick(self.seed, 6, row.number, view))

    def _verify(self, row: BadRating, by: Actor) -> None:
        luck = roll(self.seed, row.number, "finding")
        finding, branch = (
            ("unfounded", "explained") if luck < 0.1 else ("partly", "planned") if luck < 0.3 else ("true", "at_once")
        )
        plan_on = max(row.settle_by_on, time.today()) if branch == "planned" else None
        self._try(lambda: handling.verify(row.pk, finding=finding, branch=branch, facts=FACTS, plan_on=plan_on, by=by))

    def _settle(self, row: BadRating, by: Actor) -> None:
        self._try(lambda: handling.settle(row.pk, result=RESULTS, by=by))

    def _close(self, row: BadRating, by: Actor) -> None:
        if row.organisation == orgs.overseer(self.place):  # who supervises does not review itself
            other = self.cast.officer(orgs.appeals_body(self.place), Role.SUPERVISOR.value)
            if other is None:
                return
            by = other
        self._try(lambda: reviewing.call_back(row.pk, outcome="content", words="", by=by))
        self._try(lambda: reviewing.publish(row.pk, text=PUBLIC, by=by))
