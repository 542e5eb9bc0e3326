"""What happened to shipments: ids and moments only. The first is for this app's own worker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShipmentOrdered:
    """A shipment waits to be told to the courier."""

    shipment_id: str


@dataclass(frozen=True)
class Delivered:
    """A shipment was handed over and signed for."""

    shipment_id: str
    subject_id: str
    purpose: str
    at: str


@dataclass(frozen=True)
class Returned:
    """A shipment came back."""

    shipment_id: str
    subject_id: str
    purpose: str
    at: str
