"""What happens at its hour: deemed acceptance, default approval, 容缺, overrun stops. Each once, at the exact moment."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tongban.cases.models import Case, Finding, JointCase, Material
from tongban.cases.services import acceptance, consulting, correction, decision, special
from tongban.cases.services.intake import HandedIn
from tongban.cases.tests.factories import LICENCE, QUERY, TRADE, case_of, head_of, open_hotel
from tongban.core import time
from tongban.core.actor import Actor
from tongban.documents.models import Paper
from tongban.identity.tests.factories import as_person, citizen
from tongban.jobs import services as jobs
from tongban.jobs.models import Effect, Timer
from tongban.notices.models import Notice
from tongban.orgs.tests.factories import at_desk
from tongban.rules.errors import Conflict, NotAllowed

SIGN = "signboard-guidance"


@pytest.fixture
def applicant(honghu: str) -> Actor:
    return as_person(citizen())


def moment(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return time.at_china(date(2026, month, day), hour, minute)


def at(month: int, day: int, hour: int = 10, minute: int = 0):  # type: ignore[no-untyped-def]
    return time.moved(moment(month, day, hour, minute))


def fire(month: int, day: int, hour: int = 10, minute: int = 0) -> int:
    with at(month, day, hour, minute):
        return jobs.fire_due()


# Deemed acceptance, 行政许可法 art. 32(4)


@pytest.fixture
def silent(applicant: Actor) -> JointCase:
    with at(3, 6):
        return open_hotel(applicant, members={TRADE: ()})


def test_silence_for_five_working_days_is_acceptance_from_the_day_of_receipt(silent: JointCase) -> None:
    assert fire(3, 13, 23, 59) == 0
    assert case_of(silent, TRADE).state == "pre_review"
    assert fire(3, 14, 0) == 1
    case = case_of(silent, TRADE)
    assert (case.state, case.due_on) == ("accepted", date(2026, 3, 13))
    assert case.accepted_at == moment(3, 6)
    assert Finding.objects.get(case=case).kind == "deemed_acceptance"
    assert Effect.objects.get().effective_at == moment(3, 14, 0)


def test_deemed_acceptance_issues_the_notice_and_opens_the_first_step(silent: JointCase) -> None:
    fire(3, 16)
    case = case_of(silent, TRADE)
    assert "依法自收到之日起即为受理" in Paper.objects.get(subject_id=case.pk).body["paragraphs"][0]
    assert case.tasks.filter(kind="step", done_at=None).exists()
    assert not case.tasks.filter(kind="intake", done_at=None).exists()


def test_it_happens_once_however_often_the_worker_looks(silent: JointCase) -> None:
    assert [fire(3, 14, 0), fire(3, 14, 1), fire(4, 14)] == [1, 0, 0]
    assert case_of(silent, TRADE).events.filter(verb="deem_accepted").count() == 1


@pytest.mark.parametrize("act", ["accept", "ask", "refuse"])
def test_answer_in_time_stops_the_hour(silent: JointCase, act: str) -> None:
    case, by = case_of(silent, TRADE), head_of(TRADE)
    with at(3, 13, 17):
        if act == "accept":
            acceptance.accept(case.pk, by=by)
        elif act == "ask":
            acceptance.ask_for_more(case.pk, [{"kind": "field", "code": "premises-name", "remark": "请写全称"}], by=by)
        else:
            acceptance.refuse_acceptance(case.pk, reason="不属于本机关职权范围，请另行申请", by=by)
    assert fire(3, 16) == 0
    assert not Finding.objects.exists()


def test_supplement_gives_the_desk_five_new_days(silent: JointCase, applicant: Actor) -> None:
    case, by = case_of(silent, TRADE), head_of(TRADE)
    with at(3, 10):
        acceptance.ask_for_more(case.pk, [{"kind": "field", "code": "premises-name", "remark": "请写全称"}], by=by)
    with at(3, 16):
        acceptance.resubmit(case.pk, values={"premises-name": "湖岸大酒店"}, materials=[], by=applicant)
    assert (fire(3, 23, 23), fire(3, 24, 0)) == (0, 1)


def test_second_notice_needs_a_reason_and_is_a_finding(silent: JointCase, applicant: Actor) -> None:
    case, by = case_of(silent, TRADE), head_of(TRADE)
    ask = [{"kind": "field", "code": "premises-name", "remark": "请写全称"}]
    with at(3, 10):
        acceptance.ask_for_more(case.pk, ask, by=by)
        acceptance.resubmit(case.pk, values={"premises-name": "湖岸大酒店"}, materials=[], by=applicant)
        with pytest.raises(Conflict):
            acceptance.ask_for_more(case.pk, ask, by=by)
        found = acceptance.ask_again(case.pk, ask, reason="补正的内容与首次告知不符", by=by)
    assert found.state == "returned"
    assert Finding.objects.get(case=case).kind == "second_notice"


def test_refusal_says_where_to_go(silent: JointCase) -> None:
    with at(3, 9):
        case = acceptance.refuse_acceptance(
            case_of(silent, TRADE).pk, reason="这一项由文旅部门办理", go_to="市文旅局", by=head_of(TRADE)
        )
    assert "请向市文旅局申请" in case.reason


# 超时默认、自动用印


@pytest.fixture
def signboard(applicant: Actor) -> Case:
    with at(3, 6):
        joint = open_hotel(applicant, members={SIGN: ()})
        return acceptance.accept(case_of(joint, SIGN).pk, by=at_desk("urban-management"))


def test_default_approval_comes_at_the_exact_moment_with_its_document(signboard: Case) -> None:
    assert signboard.due_on == date(2026, 3, 13)
    warned = fire(3, 10, 9) + fire(3, 12, 9) + fire(3, 13, 22)
    assert (warned, fire(3, 13, 23, 59)) == (3, 0)
    assert Case.objects.get(pk=signboard.pk).state == "accepted"
    assert fire(3, 14, 0) == 1
    case = Case.objects.get(pk=signboard.pk)
    assert case.state == "granted"
    event = case.events.get(verb="grant_by_default")
    assert "洪政务数据局" in event.facts["document"]
    assert event.facts["effective_at"].startswith("2026-03-13T16:00")  # 24:00 in China
    assert "到期自动出具" in Paper.objects.get(subject_id=case.pk, kind="grant").body["paragraphs"][0]
    assert Finding.objects.get(case=case).kind == "default_grant"
    assert [fire(3, 14, 1), fire(3, 20)] == [0, 0]


def test_worker_that_was_down_fires_late_with_the_legal_moment(signboard: Case) -> None:
    fire(3, 17)
    effect = Effect.objects.get(topic="cases.default_grant")
    assert (effect.effective_at, effect.detected_at) == (moment(3, 14, 0), moment(3, 17))


def test_decision_in_time_leaves_nothing_to_default(signboard: Case) -> None:
    with at(3, 13):
        decision.refuse(signboard.pk, reason="招牌遮挡消防通道，不符合设置规范", by=at_desk("urban-management"))
    assert fire(3, 16) == 0
    assert Case.objects.get(pk=signboard.pk).state == "refused"


def test_item_without_a_document_is_never_granted_by_default(silent: JointCase) -> None:
    case = case_of(silent, TRADE)
    with at(3, 6):
        acceptance.accept(case.pk, by=head_of(TRADE))
    assert fire(6, 1) == 0
    with pytest.raises(Conflict):
        decision.grant_by_default(case.pk, effective_at=moment(6, 1))


def test_extension_puts_the_default_off(signboard: Case) -> None:
    with at(3, 12):
        special.extend(signboard.pk, days=2, reason="需要上门再看一次位置", by=at_desk("urban-management"))
    fire(3, 14)
    assert Case.objects.get(pk=signboard.pk).state == "accepted"
    fire(3, 18, 0)
    assert Case.objects.get(pk=signboard.pk).state == "granted"


def test_default_waits_for_an_open_cosign_and_comes_when_it_is_answered(signboard: Case) -> None:
    with at(3, 12):
        consulting.consult(
            signboard.pk, ["fire"], mode="cosign", question="是否影响消防通道", days=3, by=at_desk("urban-management")
        )
    assert [fire(3, 14, hour) for hour in range(12)] == [3, *[0] * 11]  # the three warnings, then nothing
    with at(3, 16):
        consulting.answer(
            signboard.tasks.get(kind="cosign").pk, agrees=True, opinion="不影响消防通道", by=at_desk("fire")
        )
    assert fire(3, 16, 11) == 1
    assert Case.objects.get(pk=signboard.pk).state == "granted"


def test_head_may_undo_a_default_within_its_days(signboard: Case) -> None:
    fire(3, 14, 0)
    with at(3, 20):
        with pytest.raises(NotAllowed):
            correction.undo_default(signboard.pk, reason="现场不符合设置规范", by=at_desk("urban-management", "审查岗"))
        case = correction.undo_default(signboard.pk, reason="现场不符合设置规范", by=at_desk("urban-management"))
    assert (case.state, case.closed_at) == ("accepted", None)
    assert case.due_on == date(2026, 3, 27)
    assert JointCase.objects.get(pk=case.joint_case_id).closed_at is None


def test_default_cannot_be_undone_too_late_nor_what_people_decided(signboard: Case) -> None:
    fire(3, 14, 0)
    with at(3, 23), pytest.raises(Conflict, match="撤回期"):
        correction.undo_default(signboard.pk, reason="现场不符合设置规范", by=at_desk("urban-management"))


# 容缺


def late(applicant: Actor) -> Case:
    joint = JointCase.objects.get(pk=open_hotel(applicant, members={TRADE: ()}).pk)
    joint.plan["materials"].append(_planned())
    joint.plan["items"][0]["materials"].append("security-system-acceptance")
    joint.save()
    Material.objects.create(
        joint_case=joint, type_code="security-system-acceptance", name="技防验收", way="defer", due_on=date(2026, 3, 12),
        at=time.now(),
    )  # fmt: skip
    return acceptance.accept(case_of(joint, TRADE).pk, by=head_of(TRADE))


def _planned() -> dict[str, object]:
    return {"type": "security-system-acceptance", "name": "技防验收", "necessity": "deferrable", "form": "copy", "copies": 1,
            "items": [TRADE], "why": "", "sample": "", "notes": [], "issuer": "", "defer_days": 10, "commitment": "",
            "licence_type": None, "by_check": False, "checked_by": "", "provided_by": None, "when": None}  # fmt: skip


def test_paper_that_follows_is_asked_for_two_days_before_and_ends_the_case_as_the_item_says(applicant: Actor) -> None:
    with at(3, 6):
        case = late(applicant)
    assert Paper.objects.filter(subject_id=case.pk, kind="deferred").exists()
    assert fire(3, 10, 9) == 1
    assert Notice.objects.filter(title__startswith="请补交").count() == 1
    assert (fire(3, 12, 23), fire(3, 13, 0)) == (0, 1)
    found = Case.objects.get(pk=case.pk)
    assert found.state == "refused"  # the spec of this item says so
    assert "没有在 2026年3月12日前补交" in found.reason


def test_paper_that_came_in_time_leaves_the_case_alone(applicant: Actor) -> None:
    with at(3, 6):
        case = late(applicant)
    with at(3, 11):
        acceptance.supply(case.pk, [HandedIn("security-system-acceptance", "counter")], by=applicant)
    assert fire(3, 13, 0) == 0
    assert Case.objects.get(pk=case.pk).state == "accepted"


# Stops that last too long


def test_stop_that_outlasts_its_notice_is_a_finding_once(silent: JointCase) -> None:
    case = case_of(silent, TRADE)
    with at(3, 6):
        acceptance.accept(case.pk, by=head_of(TRADE))
        special.pause(case.pk, "expert_review", days=2, reason="安全技术方案需要评审", by=head_of(TRADE))
    assert [fire(3, 10, 23), fire(3, 11, 0), fire(3, 12)] == [0, 1, 0]
    assert Finding.objects.get(case=case).kind == "stop_overrun"


def test_closed_case_has_no_timers(applicant: Actor) -> None:
    with at(3, 6):
        joint = open_hotel(applicant, members={QUERY: (), LICENCE: ()})
        for code in (QUERY, LICENCE):
            acceptance.accept(case_of(joint, code).pk, by=head_of(code))
            decision.grant(case_of(joint, code).pk, by=head_of(code))
    assert not Timer.objects.filter(done_at=None).exists()
