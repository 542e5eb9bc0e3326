"""The courier (统一物流平台) as this app needs it, and its twin in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from tongban.delivery.rules import Addressee


@dataclass(frozen=True)
class Parcel:
    """What the courier learns of a shipment."""

    number: str
    contents: str
    to: Addressee


class CourierGateway(Protocol):
    """Takes shipments. The call may be repeated with the same number: the same waybill comes back.

    Raises GatewayDown when nothing believable comes back within five seconds, GatewayRefused when it says no.
    """

    def take(self, parcel: Parcel) -> str:
        """Order a collection; return the waybill number."""
        ...


@dataclass
class MemoryCourier:
    """A courier in memory, for tests: what was asked stands in its fields."""

    parcels: dict[str, Parcel] = field(default_factory=dict)
    first: str = "SF"

    def take(self, parcel: Parcel) -> str:
        """Keep the parcel; its waybill is made of its number."""
        self.parcels[parcel.number] = parcel
        return self.first + parcel.number[-12:]
