"""Hold a self-report (自报) against what the platform computed: the same, better than computed (a contradiction), below it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

NEAR = Fraction(5, 100)  # half of the last decimal shown: what is printed the same is the same


@dataclass(frozen=True)
class Verdict:
    """How a self-report stands to the computed figure: kind (same, above, below, missing, unknown) and words."""

    kind: str
    words: str

    @property
    def is_contradiction(self) -> bool:
        """Whether the unit reports better than the platform computes."""
        return self.kind == "above"


def verdict(own: Fraction | None, computed: Fraction | None, *, comparator: str, unit: str) -> Verdict:
    """Return how a self-report stands to the computed figure.

    With a target to stay below (`<=`) a smaller self-report is the better one. Without a computed figure nothing is said.
    """
    if computed is None:
        return Verdict("unknown", "平台无数据")
    if own is None:
        return Verdict("missing", "没有填自报数")
    gap = own - computed
    if abs(gap) <= NEAR:
        return Verdict("same", "一致")
    better = gap < 0 if comparator == "<=" else gap > 0
    shown = f"{float(abs(gap)):.1f} {'个百分点' if unit == '%' else unit}".strip()
    way = "高" if gap > 0 else "低"
    return Verdict("above" if better else "below", f"自报比平台{way} {shown}")
