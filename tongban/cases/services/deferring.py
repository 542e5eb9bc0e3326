"""容缺受理: what was to follow is asked for once more, and ends the case as the item says when it does not come."""

from __future__ import annotations

from uuid import UUID

from tongban.cases.models import Case
from tongban.cases.rules.life import WORKING, State
from tongban.cases.services import decision, ending
from tongban.cases.services.acceptance import still_to_follow
from tongban.cases.services.recording import locked
from tongban.catalogue import queries as catalogue
from tongban.core import time
from tongban.core.actor import Actor
from tongban.notices import services as notices


def remind(case_id: UUID, material: str) -> None:
    """Remind the applicant of a material that is still to follow."""
    case = locked(case_id)
    row = next((row for row in still_to_follow(case) if row.type_code == material), None)
    if row is None or row.due_on is None or State(case.state) not in WORKING:
        return
    joint = case.joint_case
    notices.notify(
        [joint.applicant_id, joint.agent_id], title=f"请补交：{row.name}",
        text=f"“{case.name}”容缺受理的“{row.name}”请在 {row.due_on:%-m月%-d日}前补交，到期没有补交的，{_then(case, material)}。",
        link=f"/me/cases/{joint.pk}",
    )  # fmt: skip


def lapse(case_id: UUID, material: str) -> None:
    """End a case whose material did not come in time: terminated or refused, as the item's spec says."""
    case = locked(case_id)
    row = next((row for row in still_to_follow(case) if row.type_code == material), None)
    if row is None or row.due_on is None or State(case.state) not in WORKING:
        return
    reason = f"容缺受理的“{row.name}”没有在 {row.due_on:%Y年%-m月%-d日}前补交，依照办事指南{_then(case, material)}"
    at, by = time.now(), Actor.system("系统（容缺到期）")
    if _way(case, material) == "refuse":
        decision.refused(case, "refuse_overdue", reason, by=by, at=at)
    else:
        ending.terminated(case, reason, by=by, at=at)


def _way(case: Case, material: str) -> str:
    spec = catalogue.version(case.joint_case.pack, case.item_code, case.item_version)
    return next((use.defer_lapse for use in spec.materials if use.type == material), "terminate")


def _then(case: Case, material: str) -> str:
    return "不予许可" if _way(case, material) == "refuse" else "终止办理"
