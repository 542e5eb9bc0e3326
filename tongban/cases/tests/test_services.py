from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from tongban.audit.models import Entry
from tongban.cases.models import Case, Event, JointCase, Material, Task
from tongban.cases.rules.life import State
from tongban.cases.services import acceptance, decision, ending, review
from tongban.cases.services.intake import HandedIn
from tongban.cases.tests.factories import (
    FIRE,
    FOOD,
    HOTEL,
    LICENCE,
    QUERY,
    TRADE,
    case_of,
    grant,
    head_of,
    open_hotel,
)  # fmt: skip
from tongban.core import time
from tongban.core.actor import Actor
from tongban.documents.models import Paper
from tongban.identity.tests.factories import as_person, citizen
from tongban.licences.models import Licence
from tongban.notices.models import Notice
from tongban.orgs.tests.factories import at_desk
from tongban.outbox.models import Message
from tongban.rules.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound

FRIDAY = time.at_china(date(2026, 3, 6), 10)


@pytest.fixture
def applicant(honghu: str) -> Actor:
    return as_person(citizen())


@pytest.fixture
def joint(applicant: Actor) -> JointCase:
    with time.moved(FRIDAY):
        return open_hotel(applicant)


def states(joint: JointCase) -> dict[str, str]:
    return dict(joint.cases.values_list("item_code", "state"))


# Opening


def test_members_that_wait_for_nothing_are_received_at_once_the_others_wait(joint: JointCase) -> None:
    assert states(joint) == {
        LICENCE: "pre_review",
        QUERY: "pre_review",
        FIRE: "waiting",
        FOOD: "waiting",
        TRADE: "waiting",
    }
    received = joint.cases.exclude(received_at=None)
    assert {case.item_code for case in received} == {LICENCE, QUERY}
    assert {case.accept_by_on for case in received} == {date(2026, 3, 13)}  # 5 working days, 行政许可法 art. 32(4)


def test_opening_writes_one_task_a_received_member_and_one_receipt(joint: JointCase) -> None:
    assert Counter(Task.objects.values_list("organisation", "kind")) == {
        ("market", "intake"): 1,
        ("urban-management", "intake"): 1,
    }
    assert Paper.objects.get().title == "收件回执"


def test_numbers_say_place_and_day_and_are_unique(joint: JointCase, applicant: Actor) -> None:
    with time.moved(FRIDAY):
        other = open_hotel(applicant)
    assert [joint.number[:20], other.number[:20]] == ["42108320260306000001", "42108320260306000002"]
    numbers = list(Case.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) == 10
    assert {len(number) for number in numbers} == {43}


# Acceptance


def test_acceptance_starts_both_clocks_after_the_day_of_acceptance(joint: JointCase) -> None:
    with time.moved(FRIDAY):
        case = acceptance.accept(case_of(joint, LICENCE).pk, by=head_of(LICENCE))
    assert (case.state, case.due_on, case.statutory_due_on) == ("accepted", date(2026, 3, 13), date(2026, 3, 11))
    assert Paper.objects.filter(subject_id=case.pk).get().title == "受理通知书"


def test_clock_that_runs_into_an_unknown_year_is_marked_provisional(joint: JointCase) -> None:
    with time.moved(time.at_china(date(2026, 12, 29), 10)):
        case = acceptance.accept(case_of(joint, LICENCE).pk, by=head_of(LICENCE))
    assert case.is_provisional


def test_case_is_accepted_only_once(joint: JointCase) -> None:
    case, by = case_of(joint, LICENCE), head_of(LICENCE)
    acceptance.accept(case.pk, by=by)
    with pytest.raises(Conflict):
        acceptance.accept(case.pk, by=by)
    assert list(case.events.values_list("verb", flat=True).order_by("seq")) == ["submit", "accept"]


def test_page_that_is_out_of_date_changes_nothing_and_says_who_did_what(joint: JointCase) -> None:
    case, by = case_of(joint, LICENCE), head_of(LICENCE)
    acceptance.pass_pre_review(case.pk, by=by, seen=1)
    with pytest.raises(Conflict) as refusal:
        acceptance.accept(case.pk, by=by, seen=1)
    assert "预审通过" in refusal.value.message
    assert case_of(joint, LICENCE).state == "submitted"


ASK = [{"kind": "field", "code": "premises-name", "remark": "字号太短，请改长"},
       {"kind": "material", "code": "id-card", "remark": "请带原件"}]  # fmt: skip


def asked(joint: JointCase) -> Case:
    return acceptance.ask_for_more(case_of(joint, LICENCE).pk, ASK, by=head_of(LICENCE))


def test_applicant_is_told_once_all_that_is_missing(joint: JointCase, applicant: Actor) -> None:
    case = asked(joint)
    assert case.state == "returned"
    paper = Paper.objects.get(subject_id=case.pk)
    assert paper.title == "一次性补正告知书"
    assert [row[2] for row in paper.body["rows"]] == ["字号太短，请改长", "请带原件"]
    assert Notice.objects.filter(party_id=applicant.party_id, title__startswith="请补正").count() == 1


def test_second_notice_of_missing_papers_is_refused(joint: JointCase, applicant: Actor) -> None:
    # 行政许可法 art. 32(4): 一次告知需要补正的全部内容.
    case = asked(joint)
    acceptance.resubmit(
        case.pk, values={"premises-name": "湖岸大"}, materials=[HandedIn("id-card", "counter")], by=applicant
    )
    with pytest.raises(Conflict) as refusal:
        asked(joint)
    assert refusal.value.code == "case.asked_before"


@pytest.mark.parametrize(
    "items",
    [
        [],
        [{"kind": "field", "code": "room-count", "remark": "请填写"}],  # not asked by this plan
        [{"kind": "material", "code": "premises-plan", "remark": "请交"}],  # another department's
        [{"kind": "field", "code": "premises-name", "remark": " "}],
        [{"kind": "field", "code": "premises-name"}],
    ],
)
def test_only_what_the_item_demands_can_be_asked_for_with_words(joint: JointCase, items: list[dict[str, str]]) -> None:
    with pytest.raises(Invalid):
        acceptance.ask_for_more(case_of(joint, LICENCE).pk, items, by=head_of(LICENCE))
    assert case_of(joint, LICENCE).state == "pre_review"


@pytest.mark.parametrize(
    ("values", "materials", "missing"),
    [
        ({}, [], {"field:premises-name", "material:id-card"}),
        ({"premises-name": "湖岸大"}, [], {"material:id-card"}),
        ({}, [HandedIn("id-card", "counter")], {"field:premises-name"}),
    ],
)
def test_resubmission_must_bring_all_that_was_asked(
    joint: JointCase, applicant: Actor, values: dict[str, str], materials: list[HandedIn], missing: set[str]
) -> None:
    case = asked(joint)
    with pytest.raises(Invalid) as refusal:
        acceptance.resubmit(case.pk, values=values, materials=materials, by=applicant)
    assert set(refusal.value.fields) == missing
    assert case_of(joint, LICENCE).state == "returned"


def test_resubmission_keeps_old_materials_and_changes_only_what_was_asked(joint: JointCase, applicant: Actor) -> None:
    case = asked(joint)
    brought = [HandedIn("id-card", "counter"), HandedIn("lease-contract", "counter")]
    acceptance.resubmit(
        case.pk, values={"premises-name": "湖岸大", "premises-address": "别处"}, materials=brought, by=applicant
    )
    joint.refresh_from_db()
    assert joint.values["premises-name"] == "湖岸大"
    assert joint.values["premises-address"] != "别处"
    versions = list(Material.objects.filter(joint_case=joint, type_code="id-card").values_list("version", flat=True))
    assert sorted(versions) == [1, 2]
    assert case_of(joint, LICENCE).state == "submitted"


def test_material_left_out_before_is_kept_when_it_was_asked_for(applicant: Actor) -> None:
    joint = open_hotel(applicant)
    Material.objects.filter(joint_case=joint, type_code="id-card").delete()  # an optional one that was not handed in
    case = asked(joint)
    acceptance.resubmit(
        case.pk, values={"premises-name": "湖岸大"}, materials=[HandedIn("id-card", "counter")], by=applicant
    )
    assert Material.objects.filter(joint_case=joint, type_code="id-card").count() == 1


def test_refused_acceptance_has_its_reason_and_remedies_in_writing(joint: JointCase) -> None:
    case = case_of(joint, LICENCE)
    acceptance.refuse_acceptance(case.pk, reason="不属于本机关职权范围", by=head_of(LICENCE))
    paper = Paper.objects.get(subject_id=case.pk)
    assert paper.title == "不予受理决定书"
    assert "不属于本机关职权范围" in paper.body["paragraphs"][1]
    assert "行政复议" in paper.body["remedy"]


@pytest.mark.parametrize("reason", ["", "不行", " " * 9, "字" * 501])
def test_refusal_without_a_reason_is_not_taken(joint: JointCase, reason: str) -> None:
    with pytest.raises(Invalid):
        acceptance.refuse_acceptance(case_of(joint, LICENCE).pk, reason=reason, by=head_of(LICENCE))


# Steps and decision


def test_steps_open_in_their_order_and_the_decision_after_the_last(joint: JointCase) -> None:
    grant(joint, LICENCE)
    case, by = case_of(joint, FIRE), head_of(FIRE)
    acceptance.accept(case.pk, by=by)
    opened = [sorted(case.tasks.filter(done_at=None).values_list("code", flat=True))]
    for code in ("paper-review", "fire-site-check", "decide"):
        review.pass_step(case.pk, code, by=by)
        opened.append(sorted(case.tasks.filter(done_at=None).values_list("code", flat=True)))
    assert opened == [["fire-site-check", "paper-review"], ["fire-site-check"], ["decide"], [""]]
    assert case_of(joint, FIRE).state == "deciding"


def test_step_that_is_not_open_cannot_be_passed(joint: JointCase) -> None:
    case, by = case_of(joint, LICENCE), head_of(LICENCE)
    with pytest.raises(Conflict):
        review.pass_step(case.pk, "review", by=by)
    acceptance.accept(case.pk, by=by)
    review.pass_step(case.pk, "review", by=by)
    with pytest.raises(Conflict):
        review.pass_step(case.pk, "review", by=by)


def test_head_cannot_decide_over_open_steps_of_others(joint: JointCase) -> None:
    case = case_of(joint, LICENCE)
    acceptance.accept(case.pk, by=head_of(LICENCE))
    task = case.tasks.get(kind="step")
    review.claim(task.pk, by=at_desk("market", "审查岗"))
    with pytest.raises(Conflict) as refusal:
        decision.grant(case.pk, by=head_of(LICENCE))
    assert "审核登记材料" in refusal.value.message


def test_granting_issues_decision_and_licence_and_closes_the_case(joint: JointCase) -> None:
    grant(joint, LICENCE)
    case, licence = case_of(joint, LICENCE), Licence.objects.get()
    assert (case.state, case.closed_at is not None) == ("granted", True)
    assert (licence.case_id, licence.holder_id, licence.type_code) == (case.pk, joint.applicant_id, "business-licence")
    assert Paper.objects.filter(subject_id=case.pk, title="准予决定书").count() == 1
    assert not case.tasks.filter(done_at=None).exists()


def test_refusal_is_in_writing_with_reason_and_remedies(joint: JointCase) -> None:
    # 行政许可法 art. 38(2).
    case, by = case_of(joint, LICENCE), head_of(LICENCE)
    acceptance.accept(case.pk, by=by)
    decision.refuse(case.pk, reason="住所不符合规定，见现场记录", by=by)
    paper = Paper.objects.get(subject_id=case.pk, title="不予决定书")
    assert "住所不符合规定" in paper.body["paragraphs"][1]
    assert "行政诉讼" in paper.body["remedy"]
    assert not Licence.objects.exists()


def test_material_that_was_to_follow_must_be_there_before_the_grant(applicant: Actor) -> None:
    defer = HandedIn("articles-of-association", "defer", due_on=date(2099, 1, 1))
    joint = open_hotel(
        applicant, ways={"id-card": HandedIn("id-card", "defer", due_on=date(2099, 1, 1)), defer.type: defer}
    )
    case, by = case_of(joint, LICENCE), head_of(LICENCE)
    acceptance.accept(case.pk, by=by)
    with pytest.raises(Conflict):
        decision.grant(case.pk, by=by)
    acceptance.supply(case.pk, [HandedIn("id-card", "counter")], by=applicant)
    assert decision.grant(case.pk, by=by).state == "granted"


def test_nothing_can_be_supplied_that_was_not_to_follow(joint: JointCase, applicant: Actor) -> None:
    with pytest.raises(Invalid):
        acceptance.supply(case_of(joint, LICENCE).pk, [HandedIn("id-card", "counter")], by=applicant)


# What a decision means for the others


def test_dependents_start_after_the_decision_and_get_the_licence_as_material(joint: JointCase) -> None:
    before = case_of(joint, FIRE)
    with time.moved(FRIDAY + timedelta(days=3)):
        grant(joint, LICENCE)
    fire, licence = case_of(joint, FIRE), Licence.objects.get()
    assert before.received_at is None
    assert (fire.state, time.day_of(fire.received_at), fire.accept_by_on) == (
        "pre_review",
        date(2026, 3, 9),
        date(2026, 3, 16),
    )
    assert joint.materials.get(type_code="business-licence").licence_id == licence.pk
    assert case_of(joint, TRADE).state == "waiting"  # it also waits for fire
    assert fire.tasks.get(done_at=None).kind == "intake"


def test_refused_licence_ends_those_that_need_it_and_the_others_go_on(joint: JointCase) -> None:
    case, by = case_of(joint, LICENCE), head_of(LICENCE)
    acceptance.accept(case.pk, by=by)
    decision.refuse(case.pk, reason="住所不符合规定，见现场记录", by=by)
    assert states(joint) == {
        LICENCE: "refused",
        QUERY: "pre_review",
        FIRE: "lapsed",
        FOOD: "pre_review",
        TRADE: "lapsed",
    }
    assert "没有准予" in case_of(joint, FIRE).reason
    assert JointCase.objects.get(pk=joint.pk).closed_at is None


def test_withdrawal_of_a_later_member_leaves_the_decided_ones(joint: JointCase, applicant: Actor) -> None:
    grant(joint, LICENCE)
    ending.withdraw(case_of(joint, FIRE).pk, by=applicant, reason="不办了")
    assert states(joint) == {
        LICENCE: "granted",
        QUERY: "pre_review",
        FIRE: "withdrawn",
        FOOD: "pre_review",
        TRADE: "lapsed",
    }
    assert Licence.objects.get().state == "valid"


def test_member_that_only_waits_without_needing_starts_even_after_a_refusal(applicant: Actor) -> None:
    joint = open_hotel(applicant, members={FIRE: (), QUERY: (FIRE,)})
    by = head_of(FIRE)
    acceptance.accept(case_of(joint, FIRE).pk, by=by)
    decision.refuse(case_of(joint, FIRE).pk, reason="疏散通道堵塞，整改后再报", by=by)
    assert case_of(joint, QUERY).state == "pre_review"


def test_joint_case_closes_with_its_last_member_and_not_before(joint: JointCase) -> None:
    for code in (LICENCE, QUERY, FIRE, FOOD):
        grant(joint, code)
        assert JointCase.objects.get(pk=joint.pk).closed_at is None
    grant(joint, TRADE)
    closed = JointCase.objects.get(pk=joint.pk)
    assert closed.closed_at is not None
    assert list(closed.events.filter(case=None).order_by("seq").values_list("verb", "seq")) == [
        ("submit", 1),
        ("close", 2),
    ]


# Who may


@pytest.mark.parametrize("post", ["审查岗", "管理员"])
def test_wrong_role_of_the_right_department_is_told_so(joint: JointCase, post: str) -> None:
    case = case_of(joint, LICENCE)
    with pytest.raises(NotAllowed) as refusal:
        acceptance.accept(case.pk, by=at_desk("market", post))
    assert refusal.value.remedy
    assert case_of(joint, LICENCE).state == "pre_review"


def test_clerk_accepts_but_does_not_decide(joint: JointCase) -> None:
    case, clerk = case_of(joint, LICENCE), at_desk("market", "受理岗")
    acceptance.accept(case.pk, by=clerk)
    with pytest.raises(NotAllowed):
        decision.grant(case.pk, by=clerk)


def test_other_departments_and_strangers_get_the_answer_of_an_absent_case(joint: JointCase, applicant: Actor) -> None:
    case, absent = case_of(joint, LICENCE).pk, joint.pk  # the joint case's id is no case's
    answers = set()
    for by in (at_desk("police"), applicant, Actor(), as_person(citizen("李示例", 2))):
        for pk in (case, absent):
            with pytest.raises(NotFound) as refusal:
                acceptance.accept(pk, by=by)
            answers.add((refusal.value.code, refusal.value.message, refusal.value.remedy))
    assert len(answers) == 1


@pytest.mark.parametrize(
    "act",
    [
        lambda pk, by: ending.withdraw(pk, by=by),
        lambda pk, by: acceptance.supply(pk, [], by=by),
        lambda pk, by: acceptance.resubmit(pk, values={}, materials=[], by=by),
    ],
)
def test_only_the_applicant_acts_for_the_applicant(joint: JointCase, act) -> None:  # type: ignore[no-untyped-def]
    for by in (as_person(citizen("李示例", 2)), head_of(LICENCE), Actor()):
        with pytest.raises(NotFound):
            act(case_of(joint, LICENCE).pk, by)


def test_claimed_task_is_the_claimers_until_released(joint: JointCase) -> None:
    case, anna, bert = case_of(joint, LICENCE), head_of(LICENCE), head_of(LICENCE)
    acceptance.accept(case.pk, by=anna)
    task = case.tasks.get(kind="step")
    review.claim(task.pk, by=anna)
    review.claim(task.pk, by=anna)  # again: nothing happens
    for refused in (lambda: review.claim(task.pk, by=bert), lambda: review.pass_step(case.pk, "review", by=bert)):
        with pytest.raises(Conflict):
            refused()
    review.release(task.pk, by=anna)
    assert review.claim(task.pk, by=bert).claimed_by_id == bert.account_id


def test_claimed_intake_cannot_be_taken_away_by_accepting(joint: JointCase) -> None:
    case = case_of(joint, LICENCE)
    review.claim(case.tasks.get(kind="intake").pk, by=head_of(LICENCE))
    with pytest.raises(Conflict):
        acceptance.accept(case.pk, by=head_of(LICENCE))


def test_task_is_given_back_by_its_claimer_or_a_head_and_nobody_else(joint: JointCase) -> None:
    task = case_of(joint, LICENCE).tasks.get()
    review.claim(task.pk, by=at_desk("market", "受理岗"))
    with pytest.raises(DomainError):
        review.release(task.pk, by=at_desk("market", "受理岗"))
    with pytest.raises(DomainError):
        review.release(task.pk, by=head_of(FIRE))
    assert review.release(task.pk, by=head_of(LICENCE)).claimed_by is None  # the claimer may be on leave


# One transaction


def test_each_move_writes_event_audit_and_outbox_rows_together(joint: JointCase) -> None:
    case, by = case_of(joint, LICENCE), head_of(LICENCE)
    acceptance.accept(case.pk, by=by)
    assert Event.objects.filter(case=case, verb="accept", seq=2).count() == 1
    entry = Entry.objects.get(action="cases.accept", object_id=str(case.pk))
    assert (entry.account_id, entry.organisation) == (by.account_id, "market")
    assert Message.objects.filter(topic="CaseMoved", payload__contains=str(case.pk)).count() == 1


def test_refused_move_leaves_no_trace_in_any_table(joint: JointCase) -> None:
    counts = [model.objects.count() for model in (Event, Entry, Message, Task, Paper, Notice, Licence, Material)]
    case = case_of(joint, LICENCE)
    for refused in (
        lambda: decision.grant(case.pk, by=head_of(LICENCE)),
        lambda: decision.refuse(case.pk, reason="理由理由理由", by=head_of(LICENCE)),
        lambda: acceptance.accept(case_of(joint, FIRE).pk, by=head_of(FIRE)),
    ):
        with pytest.raises(DomainError):
            refused()
    assert counts == [
        model.objects.count() for model in (Event, Entry, Message, Task, Paper, Notice, Licence, Material)
    ]


def test_papers_are_numbered_without_gaps_in_each_department(applicant: Actor) -> None:
    for _ in range(3):
        joint = open_hotel(applicant, members={k: HOTEL[k] for k in (LICENCE, QUERY)})
        grant(joint, LICENCE, QUERY)
    for organisation, kind in Paper.objects.values_list("organisation", "kind").distinct():
        serials = (
            Paper.objects.filter(organisation=organisation, kind=kind)
            .order_by("serial")
            .values_list("serial", flat=True)
        )
        assert list(serials) == list(range(1, 4))


def test_serial_of_a_refused_act_is_given_back(joint: JointCase, applicant: Actor) -> None:
    case = case_of(joint, LICENCE)
    for _ in range(2):
        with pytest.raises(Conflict):  # the paper is issued after the refusal only
            decision.grant(case.pk, by=head_of(LICENCE))
    grant(joint, LICENCE)
    assert Paper.objects.get(title="准予决定书").serial == 1


def test_state_is_one_of_the_table_for_every_case(joint: JointCase) -> None:
    assert set(states(joint).values()) <= {state.value for state in State}


def test_second_click_on_resubmit_finds_the_case_moved_on(joint: JointCase, applicant: Actor) -> None:
    case, again = asked(joint), {"values": {"premises-name": "湖岸大"}, "materials": [HandedIn("id-card", "counter")]}
    acceptance.resubmit(case.pk, **again, by=applicant)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        acceptance.resubmit(case.pk, **again, by=applicant)  # type: ignore[arg-type]
