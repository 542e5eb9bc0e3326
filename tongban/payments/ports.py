"""The payment gateway (统一支付平台) as this app needs it, and its twin in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class Asked:
    """An order as the gateway learns it: no name, no case."""

    number: str
    amount_fen: int
    title: str
    return_path: str


@dataclass(frozen=True)
class Standing:
    """Where an order or refund stands at the gateway: `open`, `done`, `failed` or `closed`; `at` is when the money moved."""

    state: str
    amount_fen: int
    trade_no: str = ""
    at: datetime | None = None


class PaymentGateway(Protocol):
    """Takes money for orders and gives it back. Every call may be repeated with the same number.

    Raises GatewayDown when nothing believable comes back within five seconds, GatewayRefused when it says no.
    """

    def create(self, asked: Asked) -> str:
        """Open an order; return the address of its cashier."""
        ...

    def query(self, number: str) -> Standing: ...

    def close(self, number: str) -> None: ...

    def refund(self, number: str, *, refund: str, amount_fen: int, reason: str) -> None: ...

    def query_refund(self, refund: str) -> Standing: ...

    def statement(self, on: date) -> bytes:
        """Return the file of a day (CSV, see `rules.read_statement`)."""
        ...


@dataclass
class MemoryGateway:
    """A gateway in memory, for tests: what was asked stands in its fields."""

    orders: dict[str, Asked] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    refunds: dict[str, Standing] = field(default_factory=dict)
    statements: dict[date, bytes] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)

    def create(self, asked: Asked) -> str:
        """Keep the order."""
        self.calls.append(("create", asked.number))
        self.orders[asked.number] = asked
        self.standings.setdefault(asked.number, Standing("open", asked.amount_fen))
        return f"http://127.0.0.1:1/pay/{asked.number}"

    def query(self, number: str) -> Standing:
        """Return where an order stands."""
        self.calls.append(("query", number))
        return self.standings[number]

    def close(self, number: str) -> None:
        """Close an order."""
        self.calls.append(("close", number))
        self.standings[number] = Standing("closed", self.standings[number].amount_fen)

    def refund(self, number: str, *, refund: str, amount_fen: int, reason: str) -> None:
        """Keep the refund."""
        self.calls.append(("refund", refund))
        self.refunds.setdefault(refund, Standing("open", amount_fen))

    def query_refund(self, refund: str) -> Standing:
        """Return where a refund stands."""
        return self.refunds[refund]

    def statement(self, on: date) -> bytes:
        """Return the file of a day."""
        return self.statements[on]
