"""What the worker does when a shipment waits for the courier: after the commit, outside any transaction."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import transaction

from tongban.delivery.events import ShipmentOrdered
from tongban.delivery.services import shipping
from tongban.outbox.services import on


@on(ShipmentOrdered)
def tell_courier(event: ShipmentOrdered) -> None:
    """Tell the courier of a shipment. The event may come twice."""
    transaction.on_commit(partial(shipping.try_to_send, UUID(event.shipment_id)), robust=True)
