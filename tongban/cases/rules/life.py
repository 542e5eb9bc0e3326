"""The life of a case (办件): states, the table of moves, who may make them. State is a fold over events.

Source: 行政许可法 art. 29–45, 69, 82; standards reference §7.
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
    REVOKED = "revoked"


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
    State.REVOKED: "准予已撤销",
}
OPEN = (State.WAITING, State.PRE_REVIEW, State.SUBMITTED, State.RETURNED, State.ACCEPTED, State.DECIDING)
CLOSED = (State.GRANTED, State.REFUSED, State.NOT_ACCEPTED, State.WITHDRAWN, State.LAPSED, State.REVOKED)
INTAKE = (State.PRE_REVIEW, State.SUBMITTED)
WORKING = (State.ACCEPTED, State.DECIDING)

MOVES: dict[tuple[str, State], State] = {
    ("start", State.WAITING): State.PRE_REVIEW,  # 前序事项已决定
    ("lapse", State.WAITING): State.LAPSED,  # 前序事项未准予，缺它的证照办不了
    ("pass_pre_review", State.PRE_REVIEW): State.SUBMITTED,
    ("accept", State.PRE_REVIEW): State.ACCEPTED,  # 行政许可法 art. 32(5)
    ("accept", State.SUBMITTED): State.ACCEPTED,
    ("deem_accepted", State.PRE_REVIEW): State.ACCEPTED,  # 逾期不告知的，自收到之日起即为受理, art. 32(4)
    ("deem_accepted", State.SUBMITTED): State.ACCEPTED,
    ("ask_for_more", State.PRE_REVIEW): State.RETURNED,  # 一次性告知, art. 32(4)
    ("ask_for_more", State.SUBMITTED): State.RETURNED,
    ("ask_again", State.SUBMITTED): State.RETURNED,  # a second notice: with its reason, and a finding
    ("resubmit", State.RETURNED): State.SUBMITTED,
    ("refuse_acceptance", State.PRE_REVIEW): State.NOT_ACCEPTED,  # art. 32(1)(2)
    ("refuse_acceptance", State.SUBMITTED): State.NOT_ACCEPTED,
    ("pass_step", State.ACCEPTED): State.ACCEPTED,
    ("send_to_decision", State.ACCEPTED): State.DECIDING,
    **{("step_back", state): State.ACCEPTED for state in WORKING},  # 退回上一步
    **{(verb, state): state for state in WORKING for verb in (
        "pause", "resume",  # 特别程序, art. 45
        "correct",  # 受理后补正: the applicant handed in what a stop had asked for
        "request_extension", "extend", "decline_extension",  # 延期, art. 42
        "consult", "answer_consult",  # 会签、征求意见
    )},
    ("grant", State.DECIDING): State.GRANTED,  # art. 38
    ("refuse", State.DECIDING): State.REFUSED,
    **{("grant_by_default", state): State.GRANTED for state in WORKING},  # 超时默认
    **{("refuse_overdue", state): State.REFUSED for state in WORKING},  # 容缺材料逾期未补
    **{("supply", state): state for state in (*INTAKE, State.WAITING, *WORKING)},
    **{("withdraw", state): State.WITHDRAWN for state in OPEN},
    **{("terminate", state): State.LAPSED for state in OPEN if state != State.WAITING},
    **{("correct_decision", state): state for state in (State.GRANTED, State.REFUSED, State.NOT_ACCEPTED)},  # 更正
    **{("reopen", state): State.ACCEPTED for state in CLOSED if state != State.WITHDRAWN},  # 复议、判决、责令
    ("undo_default", State.GRANTED): State.ACCEPTED,
    ("confirm_promise", State.GRANTED): State.GRANTED,  # 告知承诺核查：属实
    ("deny_promise", State.GRANTED): State.GRANTED,  # 告知承诺核查：不实，转负责人撤销
    ("revoke", State.GRANTED): State.REVOKED,  # 撤销, art. 69
}  # fmt: skip

# Who makes a move. `applicant` acts in his own matter, `system` is the platform at its hour.
APPLICANT, SYSTEM = "applicant", "system"
WHO: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("start", "lapse", "send_to_decision", "deem_accepted", "grant_by_default", "refuse_overdue"), (SYSTEM,)
    ),
    **dict.fromkeys(("resubmit", "correct", "supply", "withdraw"), (APPLICANT,)),
    **dict.fromkeys(("pass_pre_review", "accept", "ask_for_more", "ask_again", "refuse_acceptance"), ("clerk", "head")),
    **dict.fromkeys(("pause", "resume", "request_extension", "consult", "step_back"), ("reviewer", "head")),
    **dict.fromkeys(("confirm_promise", "deny_promise"), ("reviewer", "head")),
    "pass_step": ("clerk", "reviewer", "head"),  # the role of the step itself
    "answer_consult": ("reviewer", "head"),  # of the organisation that was asked
    **dict.fromkeys(
        (
            "extend", "decline_extension", "grant", "refuse", "terminate", "correct_decision", "reopen", "undo_default",
            "revoke",
        ),
        ("head",),
    ),
}  # fmt: skip
# What is written down without moving the case.
NOTES = (
    "claim", "release", "reassign", "recalculate", "find", "warn", "assist", "pay", "refund", "ship", "deliver", "send_back",
    "visit", "serve", "reply",
)  # fmt: skip

VERB_WORDS = {
    "submit": "提交申请", "start": "前一项已办好，开始办理", "lapse": "前一项未准予，终止", "pass_pre_review": "预审通过",
    "accept": "受理", "deem_accepted": "逾期未答复，视为受理", "ask_for_more": "一次性告知补正", "ask_again": "再次告知补正",
    "resubmit": "提交补正", "refuse_acceptance": "不予受理", "pass_step": "通过环节", "send_to_decision": "送负责人决定",
    "step_back": "退回上一步", "pause": "暂停计时", "resume": "恢复计时", "correct": "补正（受理后）",
    "request_extension": "申请延期", "extend": "批准延期", "decline_extension": "不同意延期", "consult": "征求意见",
    "answer_consult": "答复意见", "grant": "准予", "refuse": "不予", "grant_by_default": "超时默认准予",
    "refuse_overdue": "容缺逾期，不予", "supply": "补交材料", "withdraw": "撤回申请", "terminate": "终止办理",
    "correct_decision": "更正决定", "reopen": "重新办理", "undo_default": "撤回超时默认", "confirm_promise": "承诺核查属实",
    "deny_promise": "承诺核查不实", "revoke": "撤销准予", "claim": "认领", "release": "退回待认领", "reassign": "转办",
    "recalculate": "日历更新，重算到期日", "find": "监察发现", "warn": "到期预警", "visit": "踏勘", "collect": "领取签收", "assist": "帮代办",
    "pay": "缴费成功", "refund": "退款完成", "ship": "寄出结果", "deliver": "结果签收", "send_back": "寄件退回",
    "serve": "送达文书", "reply": "答复申请人",
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
        elif verb not in NOTES:
            raise ValueError(f"history has {verb} in state {state}")
    if state is None:
        raise ValueError("a case has no history")
    return state


def ready_steps(steps: Iterable[tuple[str, tuple[str, ...]]], done: Iterable[str]) -> list[str]:
    """Return the codes of the steps that can start: (code, waits for) pairs, and the codes already done."""
    finished = set(done)
    return [code for code, waits in steps if code not in finished and set(waits) <= finished]
