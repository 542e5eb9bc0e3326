"""What part of a place a figure is about (范围): a unit, a region with all that lies in it, an item, a theme, a channel."""

from __future__ import annotations

from dataclasses import dataclass

# How figures are told apart, in words, in the order in which pages offer it.
WAYS: dict[str, str] = {"organisation": "单位", "theme": "一件事", "item": "事项", "channel": "渠道", "region": "区划"}


@dataclass(frozen=True)
class Within:
    """One part of a place."""

    way: str
    code: str


def within(said: str) -> Within | None:
    """Return the part that `way:code` names, as addresses and commands write it; None where it names none."""
    way, _, code = said.partition(":")
    return Within(way, code) if way in WAYS and code else None


def around(region: str) -> frozenset[str]:
    """Return the codes of a region and of all that it may lie in, by their levels. Source: standards reference 2.6."""
    return frozenset(region[:digits] + "0" * (12 - digits) for digits in (2, 4, 6, 9)) | {region}
