"""The courier over HTTP: signed questions to the one address of the settings, signed answers."""

from __future__ import annotations

from django.conf import settings

from tongban.core import calls
from tongban.delivery.ports import Parcel
from tongban.rules.errors import Conflict
from tongban.rules.signing import Outside


def gateway() -> HttpCourier:
    """Return the courier of the settings. Raises Conflict where none is in use."""
    outside: Outside = settings.DELIVERY
    if not outside.is_configured:
        raise Conflict("delivery.not_in_use", "还没有开通网上寄件", remedy="请自行寄出，再录入运单号")
    return HttpCourier(outside)


class HttpCourier:
    """Speaks to the courier. Raises GatewayDown, GatewayRefused."""

    def __init__(self, outside: Outside) -> None:
        self.outside = outside

    def take(self, parcel: Parcel) -> str:
        """Order a collection; return the waybill number."""
        to = {"name": parcel.to.name, "phone": parcel.to.phone, "address": parcel.to.address}
        answer = calls.post(
            self.outside, "/api/shipments", {"number": parcel.number, "contents": parcel.contents, "to": to}
        )
        return str(answer.get("waybill", ""))
