"""The payment gateway over HTTP: signed questions to the one address of the settings, signed answers."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings

from tongban.core import calls
from tongban.core.calls import GatewayDown
from tongban.payments.ports import Asked, Standing
from tongban.payments.rules import moment
from tongban.rules.errors import Conflict
from tongban.rules.signing import Outside


def gateway() -> HttpGateway:
    """Return the gateway of the settings. Raises Conflict where none is in use."""
    outside: Outside = settings.PAYMENTS
    if not outside.is_configured:
        raise Conflict("payments.not_in_use", "还没有开通网上缴费", remedy="请到办事窗口缴费")
    return HttpGateway(outside)


class HttpGateway:
    """Speaks to the gateway. Raises GatewayDown, GatewayRefused."""

    def __init__(self, outside: Outside) -> None:
        self.outside = outside

    def create(self, asked: Asked) -> str:
        """Open an order; return the address of its cashier, which must lie at the gateway itself."""
        answer = calls.post(self.outside, "/api/orders", {
            "number": asked.number, "amount_fen": asked.amount_fen, "title": asked.title, "return_path": asked.return_path,
        })  # fmt: skip
        cashier = str(answer.get("cashier", ""))
        if _place(cashier) != _place(self.outside.url) or len(cashier) > 300:
            raise GatewayDown("outside.cashier", "对方给的收银台地址不对", remedy="稍后再试，或联系平台管理员")
        return cashier

    def query(self, number: str) -> Standing:
        """Return where an order stands."""
        return _standing(calls.get(self.outside, f"/api/orders/{_quoted(number)}"))

    def close(self, number: str) -> None:
        """Close an order, so that nobody pays it any more."""
        calls.post(self.outside, f"/api/orders/{_quoted(number)}/close", {})

    def refund(self, number: str, *, refund: str, amount_fen: int, reason: str) -> None:
        """Ask for the money back."""
        calls.post(
            self.outside, "/api/refunds", {"number": refund, "order": number, "amount_fen": amount_fen, "reason": reason}
        )  # fmt: skip

    def query_refund(self, refund: str) -> Standing:
        """Return where a refund stands."""
        return _standing(calls.get(self.outside, f"/api/refunds/{_quoted(refund)}"))

    def statement(self, on: date) -> bytes:
        """Return the file of a day."""
        return calls.fetch(self.outside, f"/api/statements/{on.isoformat()}")


def _place(url: str) -> tuple[str, str]:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.netloc


def _quoted(number: str) -> str:
    return urllib.parse.quote(number, safe="")


def _standing(answer: Mapping[str, Any]) -> Standing:
    try:
        at = moment(answer["at"]) if answer.get("at") else None
        return Standing(str(answer["state"]), int(answer["amount_fen"]), str(answer.get("trade_no", "")), at)
    except (KeyError, ValueError, TypeError) as problem:
        raise GatewayDown("outside.down", "对方系统的回答读不懂", remedy="稍后再试；平台会自动重试") from problem
