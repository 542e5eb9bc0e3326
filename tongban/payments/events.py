"""What happened to orders: ids and moments only. The first two are for this app's own worker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OrderOpened:
    """An order waits to be told to the gateway."""

    order_id: str


@dataclass(frozen=True)
class RefundAsked:
    """A refund waits to be told to the gateway."""

    refund_id: str


@dataclass(frozen=True)
class Paid:
    """An order was paid; its receipt is issued."""

    order_id: str
    subject_id: str
    purpose: str
    at: str


@dataclass(frozen=True)
class Refunded:
    """The money of an order went back."""

    order_id: str
    subject_id: str
    purpose: str
    at: str
