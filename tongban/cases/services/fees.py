"""The fee of a case: ordered by the move that makes it due, closed or given back when the case ends without a result.

Source: 行政许可法 art. 58, 59.
"""

from __future__ import annotations

from tongban.cases.events import FeeAsked
from tongban.cases.models import Case
from tongban.cases.queries import fees
from tongban.cases.queries.fees import PURPOSE, Owed
from tongban.cases.rules import fees as rules
from tongban.cases.rules import life
from tongban.cases.rules.fees import Standing
from tongban.cases.rules.life import State
from tongban.core.actor import Actor
from tongban.notices import services as notices
from tongban.outbox import services as outbox
from tongban.payments.rules import FeeSpec, yuan
from tongban.payments.rules import State as Paying
from tongban.payments.services import orders, refunds
from tongban.payments.services.orders import Charge

UNTIL = {
    "before_acceptance": "请先缴费", "before_decision": "缴费后才能作出准予决定", "before_result": "缴费后领取结果",
}  # fmt: skip


def follow(case: Case, *, by: Actor) -> None:
    """Let the orders of a locked case fit its state, in the transaction of the move. May be repeated.

    An item that charges nothing, or whose amount depends on the single case, is never ordered for.
    """
    owed = fees.owed(case)
    if owed is None:
        return
    standing = rules.standing(owed.fee.when, State(case.state))
    if standing is Standing.DUE:
        _ask(case, owed, by=by)
    elif standing is not Standing.KEPT:
        _end(case, owed, has_ended=standing is Standing.ENDED, by=by)


def _ask(case: Case, owed: Owed, *, by: Actor) -> None:
    if any(view.order.state in (Paying.OPEN, Paying.PAID) for view in fees.orders([case.pk])):
        return
    joint = case.joint_case
    row = orders.order(
        Charge(
            subject_id=case.pk, purpose=PURPOSE, payer_id=joint.applicant_id, payer_name=joint.applicant_name,
            organisation=case.organisation, title=case.name[:120],
            fee=FeeSpec(owed.fee.standard, owed.fee.basis, owed.amount_fen), subject_number=case.number,
            page=f"/me/cases/{joint.pk}/",
        ),
        by=by,
    )  # fmt: skip
    outbox.publish(FeeAsked(str(case.pk), str(row.pk)))
    notices.notify(
        [joint.applicant_id, joint.agent_id],
        title=f"请缴费：{case.name}",
        text=f"{yuan(owed.amount_fen)} 元，{UNTIL[owed.fee.when]}。依据：{owed.fee.basis}",
        link=f"/me/cases/{joint.pk}/fees",
    )


def _end(case: Case, owed: Owed, *, has_ended: bool, by: Actor) -> None:
    for view in fees.orders([case.pk]):
        if view.order.state == Paying.OPEN:
            orders.close(view.order.pk, reason=f"办件{life.WORDS[State(case.state)]}，不用再缴", by=by)
        elif has_ended and view.order.state == Paying.PAID and owed.fee.refund == "refused_or_withdrawn":
            refunds.give_back(view.order.pk, reason=f"办件{life.WORDS[State(case.state)]}，退还已缴费用", by=by)
