"""Compare our ledger of a day with the gateway's (日对账) and settle what differs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from tongban.audit import services as audit
from tongban.core import time
from tongban.core.actor import Actor
from tongban.payments import permissions, rules
from tongban.payments.models import Difference, Order, Reconciliation, Refund
from tongban.payments.rules import WORDS, Line, Own, Sort, State
from tongban.payments.services import gateway
from tongban.rules.errors import Conflict, DomainError, Invalid, NotFound

log = structlog.get_logger()


def reconcile(on: date, *, by: Actor) -> Reconciliation:
    """Fetch the gateway's file of a day and compare. Done again, it replaces what was not settled.

    Network first, then one transaction. Raises NotAllowed, Invalid for a day that is not over or a broken file, GatewayDown.
    """
    permissions.require_keeper(by=by)
    if on >= time.today():
        raise Invalid("payments.day_open", "这一天还没有过完，不能对账", remedy="第二天再对")
    lines = rules.read_statement(gateway.current().statement(on))
    return _compare(on, lines, by=by)


@transaction.atomic
def _compare(on: date, lines: list[Line], *, by: Actor) -> Reconciliation:
    ours, organisations = _ledger(on, lines)
    own = [row for row in ours.values() if row.done_on == on]
    totals = {
        "ran_at": time.now(), "ours_lines": len(own), "ours_fen": sum(row.amount_fen for row in own),
        "theirs_lines": len(lines), "theirs_fen": sum(line.amount_fen for line in lines),
    }  # fmt: skip
    run, _ = Reconciliation.objects.update_or_create(on=on, defaults=totals)
    found = rules.differences(lines, ours, on=on)
    run.differences.filter(settled_at=None).delete()
    settled = {(d.kind, d.sort, d.number, d.trade_no) for d in run.differences.all()}
    Difference.objects.bulk_create(
        Difference(
            run=run, kind=d.kind.value, sort=d.sort.value, number=d.number, trade_no=d.trade_no,
            organisation=organisations.get(d.number, ""), ours=d.ours, theirs=d.theirs,
        )
        for d in found if (d.kind.value, d.sort.value, d.number, d.trade_no) not in settled
    )  # fmt: skip
    audit.record("payments.reconciled", "reconciliation", on.isoformat(), by=by)
    return run


def _ledger(on: date, lines: list[Line]) -> tuple[dict[tuple[Sort, str], Own], dict[str, str]]:
    """Return what we know of the day and of each number of theirs, and the organisation of each number."""
    begin, end = time.at_china(on, 0), time.at_china(on + timedelta(days=1), 0)
    named = {sort: [line.number for line in lines if line.sort is sort] for sort in Sort}
    ours: dict[tuple[Sort, str], Own] = {}
    organisations: dict[str, str] = {}
    for order in _rows(Order.objects.all(), Q(paid_at__gte=begin, paid_at__lt=end), named[Sort.PAYMENT]):
        done_on = time.day_of(order.paid_at) if order.paid_at else None
        ours[Sort.PAYMENT, order.number] = Own(order.amount_fen, done_on, WORDS[State(order.state)])
        organisations[order.number] = order.organisation
    refunds = Refund.objects.select_related("order")
    for refund in _rows(refunds, Q(done_at__gte=begin, done_at__lt=end), named[Sort.REFUND]):
        done_on = time.day_of(refund.done_at) if refund.done_at else None
        words = "已退款" if refund.done_at else "退款失败" if refund.failed_at else "退款中"
        ours[Sort.REFUND, refund.number] = Own(refund.amount_fen, done_on, words)
        organisations[refund.number] = refund.order.organisation
    return ours, organisations


R = TypeVar("R", Order, Refund)
_BATCH = 5000  # Databases take only so many parameters at once.


def _rows(rows: QuerySet[R], of_day: Q, numbers: list[str]) -> Iterator[R]:
    """Give the rows of the day, and those of other days that the gateway names."""
    yield from rows.filter(of_day)
    for first in range(0, len(numbers), _BATCH):
        yield from rows.filter(number__in=numbers[first : first + _BATCH]).exclude(of_day)


@transaction.atomic
def settle(difference_id: UUID, *, note: str, by: Actor) -> Difference:
    """Settle a difference with a note. Raises NotFound, NotAllowed, Conflict when it was settled before, Invalid."""
    row = Difference.objects.select_for_update(of=("self",)).filter(pk=difference_id).first()
    if row is None:
        raise NotFound("payments.no_difference", "没有找到这条差异，或者它不归你处理", remedy="回到对账单重新选择")
    permissions.require_settle(row, by=by)
    if row.settled_at is not None:
        raise Conflict("payments.settled", f"这条差异已由{row.settled_by_name}处理", remedy="刷新看最新状态")
    wrong = rules.note_problem(note.strip())
    if wrong:
        raise Invalid("payments.note", "有 1 处要改", fields={"note": wrong})
    row.settled_at, row.settled_by_name, row.note = time.now(), by.name[:40], note.strip()
    row.save(update_fields=["settled_at", "settled_by_name", "note"])
    audit.record("payments.difference_settled", "difference", row.pk, by=by, organisation=row.organisation)
    return row


def reconcile_yesterday() -> int:
    """Compare yesterday once; called hourly. Return how many days were compared."""
    on = time.today() - timedelta(days=1)
    if Reconciliation.objects.filter(on=on).exists():
        return 0
    try:
        reconcile(on, by=Actor.system("对账"))
    except DomainError as refusal:
        log.warning("day_not_reconciled", on=on.isoformat(), code=refusal.code)
        return 0
    return 1
