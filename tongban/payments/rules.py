"""Orders (缴费单), their states, what a gateway says, and how two ledgers of a day are compared (对账)."""

from __future__ import annotations

import csv
import enum
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tongban.rules import numbers
from tongban.rules.errors import Conflict, Invalid

MOST_FEN = 10_000_000_00  # ten million yuan: more is a slip of the keyboard


class State(enum.StrEnum):
    """Where an order stands."""

    OPEN = "open"
    PAID = "paid"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    CLOSED = "closed"


WORDS = {
    State.OPEN: "待缴费", State.PAID: "已缴费", State.REFUNDING: "退款中", State.REFUNDED: "已退款", State.CLOSED: "已关闭",
}  # fmt: skip
LAMPS = {State.OPEN: "warn", State.PAID: "done", State.REFUNDING: "off", State.REFUNDED: "idle", State.CLOSED: "idle"}
MOVES = {
    ("pay", State.OPEN): State.PAID,
    # Paid at the cashier while we closed the order: the money is given back.
    ("pay", State.CLOSED): State.REFUNDING,
    ("close", State.OPEN): State.CLOSED,
    ("ask_refund", State.PAID): State.REFUNDING,
    # Asked again, after the gateway could not give it back.
    ("ask_refund", State.REFUNDING): State.REFUNDING,
    ("finish_refund", State.REFUNDING): State.REFUNDED,
}
HELD = (State.PAID, State.REFUNDING, State.REFUNDED)  # Money came in.


def after(verb: str, state: State) -> State:
    """Return the state after `verb`. Raises Conflict when the table has no such move."""
    if (verb, state) not in MOVES:
        raise Conflict(
            "payments.wrong_state", f"这张缴费单{WORDS[state]}，不能这样办", remedy="刷新看最新状态", verb=verb, state=state.value
        )  # fmt: skip
    return MOVES[verb, state]


@dataclass(frozen=True)
class FeeSpec:
    """A fee as the published item says it: standard (收费标准), basis (收费依据), amount."""

    standard: str
    basis: str
    amount_fen: int | None


def payable(fee: FeeSpec | None) -> int:
    """Return the amount in fen that may be asked for. An item that says 不收费 is never charged.

    Source: 行政许可法 art. 58, 59. Raises Conflict without a fee in the spec, Invalid for an amount or basis that is none.
    """
    if fee is None or fee.amount_fen is None:
        raise Conflict("payments.no_fee", "这个事项不收费，不能收钱", remedy="要收费的，先在事项里公布收费标准和依据")
    if not 0 < fee.amount_fen <= MOST_FEN:
        raise Invalid("payments.amount", "缴费金额不对，没有开缴费单", remedy="核对事项的收费标准", amount_fen=fee.amount_fen)  # fmt: skip
    if not fee.basis.strip():
        raise Invalid("payments.basis", "没有收费依据，不能收钱", remedy="先在事项里写明收费依据")
    return fee.amount_fen


def yuan(fen: int) -> str:
    """Return an amount as people read it: 1,234.50."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def order_number(on: date, serial: int) -> str:
    """Return the number of an order (缴费单号): TB, day, serial of the day, check character."""
    body = f"TB{on:%Y%m%d}{serial:08d}"
    return body + numbers.mod37_36(body)


def refund_number(order: str, serial: int) -> str:
    """Return the number of the n-th refund of an order."""
    return f"{order}R{serial}"


def receipt_number(organisation: str, year: int, serial: int) -> str:
    """Return the number of an electronic receipt (电子票据号): one sequence an organisation and year, without gaps."""
    return f"{organisation}-{year}-{serial:08d}"


# What the gateway tells


class Told(enum.StrEnum):
    """What a callback tells."""

    PAID = "paid"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"


@dataclass(frozen=True)
class Notification:
    """A callback: its own id, what happened to which order (or refund), how much, when."""

    id: str
    told: Told
    number: str
    refund: str
    amount_fen: int
    trade_no: str
    at: datetime


_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read_notification(body: bytes) -> Notification:
    """Return the callback that a body holds. Raises Invalid for anything else."""
    try:
        sent = json.loads(body)
        amount = sent["amount_fen"]
        read = Notification(
            id=sent["id"], told=Told(sent["told"]), number=sent["number"], refund=sent.get("refund", ""), amount_fen=amount,
            trade_no=sent["trade_no"], at=moment(sent["at"]),
        )  # fmt: skip
        texts = (read.id, read.number, read.trade_no, *([read.refund] if read.told is not Told.PAID else []))
        if type(amount) is not int or not all(_ID.fullmatch(text) for text in texts):
            raise ValueError("an amount or a number is none")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise Invalid("payments.unreadable", "回调内容读不懂，没有处理", remedy="按接口说明重新发送") from problem
    return read


def moment(text: str) -> datetime:
    """Return an aware moment. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at


# Reconciliation


class Sort(enum.StrEnum):
    """What a line of a ledger is about."""

    PAYMENT = "payment"
    REFUND = "refund"


SORT_WORDS = {Sort.PAYMENT: "缴费", Sort.REFUND: "退款"}


@dataclass(frozen=True)
class Line:
    """A line of the gateway's file of a day."""

    sort: Sort
    number: str
    trade_no: str
    amount_fen: int
    is_done: bool


@dataclass(frozen=True)
class Own:
    """What we know of an order or refund: amount, whether and on which day the money moved, the state in words."""

    amount_fen: int
    done_on: date | None
    words: str


class Kind(enum.StrEnum):
    """How the two ledgers differ."""

    OURS_ONLY = "ours_only"
    THEIRS_ONLY = "theirs_only"
    AMOUNT = "amount"
    STATE = "state"


KIND_WORDS = {
    Kind.OURS_ONLY: "我方有、对方没有", Kind.THEIRS_ONLY: "对方有、我方没有", Kind.AMOUNT: "金额不同", Kind.STATE: "状态不同",
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One difference of a day, with both sides in words."""

    kind: Kind
    sort: Sort
    number: str
    trade_no: str
    ours: str
    theirs: str


COLUMNS = ("sort", "number", "trade_no", "amount_fen", "state", "at")
MOST_LINES = 200_000


def read_statement(content: bytes) -> list[Line]:
    """Return the lines of a gateway's file (CSV in UTF-8; last line `total,<lines>,<fen>`).

    Raises Invalid for a file that is not whole: a wrong head, a wrong line, a total that does not fit.
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
        if len(rows) < 2 or tuple(rows[0]) != COLUMNS or len(rows) > MOST_LINES:
            raise ValueError("head")
        lines = [_line(row) for row in rows[1:-1]]
        if rows[-1] != ["total", str(len(lines)), str(sum(line.amount_fen for line in lines))]:
            raise ValueError("total")
    except (ValueError, csv.Error) as problem:
        raise Invalid("payments.statement", "对账文件不完整或读不懂，没有对账", remedy="稍后再取一次，或联系支付平台") from problem  # fmt: skip
    return lines


def _line(row: list[str]) -> Line:
    sort, number, trade_no, amount, state, at = row
    moment(at)
    is_number = amount.isascii() and amount.isdigit() and len(amount) <= 15
    if state not in ("success", "failed") or not is_number or not _ID.fullmatch(number) or not _ID.fullmatch(trade_no):
        raise ValueError("line")
    return Line(Sort(sort), number, trade_no, int(amount), state == "success")


def differences(theirs: Iterable[Line], ours: Mapping[tuple[Sort, str], Own], *, on: date) -> list[Difference]:
    """Compare the ledgers of a day. `ours` holds all of ours of the day, and what we know of each number of theirs.

    One number has at most one difference, but a number that the file names twice has one more for the second time.
    """
    found: list[Difference] = []
    met: set[tuple[Sort, str]] = set()
    for line in theirs:
        key = (line.sort, line.number)
        difference = _compare(line, None if key in met else ours.get(key), on=on)
        if difference is not None:
            found.append(difference)
        met.add(key)
    for (sort, number), own in ours.items():
        if (sort, number) not in met and own.done_on == on:
            found.append(Difference(Kind.OURS_ONLY, sort, number, "", _own_words(own), "没有这一笔"))
    return found


def _compare(line: Line, own: Own | None, *, on: date) -> Difference | None:
    said = f"{'成功' if line.is_done else '失败'} {yuan(line.amount_fen)} 元"

    def differs(kind: Kind) -> Difference:
        ours = _own_words(own) if own else "没有这一笔，或已经对过一次"
        return Difference(kind, line.sort, line.number, line.trade_no, ours, said)

    if own is None:
        return differs(Kind.THEIRS_ONLY)
    if own.amount_fen != line.amount_fen:
        return differs(Kind.AMOUNT)
    if line.is_done != (own.done_on == on):
        return differs(Kind.STATE)
    return None


def _own_words(own: Own) -> str:
    day = f" {own.done_on.isoformat()}" if own.done_on else ""
    return f"{own.words}{day} {yuan(own.amount_fen)} 元"


def note_problem(note: str) -> str | None:
    """Return what is wrong with the words that a person must give, or None. They have 4 to 200 characters."""
    if not 4 <= len(note) <= 200:
        return f"请写 4 到 200 个字，现在是 {len(note)} 个"
    return None
