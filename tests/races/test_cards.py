"""One card for one cause, numbered without gaps, however workers overtake each other and die. Source: assurance R05."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable

import pytest

from tests.warm import Copy

pytestmark = pytest.mark.race
Start = Callable[..., Copy]
WORKERS = 3


def asked(run_python: Start, *words: str) -> dict[str, int]:
    process = run_python("-m", "tests.races.watchers", *words)
    out, problem = process.communicate(timeout=300)
    assert process.returncode == 0, problem[-2000:]
    return json.loads(out.splitlines()[-1])


def start(worker: Copy) -> None:
    worker.stdin.write("go\n")
    worker.stdin.flush()


def watched(run_python: Start, *, cases: int, kills: int, seed: int) -> dict[str, int]:
    """Let three workers watch, kill one of them at random moments and start another in its place; return what came of it."""
    rng = random.Random(seed)
    asked(run_python, "prepare", str(cases))
    crew = [run_python("-m", "tests.races.watchers", "work", str(seed + n)) for n in range(WORKERS)]
    for worker in crew:
        assert worker.stdout.readline() == "ready\n"
    for worker in crew:
        start(worker)
    for killed in range(kills):
        time.sleep(rng.uniform(0.02, 0.3))  # when a worker dies is what this test draws lots for
        victim = rng.randrange(WORKERS)
        crew[victim].kill()
        crew[victim].wait()
        crew[victim] = run_python("-m", "tests.races.watchers", "work", str(seed + WORKERS + killed))
        start(crew[victim])
    for worker in crew:
        _, problem = worker.communicate(timeout=300)
        assert worker.returncode == 0, problem[-2000:]
    return asked(run_python, "count")


# Of each case: the promise was nearly over, was over, and a second notice; with more than two yellows one red for the unit.


def test_each_cause_has_one_card_with_three_workers_and_kills(run_python: Start) -> None:
    found = watched(run_python, cases=20, kills=3, seed=20261122)
    assert found == {"causes": 61, "twice": 0, "gaps": 0, "bare": 0, "behind": 0}


@pytest.mark.release
def test_two_hundred_cases_and_thirty_kills(run_python: Start) -> None:
    found = watched(run_python, cases=200, kills=30, seed=20261123)
    assert found == {"causes": 601, "twice": 0, "gaps": 0, "bare": 0, "behind": 0}
