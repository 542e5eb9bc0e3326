"""The lamp of a task, and what it says."""

from __future__ import annotations

from datetime import date

import pytest

from tongban.taskforce.rules import lamps
from tongban.taskforce.rules.lamps import Standing
from tongban.taskforce.rules.moves import State
from tongban.taskforce.tests.factories import DUE, START


@pytest.mark.parametrize(
    ("on", "percent"),
    [
        (date(2026, 5, 1), 0),
        (START, 0),
        (date(2026, 6, 2), 1),
        (date(2026, 7, 21), 50),
        (date(2026, 9, 8), 99),
        (DUE, 100),
        (date(2026, 10, 1), 100),
    ],
)
def test_planned_progress_grows_evenly_from_start_to_deadline(on: date, percent: int) -> None:
    assert lamps.expected(START, DUE, on) == percent


def test_planned_progress_of_a_task_due_on_its_first_day_is_whole_at_once() -> None:
    assert lamps.expected(START, START, date(2026, 6, 2)) == 100
    assert lamps.expected(START, START, START) == 0


@pytest.mark.parametrize(
    ("given", "on", "kind", "why"),
    [
        ({"progress": 50}, date(2026, 7, 21), "ok", "进度 50%，序时进度 50%，还有 50 天"),
        ({"progress": 49}, date(2026, 7, 21), "warn", "进度 49%，序时进度 50%，还有 50 天"),
        ({"progress": None}, date(2026, 7, 21), "warn", "没有填报过进度，按 0% 算，序时进度 50%，还有 50 天"),
        ({"progress": 100}, DUE, "ok", "进度 100%，序时进度 100%，今天到期"),
        ({"progress": 100}, date(2026, 9, 10), "bad", "超过完成时限 1 天，进度 100%"),
        ({"state": State.CLOSED, "closed_on": date(2026, 9, 1)}, date(2026, 12, 1), "done", "2026-09-01 销号"),
        (
            {"state": State.CLOSED, "closed_on": date(2026, 9, 12)},
            date(2026, 12, 1),
            "done",
            "2026-09-12 销号，比时限晚 3 天",
        ),
        ({"state": State.PLANNED}, date(2026, 7, 21), "idle", "还没有交办"),
        ({"due_on": None, "syncs": True}, date(2026, 7, 21), "off", "与省同步推进，没有自己的完成时限"),
        ({"due_on": None}, date(2026, 7, 21), "off", "没有明确的完成时限"),
    ],
)
def test_lamp_follows_planned_progress_and_says_the_numbers(
    given: dict[str, object], on: date, kind: str, why: str
) -> None:
    standing = Standing(**({"state": State.RUNNING, "starts_on": START, "due_on": DUE} | given))  # type: ignore[arg-type]
    found = lamps.lamp(standing, on=on)
    assert (found.kind, found.why) == (kind, why)


def test_tolerance_keeps_a_little_behind_green() -> None:
    standing = Standing(State.RUNNING, START, DUE, progress=45)
    assert lamps.lamp(standing, on=date(2026, 7, 21), tolerance=5).kind == "ok"
    assert lamps.lamp(standing, on=date(2026, 7, 21), tolerance=4).kind == "warn"


def test_the_worst_lamp_speaks_for_a_task() -> None:
    assert lamps.worst(["done", "ok", "warn"]) == "warn"
    assert lamps.worst(["done", "off"]) == "off"
    assert lamps.worst([]) == ""
    assert lamps.finding({"ok": 3, "bad": 1}) == "共 4 项分工：超期 1，正常 3"
    assert lamps.finding({}) == "还没有分工"
