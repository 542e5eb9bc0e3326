"""What the processes of the races do: `python -m tests.races.players ACT WORDS…`.

Each says `ready`, waits for a line on stdin, acts once and prints what came of it as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from uuid import UUID

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings.test")
    django.setup()

from tongban.cases.models import Task
from tongban.cases.services import acceptance, decision, review
from tongban.cases.tests import factories as cases
from tongban.core.actor import Actor
from tongban.documents import services as documents
from tongban.documents.rules import Body, Kind
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.queries import actor_of
from tongban.orgs.tests.factories import officer
from tongban.outbox import services as outbox
from tongban.rules.errors import DomainError
from tongban.themes.tests.factories import submit_item


def by(username: str) -> Actor:
    return actor_of(Account.objects.get(username=username), channel="web")


def prepare(officers: str) -> dict[str, object]:
    """Open a hotel, accept its first member, and seat some officers; return who and what."""
    joint = cases.open_hotel(as_person(citizen()))
    case = cases.case_of(joint, cases.LICENCE)
    accounts = [officer("market") for _ in range(int(officers))]
    acceptance.accept(case.pk, by=actor_of(accounts[0], channel="web"))
    task = Task.objects.get(case=case, done_at=None)
    return {"case": str(case.pk), "task": str(task.pk), "officers": [account.username for account in accounts]}


def grant(case: str, username: str) -> str:
    return decision.grant(UUID(case), by=by(username)).state


def refuse(case: str, username: str) -> str:
    return decision.refuse(UUID(case), reason="住所不符合规定", by=by(username)).state


def claim(task: str, username: str) -> str:
    return str(review.claim(UUID(task), by=by(username)).claimed_by_id)


def submit(username: str, key: str) -> str:
    return str(submit_item("business-licence", by(username), key=key).pk)


def number(subject: str) -> int:
    """Issue twenty papers, one after the other; return the last serial."""
    papers = [
        documents.issue(
            Kind.RECEIPT, organisation="market", word="市监", subject_id=UUID(subject), body=Body("某人", ("收到",))
        )
        for _ in range(20)
    ]
    return papers[-1].serial


def deliver(_: str) -> int:
    return outbox.deliver()


ACTS: dict[str, Callable[..., object]] = {
    "prepare": prepare, "grant": grant, "refuse": refuse, "claim": claim, "submit": submit, "number": number, "deliver": deliver,
}  # fmt: skip


def main(act: str, *words: str) -> None:
    """Wait for the start, act, tell."""
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        told = {"done": ACTS[act](*words)}
    except DomainError as refusal:
        told = {"refused": type(refusal).__name__, "code": refusal.code}
    except Exception as problem:  # the test shows it
        told = {"broken": repr(problem)}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
