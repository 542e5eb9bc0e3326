"""What the worker does when an order or refund waits for the gateway: after the commit, outside any transaction."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import transaction

from tongban.outbox.services import on
from tongban.payments.events import OrderOpened, RefundAsked
from tongban.payments.services import orders, refunds


@on(OrderOpened)
def tell_order(event: OrderOpened) -> None:
    """Tell the gateway of an order, or that it was closed. The event may come twice."""
    order_id = UUID(event.order_id)
    transaction.on_commit(partial(orders.try_to_send, order_id), robust=True)
    transaction.on_commit(partial(orders.try_to_close, order_id), robust=True)


@on(RefundAsked)
def tell_refund(event: RefundAsked) -> None:
    """Tell the gateway of a refund. The event may come twice."""
    transaction.on_commit(partial(refunds.try_to_send, UUID(event.refund_id)), robust=True)
