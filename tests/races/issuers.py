"""What the processes of the paper races do: `python -m tests.races.issuers PAPERS`, as `tests.races.players`."""

from __future__ import annotations

import json
import os
import sys
from uuid import uuid4

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings.test")
    django.setup()

from django.db import transaction

from tongban.documents import services
from tongban.documents.rules import Kind, sample


class Undone(Exception):
    """The transaction of a paper goes back."""


def issue(wanted: int) -> list[int]:
    """Issue some papers, each in a transaction; every third goes back after its number was taken. Return the serials kept."""
    kept = []
    for n in range(wanted):
        try:
            with transaction.atomic():
                row = services.issue(
                    Kind.GRANT, organisation="market", word="市监", subject_id=uuid4(), body=sample(Kind.GRANT)
                )
                if n % 3 == 2:
                    raise Undone
                kept.append(row.serial)
        except Undone:
            continue
    return kept


if __name__ == "__main__":
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps({"done": issue(int(sys.argv[1]))}), flush=True)
