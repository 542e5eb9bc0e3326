"""What a state means in one plain sentence, for the applicant."""

from __future__ import annotations

from tongban.cases.rules.life import State

SENTENCES = {
    State.WAITING: "{before}办好后自动开始，不用你做什么",
    State.PRE_REVIEW: "{org}正在看材料，{accept_by}前答复是否受理",
    State.SUBMITTED: "{org}在 {accept_by}前答复是否受理",
    State.RETURNED: "等你补正，补齐后{org}继续办",
    State.ACCEPTED: "{org}正在审查，{due}前办结",
    State.DECIDING: "{org}审查已通过，等负责人决定，{due}前办结",
    State.GRANTED: "已办好：{result}",
    State.REFUSED: "没有准予，原因和救济办法见决定书",
    State.NOT_ACCEPTED: "没有受理，原因见决定书",
    State.WITHDRAWN: "你已撤回",
    State.LAPSED: "已终止，原因见下面；条件具备后可以重新申请",
    State.REVOKED: "准予已撤销，原因和救济办法见决定书",
}


def sentence(state: State, **facts: str) -> str:
    """Return the sentence of a state; unknown facts are left blank."""
    known = {"org": "", "before": "前一项", "accept_by": "5 个工作日", "due": "承诺时限", "result": "结果"} | facts
    return SENTENCES[state].format(**known)


# Who is told that a decision was made automatically may ask for a person. Source: 个人信息保护法 art. 24.
INSTANT = "这一项由智能审批按公开的条件自动办好。有异议的，可以要求{org}的工作人员复核"
