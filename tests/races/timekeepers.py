"""What the workers of the timer races do: `python -m tests.races.timekeepers ACT WORDS…`.

The topic `race.fired` writes a line for each effect it has; its handler stalls now and then, past a very short lease, so
that two workers often have the same timer in their hands.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time as stopwatch
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings.test")
    django.setup()

from django.db import connection, transaction

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.jobs import services as jobs
from tongban.jobs.models import Effect, Timer

TOPIC = "race.fired"


@jobs.timer(TOPIC)
def fired(subject: UUID, occurrence: str, at: object) -> None:
    """Have an effect that can be counted."""
    audit.record(TOPIC, "race", f"{subject}:{occurrence}", by=Actor.system())


def prepare(number: str) -> int:
    """Keep timers that are due now."""
    at = time.now() - timedelta(minutes=1)
    with transaction.atomic():
        jobs.schedule((TOPIC, uuid4(), str(n), at) for n in range(int(number)))
    return int(number)


def work(seed: str) -> int:
    """Fire until nothing is left, stalling at random between taking a timer up and firing it. Killed at any moment."""
    rng = random.Random(int(seed))
    jobs.LEASE = timedelta(milliseconds=40)
    fire = jobs._fire

    def slow(row: Timer) -> int:
        if rng.random() < 0.08:
            stopwatch.sleep(0.08)
        return fire(row)

    jobs._fire = slow
    print("ready", flush=True)
    sys.stdin.readline()
    done = 0
    while Timer.objects.filter(done_at=None).exists():
        done += jobs.fire_due(20)
    return done


def drop_the_key() -> str:
    """The saboteur: take the unique key of effects away."""
    (key,) = Effect._meta.constraints
    Effect._meta.constraints = []  # SQLite makes the table anew from what the model says
    with connection.schema_editor() as editor:
        editor.remove_constraint(Effect, key)
    return str(key.name)


def count() -> dict[str, int]:
    """Return how many subjects fired, and how many of them more than once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT object_id FROM audit_entry WHERE action = %s", [TOPIC])
        found = Counter(row[0] for row in cursor.fetchall())
    return {
        "fired": len(found),
        "twice": sum(1 for n in found.values() if n > 1),
        "open": Timer.objects.filter(done_at=None).count(),
    }


ACTS = {act.__name__: act for act in (prepare, work, drop_the_key, count)}


if __name__ == "__main__":
    print(json.dumps(ACTS[sys.argv[1]](*sys.argv[2:])), flush=True)
