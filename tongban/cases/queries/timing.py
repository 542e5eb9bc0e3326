"""The clock of a case, for the desk: what acceptance would promise, and how its days were counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from tongban.calendars import queries as calendars
from tongban.cases.models import Case, Event
from tongban.cases.rules import timeline
from tongban.cases.rules.life import CLOSED, State
from tongban.cases.rules.timeline import ACCEPTANCE_DAYS, CLOCK_VERBS, Clocks, Happened, Stop
from tongban.catalogue import queries as catalogue
from tongban.core import db, time
from tongban.rules import clock
from tongban.rules.clock import LAMP_WORDS, Lamp

LONGEST_STRIP = 45  # working days drawn; longer limits are told in words only


def history(case: Case) -> list[Happened]:
    """Return what happened to a case as its clocks read it. One query."""
    rows = sorted(db.select_values(Event, "seq", "verb", "at", "facts", case_id=case.pk))
    return [Happened(seq, verb, time.day_of(at), facts) for seq, verb, at, facts in rows if verb in CLOCK_VERBS]


def clocks(case: Case, *further: Happened) -> Clocks:
    """Return where the clocks of a case stand, also after what is about to happen. Nothing is written.

    Work of outside bodies has no clock of its own here.
    """
    found = timeline.clocks(
        [*history(case), *further], limit_days=case.limit_days, statutory_days=case.statutory_days,
        calendar=calendars.calendar(),
    )  # fmt: skip
    if case.is_tracked_only:
        return replace(found, due_on=None, is_provisional=False, statutory_due_on=None)
    return found


@dataclass(frozen=True)
class Day:
    """A working day of the strip: used, today, free, late, or not counted (off)."""

    on: date
    state: str


@dataclass(frozen=True)
class StopLine:
    """A stop as people read it: what, from when, told until when, ended when, why, and the working days not counted."""

    seq: int
    kind: str
    name: str
    start_on: date
    expected_on: date
    end_on: date | None
    days: int
    is_statutory: bool
    is_overrun: bool
    reason: str
    basis: str
    notice: str
    evidence: str


@dataclass(frozen=True)
class Line:
    """One of the clocks that run at once: its name, limit in words, last day, lamp and working days left."""

    name: str
    limit: str
    due_on: date | None
    lamp: Lamp
    lamp_words: str
    left: int


@dataclass(frozen=True)
class Timing:
    """The running limit of a case (of acceptance before it, of the work after), with one cell a working day."""

    start_on: date | None
    end_on: date | None
    used: int
    limit_days: int
    days: tuple[Day, ...]
    reasons: tuple[str, ...]
    stops: tuple[StopLine, ...] = ()
    lines: tuple[Line, ...] = ()


def timing(case: Case) -> Timing:
    """Return how the days of a case are counted, with every stop. Source: 行政许可法 art. 32, 42, 45, 82; 民法典 art. 201."""
    found = clocks(case)
    start_on = found.accepted_on or found.received_on
    end_on = found.due_on if found.accepted_on else found.accept_by_on
    if start_on is None or end_on is None:
        return Timing(None, None, 0, case.limit_days, (), (), stops(case, found), lines(case))
    calendar = calendars.calendar()
    until = time.day_of(case.closed_at) if case.closed_at else time.today()
    paused = [stop.pause for stop in found.stops]
    used = clock.days_used(start_on, until, pauses=paused, calendar=calendar)
    last = max(end_on, until) if State(case.state) not in CLOSED else end_on
    days = [start_on + timedelta(days=n) for n in range(1, (last - start_on).days + 1)]
    working = [day for day in days if calendar.is_working_day(day)][:LONGEST_STRIP]
    off = clock.paused_days(paused)
    strip = tuple(
        Day(day, "off" if day in off else _state(day, until=until, end_on=end_on, is_open=case.closed_at is None))
        for day in working
    )
    limit = case.limit_days + found.extension_days if found.accepted_on else ACCEPTANCE_DAYS
    return Timing(start_on, end_on, used, limit, strip, found.reasons, stops(case, found), lines(case))


def _state(day: date, *, until: date, end_on: date, is_open: bool) -> str:
    if day == until and is_open:
        return "today"
    if day > until:
        return "free"
    return "late" if day > end_on else "used"


def stops(case: Case, found: Clocks) -> tuple[StopLine, ...]:
    """Return every stop of a case with its notice, evidence and end."""
    if not found.stops:
        return ()
    told = {row.seq: row.facts for row in case.events.filter(verb="pause")}
    ended = {row.facts["stop"]: row.facts for row in case.events.filter(verb="resume")}
    calendar, today = calendars.calendar(), time.today()
    return tuple(_stop_line(stop, told[stop.seq], ended.get(stop.seq, {}), today, calendar) for stop in found.stops)


def _stop_line(
    stop: Stop, told: Mapping[str, Any], ended: Mapping[str, Any], today: date, calendar: clock.WorkingCalendar
) -> StopLine:
    until = stop.end_on or max(stop.start_on, today)
    off = clock.paused_days([clock.Pause(stop.start_on, until)])
    return StopLine(
        seq=stop.seq, kind=stop.kind, name=told["name"], start_on=stop.start_on, expected_on=stop.expected_on,
        end_on=stop.end_on, days=sum(1 for day in off if calendar.is_working_day(day)), is_statutory=stop.is_statutory,
        is_overrun=until > stop.expected_on, reason=told["reason"], basis=told["basis"], notice=told.get("notice", ""),
        evidence=ended.get("evidence", ""),
    )  # fmt: skip


def lines(case: Case) -> tuple[Line, ...]:
    """Return the clocks that run at once: acceptance, promise, statutory limit, steps, department, the joint case."""
    calendar, today = calendars.calendar(), time.today()
    is_open = case.closed_at is None

    def line(name: str, limit: str, due_on: date | None, days: int, *, runs: bool) -> Line:
        if not runs or due_on is None:
            lamp, left = (Lamp.DONE, 0) if due_on else (Lamp.OFF, 0)
        else:
            lamp, left = clock.lamp(due_on, on=today, limit_days=days, calendar=calendar)
        return Line(name, limit, due_on, lamp, LAMP_WORDS[lamp], left)

    rows = []
    if case.accept_by_on:
        rows.append(
            line(
                "受理答复",
                f"{ACCEPTANCE_DAYS} 个工作日",
                case.accept_by_on,
                ACCEPTANCE_DAYS,
                runs=not case.accepted_at and is_open,
            )
        )
    if case.due_on:
        words = f"{case.limit_days} 个工作日" + (f"，延期 {case.extension_days} 个" if case.extension_days else "")
        rows.append(line("承诺时限", words, None if case.paused else case.due_on, case.limit_days, runs=is_open))
    if case.statutory_due_on and case.statutory_days is not None:
        due_on = None if case.paused == "all" else case.statutory_due_on
        rows.append(line("法定时限", f"{case.statutory_days} 个工作日", due_on, case.statutory_days, runs=is_open))
    for task in case.tasks.filter(done_at=None).exclude(step_due_on=None).order_by("step_due_on"):
        due_on = None if case.paused else task.step_due_on
        rows.append(line(f"环节“{task.name}”", f"到 {task.step_due_on:%m-%d}", due_on, 1, runs=is_open))
    joint = case.joint_case
    others = Case.objects.filter(joint_case=joint, organisation=case.organisation).exclude(due_on=None)
    department = max((row.due_on for row in others if row.due_on), default=None)
    if department and len(others) > 1:
        rows.append(
            line(
                f"本单位（{case.organisation_name}）",
                f"共 {len(others)} 项",
                department,
                case.limit_days,
                runs=joint.closed_at is None,
            )
        )
    days = int(joint.plan["schedule"]["days"])
    rows.append(line("整件", f"{days} 个工作日", joint.promised_on, days, runs=joint.closed_at is None))
    return tuple(rows)


def may_stop(case: Case) -> dict[str, tuple[str, int]]:
    """Return what may stop this case's clock now: kind -> (name, working days at most). What runs already is left out."""
    running = {stop["kind"] for stop in case.stops if stop["end_on"] is None}
    spec = catalogue.version(case.joint_case.pack, case.item_code, case.item_version)
    return {kind: (name, most) for kind, (name, most, _) in spec.procedures().items() if kind not in running}
