"""Invite to rate (应评): one case once, one visit to a window once. Nothing is rated by default.

Source: standards reference 4.1 (一事一评、一次一评).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from tongban.cases.queries import counter
from tongban.cases.queries.counter import Case, JointCase
from tongban.cases.rules.life import State
from tongban.core import db, time
from tongban.evaluation.models import Invitation
from tongban.evaluation.queries import inviting, links
from tongban.evaluation.queries.terms import terms
from tongban.evaluation.rules.grades import Kind, Mode
from tongban.notices import services as notices
from tongban.rules.errors import NotFound

# A case closed by a decision; who withdrew or was not heard of has nothing to rate.
DECIDED = (State.GRANTED, State.REFUSED, State.NOT_ACCEPTED)
AT_WINDOW = ("window", "assist")


@transaction.atomic
def invite_case(case_id: UUID, *, at: datetime) -> bool:
    """Invite the applicant to rate a decided case; return whether this was new. Idempotent.

    A case whose work is done by an outside body and only tracked here is not rated here.
    """
    if db.select_values(Invitation, "id", case_id=case_id):
        return False
    found = db.select_values(Case, "joint_case_id", "is_tracked_only", "organisation", "organisation_name", "region", "item_code",
                             "name", id=case_id)  # fmt: skip
    if not found or found[0][1]:
        return False
    joint_id, _, organisation, organisation_name, region, item_code, name = found[0]
    ((pack, channel, applicant_id),) = db.select_values(JointCase, "pack", "channel", "applicant_id", id=joint_id)
    row = Invitation(
        pack=pack, kind=Kind.CASE.value, joint_case_id=joint_id, case_id=case_id, window=None,
        mode=(Mode.ONSITE if channel in AT_WINDOW else Mode.ONLINE).value, organisation=organisation, organisation_name=organisation_name,
        region=region, item_code=item_code, title=name, opened_at=at, closes_on=_closes_on(pack, at),
    )  # fmt: skip
    return _insert(row, applicant_id)


@transaction.atomic
def invite_visit(joint_id: UUID) -> bool:
    """Invite the person at a window to rate the visit, where a window received the application; return whether new.

    Idempotent. What a helper did for somebody who was not there is scored as help (帮代办评分), not as a visit.
    """
    if db.select_values(JointCase, "channel", id=joint_id) != [("window",)]:
        return False
    received = JointCase.objects.filter(pk=joint_id, reception__isnull=False)
    if not received.exists() or Invitation.objects.filter(joint_case_id=joint_id, kind=Kind.VISIT).exists():
        return False
    joint = counter.joint(joint_id)
    reception = getattr(joint, "reception", None)
    if reception is None or (reception.presence is not None and reception.presence.assistance_id is not None):
        return False
    window = reception.window
    row = Invitation(
        pack=joint.pack, kind=Kind.VISIT.value, joint_case_id=joint.pk, case=None, window_id=window.pk, mode=Mode.ONSITE.value,
        organisation=window.organisation.code, organisation_name=window.organisation.name, region=window.region,
        item_code=joint.item_code, title=joint.title, opened_at=reception.at, closes_on=_closes_on(joint.pack, reception.at),
    )  # fmt: skip
    return _insert(row, joint.applicant_id)


def _closes_on(pack: str, at: datetime) -> date:
    return time.day_of(at) + timedelta(days=terms(pack).rate_days)


def _insert(row: Invitation, applicant_id: UUID) -> bool:
    try:
        with transaction.atomic():
            db.insert_many(Invitation, [row])
    except IntegrityError:  # another worker was faster
        return False
    notices.notify(
        [applicant_id], title=f"请你评价：{row.title}",
        text=f"{row.organisation_name}办得怎么样？五个等级任选，{row.closes_on} 前有效，不评价没有影响。被评价的单位看不到是谁评的。",
        link=links.path(row.pk),
    )  # fmt: skip
    return True


@transaction.atomic
def wave_off(window_id: UUID, invitation_id: UUID) -> None:
    """Let a window's tablet stop offering a visit (这次不评价); it can still be rated by its link. Raises NotFound."""
    offered = inviting.at_window(window_id)
    if offered is None or offered.id != invitation_id:
        raise NotFound("evaluation.not_offered", "这次服务已经评过，或不在等候评价", remedy="请看屏幕上的最新提示")
    Invitation.objects.filter(pk=invitation_id).update(passed_at=time.now())
