"""What the sandbox does when it is asked: take orders, money and parcels, and prepare the callbacks about them."""

from __future__ import annotations

import json
import secrets
import time as stopwatch
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from tongban.core import time
from tongban.rules.errors import Conflict, Invalid, NotFound
from tongban.sandbox import rules
from tongban.sandbox.adapters.store import Row, Sandbox
from tongban.sandbox.rules import Movement


def _text(sent: Mapping[str, Any], name: str, most: int = 300) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        raise Invalid("sandbox.field", f"{name} 不对", remedy="按接口说明重新发送")
    return value


def _amount(sent: Mapping[str, Any]) -> int:
    value = sent.get("amount_fen")
    if type(value) is not int or value <= 0:
        raise Invalid("sandbox.amount", "金额不对", remedy="金额是大于零的整数，单位为分")
    return value


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound("sandbox.none", "没有这个编号", remedy="核对编号")
    return row


def open_order(box: Sandbox, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Take an order; the same number again gets the same cashier. Raises Invalid, Conflict for another amount."""
    number, amount_fen, title = _text(sent, "number", 64), _amount(sent), _text(sent, "title")
    back = _text(sent, "return_path")
    if not back.startswith("/") or back.startswith("//"):
        raise Invalid("sandbox.return_path", "返回地址不对", remedy="返回地址以一个 / 开头")
    with box.store.changing():
        box.store.change(
            "INSERT INTO orders (number, token, amount_fen, title, return_path, state) VALUES (?, ?, ?, ?, ?, 'open') "
            "ON CONFLICT (number) DO NOTHING", number, secrets.token_urlsafe(16), amount_fen, title, back,
        )  # fmt: skip
        row = order(box, number)
    if row["amount_fen"] != amount_fen:
        raise Conflict("sandbox.amount_changed", "同一个编号的金额不能变", remedy="换一个编号")
    return {"cashier": f"{box.base}/pay/{row['token']}"}


def order(box: Sandbox, number: str) -> Row:
    """Return an order. Raises NotFound."""
    return _found(box.store.row("SELECT * FROM orders WHERE number = ?", number))


def order_of(box: Sandbox, token: str) -> Row:
    """Return the order of a cashier's address. Raises NotFound."""
    return _found(box.store.row("SELECT * FROM orders WHERE token = ?", token))


def standing(row: Row) -> dict[str, Any]:
    """Return where an order or refund stands."""
    return {"state": row["state"], "amount_fen": row["amount_fen"], "trade_no": row["trade_no"], "at": row["at"]}


def pay(box: Sandbox, number: str) -> None:
    """Let a person pay an order (no money moves: 演示). Raises Conflict unless it is open."""
    at = time.now()
    with box.store.changing():
        row = order(box, number)
        trade_no = f"SBX{time.day_of(at):%Y%m%d}{box.store.next('trade'):08d}"
        changed = box.store.change(
            "UPDATE orders SET state = 'done', trade_no = ?, at = ? WHERE number = ? AND state = 'open'", trade_no,
            at.isoformat(), number,
        )  # fmt: skip
        if not changed:
            raise Conflict(
                "sandbox.not_open", f"这张单{rules.WORDS[row['state']]}，不能再付", remedy="返回原来的页面看结果"
            )
        told = {
            "told": "paid",
            "number": number,
            "amount_fen": row["amount_fen"],
            "trade_no": trade_no,
            "at": at.isoformat(),
        }
        _tell(box, "payments", told)


def close(box: Sandbox, number: str) -> dict[str, Any]:
    """Close an open order. Raises Conflict for a paid one."""
    with box.store.changing():
        changed = box.store.change("UPDATE orders SET state = 'closed' WHERE number = ? AND state = 'open'", number)
        row = order(box, number)
    if not changed and row["state"] != "closed":
        raise Conflict("sandbox.paid", "这张单已经付了，不能关闭", remedy="可以退款")
    return {"state": "closed"}


def refund(box: Sandbox, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Give the whole amount of a paid order back, once. Raises Invalid, NotFound, Conflict."""
    number, amount_fen = _text(sent, "number", 64), _amount(sent)
    at = time.now()
    with box.store.changing():
        known = box.store.row("SELECT * FROM refunds WHERE number = ?", number)
        if known is None:
            row = order(box, _text(sent, "order", 64))
            _check_refund(box, row, amount_fen)
            trade_no = f"SBR{time.day_of(at):%Y%m%d}{box.store.next('trade'):08d}"
            box.store.change(
                "INSERT INTO refunds VALUES (?, ?, ?, ?, 'done', ?, ?)", number, row["number"], amount_fen,
                _text(sent, "reason"), trade_no, at.isoformat(),
            )  # fmt: skip
            told = {"told": "refunded", "number": row["number"], "refund": number, "amount_fen": amount_fen,
                    "trade_no": trade_no, "at": at.isoformat()}  # fmt: skip
            _tell(box, "payments", told)
    return standing(refund_of(box, number))


def _check_refund(box: Sandbox, row: Row, amount_fen: int) -> None:
    given = box.store.row("SELECT 1 FROM refunds WHERE order_number = ?", row["number"])
    if row["state"] != "done" or row["amount_fen"] != amount_fen or given is not None:
        raise Conflict("sandbox.refund", "没有付过、已经退过，或金额不对", remedy="核对后再试")


def refund_of(box: Sandbox, number: str) -> Row:
    """Return a refund. Raises NotFound."""
    return _found(box.store.row("SELECT * FROM refunds WHERE number = ?", number))


def statement(box: Sandbox, on: date) -> bytes:
    """Return the file of a day in China; with differences planted where the sandbox was started so."""
    begin, end = time.at_china(on, 0).isoformat(), time.at_china(on + timedelta(days=1), 0).isoformat()
    sql = (
        "SELECT 'payment' AS sort, number, trade_no, amount_fen, at FROM orders WHERE state = 'done' AND at >= ? AND at < ? "
        "UNION ALL SELECT 'refund', number, trade_no, amount_fen, at FROM refunds WHERE state = 'done' AND at >= ? AND at < ? "
        "ORDER BY at, number"
    )
    moved = [
        Movement(row["sort"], row["number"], row["trade_no"], row["amount_fen"], datetime.fromisoformat(row["at"]))
        for row in box.store.rows(sql, begin, end, begin, end)
    ]
    return rules.statement(rules.planted(moved, on, time.at_china(on, 12)) if box.faults.plant_differences else moved)


def take_parcel(box: Sandbox, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Take a shipment; the same number again gets the same waybill. Raises Invalid."""
    number, contents, to = _text(sent, "number", 64), _text(sent, "contents"), sent.get("to")
    if not isinstance(to, dict):
        raise Invalid("sandbox.field", "to 不对", remedy="按接口说明重新发送")
    name, phone, address = _text(to, "name"), _text(to, "phone"), _text(to, "address")
    with box.store.changing():
        if box.store.row("SELECT 1 FROM parcels WHERE number = ?", number) is None:
            waybill = f"SBX{box.store.next('waybill'):09d}"
            box.store.change(
                "INSERT INTO parcels VALUES (?, ?, ?, ?, ?, ?, ?, 'ordered', 0, ?)", number, secrets.token_urlsafe(16),
                waybill, contents, name, phone, address, stopwatch.time() + box.step_s,
            )  # fmt: skip
    return {"waybill": parcel(box, number)["waybill"]}


def parcel(box: Sandbox, number: str) -> Row:
    """Return a parcel. Raises NotFound."""
    return _found(box.store.row("SELECT * FROM parcels WHERE number = ?", number))


def parcel_of(box: Sandbox, token: str) -> Row:
    """Return the parcel of a page's address. Raises NotFound."""
    return _found(box.store.row("SELECT * FROM parcels WHERE token = ?", token))


def advance(box: Sandbox, number: str, *, is_refused: bool = False) -> None:
    """Let a parcel go one step further, or back to its sender. Raises Conflict at its end."""
    at = time.now()
    with box.store.changing():
        row = parcel(box, number)
        step = rules.next_step(row["steps"])
        if row["state"] in ("delivered", "returned") or step is None:
            raise Conflict("sandbox.ended", "这件已经到头了", remedy="看别的")
        told, words = rules.RETURNED if is_refused else step
        box.store.change(
            "UPDATE parcels SET state = ?, steps = steps + 1, next_s = ? WHERE number = ?", told, stopwatch.time() + box.step_s, number
        )  # fmt: skip
        body = {"told": told, "number": number, "waybill": row["waybill"], "words": words, "at": at.isoformat()}
        if told == "delivered":
            body |= {"signed_by": row["name"], "proof": f"SIGN{box.store.next('proof'):08d}"}
        _tell(box, "delivery", body)


def advance_due(box: Sandbox) -> None:
    """Let every parcel whose time has come go one step further; without a step time nothing goes by itself."""
    if box.step_s > 0:
        sql = "SELECT number FROM parcels WHERE state NOT IN ('delivered', 'returned') AND next_s <= ?"
        for row in box.store.rows(sql, stopwatch.time()):
            advance(box, row["number"])


def _tell(box: Sandbox, side: str, body: dict[str, Any]) -> None:
    """Prepare a callback, twice where the sandbox was started so: the same words under the same id."""
    told = {"id": f"{side[:1]}{box.store.next('callback'):08d}{secrets.token_hex(6)}", **body}
    due_s = stopwatch.time() + box.faults.delay_s
    for _ in range(2 if box.faults.duplicate else 1):
        box.store.change(
            "INSERT INTO callbacks (side, body, due_s) VALUES (?, ?, ?)",
            side,
            json.dumps(told, ensure_ascii=False),
            due_s,
        )


def is_fresh(box: Sandbox, nonce: str, at_s: int) -> bool:
    """Remember the word of a request; return whether it is new. Old words are forgotten with their window."""
    box.store.change("DELETE FROM nonces WHERE at_s < ?", at_s - 3600)
    return box.store.change("INSERT INTO nonces VALUES (?, ?) ON CONFLICT DO NOTHING", nonce, at_s) == 1


def fails_now(box: Sandbox, number: str) -> bool:
    """Return whether the sandbox is to fail on purpose: the first time that a number comes, where it was started so."""
    return box.faults.fail_first and box.store.next(f"seen {number}") == 1
