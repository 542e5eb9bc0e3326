"""Who may act on a shipment."""

from __future__ import annotations

from tongban.core.actor import Actor
from tongban.delivery.models import Shipment
from tongban.rules.errors import NotAllowed, NotFound


def require(shipment: Shipment, *, by: Actor) -> None:
    """Raise NotFound for another organisation's shipment, NotAllowed for who neither receives nor decides there."""
    if shipment.organisation not in by.seats:
        raise hidden()
    if not by.has_role(shipment.organisation, "clerk", "head"):
        raise NotAllowed("delivery.role", "寄件由受理岗或负责人办理，你没有这个权限", remedy="请有权限的同事办理")


def hidden() -> NotFound:
    """Return the answer for a shipment that does not exist or is not the actor's: the two look alike."""
    return NotFound("delivery.none", "没有找到这件寄递，或者它不归你看", remedy="从办件里打开")
