"""The thresholds in force at a place, and those before."""

from __future__ import annotations

from dataclasses import dataclass

from tongban.supervision.models import ThresholdVersion
from tongban.supervision.rules.kinds import Thresholds


@dataclass(frozen=True)
class InForce:
    """Thresholds with the number of their version; 0 are the defaults."""

    version: int
    thresholds: Thresholds


def in_force(pack: str) -> InForce:
    """Return the thresholds of a place: the newest version, or the defaults. One query."""
    row = ThresholdVersion.objects.filter(pack=pack).order_by("-version").first()
    if row is None:
        return InForce(0, Thresholds())
    return InForce(row.version, Thresholds.model_validate_json(row.body))


def history(pack: str) -> list[ThresholdVersion]:
    """Return the versions of a place, newest first."""
    return list(ThresholdVersion.objects.filter(pack=pack).order_by("-version"))
