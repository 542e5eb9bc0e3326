"""Make cards: cases that run late under a moved clock, looked at by the watch; officers of unit, overseer and appeals."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from tongban.cases.models import Case
from tongban.cases.services import acceptance, correction
from tongban.cases.tests.factories import PACK, TRADE, case_of, head_of, open_hotel
from tongban.core import time
from tongban.core.actor import Actor
from tongban.documents import queries as documents
from tongban.documents.queries import Paper
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.models import Organisation
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.tests.factories import at_desk
from tongban.supervision.models import Card
from tongban.supervision.queries import thresholds as known
from tongban.supervision.rules import flow
from tongban.supervision.services import acting, sweeping, thresholds
from tongban.supervision.services.issuing import Cause, issue

OVERSEER, APPEALS, UNIT = "data", "business-environment", "police"


def moment(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    """Return a moment of 2026 in China."""
    return time.at_china(date(2026, month, day), hour, minute)


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> Any:
    """Let the clock stand at a moment of 2026."""
    return time.moved(moment(month, day, hour, minute))


def overseer() -> Actor:
    """Return a new officer of the body that supervises."""
    return at_desk(OVERSEER, SUPERVISOR_POST)


def judge() -> Actor:
    """Return a new officer of the body that decides appeals."""
    return at_desk(APPEALS, SUPERVISOR_POST)


def head(org: str = UNIT) -> Actor:
    """Return a new head of a unit."""
    return at_desk(org)


def accepted(month: int = 3, day: int = 6, *, item: str = TRADE) -> Case:
    """Return a case that was submitted and accepted on a day; its promise are five working days."""
    with at(month, day):
        joint = open_hotel(as_person(citizen()), members={item: ()})
        return acceptance.accept(case_of(joint, item).pk, by=head_of(item))


def sweep(month: int, day: int, hour: int = 0, minute: int = 0) -> list[Card]:
    """Look at the place at a moment."""
    with at(month, day, hour, minute):
        sweeping.ensure(PACK)
        return sweeping.sweep(PACK)


def rules_of(cards: list[Card]) -> list[str]:
    """Return which rules some cards were given under."""
    return sorted(card.rule for card in cards)


def cause(n: int = 1, kind: str = "promise_over", **changes: Any) -> Cause:
    """Return a cause for a card of the unit."""
    known: dict[str, Any] = {
        "kind": kind, "subject_kind": "case", "subject": f"subject-{n}", "organisation": UNIT, "arose_at": moment(3, 14, 0),
        "words": f"第 {n} 件超过承诺时限", "title": "示例事项",
    }  # fmt: skip
    return Cause(**{**known, **changes})


def card(n: int = 1, kind: str = "promise_over", month: int = 3, day: int = 16, **changes: Any) -> Card:
    """Issue a card on a day."""
    with at(month, day, 0):
        (found,) = issue(PACK, [cause(n, kind, **changes)])
        return found


def set_thresholds(**changes: Any) -> None:
    """Let the overseer change thresholds."""
    found = known.in_force(PACK)
    thresholds.publish(
        PACK, {**found.thresholds.model_dump(), **changes}, reason="测试用的调整", seen=found.version, by=overseer()
    )


def move_to(region: str, unit: str = UNIT) -> None:
    """Let a unit sit in a region."""
    row = Organisation.objects.get(pack=PACK, code=unit)
    row.body, row.version = json.dumps({**json.loads(row.body), "region": region}), row.version + 1
    row.save()


def cancel(row: Card) -> None:
    """Let two persons of the overseer cancel a card."""
    acting.propose_cancel(row.pk, words="系统故障期间，不应发牌", by=overseer())
    acting.confirm_cancel(row.pk, words="经核实，同意撤销", by=overseer())


def card_in(year: int, n: int) -> Card:
    """Issue a card in the middle of a year."""
    with time.moved(time.at_china(date(year, 6, 1), 9)):
        (found,) = issue(PACK, [cause(n)])
        return found


def reopen(case: Case, *, by: Actor) -> None:
    """Handle a case anew by an order."""
    correction.reopen(case.pk, order="洪政复决〔2026〕3 号", reason="原决定事实不清，责令重作", by=by)


def decision_paper(case: Case) -> Paper:
    """Return the newest paper of a case."""
    return documents.papers([case.pk])[0]


def folded(row: Card) -> flow.Standing:
    """Return the standing of a card as its acts say."""
    standing = flow.Standing()
    for verb in row.acts.order_by("seq").values_list("verb", flat=True):
        standing = flow.after(standing, verb)
    return standing
