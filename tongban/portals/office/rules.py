"""What the case page offers at each stage, and the words of the acts. Plain values; who may do what, services decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROLES = {"clerk": "受理", "reviewer": "审查", "head": "决定", "admin": "管理人员和岗位"}
POSTS = {"clerk": "受理岗", "reviewer": "审查岗", "head": "负责人"}


@dataclass(frozen=True)
class Act:
    """An act on a case: its verb in the table of moves, its words, and what it asks of the officer."""

    verb: str
    label: str
    title: str
    consequence: str
    done: str
    asks: str = ""  # opinion, reason or items
    is_optional: bool = False
    phrases: tuple[str, ...] = ()
    tone: str = ""  # danger for refusals
    button: str = ""  # of the last look, where it says more than the title


OPINIONS = ("材料齐全，符合法定形式", "经审查符合条件，建议准予", "现场核查符合要求", "经审查不符合条件，建议不予")
ACTS = {
    "accept": Act(
        "accept", "受理", "受理申请", "从今天起算办理时限，出具受理通知书并告知申请人，审查环节随即开始。受理后不能退回待受理。", "已受理"
    ),
    "pre-review": Act(
        "pass_pre_review", "预审通过", "预审通过", "告知申请人材料看过、等待受理。不出具文书，不起算办理时限。", "预审已通过"
    ),
    "correction": Act(
        "ask_for_more", "要求补正", "一次性告知补正",
        "只能告知这一次，请一次说全。出具一次性补正告知书，办件退给申请人，补齐后重新计算受理期限。", "已告知补正", "items",
        button="出具补正告知书",
    ),
    "not-accept": Act(
        "refuse_acceptance", "不予受理", "不予受理", "办件到此结束，出具不予受理决定书，写明理由和救济渠道。不能撤回。", "已不予受理",
        "reason",
        phrases=(
            "申请事项依法不需要取得行政许可",
            "申请事项依法不属于本机关职权范围，应当向有关行政机关申请",
            "补正后材料仍不符合法定形式",
        ),
        tone="danger", button="不予受理，出具决定书",
    ),
    "step": Act(
        "pass_step", "通过", "通过环节", "意见和姓名记入办件，不能修改。后面的环节或负责人决定随即开始。", "环节已通过", "opinion", phrases=OPINIONS
    ),
    "grant": Act(
        "grant", "准予", "准予", "办件到此结束，出具准予决定书并告知申请人，等它的联办事项随即开始。不能撤回。", "已准予", "opinion",
        is_optional=True, phrases=("同意", "经审查符合法定条件、标准，准予"), button="准予，签发决定书",
    ),
    "refuse": Act(
        "refuse", "不予", "不予", "办件到此结束，出具不予决定书，写明理由和救济渠道；非它不可的联办事项一并终止。不能撤回。", "已决定不予",
        "reason", phrases=("经审查，申请人不具备法定条件", "现场核查不符合技术标准、技术规范", "提交的材料与实际情况不符"), tone="danger",
        button="不予，签发决定书",
    ),
}  # fmt: skip
# Work of outside bodies (外部，仅跟踪): the desk writes down what they did.
TRACKED = {
    "accept": Act("accept", "登记“对方已收”", "登记“对方已收”", "申请人会看到“已受理”。不出具文书，不计本平台时限。", "已登记“对方已收”"),
    "not-accept": Act(
        "refuse_acceptance", "登记“对方未办成”", "登记“对方未办成”", "这一项到此结束，申请人会看到理由。不出具文书。不能撤回。",
        "已登记“对方未办成”", "reason", phrases=("对方答复不接收这项申请",), tone="danger",
    ),
    "grant": Act(
        "grant", "登记“对方已办结”", "登记“对方已办结”", "这一项到此结束，等它的联办事项随即开始。不出具文书。不能撤回。",
        "已登记“对方已办结”", "opinion", is_optional=True, phrases=("对方已办结，结果已交申请人",),
    ),
    "refuse": Act(
        "refuse", "登记“对方未办成”", "登记“对方未办成”", "这一项到此结束，申请人会看到理由；非它不可的联办事项一并终止。不能撤回。",
        "已登记“对方未办成”", "reason", phrases=("对方答复不符合办理条件",), tone="danger",
    ),
    "step": ACTS["step"],
}  # fmt: skip


def act_of(slug: str, *, is_tracked_only: bool) -> Act | None:
    """Return an act by the last part of its address, or None."""
    return (TRACKED if is_tracked_only else ACTS).get(slug)


@dataclass(frozen=True)
class Offer:
    """A button of the action bar: where it leads, what it says, whether it is the main act."""

    slug: str
    label: str
    tone: str
    step: str = ""


def offers(
    *, is_tracked_only: bool, is_pre_review: bool, may_take_in: bool, may_ask: bool, may_decide: bool,
    steps: Sequence[tuple[str, str]],
) -> list[Offer]:  # fmt: skip
    """Return the buttons of a stage: refusals first, the one main act last."""
    if may_take_in:
        slugs = [
            "not-accept",
            *(["correction"] if may_ask else []),
            *(["pre-review"] if is_pre_review else []),
            "accept",
        ]
    elif may_decide:
        slugs = ["refuse", "grant"]
    else:
        rows = [Offer("step", f"通过“{name}”", "", code) for code, name in steps[1:]]
        return rows + [Offer("step", f"通过“{name}”", "primary", code) for code, name in steps[:1]]
    found = [(slug, act) for slug in slugs if (act := act_of(slug, is_tracked_only=is_tracked_only))]
    return [Offer(slug, act.label, "primary" if slug == slugs[-1] else act.tone) for slug, act in found]


WAITING_FOR = {
    "returned": "等申请人补正。补齐后回到待受理，重新计算受理期限",
    "waiting": "等前一项办好，自动开始，不用操作",
    "granted": "已办结（准予）。要变更请申请人另行申请",
    "refused": "已办结（不予）",
    "not_accepted": "没有受理，已结束",
    "withdrawn": "申请人已撤回",
    "lapsed": "前一项没有准予，已终止",
}


def blocked(state: str, *, held_by: str, roles: Sequence[str]) -> str:
    """Return why there is nothing to do here for the officer, in one sentence."""
    if state in WAITING_FOR:
        return WAITING_FOR[state]
    if held_by:
        return f"由{held_by}认领，正在办理"
    names = "、".join(dict.fromkeys(POSTS[role] for role in roles if role in POSTS))
    return f"这一步由{names}办理" if names else "这一步不由你办理"
