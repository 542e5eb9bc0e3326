"""Which items were ever applied for (事项执行率)."""

from __future__ import annotations

from tongban.cases.models import Case


def applied_for(pack: str) -> frozenset[str]:
    """Return the codes of the items of which there is at least one case. One query."""
    codes = Case.objects.filter(pack=pack).order_by().values_list("item_code", flat=True)
    return frozenset(codes.distinct())
