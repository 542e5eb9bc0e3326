"""The clocks of a case as a pure function of its events: acceptance, promise, statutory limit, every stop, extension.

Nothing here is ever edited: a pause, its end, an extension are events, and the days follow from them and the calendar.
Source: 行政许可法 art. 32(4), 42, 45, 82; 民法典 art. 201–203; standards reference 7.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tongban.rules import clock
from tongban.rules.clock import Pause, WorkingCalendar
from tongban.rules.errors import Invalid

ACCEPTANCE_DAYS = 5  # working days to say whether it is accepted, 行政许可法 art. 32(4)
LONGEST_EXTENSION = 10  # working days, 行政许可法 art. 42
# Only these stop the statutory clock as well. Source: 行政许可法 art. 45.
STATUTORY_STOPS = frozenset(
    ("hearing", "tender", "auction", "inspection", "testing", "quarantine", "appraisal", "expert_review")
)
# The verbs after which the clocks may stand otherwise than before.
CLOCK_VERBS = frozenset(
    ("submit", "submit_waiting", "start", "resubmit", "accept", "deem_accepted", "pause", "resume", "extend", "reopen",
     "undo_default")
)  # fmt: skip


@dataclass(frozen=True)
class Happened:
    """An event as the clocks read it: its number in the case, verb, day in China, facts."""

    seq: int
    verb: str
    on: date
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stop:
    """A stop of a clock: kind, first day, the day until which it was told to last, the day it ended, if it did."""

    seq: int
    kind: str
    start_on: date
    expected_on: date
    end_on: date | None = None

    @property
    def is_statutory(self) -> bool:
        """Whether it stops the statutory clock too."""
        return self.kind in STATUTORY_STOPS

    @property
    def pause(self) -> Pause:
        """The days not counted; of an open stop, those that it was told to last."""
        return Pause(self.start_on, max(self.start_on, self.end_on or self.expected_on))


@dataclass(frozen=True)
class Clocks:
    """Where the clocks of a case stand. Days are None before their clock has started."""

    received_on: date | None = None
    accept_by_on: date | None = None
    accepted_on: date | None = None
    due_on: date | None = None
    is_provisional: bool = False
    statutory_due_on: date | None = None
    extension_days: int = 0
    stops: tuple[Stop, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def paused(self) -> str:
        """Which clocks stand still: none (""), the promise alone, or all."""
        running = [stop for stop in self.stops if stop.end_on is None]
        if any(stop.is_statutory for stop in running):
            return "all"
        return "promise" if running else ""


def clocks(
    history: Iterable[Happened], *, limit_days: int, statutory_days: int | None, calendar: WorkingCalendar
) -> Clocks:
    """Return the clocks after a history. Limits are in working days; a case without statutory limit has no such clock.

    `deem_accepted` starts both clocks on the day of receipt (facts `received_on`); `pause` brings its kind and the day
    until which it was told to last (`kind`, `expected_on`); `resume` names the stop that ends (`stop`).
    """
    state = Clocks()
    for happened in history:
        if happened.verb in CLOCK_VERBS:
            state = _step(state, happened, calendar)
    if state.accepted_on is None:
        return state
    return _with_due(state, limit_days=limit_days, statutory_days=statutory_days, calendar=calendar)


def _step(state: Clocks, happened: Happened, calendar: WorkingCalendar) -> Clocks:
    match happened.verb:
        case "submit" | "start" | "resubmit":
            due = clock.due(happened.on, limit=ACCEPTANCE_DAYS, unit="workday", calendar=calendar)
            return replace(state, received_on=happened.on, accept_by_on=due.due_on)
        case "accept":
            return replace(state, accepted_on=happened.on)
        case "deem_accepted":
            return replace(state, accepted_on=date.fromisoformat(happened.facts["received_on"]))
        case "pause":
            expected_on = date.fromisoformat(happened.facts["expected_on"])
            stop = Stop(happened.seq, happened.facts["kind"], happened.on, expected_on)
            return replace(state, stops=(*state.stops, stop))
        case "resume":
            ended = happened.facts["stop"]
            stops = tuple(replace(s, end_on=happened.on) if s.seq == ended else s for s in state.stops)
            return replace(state, stops=stops)
        case "extend":
            return replace(state, extension_days=state.extension_days + int(happened.facts["days"]))
        case "reopen" | "undo_default":
            return replace(state, accepted_on=happened.on, extension_days=0, stops=())
    return state


def _with_due(state: Clocks, *, limit_days: int, statutory_days: int | None, calendar: WorkingCalendar) -> Clocks:
    assert state.accepted_on is not None
    promised = clock.due(
        state.accepted_on, limit=limit_days + state.extension_days, unit="workday",
        pauses=[stop.pause for stop in state.stops], calendar=calendar,
    )  # fmt: skip
    statutory = None
    if statutory_days is not None:
        statutory = clock.due(
            state.accepted_on, limit=statutory_days + state.extension_days, unit="workday",
            pauses=[stop.pause for stop in state.stops if stop.is_statutory], calendar=calendar,
        )  # fmt: skip
    return replace(
        state,
        due_on=promised.due_on,
        is_provisional=promised.provisional or bool(statutory and statutory.provisional),
        statutory_due_on=statutory.due_on if statutory else None,
        reasons=promised.reasons,
    )


def expected_end(start_on: date, days: int, calendar: WorkingCalendar) -> date:
    """Return the day until which a stop of `days` working days is told to last."""
    return clock.due(start_on, limit=days, unit="workday", calendar=calendar).due_on


def check_stop_days(days: int, *, name: str, most: int) -> None:
    """Raise Invalid for a stop longer than the item's spec allows; days are working days."""
    if not 1 <= days <= most:
        raise Invalid("case.stop_days", "有 1 处要改", fields={"days": f"{name}所需时间写 1 至 {most} 个工作日"})


def check_extension_days(days: int) -> None:
    """Raise Invalid for an extension longer than the law allows. Source: 行政许可法 art. 42."""
    if not 1 <= days <= LONGEST_EXTENSION:
        raise Invalid("case.extension_days", "有 1 处要改", fields={"days": f"延长 1 至 {LONGEST_EXTENSION} 个工作日"})
