"""What happens to a bad rating (差评): verified, settled by one of three branches, appealed, excluded only by review.

Source: 国办发〔2019〕51号; standards reference 4.2.
"""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tongban.rules import clock
from tongban.rules.clock import Due, Lamp, WorkingCalendar
from tongban.rules.errors import Conflict, Invalid, NotAllowed


class State(enum.StrEnum):
    """Where a bad rating stands."""

    OPEN = "open"
    VERIFIED = "verified"
    SETTLED = "settled"
    EXCLUDED = "excluded"


STATE_WORDS = {
    State.OPEN: "待核实", State.VERIFIED: "待整改", State.SETTLED: "已整改", State.EXCLUDED: "经复核不计入",
}  # fmt: skip


class Finding(enum.StrEnum):
    """What verifying found."""

    TRUE = "true"
    PARTLY = "partly"
    UNFOUNDED = "unfounded"


FINDING_WORDS = {Finding.TRUE: "属实", Finding.PARTLY: "部分属实", Finding.UNFOUNDED: "没有法定依据或与事实不符"}


class Branch(enum.StrEnum):
    """How a verified bad rating is settled."""

    AT_ONCE = "at_once"  # 事实清楚、诉求合理
    PLANNED = "planned"  # 情况复杂
    EXPLAINED = "explained"  # 没有法定依据


BRANCH_WORDS = {
    Branch.AT_ONCE: "立行立改", Branch.PLANNED: "说明理由、建台账、限期整改", Branch.EXPLAINED: "解释说明",
}  # fmt: skip
BRANCHES: dict[Finding, tuple[Branch, ...]] = {
    Finding.TRUE: (Branch.AT_ONCE, Branch.PLANNED),
    Finding.PARTLY: (Branch.AT_ONCE, Branch.PLANNED, Branch.EXPLAINED),
    Finding.UNFOUNDED: (Branch.EXPLAINED,),
}

MOVES: dict[tuple[str, State], State] = {
    ("verify", State.OPEN): State.VERIFIED,
    ("settle", State.VERIFIED): State.SETTLED,
    **{("exclude", state): State.EXCLUDED for state in (State.OPEN, State.VERIFIED, State.SETTLED)},
}
VERB_WORDS = {
    "open": "收到差评", "verify": "核实", "settle": "整改", "call_back": "回访", "appeal": "申诉", "uphold": "申诉成立，不计入统计",
    "decline": "申诉不成立", "unmask": "查看评价人", "publish": "公开处理结果", "supplement": "评价人追评",
    "miss_verify": "超过核实时限", "miss_settle": "超过整改时限", "exclude": "不计入统计",
}  # fmt: skip


def after(verb: str, state: State) -> State:
    """Return the state after `verb`. Raises Conflict when the table has no such move."""
    if (verb, state) not in MOVES:
        raise Conflict(
            "evaluation.wrong_state", f"这条差评现在是“{STATE_WORDS[state]}”，不能{VERB_WORDS[verb]}",
            remedy="打开这条差评看最新情况",
        )  # fmt: skip
    return MOVES[verb, state]


@dataclass(frozen=True)
class Limits:
    """The last days of both clocks of a bad rating."""

    verify: Due
    settle: Due


def limits(rated_on: date, *, verify_days: int, settle_days: int, calendar: WorkingCalendar) -> Limits:
    """Return until when a bad rating must be verified and settled, in working days; the day of the rating is not counted.

    Source: standards reference 4.2, 7.2 rule 1.
    """
    return Limits(
        clock.due(rated_on, limit=verify_days, unit="workday", calendar=calendar),
        clock.due(rated_on, limit=settle_days, unit="workday", calendar=calendar),
    )


def lamp(due_on: date, done_on: date | None, *, on: date, calendar: WorkingCalendar) -> tuple[Lamp, str]:
    """Return the lamp of one of the clocks, and its words: done in time or late, else the working days left."""
    if done_on is not None:
        return (Lamp.DONE, "按时") if done_on <= due_on else (Lamp.BAD, "超时完成")
    left = clock.working_days_between(on, due_on, calendar)
    if on > due_on:
        return Lamp.BAD, f"超 {max(1, -left)} 个工作日"
    words = "今天到期" if left == 0 else f"剩 {left} 个工作日"
    return (Lamp.WARN if left <= 1 else Lamp.OK), words


def require_other(account_id: UUID | None, concerned: Collection[UUID]) -> None:
    """Raise NotAllowed for whoever dealt with the matter: the clerk rated does not handle the bad rating.

    Source: standards reference 4.2; assurance 5.4.
    """
    if account_id is None or account_id in concerned:
        raise NotAllowed(
            "evaluation.concerned", "这件事你经办过，差评要由没有经办的人核实处理",
            remedy="请本单位其他负责人、管理员，或监督部门处理",
        )  # fmt: skip


MOST_WORDS = 500


def checked_words(text: str, what: str, *, field: str, least: int = 5) -> str:
    """Return a text without blanks around it. Raises Invalid when it is too short to mean anything, or too long."""
    kept = text.strip()
    if not least <= len(kept) <= MOST_WORDS:
        raise Invalid("evaluation.words", "有 1 处要改", fields={field: f"请写{what}，{least} 至 {MOST_WORDS} 个字"})
    return kept


def checked_finding(finding: str, branch: str) -> tuple[Finding, Branch]:
    """Return what was found and how it is settled. Raises Invalid for a branch that does not fit the finding."""
    problems = {}
    if finding not in list(Finding):
        problems["finding"] = "请选择核实的结论"
    if branch not in list(Branch):
        problems["branch"] = "请选择怎么处理"
    elif not problems and Branch(branch) not in BRANCHES[Finding(finding)]:
        fitting = "、".join(f"“{BRANCH_WORDS[one]}”" for one in BRANCHES[Finding(finding)])
        problems["branch"] = f"核实为“{FINDING_WORDS[Finding(finding)]}”的，只能选{fitting}"
    if problems:
        raise Invalid("evaluation.finding", f"有 {len(problems)} 处要改", fields=problems)
    return Finding(finding), Branch(branch)


def checked_plan(branch: Branch, plan_on: date | None, *, today: date, settle_by_on: date) -> date | None:
    """Return the day until which a complex one is put right; None for the other branches. Raises Invalid.

    It lies within the settlement limit; once that is over, any later day may be set, and the overrun stays recorded.
    """
    if branch != Branch.PLANNED:
        return None
    if plan_on is None:
        raise Invalid("evaluation.plan", "有 1 处要改", fields={"plan_on": "限期整改的，请写整改到哪一天"})
    if plan_on < today:
        raise Invalid("evaluation.plan", "有 1 处要改", fields={"plan_on": "整改期限不能早于今天"})
    if today <= settle_by_on < plan_on:
        raise Invalid(
            "evaluation.plan",
            "有 1 处要改",
            fields={"plan_on": f"整改期限不能晚于 {settle_by_on}，这是这条差评的整改时限"},
        )
    return plan_on


class Outcome(enum.StrEnum):
    """What the person said when called back (回访)."""

    CONTENT = "content"
    ACCEPTS = "accepts"
    DISCONTENT = "discontent"
    UNREACHED = "unreached"


OUTCOME_WORDS = {
    Outcome.CONTENT: "满意", Outcome.ACCEPTS: "基本满意", Outcome.DISCONTENT: "不满意", Outcome.UNREACHED: "联系不上",
}  # fmt: skip


class Plea(enum.StrEnum):
    """Why a unit appeals against a rating."""

    MISTAKEN = "mistaken"
    MALICIOUS = "malicious"


PLEA_WORDS = {Plea.MISTAKEN: "误评", Plea.MALICIOUS: "恶意差评"}
