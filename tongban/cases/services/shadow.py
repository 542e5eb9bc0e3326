"""Shadow mode (影子运行) of 智能秒批: what people decide is set beside what the table said."""

from __future__ import annotations

from tongban.cases.models import Case
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules.parts import Instant
from tongban.decisions import services as decisions


def use_of(case: Case) -> Instant | None:
    """Return how a table takes part in a case: as the item says today, so that who turns it off has it off at once."""
    spec = catalogue.items(case.joint_case.pack).get(case.item_code)
    return spec.instant if spec and not (case.is_tracked_only or spec.tracked_only or spec.safety) else None


def settle(case: Case, *, granted: bool) -> None:
    """Record what people decided, beside what the table would have; nothing where no table looked."""
    if use_of(case) is not None:
        decisions.settle_shadow(case.pk, granted)


def sent_back(case: Case) -> None:
    """Record that people sent back for correction what a table would have granted as it was."""
    if use_of(case) is not None:
        decisions.settle_shadow(case.pk, granted=False, if_said=True)
