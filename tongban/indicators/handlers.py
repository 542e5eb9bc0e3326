"""What rollups are told of cases: only which application to look at again."""

from __future__ import annotations

from tongban.cases.events import CaseMoved, JointCaseOpened
from tongban.indicators.services import rolling
from tongban.outbox.services import on


@on(JointCaseOpened)
def opened(event: JointCaseOpened) -> None:
    """An application came."""
    rolling.touch(event.joint_case_id)


@on(CaseMoved)
def moved(event: CaseMoved) -> None:
    """A case made a move."""
    if event.verb not in rolling.QUIET:
        rolling.touch(event.joint_case_id)
