"""What happened to cards, for other apps: ids, kinds and moments only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CardIssued:
    """A card was issued to a unit."""

    card_id: str
    level: str
    rule: str
    organisation: str
    at: str


@dataclass(frozen=True)
class CardCancelled:
    """A card was cancelled by two persons of the overseer."""

    card_id: str
    organisation: str
    at: str
