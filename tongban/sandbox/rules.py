"""What the sandbox pays, refunds and carries, as plain values. It stands in for outside systems in demonstrations and tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

COLUMNS = ("sort", "number", "trade_no", "amount_fen", "state", "at")
# The way of a parcel: what is told, and its words.
STEPS = (
    ("collected", "快递员已上门取件（演示）"),
    ("in_transit", "已离开洪湖集散点（演示）"),
    ("in_transit", "正在派送（演示）"),
    ("delivered", "已签收（演示）"),
)
RETURNED = ("returned", "收件人拒收，退回寄件人（演示）")
WORDS = {
    "open": "待支付", "done": "成功", "failed": "失败", "closed": "已关闭", "ordered": "待取件", "collected": "已取件",
    "in_transit": "运送中", "delivered": "已签收", "returned": "已退回",
}  # fmt: skip
# A callback that was not taken is sent again after so many seconds, then no more.
WAITS_S = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


@dataclass(frozen=True)
class Faults:
    """What the sandbox does badly on purpose: how often, how late, what it leaves out."""

    duplicate: bool = False
    fail_first: bool = False
    delay_s: float = 0.0
    plant_differences: bool = False


@dataclass(frozen=True)
class Movement:
    """Money that moved: a payment or a refund."""

    sort: str
    number: str
    trade_no: str
    amount_fen: int
    at: datetime


def planted(rows: list[Movement], on: date, at: datetime) -> list[Movement]:
    """Return the movements of a day with three faults: one left out, one with another amount, one that nobody knows."""
    first, rest = rows[:1], rows[1:]
    wrong = [Movement(m.sort, m.number, m.trade_no, m.amount_fen + 1, m.at) for m in rest[:1]]
    stranger = Movement("payment", f"TB{on:%Y%m%d}99999999X", f"SBX{on:%Y%m%d}99999999", 100, at)
    return [*wrong, *rest[1:], stranger] if first else [stranger]


def statement(rows: Iterable[Movement]) -> bytes:
    """Return the file of a day: a head, a line a movement, a total."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    kept = list(rows)
    writer.writerows((m.sort, m.number, m.trade_no, m.amount_fen, "success", m.at.isoformat()) for m in kept)
    writer.writerow(("total", len(kept), sum(m.amount_fen for m in kept)))
    return out.getvalue().encode()


def yuan(fen: int) -> str:
    """Return an amount as people read it."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def next_step(done: int) -> tuple[str, str] | None:
    """Return what happens to a parcel after so many steps, or None at its end."""
    return STEPS[done] if done < len(STEPS) else None
