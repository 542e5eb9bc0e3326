"""The life of a card: what may follow what. The card never changes; its standing is a fold over later acts.

Source: standards reference 7.3; assurance 5.4 (two persons cancel a card, the unit carded does not decide the appeal).
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace

from tongban.rules.errors import Conflict


class State(enum.StrEnum):
    """Where a card stands with its unit."""

    ISSUED = "issued"
    RECTIFIED = "rectified"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Appeal(enum.StrEnum):
    """Where the appeal stands."""

    NONE = ""
    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


LIVE = (State.ISSUED.value, State.RECTIFIED.value)  # neither settled nor cancelled
STATE_WORDS = {State.ISSUED: "待整改", State.RECTIFIED: "已报整改", State.CLOSED: "已核销", State.CANCELLED: "已撤销"}
STATE_LAMPS = {State.ISSUED: "warn", State.RECTIFIED: "ok", State.CLOSED: "done", State.CANCELLED: "off"}
APPEAL_WORDS = {Appeal.NONE: "", Appeal.OPEN: "申诉中", Appeal.UPHELD: "申诉成立", Appeal.DISMISSED: "申诉不成立"}


@dataclass(frozen=True)
class Standing:
    """What the acts on a card came to."""

    state: State = State.ISSUED
    appeal: Appeal = Appeal.NONE
    is_seen: bool = False  # 签收
    is_cancel_proposed: bool = False


VERB_WORDS = {
    "notify": "通知单位", "acknowledge": "签收", "rectify": "报整改", "send_back": "退回整改", "close": "核销", "appeal": "申诉",
    "uphold": "申诉成立", "dismiss": "申诉不成立", "propose_cancel": "提出撤销", "confirm_cancel": "同意撤销",
    "decline_cancel": "不同意撤销", "lift": "自动核销",
}  # fmt: skip
# Who makes an act: the unit carded, the body that supervises it, the body that decides appeals, the platform.
UNIT, OVERSEER, APPEALS, SYSTEM = "unit", "overseer", "appeals", "system"
WHO = {
    "notify": SYSTEM, "acknowledge": UNIT, "rectify": UNIT, "appeal": UNIT, "send_back": OVERSEER, "close": OVERSEER,
    "uphold": APPEALS, "dismiss": APPEALS, "propose_cancel": OVERSEER, "confirm_cancel": OVERSEER, "decline_cancel": OVERSEER,
    "lift": SYSTEM,
}  # fmt: skip
# Who is told of an act at once: whose turn it is now, or whom it concerns. Reports, which are many, wait in the lists of the day.
TOLD = {
    "appeal": (APPEALS,), "send_back": (UNIT,), "close": (UNIT,), "uphold": (UNIT, OVERSEER), "dismiss": (UNIT,),
    "propose_cancel": (OVERSEER,), "confirm_cancel": (UNIT,),
}  # fmt: skip


def may(standing: Standing, verb: str) -> bool:
    """Return whether an act fits where a card stands."""
    is_live = standing.state in LIVE
    fits = {
        "notify": True,
        "acknowledge": is_live and not standing.is_seen,
        "rectify": standing.state == State.ISSUED,
        "send_back": standing.state == State.RECTIFIED,
        "close": standing.state == State.RECTIFIED,
        "appeal": is_live and standing.appeal == Appeal.NONE,
        "uphold": standing.appeal == Appeal.OPEN and standing.state != State.CANCELLED,
        "dismiss": standing.appeal == Appeal.OPEN and standing.state != State.CANCELLED,
        "propose_cancel": standing.state != State.CANCELLED and not standing.is_cancel_proposed,
        "confirm_cancel": standing.is_cancel_proposed,
        "decline_cancel": standing.is_cancel_proposed,
        "lift": is_live and standing.appeal != Appeal.OPEN and not standing.is_cancel_proposed,
    }
    return fits[verb]


_CHANGES: dict[str, Callable[[Standing], Standing]] = {
    "notify": lambda s: s,
    "acknowledge": lambda s: replace(s, is_seen=True),
    "rectify": lambda s: replace(s, is_seen=True, state=State.RECTIFIED),
    "send_back": lambda s: replace(s, state=State.ISSUED),
    "close": lambda s: replace(s, state=State.CLOSED),
    "appeal": lambda s: replace(s, is_seen=True, appeal=Appeal.OPEN),
    "uphold": lambda s: replace(s, appeal=Appeal.UPHELD),
    "dismiss": lambda s: replace(s, appeal=Appeal.DISMISSED),
    "propose_cancel": lambda s: replace(s, is_cancel_proposed=True),
    "confirm_cancel": lambda s: replace(s, is_cancel_proposed=False, state=State.CANCELLED),
    "decline_cancel": lambda s: replace(s, is_cancel_proposed=False),
    "lift": lambda s: replace(s, state=State.CLOSED),
}


def after(standing: Standing, verb: str) -> Standing:
    """Return the standing after an act. Raises Conflict when the act does not fit."""
    if not may(standing, verb):
        said = "，".join(w for w in (STATE_WORDS[standing.state], APPEAL_WORDS[standing.appeal]) if w)
        raise Conflict(
            "card.wrong_state", f"这张牌现在是“{said}”，不能{VERB_WORDS[verb]}", remedy="刷新页面看最新进展", verb=verb
        )
    return _CHANGES[verb](standing)


def counts(standing: Standing) -> bool:
    """Return whether a card counts in the assessment: neither cancelled nor found wrong on appeal."""
    return standing.state != State.CANCELLED and standing.appeal != Appeal.UPHELD
