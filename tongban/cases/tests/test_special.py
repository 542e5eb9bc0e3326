from __future__ import annotations

from datetime import date

import pytest

from tongban.cases.models import Case, Event
from tongban.cases.queries import desk, timing
from tongban.cases.rules.timeline import Happened, clocks
from tongban.cases.services import acceptance, decision, review, special
from tongban.cases.services.intake import HandedIn
from tongban.cases.tests.factories import LICENCE, TRADE, case_of, head_of, open_hotel
from tongban.core import time
from tongban.core.actor import Actor
from tongban.documents.models import Paper
from tongban.identity.tests.factories import as_person, citizen
from tongban.notices.models import Notice
from tongban.orgs.tests.factories import at_desk
from tongban.rules.clock import Lamp
from tongban.rules.errors import Conflict, Invalid, NotAllowed

WHY = "安全技术方案需要专家评审"
END = "专家评审通过，评审意见〔2026〕3 号"


def on(day: int, month: int = 3, hour: int = 10):  # type: ignore[no-untyped-def]
    return time.moved(time.at_china(date(2026, month, day), hour))


@pytest.fixture
def applicant(honghu: str) -> Actor:
    return as_person(citizen())


@pytest.fixture
def case(applicant: Actor) -> Case:
    """Give an accepted case of an item whose spec names expert review and correction after acceptance."""
    with on(6):
        found = case_of(open_hotel(applicant, members={TRADE: ()}), TRADE)
        return acceptance.accept(found.pk, by=head_of(TRADE))


def paused(case: Case, kind: str = "expert_review", day: int = 10, days: int = 5) -> Case:
    with on(day):
        return special.pause(case.pk, kind, days=days, reason=WHY, by=head_of(TRADE))


def test_expert_review_stops_both_clocks_and_tells_the_applicant_how_long(case: Case, applicant: Actor) -> None:
    found = paused(case)
    assert (found.paused, found.due_on) == ("all", date(2026, 3, 23))  # 10 to 17 March do not count
    paper = Paper.objects.get(subject_id=case.pk, kind="special")
    assert "5 个工作日" in paper.body["paragraphs"][0]
    assert Notice.objects.filter(party_id=applicant.party_id, title__startswith="暂停计时").count() == 1
    with on(11):
        assert desk.case(case.pk, by=head_of(TRADE)).lamp == Lamp.OFF


def test_days_of_the_stop_are_not_counted_when_it_ends(case: Case) -> None:
    # standards 7.2 rule 5, golden
    paused(case)
    with on(12):
        found = special.resume(case.pk, stop=case.event_count + 1, evidence=END, by=head_of(TRADE))
    assert (found.paused, found.due_on) == ("", date(2026, 3, 18))
    assert {task.due_on for task in found.tasks.filter(done_at=None)} == {date(2026, 3, 18)}


def test_no_decision_while_the_clock_stands_still(case: Case) -> None:
    paused(case)
    with pytest.raises(Conflict, match="计时还停着"):
        decision.grant(case.pk, by=head_of(TRADE))


def test_stop_that_the_item_does_not_name_is_refused(case: Case) -> None:
    with pytest.raises(Conflict, match="不能停") as refusal:
        paused(case, "auction")
    assert "专家评审" in refusal.value.remedy


@pytest.mark.parametrize("days", [0, 11])
def test_stop_longer_than_the_spec_allows_is_refused(case: Case, days: int) -> None:
    with pytest.raises(Invalid) as refusal:
        paused(case, days=days)
    assert "10" in refusal.value.fields["days"]


def test_same_stop_does_not_run_twice_and_ends_once(case: Case) -> None:
    paused(case)
    with pytest.raises(Conflict, match="已经在进行"):
        paused(case, day=11)
    with on(12):
        special.resume(case.pk, stop=3, evidence=END, by=head_of(TRADE))
        with pytest.raises(Conflict, match="已经结束"):
            special.resume(case.pk, stop=3, evidence=END, by=head_of(TRADE))


def test_stop_needs_reason_and_its_end_needs_evidence(case: Case) -> None:
    with pytest.raises(Invalid) as refusal:
        special.pause(case.pk, "expert_review", days=5, reason="嗯", by=head_of(TRADE))
    assert "reason" in refusal.value.fields
    paused(case)
    with pytest.raises(Invalid) as refusal:
        special.resume(case.pk, stop=3, evidence=" ", by=head_of(TRADE))
    assert "evidence" in refusal.value.fields


def test_clerk_cannot_stop_a_clock(case: Case) -> None:
    with pytest.raises(NotAllowed):
        special.pause(case.pk, "expert_review", days=5, reason=WHY, by=at_desk("police", "受理岗"))


def test_correction_after_acceptance_leaves_the_statutory_clock_and_ends_when_handed_in(
    case: Case, applicant: Actor
) -> None:
    items = [{"kind": "field", "code": "premises-name", "remark": "与许可申请不一致，请核对"}]
    statutory = case.statutory_due_on
    with on(10):
        found = special.pause(case.pk, "correction", days=5, reason="名称与执照不一致", items=items, by=head_of(TRADE))
    assert (found.paused, found.statutory_due_on) == ("promise", statutory)
    with on(11), pytest.raises(Invalid):
        special.correct(case.pk, values={}, materials=[], by=applicant)
    with on(12):
        found = special.correct(case.pk, values={"premises-name": "新湖岸"}, materials=[], by=applicant)
    assert (found.paused, found.due_on, found.statutory_due_on) == ("", date(2026, 3, 18), statutory)
    assert found.joint_case.values["premises-name"] == "新湖岸"


def test_nothing_to_correct_is_refused(case: Case, applicant: Actor) -> None:
    with pytest.raises(Conflict):
        special.correct(case.pk, values={}, materials=[HandedIn("id-card", "counter")], by=applicant)


# Extension, 行政许可法 art. 42


def test_extension_is_asked_for_by_the_reviewer_and_approved_by_the_head_once(case: Case, applicant: Actor) -> None:
    with on(11):
        special.request_extension(case.pk, days=5, reason="现场条件复杂，需要补充核查", by=at_desk("police", "审查岗"))
        with pytest.raises(Conflict):
            special.request_extension(
                case.pk, days=5, reason="现场条件复杂，需要补充核查", by=at_desk("police", "审查岗")
            )
        with pytest.raises(NotAllowed):
            special.extend(case.pk, days=5, reason="同意，情况属实", by=at_desk("police", "审查岗"))
        found = special.extend(case.pk, days=5, reason="同意，情况属实", by=head_of(TRADE))
        with pytest.raises(Conflict, match="已经延期过一次"):
            special.extend(case.pk, days=1, reason="再延一天可以吗", by=head_of(TRADE))
    assert found.due_on == date(2026, 3, 20)
    assert Paper.objects.filter(subject_id=case.pk, kind="extension").count() == 1
    assert Notice.objects.filter(party_id=applicant.party_id, title__startswith="延期").count() == 1


def test_extension_comes_before_expiry_or_not_at_all(case: Case) -> None:
    with on(16), pytest.raises(Conflict, match="时限已经过了"):
        special.extend(case.pk, days=5, reason="现场条件复杂，需要补充核查", by=head_of(TRADE))


@pytest.mark.parametrize("days", [0, 11])
def test_extension_is_one_to_ten_working_days(case: Case, days: int) -> None:
    with on(11), pytest.raises(Invalid):
        special.extend(case.pk, days=days, reason="现场条件复杂，需要补充核查", by=head_of(TRADE))


def test_declined_extension_leaves_the_clock_and_can_be_asked_again(case: Case) -> None:
    by = head_of(TRADE)
    with on(11):
        with pytest.raises(Conflict):
            special.decline_extension(case.pk, reason="没有必要延期", by=by)
        special.request_extension(case.pk, days=5, reason="现场条件复杂，需要补充核查", by=by)
        found = special.decline_extension(case.pk, reason="没有必要延期", by=by)
        assert found.due_on == case.due_on
        special.request_extension(case.pk, days=3, reason="现场条件复杂，需要补充核查", by=by)


# The page


def test_case_page_shows_every_clock_and_every_stop(case: Case) -> None:
    paused(case)
    with on(12):
        special.resume(case.pk, stop=3, evidence=END, by=head_of(TRADE))
    with on(13):
        shown = timing.timing(case_of(case.joint_case, TRADE))
    (stop,) = shown.stops
    assert (stop.name, stop.days, stop.is_statutory, stop.evidence) == ("专家评审", 3, True, END)
    assert stop.notice.endswith("号")
    assert [day.on.day for day in shown.days if day.state == "off"] == [10, 11, 12]
    assert {line.name for line in shown.lines} >= {"受理答复", "承诺时限", "法定时限", "整件"}


def test_row_holds_what_the_events_say(case: Case) -> None:
    paused(case)
    with on(12):
        special.resume(case.pk, stop=3, evidence=END, by=head_of(TRADE))
        special.extend(case.pk, days=4, reason="现场条件复杂，需要补充核查", by=head_of(TRADE))
    row = Case.objects.get(pk=case.pk)
    from tongban.calendars import queries as calendars

    history = [
        Happened(e.seq, e.verb, time.day_of(e.at), e.facts) for e in Event.objects.filter(case=row).order_by("seq")
    ]
    found = clocks(history, limit_days=row.limit_days, statutory_days=row.statutory_days, calendar=calendars.calendar())
    assert (found.due_on, found.statutory_due_on, found.extension_days) == (
        row.due_on,
        row.statutory_due_on,
        row.extension_days,
    )


def test_step_clock_runs_beside_the_case_clock(case: Case) -> None:
    task = case.tasks.filter(kind="step", done_at=None).first()
    assert task is not None and task.step_due_on is not None and task.due_on == case.due_on
    assert task.step_due_on < case.due_on


def test_step_goes_back_and_is_done_anew_with_the_clock_running(applicant: Actor) -> None:
    with on(6):
        found = case_of(open_hotel(applicant, members={LICENCE: ()}), LICENCE)
        acceptance.accept(found.pk, by=head_of(LICENCE))
        review.pass_step(found.pk, "review", by=head_of(LICENCE))
        due_on = case_of(found.joint_case, LICENCE).due_on
        back = review.step_back(found.pk, "review", reason="住所证明没有核对，请重新审核", by=head_of(LICENCE))
    assert (back.state, back.due_on) == ("accepted", due_on)
    assert [task.code for task in back.tasks.filter(done_at=None)] == ["review"]
    with on(9):
        again = decision.grant(found.pk, by=head_of(LICENCE))
    assert again.state == "granted"
