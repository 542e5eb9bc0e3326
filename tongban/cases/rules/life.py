"""The life of a case (办件): states, the table of moves, who may make them. State is a fold over events.

Source: 行政许可法 art. 32 (acceptance, one complete notice), 34, 38, 42; standards reference 7.1.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable

from tongban.rules.errors import Conflict


class State(enum.StrEnum):
    """States of a case; the words of `WORDS` are the ones to show (product guide §6)."""

    WAITING = "waiting"
    PRE_REVIEW = "pre_review"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    DECIDING = "deciding"
    GRANTED = "granted"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


WORDS = {
    State.WAITING: "等前一项办好",
    State.PRE_REVIEW: "待预审",
    State.SUBMITTED: "待受理",
    State.RETURNED: "待补正",
    State.ACCEPTED: "已受理（在办）",
    State.DECIDING: "待决定",
    State.GRANTED: "已办结（准予）",
    State.REFUSED: "已办结（不予）",
    State.NOT_ACCEPTED: "不予受理",
    State.WITHDRAWN: "已撤回",
    State.LAPSED: "已终止",
}
OPEN = (State.WAITING, State.PRE_REVIEW, State.SUBMITTED, State.RETURNED, State.ACCEPTED, State.DECIDING)
CLOSED = (State.GRANTED, State.REFUSED, State.NOT_ACCEPTED, State.WITHDRAWN, State.LAPSED)
INTAKE = (State.PRE_REVIEW, State.SUBMITTED)

MOVES: dict[tuple[str, State], State] = {
    ("start", State.WAITING): State.PRE_REVIEW,  # 前序事项已决定
    ("lapse", State.WAITING): State.LAPSED,  # 前序事项未准予，缺它的证照办不了
    ("pass_pre_review", State.PRE_REVIEW): State.SUBMITTED,
    ("accept", State.PRE_REVIEW): State.ACCEPTED,  # 行政许可法 art. 32(5)
    ("accept", State.SUBMITTED): State.ACCEPTED,
    ("ask_for_more", State.PRE_REVIEW): State.RETURNED,  # 一次性告知, art. 32(4)
    ("ask_for_more", State.SUBMITTED): State.RETURNED,
    ("resubmit", State.RETURNED): State.SUBMITTED,
    ("refuse_acceptance", State.PRE_REVIEW): State.NOT_ACCEPTED,  # art. 32(1)(2)
    ("refuse_acceptance", State.SUBMITTED): State.NOT_ACCEPTED,
    ("pass_step", State.ACCEPTED): State.ACCEPTED,
    ("send_to_decision", State.ACCEPTED): State.DECIDING,
    ("grant", State.DECIDING): State.GRANTED,  # art. 38
    ("refuse", State.DECIDING): State.REFUSED,
    **{("supply", state): state for state in (*INTAKE, State.WAITING, State.ACCEPTED, State.DECIDING)},
    **{("withdraw", state): State.WITHDRAWN for state in OPEN},
}

VERB_WORDS = {
    "submit": "提交申请", "start": "前一项已办好，开始办理", "lapse": "前一项未准予，终止", "pass_pre_review": "预审通过",
    "accept": "受理", "ask_for_more": "一次性告知补正", "resubmit": "提交补正", "refuse_acceptance": "不予受理",
    "pass_step": "通过环节", "send_to_decision": "送负责人决定", "grant": "准予", "refuse": "不予", "supply": "补交材料",
    "withdraw": "撤回申请", "claim": "认领", "release": "退回待认领",
}  # fmt: skip


def after(verb: str, state: State) -> State:
    """Return the state after `verb`. Raises Conflict when the table has no such move."""
    if (verb, state) not in MOVES:
        raise Conflict(
            "case.wrong_state",
            f"这件办件现在是“{WORDS[state]}”，不能{VERB_WORDS.get(verb, verb)}",
            remedy="刷新页面看最新进展" if state in OPEN else "已经办完的不能再改，需要变更请另行申请",
            verb=verb,
            state=state.value,
        )
    return MOVES[verb, state]


def fold(verbs: Iterable[str]) -> State:
    """Return the state that a history leads to. The first verb is `submit` (starts) or `submit_waiting`."""
    state: State | None = None
    for verb in verbs:
        if state is None:
            state = {"submit": State.PRE_REVIEW, "submit_waiting": State.WAITING}[verb]
        elif (verb, state) in MOVES:
            state = MOVES[verb, state]
        elif verb not in ("claim", "release"):
            raise ValueError(f"history has {verb} in state {state}")
    if state is None:
        raise ValueError("a case has no history")
    return state


def ready_steps(steps: Iterable[tuple[str, tuple[str, ...]]], done: Iterable[str]) -> list[str]:
    """Return the codes of the steps that can start: (code, waits for) pairs, and the codes already done."""
    finished = set(done)
    return [code for code, waits in steps if code not in finished and set(waits) <= finished]
