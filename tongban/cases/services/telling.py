"""Tell applicant and agent what happened to a case, with the way to its page."""

from __future__ import annotations

from tongban.cases.models import Case
from tongban.notices import services as notices


def tell(case: Case, title: str, text: str, *, page: str = "") -> None:
    """Put a message into the inbox of the applicant and of the agent, in the transaction of what happened.

    `page` is the part of the case's page that it leads to.
    """
    joint = case.joint_case
    notices.notify([joint.applicant_id, joint.agent_id], title=title, text=text, link=f"/me/cases/{joint.pk}{page}")
