"""Read orders, receipts and reconciliations."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tongban.core.actor import Actor
from tongban.payments import permissions
from tongban.payments.models import Difference, Order, Reconciliation, Refund
from tongban.payments.rules import KIND_WORDS, LAMPS, SORT_WORDS, WORDS, Kind, Sort, State, yuan

PAGE = 50


def visible_to(by: Actor, parties: Collection[UUID] = ()) -> QuerySet[Order]:
    """Return the orders of the actor's organisations, and those that the actor, or a party acted for, is to pay.

    `parties` are those for whom the caller knows that the actor may act today.
    """
    own = {party for party in (by.person_id, by.party_id, *parties) if party is not None}
    return Order.objects.filter(Q(organisation__in=list(by.seats)) | Q(payer_id__in=own))


@dataclass(frozen=True)
class OrderView:
    """An order with its words, its receipt and its refunds."""

    order: Order
    amount: str
    words: str
    lamp: str
    receipt_number: str
    receipt_is_void: bool
    refunds: tuple[Refund, ...]

    @property
    def is_open(self) -> bool:
        """Whether it waits to be paid."""
        return self.order.state == State.OPEN

    @property
    def may_refund(self) -> bool:
        """Whether the money is here and not on its way back already."""
        running = [refund for refund in self.refunds if refund.failed_at is None]
        return self.order.state in (State.PAID, State.REFUNDING) and not running


def _view(order: Order) -> OrderView:
    receipt = getattr(order, "receipt", None)
    state = State(order.state)
    return OrderView(
        order=order, amount=yuan(order.amount_fen), words=WORDS[state], lamp=LAMPS[state],
        receipt_number=receipt.number if receipt else "", receipt_is_void=bool(receipt and receipt.voided_at),
        refunds=tuple(sorted(order.refunds.all(), key=lambda refund: refund.asked_at)),
    )  # fmt: skip


def order(order_id: UUID, *, by: Actor, parties: Collection[UUID] = ()) -> OrderView:
    """Return an order. Raises NotFound when it is not the actor's to see."""
    row = _whole(visible_to(by, parties)).filter(pk=order_id).first()
    if row is None:
        raise permissions.hidden()
    return _view(row)


def of_subjects(subjects: Iterable[UUID]) -> list[OrderView]:
    """Return the orders of some subjects, oldest first; the caller knows that the actor may see the subjects. Two queries."""
    rows = _whole(Order.objects.filter(subject_id__in=list(subjects))).order_by("number")
    return [_view(row) for row in rows]


def subject_of(order_id: UUID) -> UUID | None:
    """Return what an order is for; None when there is no such order."""
    return Order.objects.filter(pk=order_id).values_list("subject_id", flat=True).first()


def _whole(rows: QuerySet[Order]) -> QuerySet[Order]:
    return rows.select_related("receipt").prefetch_related("refunds")


@dataclass(frozen=True)
class Wanted:
    """The filter of the list of orders."""

    text: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    cursor: str = ""


@dataclass(frozen=True)
class Page:
    """A page of orders, newest first; the cursor is the number of the last one."""

    rows: tuple[OrderView, ...]
    next_cursor: str


def page(wanted: Wanted, *, by: Actor) -> Page:
    """Return a page of the orders of the actor's organisations, newest first. Two queries."""
    rows = _narrowed(Order.objects.filter(organisation__in=list(by.seats)), wanted)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.cursor:
        rows = rows.filter(number__lt=wanted.cursor)
    found = [_view(row) for row in _whole(rows).order_by("-number")[: PAGE + 1]]
    return Page(tuple(found[:PAGE]), found[PAGE - 1].order.number if len(found) > PAGE else "")


def _narrowed(rows: QuerySet[Order], wanted: Wanted) -> QuerySet[Order]:
    if wanted.text:
        rows = rows.filter(
            Q(number__endswith=wanted.text.upper()) | Q(subject_number__endswith=wanted.text.upper())
            | Q(payer_name__startswith=wanted.text) | Q(title__contains=wanted.text)
        )  # fmt: skip
    # The number begins with the day of the order: no index on another column is needed.
    if wanted.since:
        rows = rows.filter(number__gte=f"TB{wanted.since:%Y%m%d}")
    if wanted.until:
        rows = rows.filter(number__lt=f"TB{wanted.until + timedelta(days=1):%Y%m%d}")
    return rows


def counts(wanted: Wanted, *, by: Actor) -> list[tuple[str, str, int]]:
    """Return (state, words, how many) of the actor's organisations under the same filter without its state."""
    rows = _narrowed(Order.objects.filter(organisation__in=list(by.seats)), wanted)
    known = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return [(state.value, WORDS[state], known.get(state.value, 0)) for state in State]


@dataclass(frozen=True)
class DayView:
    """A compared day with its totals and what is still to be settled."""

    run: Reconciliation
    ours: str
    theirs: str
    open: int


@dataclass(frozen=True)
class DifferenceView:
    """A difference with its words."""

    row: Difference
    kind: str
    sort: str


def days(*, by: Actor, most: int = 62) -> list[DayView]:
    """Return the compared days, newest first, each with the differences that wait for the actor. Raises NotAllowed."""
    permissions.require_keeper(by=by)
    waits = Count("differences", filter=Q(differences__settled_at=None) & _mine("differences__", by))
    rows = Reconciliation.objects.annotate(waits=waits).order_by("-on")[:most]
    return [DayView(row, yuan(row.ours_fen), yuan(row.theirs_fen), row.waits) for row in rows]


def day(on: date, *, by: Actor) -> tuple[DayView | None, list[DifferenceView]]:
    """Return a compared day, or None, and its differences that the actor may see. Raises NotAllowed."""
    permissions.require_keeper(by=by)
    run = Reconciliation.objects.filter(on=on).first()
    if run is None:
        return None, []
    found = differences(by=by, on=on)
    waiting = sum(1 for view in found if view.row.settled_at is None)
    return DayView(run, yuan(run.ours_fen), yuan(run.theirs_fen), waiting), found


def differences(*, by: Actor, on: date | None = None, open_only: bool = False) -> list[DifferenceView]:
    """Return differences of the actor's organisations and those that nobody knows, oldest day first. Raises NotAllowed."""
    permissions.require_keeper(by=by)
    rows = Difference.objects.select_related("run").filter(_mine("", by))
    if on is not None:
        rows = rows.filter(run__on=on)
    if open_only:
        rows = rows.filter(settled_at=None)
    return [
        DifferenceView(row, KIND_WORDS[Kind(row.kind)], SORT_WORDS[Sort(row.sort)])
        for row in rows.order_by("run__on", "kind", "number", "trade_no")
    ]


def _mine(prefix: str, by: Actor) -> Q:
    if by.channel == "system":
        return Q()
    return Q(**{f"{prefix}organisation__in": ["", *by.organisations_as(*permissions.KEEPERS)]})
