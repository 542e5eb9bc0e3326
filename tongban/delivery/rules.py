"""Shipments (寄递), their states, waybills, and what a courier says."""

from __future__ import annotations

import enum
import json
import re
from dataclasses import dataclass
from datetime import date, datetime

from tongban.rules import numbers
from tongban.rules.errors import Conflict, Invalid


class State(enum.StrEnum):
    """Where a shipment stands."""

    ORDERED = "ordered"
    COLLECTED = "collected"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    RETURNED = "returned"


WORDS = {
    State.ORDERED: "待取件", State.COLLECTED: "已揽收", State.IN_TRANSIT: "运送中", State.DELIVERED: "已签收", State.RETURNED: "已退回",
}  # fmt: skip
LAMPS = {
    State.ORDERED: "idle",
    State.COLLECTED: "ok",
    State.IN_TRANSIT: "ok",
    State.DELIVERED: "done",
    State.RETURNED: "bad",
}
ENDED = (State.DELIVERED, State.RETURNED)
_ORDER = (State.ORDERED, State.COLLECTED, State.IN_TRANSIT, State.DELIVERED)


def after(told: State, state: State) -> State:
    """Return the state after the courier told of one. News that comes late moves nothing back.

    Raises Conflict when a shipment that has ended is said to have ended otherwise.
    """
    if state in ENDED:
        if told in ENDED and told is not state:
            raise Conflict(
                "delivery.ended", f"这件{WORDS[state]}，不会再变成{WORDS[told]}", remedy="核对运单后重新发送", state=state.value
            )  # fmt: skip
        return state
    if told is State.RETURNED:
        return told
    return max(told, state, key=_ORDER.index)


def shipment_number(on: date, serial: int) -> str:
    """Return the number of a shipment: KD, day, serial of the day, check character."""
    body = f"KD{on:%Y%m%d}{serial:08d}"
    return body + numbers.mod37_36(body)


_WAYBILL = re.compile(r"[0-9A-Z]{6,30}")


def waybill(text: str) -> str:
    """Return a waybill number (运单号) as it is kept: capitals and digits, no blanks. Raises Invalid."""
    kept = re.sub(r"[\s-]", "", text).upper()
    if not _WAYBILL.fullmatch(kept):
        raise Invalid(
            "delivery.waybill", "有 1 处要改", fields={"waybill": "运单号是 6 到 30 位数字和字母，请对照面单核对"}
        )
    return kept


@dataclass(frozen=True)
class Addressee:
    """Who is to get it (收件人)."""

    name: str
    phone: str
    address: str


_PHONE = re.compile(r"\d{7,12}|0\d{2,3}-\d{7,8}")


def addressee(sent: Addressee) -> Addressee:
    """Return a checked addressee. Raises Invalid with every field that is wrong."""
    name, phone, address = sent.name.strip(), sent.phone.strip(), sent.address.strip()
    wrong = {
        "name": "" if 1 <= len(name) <= 60 else "请填收件人姓名，60 个字以内",
        "phone": "" if _PHONE.fullmatch(phone) else "请填收件人的电话号码，只写数字",
        "address": "" if 6 <= len(address) <= 200 else "请填详细地址，6 到 200 个字",
    }
    fields = {name: words for name, words in wrong.items() if words}
    if fields:
        raise Invalid("delivery.addressee", f"收件信息有 {len(fields)} 处要改", fields=fields)
    return Addressee(name, phone, address)


@dataclass(frozen=True)
class Notification:
    """A callback of the courier: its own id, which shipment, what happened where and when, who signed."""

    id: str
    number: str
    waybill: str
    told: State
    words: str
    at: datetime
    signed_by: str
    proof: str


_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read_notification(body: bytes) -> Notification:
    """Return the callback that a body holds. Raises Invalid for anything else: a delivery names who signed."""
    try:
        sent = json.loads(body)
        read = Notification(
            id=sent["id"], number=sent["number"], waybill=sent["waybill"], told=State(sent["told"]), words=sent["words"],
            at=datetime.fromisoformat(sent["at"]), signed_by=sent.get("signed_by", ""), proof=sent.get("proof", ""),
        )  # fmt: skip
        if not all(_ID.fullmatch(text) for text in (read.id, read.number)) or not _WAYBILL.fullmatch(read.waybill):
            raise ValueError("a number is none")
        short = ((read.words, 200), (read.signed_by, 40), (read.proof, 100))
        if any(not isinstance(text, str) or len(text) > most or "\0" in text for text, most in short):
            raise ValueError("a text is none")
        if read.at.tzinfo is None or (read.told is State.DELIVERED) != bool(read.signed_by):
            raise ValueError("a moment without zone, or a delivery without a signature")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise Invalid("delivery.unreadable", "回调内容读不懂，没有处理", remedy="按接口说明重新发送") from problem
    return read
