"""What the case page offers at each stage, and the words of the acts. Plain values; who may do what, services decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROLES = {"clerk": "受理", "reviewer": "审查", "head": "决定", "admin": "管理人员和岗位", "window": "综合窗口收件",
         "supervisor": "监督考核、申诉复核"}  # fmt: skip
POSTS = {"clerk": "受理岗", "reviewer": "审查岗", "head": "负责人"}


@dataclass(frozen=True)
class Input:
    """Something an act asks besides words: one of a list, several of it, a number, or a line of text."""

    name: str
    label: str
    kind: str = "choice"  # choice, many, number, line
    hint: str = ""
    is_optional: bool = False


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
    inputs: tuple[Input, ...] = ()
    words_label: str = ""  # what the text is, where it is neither reason nor opinion
    has_last_look: bool = True  # whether what asks for words is shown once more before it is done


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
        inputs=(Input("go_to", "不属于本机关的，应当向哪个单位申请", "line", "写单位名称；不是这种情况留空", is_optional=True),),
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
DAYS = Input("days", "需要几个工作日", "number")
LATER = {
    "again": Act(
        "ask_again", "再次告知补正", "再次告知补正",
        "一次性告知之后再要求补正，要写明原因，会记入监察。办件退给申请人，补齐后重新计算受理期限。", "已再次告知补正", "items",
        button="出具补正告知书", inputs=(Input("reason", "为什么首次没有说全", "line"),),
    ),
    "pause": Act(
        "pause", "启动特别程序", "启动特别程序",
        "从今天起停止计时，出具告知书并告知申请人需要多久。听证、检验、检测、专家评审等同时停法定时限，其他只停承诺时限。",
        "已停止计时", "reason", phrases=("依法需要，所需时间已告知申请人",), button="停止计时，出具告知书",
        inputs=(Input("kind", "哪一种程序", hint="只列这个事项清单里有依据的"), DAYS),
    ),
    "resume": Act(
        "resume", "恢复计时", "恢复计时", "从明天起接着计时，结论记入办件并告知申请人。", "已恢复计时", "reason",
        words_label="结论和依据的文书", button="恢复计时", inputs=(Input("stop", "结束哪一次停止"),), has_last_look=False,
    ),
    "late-correction": Act(
        "pause", "受理后补正", "受理后要求补正",
        "承诺时限停止，法定时限照常计算。出具告知书，申请人补齐后自动恢复计时。", "已要求补正，承诺时限停止", "items",
        button="停止承诺时限，出具告知书", inputs=(DAYS, Input("reason", "为什么受理后还要补正", "line")),
    ),
    "ask-extension": Act(
        "request_extension", "申请延期", "申请延期", "交负责人审批。只能延一次，时限过了不能再申请。", "已申请延期",
        "reason",
        phrases=("情况复杂，在时限内不能作出决定",), inputs=(Input("days", "延长几个工作日", "number", "最多 10 个"),), button="提交负责人",
        has_last_look=False,
    ),
    "extend": Act(
        "extend", "批准延期", "批准延期", "出具延期告知书，把理由告知申请人。只能延一次。", "已批准延期", "reason",
        phrases=("情况复杂，在时限内不能作出决定，同意延期",), inputs=(Input("days", "延长几个工作日", "number", "最多 10 个"),),
        button="批准，出具延期告知书",
    ),
    "decline-extension": Act(
        "decline_extension", "不同意延期", "不同意延期", "时限不变。", "已不同意延期", "reason", phrases=("没有必要延期，请在时限内办结",),
        has_last_look=False,
    ),
    "consult": Act(
        "consult", "会签、征求意见", "会签、征求意见", "请其他单位答复。会签没有答复不能作决定；征求意见不影响决定。计时照常。", "已发出",
        "reason", words_label="要问的事", button="发出",
        inputs=(Input("mode", "哪一种"), Input("organisations", "问哪些单位", "many"), Input("days", "几个工作日内答复", "number")),
        has_last_look=False,
    ),
    "answer": Act(
        "answer_consult", "答复意见", "答复意见", "意见和姓名记入办件，不能修改。", "已答复", "reason", words_label="意见",
        phrases=("没有意见", "符合本单位管理要求"), inputs=(Input("task", "答复哪一件"), Input("agrees", "是否同意")), has_last_look=False,
    ),
    "back": Act(
        "step_back", "退回上一步", "退回上一步", "选的环节和后面的环节要重新办。计时照常。", "已退回", "reason",
        inputs=(Input("step", "退回哪个环节"),), has_last_look=False,
    ),
    "reassign": Act(
        "reassign", "转办", "转给同事办", "待办转到同事名下，由他办理。", "已转办", "reason", phrases=("外出，请代办", "业务分工调整"),
        inputs=(Input("task", "转哪一项待办"), Input("to", "转给谁")), has_last_look=False,
    ),
    "reply": Act(
        "reply", "答复申请人", "答复申请人", "出具办件答复书并告知申请人。办件不动，计时照常。", "已答复申请人", "reason",
        words_label="答复内容", button="出具答复书",
    ),
    "terminate": Act(
        "terminate", "终止办理", "终止办理", "办件到此结束，出具终止办理决定书，写明理由和救济渠道；非它不可的联办事项一并终止。",
        "已终止", "reason", phrases=("申请人死亡或者丧失行为能力", "法人或者其他组织依法终止", "依据的法律法规已经修改，不再办理"), tone="danger",
        button="终止，出具决定书",
    ),
    "confirm-promise": Act(
        "confirm_promise", "承诺属实", "核查承诺：属实", "核查情况记入办件。", "已记录：属实", "reason", words_label="核查情况",
        phrases=("现场核查，与承诺一致",), inputs=(Input("material", "核查哪一项承诺"),), has_last_look=False,
    ),
    "deny-promise": Act(
        "deny_promise", "承诺不实", "核查承诺：不实", "交负责人决定是否撤销；申请人一年内不能再用告知承诺。会告知申请人。", "已记录：不实",
        "reason", phrases=("现场核查与承诺不符",), inputs=(Input("material", "核查哪一项承诺"),), tone="danger",
    ),
    "correct-decision": Act(
        "correct_decision", "更正决定书", "更正决定书", "只改文字差错，决定本身不变。出具更正决定书，原决定书保留。", "已更正", "reason",
        button="出具更正决定书", inputs=(Input("was", "原来写的", "line"), Input("now", "更正为", "line")),
    ),
    "reopen": Act(
        "reopen", "按决定重新办理", "按决定重新办理", "按复议决定、判决或上级责令重新办理：原结果和证照失效，从今天起重新计时。", "已重新办理",
        "reason", button="重新办理", tone="danger", inputs=(Input("order", "责令重办的文书", "line", "机关和文号"),),
    ),
    "undo-default": Act(
        "undo_default", "撤回超时默认", "撤回超时默认", "默认准予的结果和证照失效，由人重新审查，从今天起重新计时。", "已撤回超时默认", "reason",
        tone="danger", button="撤回，重新审查",
    ),
    "revoke": Act(
        "revoke", "撤销准予", "撤销准予", "出具撤销决定书，写明理由和救济渠道；证照立即失效。不能撤回。", "已撤销", "reason",
        phrases=("以欺骗、贿赂等不正当手段取得", "承诺不实，不符合法定条件"), tone="danger", button="撤销，出具决定书",
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
    return TRACKED.get(slug) if is_tracked_only else (ACTS | LATER).get(slug)


@dataclass(frozen=True)
class Standing:
    """What of a case decides which further acts make sense: verbs of the actor's roles, and what is open."""

    verbs: frozenset[str]
    has_asked: bool
    may_stop: bool
    may_ask_late: bool
    open_stops: int
    is_extended: bool
    extension_asked: bool
    answers: int
    promises: int
    done_steps: int
    own_tasks: int
    was_default: bool


def further(standing: Standing) -> list[Offer]:
    """Return the further acts (更多操作) that make sense now, in the order of the work."""
    s, can = standing, standing.verbs.__contains__
    wanted = [
        ("answer", bool(s.answers)),
        ("again", can("ask_again") and s.has_asked),
        ("pause", can("pause") and s.may_stop),
        ("late-correction", can("pause") and s.may_ask_late),
        ("resume", can("resume") and bool(s.open_stops)),
        (
            "ask-extension",
            can("request_extension") and not s.is_extended and not s.extension_asked and not can("extend"),
        ),
        ("extend", can("extend") and not s.is_extended),
        ("decline-extension", can("decline_extension") and s.extension_asked),
        ("consult", can("consult")),
        ("back", can("step_back") and bool(s.done_steps)),
        ("reassign", bool(s.own_tasks)),
        ("reply", bool(s.verbs)),
        ("terminate", can("terminate")),
        ("confirm-promise", bool(s.promises)),
        ("deny-promise", bool(s.promises)),
        ("correct-decision", can("correct_decision")),
        ("undo-default", can("undo_default") and s.was_default),
        ("revoke", can("revoke")),
        ("reopen", can("reopen")),
    ]
    return [Offer(slug, LATER[slug].label, LATER[slug].tone) for slug, makes_sense in wanted if makes_sense]


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
    "lapsed": "已终止",
    "revoked": "准予已撤销",
}


def blocked(state: str, *, held_by: str, roles: Sequence[str]) -> str:
    """Return why there is nothing to do here for the officer, in one sentence."""
    if state in WAITING_FOR:
        return WAITING_FOR[state]
    if held_by:
        return f"由{held_by}认领，正在办理"
    names = "、".join(dict.fromkeys(POSTS[role] for role in roles if role in POSTS))
    return f"这一步由{names}办理" if names else "这一步不由你办理"


def copy_number(text: str, *, most: int) -> int:
    """Return which reprint (补打) an address asks for: one that was counted, else 0, the paper itself."""
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= most else 0
