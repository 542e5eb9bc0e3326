"""Which timers a case has: a function of its row, its item's spec and what is still to follow."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from tongban.calendars import queries as calendars
from tongban.cases.models import Case, Material
from tongban.cases.rules import life, warning
from tongban.cases.rules import plan as plans
from tongban.cases.rules.life import State
from tongban.catalogue import queries as catalogue
from tongban.core import db, time
from tongban.jobs import services as jobs

Wanted = dict[tuple[str, str], datetime]
ACCEPT_BY, OVERRUN = "cases.accept_by", "cases.stop_overrun"
DEFER_REMIND, DEFER_LAPSE = "cases.defer_remind", "cases.defer_lapse"
DEFAULT_WARN, DEFAULT_GRANT = "cases.default_warn", "cases.default_grant"


def end_of(on: date) -> datetime:
    """Return the end of a day in China (24:00). Source: 民法典 art. 203."""
    return time.at_china(on + timedelta(days=1), 0)


def keep(case: Case, *, had: Wanted | None = None) -> None:
    """Let a case have just the timers it needs now. Call after each move that may change them.

    `had` are those it wanted before: where there were and are none, nothing is asked of the database.
    """
    now = wanted(case)
    if now or had or had is None:
        jobs.keep(case.pk, now)


def received(case: Case) -> list[tuple[str, UUID, str, datetime]]:
    """Return the timer rows of a case that was received now, for the hot write of a submission."""
    return [(topic, case.pk, occurrence, at) for (topic, occurrence), at in wanted(case).items()]


def wanted(case: Case) -> Wanted:
    """Return the timers of a case as it stands."""
    state = State(case.state)
    if case.is_tracked_only:
        return {}
    if state in life.INTAKE and case.accept_by_on:
        return {(ACCEPT_BY, str(case.accept_by_on)): end_of(case.accept_by_on)}
    if state not in life.WORKING:
        return {}
    found: Wanted = {
        (OVERRUN, str(stop["seq"])): end_of(date.fromisoformat(stop["expected_on"]))
        for stop in case.stops if stop["end_on"] is None
    }  # fmt: skip
    return found | _deferred(case) | _default(case)


def _deferred(case: Case) -> Wanted:
    """Return the reminder and the lapse of each material that is still to follow (容缺)."""
    may_follow = [m["type"] for m in plans.of_materials(case.joint_case.plan, case.item_code) if m["defer_days"]]
    if not may_follow:
        return {}
    calendar, found = calendars.calendar(), Wanted()
    kept = sorted(db.select_values(Material, "version", "type_code", "way", "due_on", joint_case_id=case.joint_case_id))
    rows = {code: (way, due_on) for _, code, way, due_on in kept if code in may_follow}
    for code, (way, due_on) in rows.items():
        if way == "defer" and due_on:
            found[DEFER_REMIND, code] = time.at_china(warning.days_before(due_on, 2, calendar), 9)
            found[DEFER_LAPSE, code] = end_of(due_on)
    return found


def _default(case: Case) -> Wanted:
    """Return the warning ladder and the moment of default approval (超时默认), where the item allows it."""
    if case.due_on is None or case.paused:
        return {}
    spec = catalogue.version(case.joint_case.pack, case.item_code, case.item_version)
    if spec.on_timeout is None:
        return {}
    ladder = warning.ladder(end_of(case.due_on), case.due_on, calendars.calendar(), at_china=time.at_china)
    found = {(DEFAULT_WARN, f"{case.due_on}:{name}"): at for name, at in ladder.items()}
    return {**found, (DEFAULT_GRANT, str(case.due_on)): end_of(case.due_on)}
