"""The life of a draft (编制稿): edited, checked, reviewed by a second person, published now or at a set time."""

from __future__ import annotations

import enum

from tongban.rules.errors import Conflict


class State(enum.StrEnum):
    """Where a draft stands."""

    EDITING = "editing"
    REVIEW = "review"
    RETURNED = "returned"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    DISCARDED = "discarded"


STATE_WORDS = {
    State.EDITING: "编制中", State.REVIEW: "待审核", State.RETURNED: "已退回", State.SCHEDULED: "待生效", State.PUBLISHED: "已发布",
    State.DISCARDED: "已作废",
}  # fmt: skip
OPEN = (State.EDITING, State.REVIEW, State.RETURNED, State.SCHEDULED)
MOVES: dict[tuple[str, State], State] = {
    **{("save", state): State.EDITING for state in (State.EDITING, State.RETURNED)},
    **{("send", state): State.REVIEW for state in (State.EDITING, State.RETURNED)},
    **{("discard", state): State.DISCARDED for state in (State.EDITING, State.RETURNED)},
    ("take_back", State.REVIEW): State.EDITING,
    ("give_back", State.REVIEW): State.RETURNED,
    ("publish", State.REVIEW): State.PUBLISHED,
    ("schedule", State.REVIEW): State.SCHEDULED,
    ("undo", State.SCHEDULED): State.EDITING,
    ("take_effect", State.SCHEDULED): State.PUBLISHED,
    ("fail", State.SCHEDULED): State.RETURNED,
}
VERB_WORDS = {
    "start": "开始编制", "save": "保存", "send": "送审", "discard": "作废", "take_back": "撤回送审", "give_back": "退回", "publish": "审核通过并发布",
    "schedule": "审核通过，定时发布", "undo": "生效前撤回", "take_effect": "按时生效", "fail": "没有生效",
}  # fmt: skip


def after(verb: str, state: State) -> State:
    """Return where a move leads. Raises Conflict for one that the table does not know."""
    try:
        return MOVES[verb, state]
    except KeyError as problem:
        raise Conflict(
            "authoring.state",
            f"这份稿子现在是“{STATE_WORDS[state]}”，不能{VERB_WORDS.get(verb, verb)}",
            remedy="重新打开稿子看最新状态",
        ) from problem
