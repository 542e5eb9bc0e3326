"""Warnings (预警) end by themselves: what they warned of is decided, or came true and has a card of its own (自动核销).

Nobody need report on them; a card graver than a warning is never lifted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from tongban.audit import services as audit
from tongban.cases.queries import watched
from tongban.core import db, time
from tongban.supervision.models import Act, Card, Standing
from tongban.supervision.queries import cards
from tongban.supervision.rules import flow
from tongban.supervision.rules.kinds import CAME_TRUE, ends_by_itself
from tongban.supervision.services.issuing import WATCH


@dataclass(frozen=True)
class Warned:
    """A warning that has not ended: the card, its unit, the case."""

    card_id: UUID
    organisation: str
    case_id: UUID


@transaction.atomic
def lift(pack: str) -> int:
    """Lift the warnings of a place that are over; return how many. For the look at a place, which holds its lock."""
    warnings = _warnings(pack)
    reasons = _reasons([row.case_id for row in warnings])
    over = [row for row in warnings if row.case_id in reasons]
    return sum(_lift(over[start : start + watched.MOST], reasons) for start in range(0, len(over), watched.MOST))


def _lift(over: Sequence[Warned], reasons: Mapping[UUID, str]) -> int:
    """Lift those that still may be: somebody may have acted on one meanwhile."""
    rows = Standing.objects.filter(pk__in=[row.card_id for row in over]).order_by("pk").select_for_update()
    counts = {row.pk: row.act_count for row in rows if flow.may(cards.standing_of(row), "lift")}
    lifted, at = [row for row in over if row.card_id in counts], time.now()
    db.insert_many(Act, [
        Act(card_id=row.card_id, seq=counts[row.card_id] + 1, verb="lift", at=at, by_name=WATCH.name, words=reasons[row.case_id])
        for row in lifted
    ])  # fmt: skip
    Standing.objects.filter(pk__in=list(counts)).update(state=flow.State.CLOSED.value, act_count=F("act_count") + 1)
    audit.record_all(
        [audit.entry("cards.lift", "card", row.card_id, by=WATCH, organisation=row.organisation) for row in lifted]
    )
    return len(lifted)


def _warnings(pack: str) -> list[Warned]:
    """Return the warnings of a place that have not ended. By the standings first, told apart here: SQLite would begin
    with all warnings that ever were."""
    live = Standing.objects.filter(state__in=flow.LIVE)
    wanted, found = list(live.values_list("pk", flat=True)), list[Warned]()
    for start in range(0, len(wanted), watched.MOST):
        rows = Card.objects.filter(pk__in=wanted[start : start + watched.MOST])
        kinds = rows.values_list("pk", "organisation", "case_id", "pack", "rule", "level")
        found += [Warned(pk, organisation, case_id) for pk, organisation, case_id, place, rule, level in kinds
                  if case_id and place == pack and ends_by_itself(rule, level)]  # fmt: skip
    return found


def _reasons(about: Sequence[UUID]) -> dict[UUID, str]:
    """Return why warnings about some cases are over, where they are."""
    reasons: dict[UUID, str] = {}
    for start in range(0, len(about), watched.MOST):
        graver = Card.objects.filter(case_id__in=about[start : start + watched.MOST], rule=CAME_TRUE)
        reasons |= {
            case_id: f"到期没有办结，另发 {number}"
            for case_id, number in graver.values_list("case_id", "number")
            if case_id
        }
    closed = watched.closings(about)
    return {case_id: f"{time.day_of(at)} 办件已经结束" for case_id, at in closed.items()} | reasons
