"""A fresh process reads histories back in a database of its own and tells where state and clocks stand.

`python -m tests.histories.replay FILE`: FILE holds cases as `dump` wrote them; prints what `standing` finds of each.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings.test")
    django.setup()

from django.core import serializers

from tongban.cases.models import Case, Event, JointCase
from tongban.cases.queries import timing
from tongban.cases.rules import life
from tongban.identity.models import Party


def dump(case: Case) -> str:
    """Return a case with its party, joint case and events, as JSON."""
    joint = JointCase.objects.get(pk=case.joint_case_id)
    joint.agent, joint.mandate = None, None
    rows = [Party.objects.get(pk=joint.applicant_id), joint, case, *Event.objects.filter(case=case).order_by("seq")]
    return serializers.serialize("json", rows)


def standing(case: Case) -> dict[str, Any]:
    """Return state and clocks as they follow from the events of a case alone."""
    found = timing.clocks(case)
    verbs = case.events.order_by("seq").values_list("verb", flat=True)
    return {
        "state": life.fold(verbs).value, "accept_by_on": str(found.accept_by_on), "due_on": str(found.due_on),
        "statutory_due_on": str(found.statutory_due_on), "provisional": found.is_provisional, "paused": found.paused,
        "extension_days": found.extension_days, "stops": [[s.kind, str(s.start_on), str(s.end_on)] for s in found.stops],
    }  # fmt: skip


def main(file: str) -> None:
    """Read, fold, tell."""
    told = []
    for number, text in enumerate(json.loads(Path(file).read_text("utf-8"))):
        for row in serializers.deserialize("json", text):
            if isinstance(row.object, Party):
                row.object.representative = None
                if Party.objects.filter(pk=row.object.pk).exists():
                    continue
            if isinstance(row.object, JointCase):
                row.object.number = f"{row.object.number[:12]}{number:09d}"
            if isinstance(row.object, Case):
                case, row.object.number = row.object, f"{row.object.number[:40]}{number:08d}"
            row.save()
        told.append(standing(Case.objects.get(pk=case.pk)))
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
