"""Every deadline fires once in effect, however workers stall, overtake each other and die. Source: assurance R05."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.warm import Copy

pytestmark = pytest.mark.race
Start = Callable[..., Copy]
WORKERS = 4


def asked(run_python: Start, *words: str) -> Any:
    process = run_python("-m", "tests.races.timekeepers", *words)
    out, problem = process.communicate(timeout=300)
    assert process.returncode == 0, problem[-2000:]
    return json.loads(out.splitlines()[-1])


def start(worker: Copy) -> None:
    worker.stdin.write("go\n")
    worker.stdin.flush()


def fired(
    run_python: Start, *, timers: int, kills: int, seed: int, sabotaged: bool = False
) -> tuple[dict[str, int], int]:
    """Let four workers fire, kill one of them at random moments and start another in its place.

    Return what came of it, and how many timers there were: as long as some are to be killed, there is work.
    """
    rng = random.Random(seed)
    asked(run_python, "prepare", str(timers))
    if sabotaged:
        asked(run_python, "drop_the_key")
    crew = [run_python("-m", "tests.races.timekeepers", "work", str(seed + n)) for n in range(WORKERS)]
    for worker in crew:
        assert worker.stdout.readline() == "ready\n"
    for worker in crew:
        start(worker)
    killed = 0
    while killed < kills:
        time.sleep(rng.uniform(0.1, 0.9))  # when a worker dies is what this test draws lots for
        victim = rng.randrange(WORKERS)
        if crew[victim].poll() is None:
            crew[victim].kill()
            crew[victim].wait()
            killed += 1
        else:
            timers += asked(run_python, "prepare", "100")  # it had found nothing more to do
        crew[victim] = run_python("-m", "tests.races.timekeepers", "work", str(seed + WORKERS + killed))
        start(crew[victim])
    for worker in crew:
        _, problem = worker.communicate(timeout=300)
        assert worker.returncode == 0, problem[-2000:]
    return asked(run_python, "count"), timers


def test_every_timer_fires_once_with_four_workers_and_kills(run_python: Start) -> None:
    found, timers = fired(run_python, timers=400, kills=3, seed=20261121)
    assert found == {"fired": timers, "twice": 0, "open": 0}


@pytest.mark.release
def test_two_thousand_timers_fire_once_with_thirty_kills(run_python: Start) -> None:
    found, timers = fired(run_python, timers=2000, kills=30, seed=20261122)
    assert found == {"fired": timers, "twice": 0, "open": 0}


def test_without_the_unique_key_some_fire_twice(run_python: Start) -> None:
    # The saboteur: were this to stay at none, the tests above would prove nothing.
    found, _ = fired(run_python, timers=200, kills=0, seed=7, sabotaged=True)
    assert found["twice"] > 0
