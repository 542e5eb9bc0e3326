from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongban.cases.models import JointCase
from tongban.cases.queries import applicant, desk
from tongban.cases.services import acceptance, review
from tongban.cases.tests.factories import FIRE, LICENCE, QUERY, case_of, grant, head_of, open_hotel
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.tests.factories import at_desk
from tongban.rules.clock import Lamp
from tongban.rules.errors import NotFound, TooMany

FRIDAY = time.at_china(date(2026, 3, 6), 10)


@pytest.fixture
def by(honghu: str) -> Actor:
    return as_person(citizen())


@pytest.fixture
def joint(by: Actor) -> JointCase:
    with time.moved(FRIDAY):
        return open_hotel(by)


# The applicant


def test_joint_case_is_seen_by_those_who_act_for_the_applicant_only(joint: JointCase, by: Actor) -> None:
    assert applicant.joint_case(joint.pk, by=by) == joint
    for other in (as_person(citizen("李示例", 2)), at_desk("market"), Actor()):
        assert applicant.mine(by=other) == []
        with pytest.raises(NotFound):
            applicant.joint_case(joint.pk, by=other)


def test_progress_puts_first_what_waits_for_the_applicant_and_last_what_is_done(joint: JointCase) -> None:
    grant(joint, QUERY)
    acceptance.ask_for_more(case_of(joint, LICENCE).pk, [{"kind": "field", "code": "premises-name", "remark": "请改"}],
                            by=head_of(LICENCE))  # fmt: skip
    rows = applicant.progress(joint)
    assert [rows[0].code, rows[-1].code] == [LICENCE, QUERY]
    assert applicant.headline(rows).text == "5 项中 1 项已办结，1 项等你补正"


@pytest.mark.parametrize(
    ("days", "lamp", "left"),
    [(0, Lamp.OK, 5), (5, Lamp.OK, 2), (6, Lamp.WARN, 1), (7, Lamp.WARN, 0), (10, Lamp.BAD, -1)],
)
def test_lamp_of_the_acceptance_limit_follows_the_days(joint: JointCase, days: int, lamp: Lamp, left: int) -> None:
    with time.moved(FRIDAY + timedelta(days=days)):
        row = next(row for row in applicant.progress(joint) if row.code == LICENCE)
    assert (row.lamp, row.left) == (lamp, left)


def test_waiting_case_says_for_what_it_waits(joint: JointCase) -> None:
    row = next(row for row in applicant.progress(joint) if row.code == FIRE)
    assert row.sentence == "“办理营业执照”办好后自动开始，不用你做什么"
    assert row.lamp == Lamp.IDLE


def test_track_shows_one_point_as_now(joint: JointCase) -> None:
    row = next(row for row in applicant.progress(joint) if row.code == LICENCE)
    assert [(point.name, point.state) for point in row.track] == [
        ("收件", "done"), ("受理", "now"), ("审核登记材料", "todo"), ("决定", "todo"),
    ]  # fmt: skip


# At a glance: number and four digits


def glance(joint: JointCase, digits: str, address: str = "10.0.0.1") -> applicant.Glance | None:
    return applicant.glance(joint.number, digits, by=Actor(address=address))


def test_number_and_four_digits_open_status_words_and_no_names(joint: JointCase) -> None:
    seen = glance(joint, "1234")
    assert seen is not None
    assert (seen.number, len(seen.rows)) == (joint.number, 5)
    assert "张" not in str(seen)


@pytest.mark.parametrize(
    ("number", "digits"), [("", "1234"), (None, "0000"), (None, ""), (None, "13900001234"), ("4" * 21, "1234")]
)
def test_wrong_number_and_wrong_digits_answer_alike(joint: JointCase, number: str | None, digits: str) -> None:
    assert applicant.glance(joint.number if number is None else number, digits, by=Actor(address="a")) is None


def test_joint_case_without_a_phone_is_opened_by_no_digits(joint: JointCase) -> None:
    JointCase.objects.update(contact_phone="")
    assert [glance(joint, digits) for digits in ("", "****", "0000")] == [None, None, None]


def test_ten_looks_an_hour_from_one_address(joint: JointCase) -> None:
    for _ in range(10):
        glance(joint, "1234")
    with pytest.raises(TooMany):
        glance(joint, "1234")
    assert glance(joint, "1234", address="10.0.0.2")
    with time.moved(time.now() + timedelta(minutes=61)):
        assert glance(joint, "1234")


def test_five_wrong_digits_a_day_close_the_number_from_every_address(joint: JointCase) -> None:
    for n in range(5):
        assert glance(joint, "0000", address=f"10.0.1.{n}") is None
    with pytest.raises(TooMany):
        glance(joint, "1234", address="10.0.2.1")
    with time.moved(time.now() + timedelta(hours=25)):
        assert glance(joint, "1234", address="10.0.2.1")


# The desk


def test_worklist_shows_only_what_the_roles_of_the_own_department_can_do(joint: JointCase) -> None:
    assert [row.item for row in desk.worklist(by=at_desk("market", "受理岗")).rows] == ["办理营业执照"]
    for who in (at_desk("market", "审查岗"), at_desk("market", "管理员"), at_desk("police"), Actor()):
        assert desk.worklist(by=who).rows == []


def test_worklist_masks_persons(joint: JointCase) -> None:
    assert desk.worklist(by=head_of(LICENCE)).rows[0].applicant == "张*"


def test_worklist_is_in_the_order_of_deadlines_and_pages_do_not_overlap(by: Actor) -> None:
    for days in (3, 0, 6, 4, 0):
        with time.moved(FRIDAY + timedelta(days=days)):
            open_hotel(by, members={LICENCE: ()})
    officer, rows, cursor = head_of(LICENCE), [], ""
    while True:
        page = desk.worklist(by=officer, size=2, cursor=cursor)
        rows += page.rows
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert [row.due_on for row in rows] == sorted(row.due_on for row in rows if row.due_on)
    assert len({row.task_id for row in rows}) == len(rows) == 5


def test_worklist_takes_the_same_number_of_queries_however_many_cases(by: Actor) -> None:
    officer, counts = head_of(LICENCE), []
    for _ in range(2):
        open_hotel(by, members={LICENCE: ()})
        with CaptureQueriesContext(connection) as queries:
            desk.worklist(by=officer)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3


def test_counters_agree_with_the_rows_they_open(joint: JointCase) -> None:
    officer = head_of(LICENCE)
    for days in (0, 6, 10):
        with time.moved(FRIDAY + timedelta(days=days)):
            counted = desk.counters(by=officer)
            assert counted.todo == len(desk.worklist(by=officer).rows)
            assert counted.bad == len(desk.worklist(by=officer, lamp=Lamp.BAD).rows)
            assert counted.warn == len(desk.worklist(by=officer, lamp=Lamp.WARN).rows)


def test_case_on_the_desk_shows_only_the_materials_of_the_own_item(joint: JointCase) -> None:
    view = desk.case(case_of(joint, LICENCE).pk, by=head_of(LICENCE))
    assert {row.planned.type for row in view.materials} == set(view.planned.materials)
    assert "premises-plan" not in {row.planned.type for row in view.materials}


def test_case_of_another_desk_looks_absent(joint: JointCase, by: Actor) -> None:
    answers = set()
    for who in (at_desk("police"), by, Actor()):
        for pk in (case_of(joint, LICENCE).pk, joint.pk):
            with pytest.raises(NotFound) as refusal:
                desk.case(pk, by=who)
            answers.add(refusal.value.message)
    assert len(answers) == 1


def test_acts_offered_are_those_that_succeed(joint: JointCase) -> None:
    case, officer = case_of(joint, LICENCE), head_of(LICENCE)
    assert desk.case(case.pk, by=officer).acts.intake
    assert not desk.case(case.pk, by=at_desk("market", "审查岗")).acts.intake
    review.claim(case.tasks.get().pk, by=officer)
    other = desk.case(case.pk, by=at_desk("market", "受理岗")).acts
    assert (other.intake, other.held_by) == (False, "王示例")
