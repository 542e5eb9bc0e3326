"""Several real processes at once on a real database: one effect each, the others are told. Source: assurance R01, R06, R18."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.warm import Copy

pytestmark = pytest.mark.race
Start = Callable[..., Copy]


def player(run_python: Start, *words: str) -> Copy:
    return run_python("-m", "tests.races.players", *words)


def race(players: list[Copy]) -> list[dict[str, Any]]:
    """Let all of them be ready, then start them together; return what each told."""
    for one in players:
        assert one.stdout.readline() == "ready\n", one.communicate()[1]
    for one in players:
        one.stdin.write("go\n")
        one.stdin.flush()
    return [told(one) for one in players]


def told(one: Copy) -> dict[str, Any]:
    out, problem = one.communicate(timeout=60)
    assert out, problem
    return dict(json.loads(out.splitlines()[-1]))


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        found = connection.execute(sql).fetchall()
        connection.close()
        return found
    with psycopg.connect(url) as database:
        return database.execute(sql).fetchall()


@pytest.fixture
def stage(run_python: Start) -> dict[str, Any]:
    return dict(race([player(run_python, "prepare", "8")])[0]["done"])


def test_two_officers_decide_the_same_case_at_once_and_one_decision_counts(
    run_python: Start, fresh_database: str, stage: dict[str, Any]
) -> None:
    case, officers = stage["case"], stage["officers"]
    players = [player(run_python, "grant" if n % 2 else "refuse", case, officers[n]) for n in range(4)]
    outcomes = race(players)
    assert sorted("done" in outcome for outcome in outcomes) == [False, False, False, True], outcomes
    assert {outcome.get("refused") for outcome in outcomes if "done" not in outcome} == {"Conflict"}, outcomes
    is_granted = "granted" in [outcome.get("done") for outcome in outcomes]
    assert rows(fresh_database, "SELECT count(*) FROM licences_licence") == [(int(is_granted),)]
    decided = "SELECT count(*) FROM cases_event WHERE verb IN ('grant', 'refuse')"
    assert rows(fresh_database, decided) == [(1,)]


def test_eight_officers_claim_one_task_and_one_gets_it(
    run_python: Start, fresh_database: str, stage: dict[str, Any]
) -> None:
    outcomes = race([player(run_python, "claim", stage["task"], name) for name in stage["officers"]])
    assert Counter("done" in outcome for outcome in outcomes) == {True: 1, False: 7}, outcomes
    assert {outcome["code"] for outcome in outcomes if "refused" in outcome} == {"case.task_claimed"}
    assert rows(fresh_database, "SELECT count(*) FROM cases_event WHERE verb = 'claim'") == [(1,)]


def test_form_sent_four_times_at_once_is_one_application(
    run_python: Start, fresh_database: str, stage: dict[str, Any]
) -> None:
    key = str(uuid.uuid4())
    outcomes = race([player(run_python, "submit", "citizen-1", key) for _ in range(4)])
    assert not [outcome for outcome in outcomes if "broken" in outcome]
    assert len({outcome["done"] for outcome in outcomes if "done" in outcome}) == 1
    assert {outcome["code"] for outcome in outcomes if "refused" in outcome} <= {"jobs.key_in_use"}
    single = "SELECT count(*) FROM cases_jointcase WHERE item_code = 'business-licence'"
    assert rows(fresh_database, single) == [(1,)]
    again = race([player(run_python, "submit", "citizen-1", key)])  # afterwards everybody gets the one answer
    assert again[0]["done"] in {outcome.get("done") for outcome in outcomes}


def test_papers_issued_by_four_processes_have_no_gap_and_no_double(run_python: Start, fresh_database: str) -> None:
    outcomes = race([player(run_python, "number", str(uuid.uuid4())) for _ in range(4)])
    assert not [outcome for outcome in outcomes if "done" not in outcome], outcomes
    serials = [n for (n,) in rows(fresh_database, "SELECT serial FROM documents_paper ORDER BY serial")]
    assert serials == list(range(1, 81))


def test_message_is_delivered_by_one_of_four_workers(
    run_python: Start, fresh_database: str, stage: dict[str, Any]
) -> None:
    waiting = rows(fresh_database, "SELECT count(*) FROM outbox_message WHERE done_at IS NULL")[0][0]
    outcomes = race([player(run_python, "deliver", "now") for _ in range(4)])
    assert waiting > 0
    assert sum(outcome["done"] for outcome in outcomes) == waiting, outcomes
    assert rows(fresh_database, "SELECT count(*) FROM outbox_message WHERE done_at IS NULL") == [(0,)]
