"""What the workers of the card races do: `python -m tests.races.watchers ACT WORDS…`.

Cases have run out; workers look at the place, deliver the news of refusals again and again, and are killed at any moment.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections import Counter
from datetime import date, timedelta

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings.test")
    django.setup()

from django.db import transaction

from tongban.cases.models import Case, Finding, Task
from tongban.cases.services import acceptance
from tongban.cases.tests.factories import PACK, TRADE, case_of, head_of, open_hotel
from tongban.core import time
from tongban.identity.tests.factories import as_person, citizen
from tongban.jobs import services as jobs
from tongban.outbox import services as outbox
from tongban.outbox.models import Message
from tongban.supervision.models import Act, Card, Standing, Watch
from tongban.supervision.services import sweeping

BEGIN, LOOK = time.at_china(date(2026, 3, 6), 10), time.at_china(date(2026, 3, 16), 9)


def prepare(number: str) -> int:
    """Let cases be accepted and run out; each has a finding of which the news came twice."""
    with time.moved(BEGIN), transaction.atomic():
        applicant, head = as_person(citizen()), head_of(TRADE)
        for _ in range(int(number)):
            case = case_of(open_hotel(applicant, members={TRADE: ()}), TRADE)
            acceptance.accept(case.pk, by=head)
        sweeping.ensure(PACK)
    Task.objects.update(step_due_on=None)
    for case in Case.objects.all():
        Finding.objects.create(case=case, kind="second_notice", occurrence="9", words="再次告知", at=BEGIN)
        for _ in range(2):
            payload = {"case_id": str(case.pk), "joint_case_id": str(case.joint_case_id), "verb": "ask_again", "state": "returned",
                       "at": BEGIN.isoformat()}  # fmt: skip
            Message.objects.create(topic="CaseMoved", payload=json.dumps(payload), created_at=BEGIN, available_at=BEGIN)
    return Case.objects.count()


def work(seed: str) -> int:
    """Look, deliver and fire until all is told, in an order drawn by lot. Killed at any moment."""
    rng, done = random.Random(int(seed)), 0
    jobs.LEASE = timedelta(milliseconds=40)
    print("ready", flush=True)
    sys.stdin.readline()
    with time.moved(LOOK):
        acts = [jobs.fire_due, lambda: outbox.deliver(7), lambda: len(sweeping.sweep(PACK))]
        while Message.objects.filter(done_at=None, is_dead=False).exists() or sweeping.is_behind(PACK):
            for act in rng.sample(acts, 3):
                done += act()
    return done


def count() -> dict[str, int]:
    """Return how many causes have a card, how many more than one, gaps in the numbers, cards without notice or standing."""
    found = Counter(Card.objects.values_list("rule", "subject", "occurrence"))
    serials = sorted(Card.objects.values_list("serial", flat=True))
    return {
        "causes": len(found), "twice": sum(1 for n in found.values() if n > 1),
        "gaps": sum(1 for n, serial in enumerate(serials, 1) if n != serial),
        "bare": Card.objects.count() - Standing.objects.count() + Card.objects.count() - Act.objects.filter(verb="notify").count(),
        "behind": Watch.objects.filter(through_on__lt=time.day_of(LOOK)).count(),
    }  # fmt: skip


ACTS = {act.__name__: act for act in (prepare, work, count)}


if __name__ == "__main__":
    print(json.dumps(ACTS[sys.argv[1]](*sys.argv[2:])), flush=True)
