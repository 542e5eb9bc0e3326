"""会签 and 征求意见, 告知承诺 and its check, termination, correction, re-opening, revocation, a new calendar."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tongban.calendars import services as calendars
from tongban.cases.models import BrokenPromise, Case, JointCase, Task
from tongban.cases.queries import applicant as applicants
from tongban.cases.queries import desk
from tongban.cases.services import acceptance, consulting, correction, decision, ending, promises, recalculating, review
from tongban.cases.services.intake import HandedIn
from tongban.cases.tests.factories import FIRE, LICENCE, TRADE, case_of, grant, head_of, open_hotel, plan
from tongban.core import time
from tongban.core.actor import Actor
from tongban.documents.models import Paper
from tongban.identity.tests.factories import as_person, citizen
from tongban.licences.models import Licence
from tongban.notices.models import Notice
from tongban.orgs.tests.factories import at_desk
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

WHY = "涉及消防通道，请提出意见"
ORDER = "洪湖市人民政府行政复议决定书洪政复〔2026〕3 号"


def at(day: int, month: int = 3):  # type: ignore[no-untyped-def]
    return time.moved(time.at_china(date(2026, month, day), 10))


@pytest.fixture
def applicant(honghu: str) -> Actor:
    return as_person(citizen())


@pytest.fixture
def case(applicant: Actor) -> Case:
    with at(6):
        return acceptance.accept(case_of(open_hotel(applicant, members={TRADE: ()}), TRADE).pk, by=head_of(TRADE))


def asked(case: Case, mode: str = "cosign") -> Task:
    with at(9):
        consulting.consult(case.pk, ["fire"], mode=mode, question=WHY, days=3, by=head_of(TRADE))
    return Task.objects.get(case=case, kind=mode)


def test_decision_waits_for_the_cosign_but_not_for_an_opinion(case: Case) -> None:
    asked(case)
    asked_for_opinion = at_desk("police")
    with at(9), pytest.raises(Conflict, match="会签"):
        decision.grant(case.pk, by=asked_for_opinion)
    task = Task.objects.get(case=case, kind="cosign")
    with at(10):
        consulting.answer(task.pk, agrees=True, opinion="同意，通道宽度符合要求", by=at_desk("fire"))
        assert _granted_by_all(case).state == "granted"


def _granted_by_all(case: Case) -> Case:
    return decision.grant(case.pk, by=head_of(TRADE))


def test_opinion_does_not_hold_the_decision_up(case: Case) -> None:
    asked(case, "consult")
    with at(9):
        assert _granted_by_all(case).state == "granted"


def test_only_who_was_asked_sees_the_case_and_answers_once(case: Case) -> None:
    task, fire, market = asked(case), at_desk("fire", "审查岗"), at_desk("market")
    assert desk.case(case.pk, by=fire).acts.answers == (task,)
    assert [row.task_id for row in desk.worklist(by=fire).rows] == [task.pk]
    with pytest.raises(NotFound):
        desk.case(case.pk, by=market)
    with pytest.raises(NotFound):
        consulting.answer(task.pk, agrees=True, opinion="同意，没有意见", by=market)
    consulting.answer(task.pk, agrees=False, opinion="疏散通道宽度不足", by=fire)
    with pytest.raises(Conflict):
        consulting.answer(task.pk, agrees=True, opinion="同意，没有意见", by=fire)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"mode": "x"}, "mode"), ({"organisations": []}, "organisations"), ({"organisations": ["police"]}, "organisations"),
     ({"organisations": ["nobody"]}, "organisations"), ({"days": 0}, "days"), ({"days": 21}, "days")],
)  # fmt: skip
def test_question_that_cannot_be_asked_says_why(case: Case, wrong: dict[str, object], field: str) -> None:
    given = {"organisations": ["fire"], "mode": "cosign", "days": 3} | wrong
    organisations = given.pop("organisations")
    with pytest.raises(Invalid) as refusal:
        consulting.consult(case.pk, organisations, question=WHY, by=head_of(TRADE), **given)  # type: ignore[arg-type]
    assert list(refusal.value.fields) == [field]


def test_same_organisation_is_not_asked_twice_at_once(case: Case) -> None:
    asked(case)
    with pytest.raises(Conflict):
        asked(case)


# 转办


def test_task_is_handed_to_a_colleague_with_the_role(case: Case) -> None:
    task = case.tasks.filter(done_at=None, role="reviewer").first() or case.tasks.filter(done_at=None).first()
    assert task is not None
    from tongban.orgs.tests.factories import actor, officer

    post = {"clerk": "受理岗", "reviewer": "审查岗", "head": "负责人"}[task.role]
    colleague = officer("police", post, name="同事示例")
    moved = review.reassign(task.pk, to=colleague.pk, reason="我明天外出开会", by=head_of(TRADE))
    assert moved.claimed_by_id == colleague.pk
    stranger = officer("market")
    with pytest.raises(Invalid):
        review.reassign(task.pk, to=stranger.pk, reason="我明天外出开会", by=actor(colleague))


# Ends that are not decisions


def test_termination_says_reason_and_remedies_and_ends_what_needed_it(applicant: Actor) -> None:
    with at(6):
        joint = open_hotel(applicant)
        acceptance.accept(case_of(joint, LICENCE).pk, by=head_of(LICENCE))
        with pytest.raises(NotAllowed):
            ending.terminate(case_of(joint, LICENCE).pk, reason="申请人已经注销", by=at_desk("market", "审查岗"))
        case = ending.terminate(case_of(joint, LICENCE).pk, reason="申请人已经注销，无法继续", by=head_of(LICENCE))
    assert (case.state, case_of(joint, TRADE).state) == ("lapsed", "lapsed")
    assert "行政复议" in Paper.objects.get(subject_id=case.pk, kind="termination").body["remedy"]


@pytest.fixture
def granted(applicant: Actor) -> Case:
    with at(6):
        joint = open_hotel(applicant, members={LICENCE: ()})
        grant(joint, LICENCE)
        return case_of(joint, LICENCE)


def test_slip_in_a_decision_is_corrected_by_a_paper_of_its_own(granted: Case) -> None:
    found = correction.correct_decision(
        granted.pk, was="新堤街道 1 号", now="新堤街道 11 号", reason="录入时漏了一个数字", by=head_of(LICENCE)
    )
    assert found.state == "granted"
    assert Paper.objects.filter(subject_id=granted.pk, kind="corrected").count() == 1
    assert Paper.objects.filter(subject_id=granted.pk, kind="grant").count() == 1


def test_order_reopens_a_case_its_licence_ends_and_a_second_one_can_follow(granted: Case, applicant: Actor) -> None:
    with at(20):
        found = correction.reopen(granted.pk, order=ORDER, reason="认定事实不清，责令重新办理", by=head_of(LICENCE))
    assert (found.state, found.closed_at, found.due_on) == ("accepted", None, date(2026, 3, 27))
    assert JointCase.objects.get(pk=found.joint_case_id).closed_at is None
    assert Licence.objects.get(case_id=granted.pk).state == "revoked"
    with at(23):
        again = decision.grant(granted.pk, by=head_of(LICENCE))
    assert sorted(Licence.objects.filter(case_id=granted.pk).values_list("state", flat=True)) == ["revoked", "valid"]
    assert JointCase.objects.get(pk=again.joint_case_id).closed_at is not None


def test_reopening_needs_the_order_and_a_head(granted: Case) -> None:
    with pytest.raises(Invalid) as refusal:
        correction.reopen(granted.pk, order="", reason="认定事实不清", by=head_of(LICENCE))
    assert "order" in refusal.value.fields
    with pytest.raises(NotAllowed):
        correction.reopen(granted.pk, order=ORDER, reason="认定事实不清", by=at_desk("market", "审查岗"))


def test_revocation_ends_the_licence_and_names_the_remedies(granted: Case) -> None:
    found = correction.revoke(granted.pk, reason="以欺骗手段取得，依法撤销", by=head_of(LICENCE))
    assert found.state == "revoked"
    assert Licence.objects.get(case_id=granted.pk).state == "revoked"
    assert "行政复议" in Paper.objects.get(subject_id=granted.pk, kind="revocation").body["remedy"]


def test_what_people_granted_is_not_undone_as_a_default(granted: Case) -> None:
    with pytest.raises(Conflict, match="不是超时默认"):
        correction.undo_default(granted.pk, reason="现场不符合规范", by=head_of(LICENCE))


# 告知承诺


@pytest.fixture
def promised(applicant: Actor) -> Case:
    """Give a case granted on a promise in place of a paper."""
    with at(6):
        paper = next(m.type for m in plan({FIRE: ()}).materials if not m.provided_by)
        kept = HandedIn(paper, "commit", text="疏散通道畅通，消防设施齐全能用")
        joint = open_hotel(applicant, members={FIRE: ()}, ways={paper: kept})
        grant(joint, FIRE)
        return case_of(joint, FIRE)


def code_of(case: Case) -> str:
    return str(Task.objects.get(case=case, kind="promise").code)


def test_promise_is_checked_after_the_grant_within_its_days(promised: Case) -> None:
    task = Task.objects.get(case=promised, kind="promise")
    assert (task.due_on, task.asks) == (date(2026, 4, 20), "疏散通道畅通，消防设施齐全能用")
    with at(10):
        promises.confirm(promised.pk, task.code, opinion="现场核查，与承诺一致", by=at_desk("fire", "审查岗"))
    assert not Task.objects.filter(case=promised, done_at=None).exists()
    assert not BrokenPromise.objects.exists()
    with pytest.raises(Conflict):
        promises.confirm(promised.pk, task.code, opinion="现场核查，与承诺一致", by=at_desk("fire", "审查岗"))


def test_false_promise_goes_to_the_head_and_closes_the_road_for_its_time(promised: Case, applicant: Actor) -> None:
    with at(10):
        promises.deny(promised.pk, code_of(promised), reason="安全出口被堵，与承诺不符", by=at_desk("fire", "审查岗"))
    mark = BrokenPromise.objects.get(party_id=applicant.party_id)
    assert mark.until == date(2027, 3, 10)
    assert applicant.party_id is not None
    for day, may in ((date(2027, 3, 10), False), (date(2027, 3, 11), True)):
        with time.moved(time.at_china(day, 10)):
            assert applicants.may_promise(applicant.party_id) is may
    assert Task.objects.get(case=promised, kind="revoke", done_at=None).role == "head"
    assert Notice.objects.filter(party_id=applicant.party_id, title__startswith="承诺核查不实").exists()
    with at(11):
        correction.revoke(promised.pk, reason="虚假承诺，依法撤销", by=head_of(FIRE))
    assert not Task.objects.filter(case=promised, done_at=None).exists()


# A new calendar


def test_new_calendar_moves_open_cases_only_and_lists_what_moved(
    applicant: Actor, tmp_path: Path, own_caches: None
) -> None:
    with at(29, 12):
        joint = open_hotel(applicant, members={LICENCE: (), TRADE: ()})
        case = acceptance.accept(case_of(joint, TRADE).pk, by=head_of(TRADE))
        grant(joint, LICENCE)
    closed, was = case_of(joint, LICENCE), case.due_on
    assert case.is_provisional and was == date(2027, 1, 6)
    file = tmp_path / "2027.csv"
    file.write_text("日期,类型\n" + "".join(f"2027-01-0{n},休\n" for n in range(4, 9)), encoding="utf-8")
    calendars.import_file(file)
    moved = recalculating.recalculate(2027, by=Actor.system())
    now = Case.objects.get(pk=case.pk)
    assert now.due_on == date(2027, 1, 12) and not now.is_provisional
    assert (str(was), "2027-01-12") in {(str(row.was), str(row.now)) for row in moved}
    assert {row.number for row in moved} <= {case.number, joint.number}
    assert Case.objects.get(pk=closed.pk).due_on == closed.due_on
    assert now.events.get(verb="recalculate").facts["days"]["承诺到期"] == ["2027-01-06", "2027-01-12"]
