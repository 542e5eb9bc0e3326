"""Officers and applicants at work on what lies open: one sweep takes up whatever its day has come for.

What is done with a task follows from seed and case number, so a sweep that is repeated does nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from tongban.calendars import queries as calendars
from tongban.cases.queries import simulated
from tongban.cases.services import acceptance, correction, decision, ending, promises, review, special, viewing
from tongban.cases.services.intake import HandedIn
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity import queries as identity
from tongban.orgs import queries as orgs
from tongban.rules import clock
from tongban.rules.errors import DomainError
from tongban.simulation.rules import Mix, patience, pick, roll
from tongban.simulation.services.people import Cast

OPINIONS = ("材料齐全，符合法定形式。", "符合要求，同意。", "经审查符合条件，建议准予。")
ASKED = "与提交的材料不一致，请核对后改正。"
UNHEARD = "一次性告知后一直没有补正，多次联系不上申请人，终止办理；可以重新申请。"
BROKEN = "核查发现承诺不实，限期内没有整改，依法撤销。"
OPENED = ("intake", "decide")  # tasks for which the case is opened first
ON_TIME = ("intake", "step", "decide")  # tasks that are done on their last day at the latest, but by those who are late
PATIENCE_DAYS = 15  # working days a desk waits for a correction, and before it revokes what was promised falsely


@dataclass
class Desk:
    """All desks of a place."""

    seed: int
    mix: Mix
    cast: Cast
    acts: int = 0
    refused: int = 0

    def sweep(self) -> Iterator[None]:
        """Take up every task whose day has come, then let applicants answer; yields after each act."""
        for task in simulated.tasks():
            if self._is_due(task):
                self._do(task)
                yield
        for case in simulated.returned():
            self._answer(case)
            yield
        for stop in simulated.stops():
            self._resume(stop)
            yield

    def _roll(self, *keys: object) -> float:
        return roll(self.seed, *keys)

    def _is_due(self, row: simulated.OpenTask) -> bool:
        if row.kind in ON_TIME and time.today() >= row.last_on and self._roll(row.number, "late") >= self.mix.late:
            return True
        days = patience(self.seed, row.number, row.kind, row.code, limit_days=row.limit_days if row.kind != "intake" else 3,
                        steps=row.steps, mix=self.mix)  # fmt: skip
        if row.kind == "promise":
            days = 5 + pick(self.seed, 10, row.number, row.code)
        return _waited(time.day_of(row.opened_at)) >= days

    def _do(self, row: simulated.OpenTask) -> None:
        by = self.cast.officer(row.organisation, row.role)
        if by is None:
            return
        if row.kind in OPENED and self._roll(row.number, row.kind, "unseen") >= self.mix.unseen:
            viewing.note(row.case_id, by=by, organisation=row.organisation)
        try:
            _ACTS[row.kind](self, row, by)
            self.acts += 1
        except DomainError:
            self.refused += 1  # Left lying, as things are in a hall; another day brings it up again.

    def intake(self, row: simulated.OpenTask, by: Actor) -> None:
        """Accept, ask for more, refuse, or leave it lying."""
        luck, mix = self._roll(row.number, "intake", row.asked), self.mix
        if luck < mix.silent and not row.asked:
            return
        if luck < mix.silent + mix.ask and not row.asked:
            field = simulated.field_of(row.case_id)
            acceptance.ask_for_more(row.case_id, [{"kind": "field", "code": field, "remark": ASKED}], by=by)
        elif luck > 1 - mix.refuse_acceptance:
            acceptance.refuse_acceptance(
                row.case_id, reason="申请的场所不在本市行政区域内，请向场所所在地的部门申请。", by=by
            )
        else:
            acceptance.accept(row.case_id, by=by)

    def step(self, row: simulated.OpenTask, by: Actor) -> None:
        """Pass a step; now and then a procedure stops the clock, or the head is asked for more time."""
        if self._special(row):
            return
        review.pass_step(
            row.case_id, row.code, by=by, opinion=OPINIONS[pick(self.seed, len(OPINIONS), row.number, row.code)]
        )

    def _special(self, row: simulated.OpenTask) -> bool:
        head = self.cast.officer(row.organisation, "head")
        if row.is_paused or head is None:
            return row.is_paused
        if not row.had_stop and self._roll(row.number, "pause") < self.mix.pause:
            kinds = [kind for kind in simulated.procedures(row.case_id) if kind not in ("hearing", "correction")]
            if kinds:
                kind, most = kinds[0], simulated.procedures(row.case_id)[kinds[0]]
                special.pause(
                    row.case_id,
                    kind,
                    days=1 + pick(self.seed, min(5, most), row.number),
                    reason="依法需要，已告知申请人。",
                    by=head,
                )
                return True
        if not row.is_extended and row.limit_days > 3 and self._roll(row.number, "extend") < self.mix.extend:
            special.extend(row.case_id, days=3, reason="情况复杂，需要补充核查。", by=head)
        return False

    def decide(self, row: simulated.OpenTask, by: Actor) -> None:
        """Grant, refuse, or send a step back."""
        if row.is_paused:
            return
        if row.steps and self._roll(row.number, "back", str(time.today())) < self.mix.back:
            review.step_back(row.case_id, simulated.last_step(row.case_id), reason="意见没有写明依据，请补充。", by=by)
        elif self._roll(row.number, "refuse") < self.mix.refuse:
            decision.refuse(row.case_id, reason="现场核查不符合规定条件：疏散通道宽度不足，未按期改正。", by=by)
        elif self._is_complete(row):
            decision.grant(row.case_id, by=by, opinion="同意。")

    def _is_complete(self, row: simulated.OpenTask) -> bool:
        """Return whether all papers are there; most applicants bring now what was to follow, the others never do."""
        missing = simulated.deferred(row.case_id) if row.may_follow else []
        if missing and self._roll(row.number, "supply") < self.mix.supply:
            by = _applicant(row.account)
            acceptance.supply(row.case_id, [HandedIn(type=code, way="counter") for code in missing], by=by)
            return True
        return not missing

    def promise(self, row: simulated.OpenTask, by: Actor) -> None:
        """Check what was promised."""
        if self._roll(row.number, row.code, "promise") < self.mix.broken_promise:
            promises.deny(row.case_id, row.code, reason="现场核查与承诺不符，已当场告知。", by=by)
        else:
            promises.confirm(row.case_id, row.code, opinion="现场核查，与承诺一致。", by=by)

    def revoke(self, row: simulated.OpenTask, by: Actor) -> None:
        """Revoke what was granted on a promise that was false and not mended in time."""
        if _waited(time.day_of(row.opened_at)) > PATIENCE_DAYS:
            correction.revoke(row.case_id, reason=BROKEN, by=by)

    def leave(self, row: simulated.OpenTask, by: Actor) -> None:
        """Leave to people what needs judgement: opinions of others, extensions."""

    def _answer(self, row: simulated.Returned) -> None:
        """An applicant who was asked hands in what is missing, withdraws, or is not heard of again: then the desk ends the case."""
        waited = _waited(time.day_of(row.asked_at))
        if waited < 1 + pick(self.seed, 4, row.number, "answer"):
            return
        luck = self._roll(row.number, "resubmit")
        head = self.cast.officer(row.organisation, "head")
        try:
            if luck < self.mix.resubmit:
                values = simulated.asked_values(row.case_id)
                acceptance.resubmit(row.case_id, values=values, materials=[], by=_applicant(row.account))
            elif luck > 1 - self.mix.withdraw:
                ending.withdraw(row.case_id, by=_applicant(row.account), reason="想法变了")
            elif head is not None and waited > PATIENCE_DAYS:
                ending.terminate(row.case_id, reason=UNHEARD, by=head)
            else:
                return
            self.acts += 1
        except DomainError:
            self.refused += 1

    def _resume(self, row: simulated.OpenStop) -> None:
        by = self.cast.officer(row.organisation, "head")
        late = 1 if self._roll(row.number, "overrun") < self.mix.late else 0
        if by is None or _waited(row.start_on) < pick(self.seed, 5, row.number) + late * 8:
            return
        try:
            special.resume(row.case_id, row.seq, evidence="结论已出，见专家意见（示例）〔2026〕1 号。", by=by)
            self.acts += 1
        except DomainError:
            self.refused += 1


_ACTS: dict[str, Any] = {
    "intake": Desk.intake, "step": Desk.step, "decide": Desk.decide, "promise": Desk.promise, "revoke": Desk.revoke,
    "cosign": Desk.leave, "consult": Desk.leave, "extend": Desk.leave,
}  # fmt: skip


def _waited(since: date) -> int:
    return _working_days(since, time.today())


@lru_cache(maxsize=2048)
def _working_days(since: date, until: date) -> int:
    """Count each pair of days once: a sweep looks at thousands of tasks of the same few days. No calendar changes meanwhile."""
    return clock.working_days_between(since, until, calendars.calendar())


def _applicant(account: UUID) -> Actor:
    return orgs.actor_of(identity.account(account), channel="web")
