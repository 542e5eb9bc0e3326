"""How an assignment (任务分工) moves: which act fits which state, and who may do it. All else is refused.

Source: product guide §7.4 (立项 分解 交办 签收 填报 审核 退回 催办 督办单 申请延期 申请销号 核验销号).
"""

from __future__ import annotations

import enum

from tongban.rules.errors import Conflict


class State(enum.StrEnum):
    """Where an assignment stands."""

    PLANNED = "planned"
    ASSIGNED = "assigned"
    RUNNING = "running"
    DELAY_ASKED = "delay_asked"
    CLOSE_ASKED = "close_asked"
    CLOSED = "closed"
    OUTSIDE = "outside"


STATE_WORDS = {
    State.PLANNED: "待交办", State.ASSIGNED: "待签收", State.RUNNING: "办理中", State.DELAY_ASKED: "申请延期待审",
    State.CLOSE_ASKED: "申请销号待核验", State.CLOSED: "已销号", State.OUTSIDE: "平台外单位，线下督办",
}  # fmt: skip


class Act(enum.StrEnum):
    """What can be done with an assignment."""

    ASSIGN = "assign"
    SIGN = "sign"
    REPORT = "report"
    ACCEPT_REPORT = "accept_report"
    RETURN_REPORT = "return_report"
    URGE = "urge"
    YELLOW = "yellow"
    RED = "red"
    ASK_DELAY = "ask_delay"
    GRANT_DELAY = "grant_delay"
    REFUSE_DELAY = "refuse_delay"
    ASK_CLOSE = "ask_close"
    VERIFY_CLOSE = "verify_close"
    REFUSE_CLOSE = "refuse_close"
    REOPEN = "reopen"
    TALK = "talk"
    BLAME = "blame"


ACT_WORDS = {
    Act.ASSIGN: "交办", Act.SIGN: "签收", Act.REPORT: "填报", Act.ACCEPT_REPORT: "审核通过", Act.RETURN_REPORT: "退回填报",
    Act.URGE: "催办", Act.YELLOW: "发黄色督办单", Act.RED: "发红色督办单", Act.ASK_DELAY: "申请延期", Act.GRANT_DELAY: "同意延期",
    Act.REFUSE_DELAY: "不同意延期", Act.ASK_CLOSE: "申请销号", Act.VERIFY_CLOSE: "核验销号", Act.REFUSE_CLOSE: "不予销号",
    Act.REOPEN: "恢复督办", Act.TALK: "登记约谈", Act.BLAME: "登记问责",
}  # fmt: skip


class Side(enum.StrEnum):
    """Who acts: the body that supervises, or the unit concerned."""

    OVERSEER = "overseer"
    UNIT = "unit"


_UNIT_ACTS = (Act.SIGN, Act.REPORT, Act.ASK_DELAY, Act.ASK_CLOSE)
SIDES = {act: Side.UNIT if act in _UNIT_ACTS else Side.OVERSEER for act in Act}
_OPEN = (State.ASSIGNED, State.RUNNING, State.DELAY_ASKED, State.CLOSE_ASKED)
_SIGNED = (State.RUNNING, State.DELAY_ASKED, State.CLOSE_ASKED)
MOVES: dict[tuple[State, Act], State] = {
    (State.PLANNED, Act.ASSIGN): State.ASSIGNED,
    (State.ASSIGNED, Act.SIGN): State.RUNNING,
    (State.RUNNING, Act.ASK_DELAY): State.DELAY_ASKED,
    (State.DELAY_ASKED, Act.GRANT_DELAY): State.RUNNING,
    (State.DELAY_ASKED, Act.REFUSE_DELAY): State.RUNNING,
    (State.RUNNING, Act.ASK_CLOSE): State.CLOSE_ASKED,
    (State.CLOSE_ASKED, Act.VERIFY_CLOSE): State.CLOSED,
    (State.CLOSE_ASKED, Act.REFUSE_CLOSE): State.RUNNING,
    (State.CLOSED, Act.REOPEN): State.RUNNING,
    **{(state, Act.REPORT): state for state in (State.RUNNING, State.DELAY_ASKED)},
    **{(state, act): state for state in _SIGNED for act in (Act.ACCEPT_REPORT, Act.RETURN_REPORT)},
    # A report may still be looked at when the task was struck off the list meanwhile.
    (State.CLOSED, Act.ACCEPT_REPORT): State.CLOSED,
    **{(state, act): state for state in _OPEN for act in (Act.URGE, Act.YELLOW, Act.RED)},
    **{(state, act): state for state in (*_OPEN, State.CLOSED, State.OUTSIDE) for act in (Act.TALK, Act.BLAME)},
}
# Acts whose reason stands in the record and is read by the other side.
NEED_WORDS = frozenset(Act) - {Act.ASSIGN, Act.SIGN, Act.ACCEPT_REPORT, Act.REPORT}


def after(act: Act, state: State) -> State:
    """Return the state after an act. Raises Conflict when the table has no such move."""
    if (state, act) not in MOVES:
        raise Conflict(
            "taskforce.wrong_state", f"这项任务现在是“{STATE_WORDS[state]}”，不能{ACT_WORDS[act]}", remedy="刷新看最新状态",
            act=act.value, state=state.value,
        )  # fmt: skip
    return MOVES[state, act]


def possible(state: State, side: Side) -> list[Act]:
    """Return the acts that a side can do in a state, in the order of the list of acts."""
    return [act for act in Act if SIDES[act] is side and (state, act) in MOVES]
