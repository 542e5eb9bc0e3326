"""Every act on a case by its verb, with arguments that fit, so that tables and random walks can try them all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID, uuid4

from tongban.cases.models import Case, JointCase, Task
from tongban.cases.rules.life import CLOSED, State
from tongban.cases.services import acceptance, consulting, correction, decision, ending, promises, review, special
from tongban.cases.services.intake import HandedIn
from tongban.cases.tests.factories import LICENCE, TRADE, case_of, open_hotel, plan
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity.tests.factories import as_person, citizen, firm
from tongban.orgs.tests.factories import at_desk

SIGN = "signboard-guidance"
WHY = "事实清楚，依据充分，特此说明"
ASK = [{"kind": "field", "code": "premises-name", "remark": "请写全称"}]
START = time.at_china(date(2026, 3, 6), 10)
ROLES = ("clerk", "reviewer", "head", "admin", "foreign head", "applicant", "stranger", "nobody")
POSTS = {"clerk": "受理岗", "reviewer": "审查岗", "head": "负责人", "admin": "管理员"}


def task(case: Case, *kinds: str) -> UUID:
    """Return an open task of a kind, or an id of none."""
    found = Task.objects.filter(case=case, kind__in=kinds, done_at=None).values_list("pk", flat=True).first()
    return found or uuid4()


def step(case: Case, *, done: bool = False) -> str:
    """Return the code of a step that is open, or of the first one that is done."""
    steps = Task.objects.filter(case=case, kind="step", is_undone=False)
    steps = steps.exclude(done_at=None) if done else steps.filter(done_at=None)
    return steps.order_by("opened_at").values_list("code", flat=True).first() or "none"


def stop(case: Case) -> int:
    """Return the number of an open stop, or 0."""
    return next((int(row["seq"]) for row in case.stops if row["end_on"] is None), 0)


def promise(case: Case) -> str:
    """Return the material of an open check of a promise, or nothing."""
    return Task.objects.filter(case=case, kind="promise", done_at=None).values_list("code", flat=True).first() or "none"


Act = Callable[[Case, Actor], object]
ACTS: dict[str, Act] = {
    "pass_pre_review": lambda c, by: acceptance.pass_pre_review(c.pk, by=by),
    "accept": lambda c, by: acceptance.accept(c.pk, by=by),
    "ask_for_more": lambda c, by: acceptance.ask_for_more(c.pk, ASK, by=by),
    "ask_again": lambda c, by: acceptance.ask_again(c.pk, ASK, reason=WHY, by=by),
    "refuse_acceptance": lambda c, by: acceptance.refuse_acceptance(c.pk, reason=WHY, by=by),
    "resubmit": lambda c, by: acceptance.resubmit(c.pk, values={"premises-name": "湖岸"}, materials=[], by=by),
    "supply": lambda c, by: acceptance.supply(c.pk, [HandedIn(row.type_code, "counter") for row in late(c)], by=by),
    "withdraw": lambda c, by: ending.withdraw(c.pk, by=by),
    "pass_step": lambda c, by: review.pass_step(c.pk, step(c), by=by),
    "step_back": lambda c, by: review.step_back(c.pk, step(c, done=True), reason=WHY, by=by),
    "pause": lambda c, by: special.pause(c.pk, "expert_review", days=3, reason=WHY, by=by),
    "resume": lambda c, by: special.resume(c.pk, stop(c), evidence=WHY, by=by),
    "correct": lambda c, by: special.correct(c.pk, values={"premises-name": "湖岸"}, materials=[], by=by),
    "request_extension": lambda c, by: special.request_extension(c.pk, days=3, reason=WHY, by=by),
    "extend": lambda c, by: special.extend(c.pk, days=3, reason=WHY, by=by),
    "decline_extension": lambda c, by: special.decline_extension(c.pk, reason=WHY, by=by),
    "consult": lambda c, by: consulting.consult(c.pk, ["fire"], mode="cosign", question=WHY, days=3, by=by),
    "answer_consult": lambda c, by: consulting.answer(task(c, "cosign", "consult"), agrees=True, opinion=WHY, by=by),
    "grant": lambda c, by: decision.grant(c.pk, by=by),
    "refuse": lambda c, by: decision.refuse(c.pk, reason=WHY, by=by),
    "terminate": lambda c, by: ending.terminate(c.pk, reason=WHY, by=by),
    "correct_decision": lambda c, by: correction.correct_decision(c.pk, was="原来的文字", now="更正的文字", reason=WHY, by=by),
    "reopen": lambda c, by: correction.reopen(c.pk, order="复议决定〔2026〕3 号", reason=WHY, by=by),
    "undo_default": lambda c, by: correction.undo_default(c.pk, reason=WHY, by=by),
    "confirm_promise": lambda c, by: promises.confirm(c.pk, promise(c), opinion=WHY, by=by),
    "deny_promise": lambda c, by: promises.deny(c.pk, promise(c), reason=WHY, by=by),
    "revoke": lambda c, by: correction.revoke(c.pk, reason=WHY, by=by),
    # What only the platform does at its hour: offered to everybody, it asks nobody who they are.
    "deem_accepted": lambda c, by: acceptance.deem_accepted(c.pk, effective_at=time.now()),
    "grant_by_default": lambda c, by: decision.grant_by_default(c.pk, effective_at=time.now()),
}  # fmt: skip
BY_SYSTEM = ("deem_accepted", "grant_by_default")
# Made inside other moves, never called by themselves.
INTERNAL = ("start", "lapse", "send_to_decision", "refuse_overdue")


def late(case: Case) -> list[object]:
    """Return the materials of a case that are still to follow."""
    return list(acceptance.still_to_follow(case))


def cast(item: str) -> dict[str, Actor]:
    """Return somebody for each role, for an item's department."""
    desk = {TRADE: "police", SIGN: "urban-management", LICENCE: "market"}[item]
    owner = citizen(n=1)
    people = {role: at_desk(desk, post) for role, post in POSTS.items()}
    people["foreign head"] = at_desk("fire")
    people["applicant"] = as_person(owner)
    people["stranger"] = as_person(citizen("李示例", n=2))
    people["nobody"] = Actor()
    firm(owner)
    return people


def opened(applicant: Actor, item: str = TRADE, *, ways: dict[str, HandedIn] | None = None) -> Case:
    """Open a case of one item, and another that waits for it when the item gives what that one needs."""
    members: dict[str, tuple[str, ...]] = {item: ()}
    if item == LICENCE:
        members[TRADE] = (LICENCE,)
    return case_of(open_hotel(applicant, members=members, ways=ways), item)


def prepared(state: State, people: dict[str, Actor]) -> Case:
    """Return a case in a state, brought there by the services."""
    head, applicant = people["head"], people["applicant"]
    if state == State.WAITING:
        joint = open_hotel(applicant, members={LICENCE: (), TRADE: (LICENCE,)})
        return case_of(joint, TRADE)
    case = opened(applicant)
    if state == State.PRE_REVIEW:
        return case
    if state == State.SUBMITTED:
        acceptance.ask_for_more(case.pk, ASK, by=head)
        acceptance.resubmit(case.pk, values={"premises-name": "湖岸"}, materials=[], by=applicant)
    elif state == State.RETURNED:
        acceptance.ask_for_more(case.pk, ASK, by=head)
    elif state == State.NOT_ACCEPTED:
        acceptance.refuse_acceptance(case.pk, reason=WHY, by=head)
    elif state == State.WITHDRAWN:
        ending.withdraw(case.pk, by=applicant)
    else:
        acceptance.accept(case.pk, by=head)
        _worked(case, state, head)
    return Case.objects.get(pk=case.pk)


def _worked(case: Case, state: State, head: Actor) -> None:
    if state == State.ACCEPTED:
        review.pass_step(case.pk, step(case), by=head)
    elif state == State.DECIDING:
        while (code := step(case)) != "none":
            review.pass_step(case.pk, code, by=head)
    elif state in (State.GRANTED, State.REVOKED):
        decision.grant(case.pk, by=head)
        if state == State.REVOKED:
            correction.revoke(case.pk, reason=WHY, by=head)
    elif state == State.REFUSED:
        decision.refuse(case.pk, reason=WHY, by=head)
    else:
        ending.terminate(case.pk, reason=WHY, by=head)


def extended(case: Case, people: dict[str, Actor], what: str) -> Case:
    """Return a worked case on which something more is open, so that the act that ends it can be tried."""
    head, reviewer = people["head"], people["reviewer"]
    more: dict[str, Act] = {
        "stop": lambda c, by: special.pause(c.pk, "expert_review", days=3, reason=WHY, by=head),
        "late correction": lambda c, by: special.pause(c.pk, "correction", days=3, reason=WHY, items=ASK, by=head),
        "extension": lambda c, by: special.request_extension(c.pk, days=3, reason=WHY, by=reviewer),
        "question": lambda c, by: consulting.consult(c.pk, ["fire"], mode="cosign", question=WHY, days=3, by=head),
    }
    more[what](case, head)
    return Case.objects.get(pk=case.pk)


def promised(people: dict[str, Actor]) -> Case:
    """Return a case granted on a promise that is still to be checked."""
    paper = next(m.type for m in plan({TRADE: ()}).materials if not m.provided_by)
    case = opened(people["applicant"], ways={paper: HandedIn(paper, "commit", text="承诺属实")})
    acceptance.accept(case.pk, by=people["head"])
    decision.grant(case.pk, by=people["head"])
    return Case.objects.get(pk=case.pk)


def deferred(people: dict[str, Actor], *, due_on: date = date(2026, 3, 12)) -> Case:
    """Return an accepted case with a paper to follow."""
    paper = next(m.type for m in plan({TRADE: ()}).materials if not m.provided_by)
    case = opened(people["applicant"], ways={paper: HandedIn(paper, "defer", due_on=due_on)})
    acceptance.accept(case.pk, by=people["head"])
    return Case.objects.get(pk=case.pk)


def is_closed(case: Case) -> bool:
    """Return whether a case is closed."""
    return State(case.state) in CLOSED


def reload(case: Case) -> Case:
    """Return a case as it stands now, with its joint case."""
    return Case.objects.select_related("joint_case").get(pk=case.pk)


def joint_of(case: Case) -> JointCase:
    """Return the joint case as it stands now."""
    return JointCase.objects.get(pk=case.joint_case_id)


def moment(day: int) -> datetime:
    """Return ten o'clock of a day in March 2026."""
    return time.at_china(date(2026, 3, day), 10)
