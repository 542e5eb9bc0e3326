"""What themes do when a joint case closes: the 行业综合许可证 may be due."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.events import JointCaseClosed
from tongban.outbox.services import on
from tongban.themes.services import permits


@on(JointCaseClosed)
def issue_permit(event: JointCaseClosed) -> None:
    """Issue the permit of the theme. The event may come twice, and again after a member was handled anew."""
    permits.settle(UUID(event.joint_case_id))
