"""Make shipments, and callbacks as the courier sends them."""

from __future__ import annotations

import json
from itertools import count
from uuid import UUID, uuid4

from django.conf import settings

from tongban.core import calls, time
from tongban.core.actor import Actor
from tongban.delivery.models import Shipment
from tongban.delivery.ports import MemoryCourier
from tongban.delivery.rules import Addressee
from tongban.delivery.services import shipping, tracking
from tongban.delivery.services.shipping import Sending
from tongban.rules import signing
from tongban.rules.signing import Signed

PATH = "/callbacks/delivery"
TO = Addressee("张示例", "13900000001", "洪湖市新堤街道示例路 1 号")
ORG = "market"
_numbers = count(1)
_courier = [MemoryCourier()]


def new_courier() -> MemoryCourier:
    """Put a fresh courier in memory in the place of the one before."""
    _courier[0] = MemoryCourier()
    return _courier[0]


def courier() -> MemoryCourier:
    """Return the courier in memory: `settings.COURIER_GATEWAY` names this function in tests."""
    return _courier[0]


def sending(*, to: Addressee = TO, subject: UUID | None = None, number: str = "C-1") -> Sending:
    """Return what is to be sent for a new subject."""
    return Sending(
        subject_id=subject or uuid4(), purpose="result", organisation=ORG, contents="营业执照（示例）", to=to, subject_number=number
    )  # fmt: skip


def shipped() -> Shipment:
    """Send something that the courier has taken."""
    return shipping.send(shipping.ship(sending(), by=Actor.system()).pk)


def staff(*roles: str, org: str = ORG) -> Actor:
    """Return an officer with some roles."""
    return Actor(account_id=uuid4(), name="王示例", seats={org: frozenset(roles)})


def told(row: Shipment, state: str = "collected", **changes: object) -> bytes:
    """Return the body of a callback about a shipment."""
    sent = {
        "id": f"d{next(_numbers):08d}", "number": row.number, "waybill": row.waybill, "told": state, "words": "快递员已取件",
        "at": time.now().isoformat(), **({"signed_by": "张示例", "proof": "SIGN1"} if state == "delivered" else {}),
    }  # fmt: skip
    return json.dumps({**sent, **changes}, ensure_ascii=False).encode()


def signed(body: bytes, *, secret: str = "", late_s: int = 0) -> Signed:
    """Sign a body as the courier does."""
    outside = settings.DELIVERY
    return signing.sign(
        "POST",
        PATH,
        body,
        key=outside.key,
        secret=secret or outside.secret,
        at_s=calls.seconds() - late_s,
        nonce="n" * 24,
    )


def take(body: bytes, given: Signed | None = None) -> str:
    """Let the platform take a callback."""
    return tracking.take_tracking(body, given or signed(body), path=PATH, by=Actor(channel="callback"))
