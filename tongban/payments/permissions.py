"""Who may see and move an order."""

from __future__ import annotations

from tongban.core.actor import Actor
from tongban.payments.models import Difference, Order
from tongban.rules.errors import NotAllowed, NotFound

KEEPERS = ("head", "admin")  # They settle differences and see the days.


def require_refund(order: Order, *, by: Actor) -> None:
    """Raise NotFound for another organisation's order, NotAllowed for who is not its head."""
    if order.organisation not in by.seats:
        raise hidden()
    if not by.has_role(order.organisation, "head"):
        raise NotAllowed("payments.role", "退款由负责人办理，你没有这个权限", remedy="请负责人办理")


def require_keeper(*, by: Actor) -> None:
    """Raise NotAllowed unless the actor keeps the books of some organisation."""
    if by.channel != "system" and not by.organisations_as(*KEEPERS):
        raise NotAllowed("payments.keeper", "对账由负责人或管理员办理，你没有这个权限", remedy="请负责人或管理员办理")


def require_settle(difference: Difference, *, by: Actor) -> None:
    """Raise NotFound for another organisation's difference, NotAllowed for who keeps no books."""
    require_keeper(by=by)
    if difference.organisation and not by.has_role(difference.organisation, *KEEPERS):
        raise NotFound("payments.no_difference", "没有找到这条差异，或者它不归你处理", remedy="回到对账单重新选择")


def hidden() -> NotFound:
    """Return the answer for an order that does not exist or is not the actor's: the two look alike."""
    return NotFound("payments.none", "没有找到这张缴费单，或者它不归你看", remedy="从办件进度里打开缴费")
