"""Shadow mode (影子运行): how well a table agreed with the clerks, and when it may decide by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Standing:
    """How a table fared beside the clerks. `streak` counts the latest comparisons that all agreed."""

    compared: int
    agreed: int
    waiting: int
    streak: int

    @property
    def differed(self) -> int:
        """How many comparisons differed."""
        return self.compared - self.agreed

    def is_ready(self, least: int) -> bool:
        """Return whether the latest `least` comparisons all agreed; one that differs starts the count anew.

        Raises ValueError when `least` < 1: a table never goes live without having been compared.
        """
        return _enough(self.streak, least)


def is_ready(latest: Sequence[bool], least: int) -> bool:
    """Return the same from the latest comparisons alone, newest first: whether each agreed. Raises ValueError."""
    return _enough(latest.index(False) if False in latest else len(latest), least)


def _enough(streak: int, least: int) -> bool:
    if least < 1:
        raise ValueError(f"at least one comparison is needed, not {least}")
    return streak >= least
