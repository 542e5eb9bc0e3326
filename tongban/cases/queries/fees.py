"""The fee of a case: what its item's spec says, what was asked for and paid, what is held back until then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from tongban.cases.models import Case
from tongban.catalogue import queries as catalogue
from tongban.catalogue.rules.parts import Fee
from tongban.payments import queries as payments
from tongban.payments.queries import OrderView
from tongban.payments.rules import State, yuan
from tongban.rules.errors import Conflict

PURPOSE = "fee"


@dataclass(frozen=True)
class Owed:
    """What a case costs: the fee as its item's version says it, and the amount that its own facts lead to."""

    fee: Fee
    amount_fen: int


def owed(case: Case) -> Owed | None:
    """Return what a case costs, or None: its item charges nothing, or the amount depends on the single case.

    The plan, which was read with the case, says whether the item has a fee at all: most have none.
    """
    planned = next(item for item in case.joint_case.plan["items"] if item["code"] == case.item_code)
    if not planned["fee"] or case.is_tracked_only:
        return None
    fee = catalogue.version(case.joint_case.pack, case.item_code, case.item_version).fee
    amount = fee.amount_of({**case.joint_case.plan["answers"], **case.joint_case.values}) if fee else None
    return Owed(fee, amount) if fee and amount else None


def orders(case_ids: Iterable[UUID]) -> list[OrderView]:
    """Return the orders of some cases, oldest first; the caller knows that the actor may see the cases. Two queries."""
    return payments.of_subjects(case_ids)


def is_settled(case: Case) -> bool:
    """Return whether a case costs nothing, or its fee is paid."""
    return owed(case) is None or any(view.order.state == State.PAID for view in orders([case.pk]))


def require_before_decision(case: Case) -> None:
    """Raise Conflict when the fee must be paid before the decision and is not. The clock runs on."""
    found = owed(case)
    if found is not None and found.fee.when == "before_decision" and not is_settled(case):
        raise Conflict(
            "case.unpaid", f"申请人还没有缴费（{yuan(found.amount_fen)} 元），不能准予",
            remedy="请申请人缴费；法定时限照常计算，不能缴费的可以终止办理",
        )  # fmt: skip


def require_settled(case: Case) -> None:
    """Raise Conflict when the result cannot be handed out (出件) because the fee is not paid."""
    found = owed(case)
    if found is not None and not is_settled(case):
        raise Conflict(
            "case.unpaid", f"“{case.name}”还没有缴费（{yuan(found.amount_fen)} 元），缴费后才能领取结果",
            remedy="在“办件进度”的“缴费和寄递”里缴费", case=str(case.pk),
        )  # fmt: skip


def require_settled_of(case_id: UUID) -> None:
    """Raise Conflict when the result of a case cannot be handed out because the fee is not paid."""
    found = Case.objects.select_related("joint_case").filter(pk=case_id).first()
    if found is not None:
        require_settled(found)
