"""Make orders, and callbacks as the gateway sends them."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import count
from uuid import UUID, uuid4

from django.apps import apps
from django.conf import settings

from tongban.core import calls, time
from tongban.core.actor import Actor
from tongban.payments import rules
from tongban.payments.models import Order
from tongban.payments.ports import MemoryGateway
from tongban.payments.rules import FeeSpec
from tongban.payments.services import callbacks, orders
from tongban.payments.services.orders import Charge
from tongban.rules import signing
from tongban.rules.signing import Signed

PATH = "/callbacks/payments"
FEE = FeeSpec(standard="每件 80 元（示例）", basis="示例价费〔2026〕1号", amount_fen=80_00)
ORG = "market"
_numbers = count(1)
_gateway = [MemoryGateway()]


def new_gateway() -> MemoryGateway:
    """Put a fresh gateway in memory in the place of the one before."""
    _gateway[0] = MemoryGateway()
    return _gateway[0]


def gateway() -> MemoryGateway:
    """Return the gateway in memory: `settings.PAYMENT_GATEWAY` names this function in tests."""
    return _gateway[0]


def payer() -> UUID:
    """Make a party who pays."""
    n = next(_numbers)
    party = apps.get_model("identity", "Party").objects.create(
        kind="person", name="张示例", code_type="111", code=f"9990000000{n:08d}", created_at=time.now()
    )
    return party.pk


def charge(fee: FeeSpec | None = FEE, *, subject: UUID | None = None, payer_id: UUID | None = None) -> Charge:
    """Return what is to be paid for a new subject."""
    return Charge(
        subject_id=subject or uuid4(), purpose="fee", payer_id=payer_id or payer(), payer_name="张示例", organisation=ORG,
        title="换证工本费（示例）", fee=fee, subject_number="C-1", page="/me/cases/x/",
    )  # fmt: skip


def open_order(*, fee: FeeSpec = FEE) -> Order:
    """Open an order that the gateway knows."""
    return orders.send(orders.order(charge(fee), by=Actor.system()).pk)


def staff(*roles: str, org: str = ORG) -> Actor:
    """Return an officer with some roles."""
    return Actor(account_id=uuid4(), name="王示例", seats={org: frozenset(roles)})


def told(order: Order, **changes: object) -> bytes:
    """Return the body of the callback that an order was paid."""
    n = next(_numbers)
    sent = {
        "id": f"p{n:08d}", "told": "paid", "number": order.number, "amount_fen": order.amount_fen, "trade_no": f"T{n:08d}",
        "at": time.now().isoformat(),
    }  # fmt: skip
    return json.dumps({**sent, **changes}).encode()


def signed(body: bytes, *, path: str = PATH, late_s: int = 0, secret: str = "") -> Signed:
    """Sign a body as the gateway does."""
    outside = settings.PAYMENTS
    return signing.sign(
        "POST",
        path,
        body,
        key=outside.key,
        secret=secret or outside.secret,
        at_s=calls.seconds() - late_s,
        nonce="n" * 24,
    )


def take(body: bytes, given: Signed | None = None) -> str:
    """Let the platform take a callback."""
    return callbacks.take_callback(body, given or signed(body), path=PATH, by=Actor(channel="callback"))


def pay(order: Order, **changes: object) -> Order:
    """Let an order be paid."""
    take(told(order, **changes))
    return Order.objects.get(pk=order.pk)


def line(order: Order, *, at: datetime | None = None, **changes: object) -> str:
    """Return the line of an order in the gateway's file."""
    values = {
        "sort": "payment", "number": order.number, "trade_no": order.trade_no or "T1", "amount_fen": order.amount_fen,
        "state": "success", "at": (at or order.paid_at or time.now()).isoformat(),
    }  # fmt: skip
    return ",".join(str({**values, **changes}[name]) for name in rules.COLUMNS)


def statement(*lines: str) -> bytes:
    """Return a file of the gateway."""
    fen = sum(int(row.split(",")[3]) for row in lines)
    return "\n".join([",".join(rules.COLUMNS), *lines, f"total,{len(lines)},{fen}"]).encode()
