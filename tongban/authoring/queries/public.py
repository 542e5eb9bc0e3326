"""What everybody may know of drafts: those that were approved and take effect at a set time."""

from __future__ import annotations

from tongban.authoring.models import Draft
from tongban.authoring.rules.life import State


def scheduled(pack: str, *, code: str = "") -> list[Draft]:
    """Return the approved drafts of items that wait for their moment, the nearest first; of one item where it is named."""
    rows = Draft.objects.filter(pack=pack, kind="item", state=State.SCHEDULED.value)
    return list((rows.filter(code=code) if code else rows).order_by("effective_at", "code"))
