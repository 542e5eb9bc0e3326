"""What departments see of many cases at once, and several claims at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from tongban.calendars import queries as calendars
from tongban.cases.models import Case, Task
from tongban.cases.queries import board, desk, lamps, papers, timing
from tongban.cases.services import acceptance, decision, review
from tongban.cases.tests.factories import LICENCE, case_of, head_of, open_hotel
from tongban.core import time
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.tests.factories import at_desk
from tongban.rules import clock
from tongban.rules.clock import Lamp
from tongban.rules.errors import Conflict, Invalid, NotFound

pytestmark = pytest.mark.usefixtures("honghu")
FRIDAY = date(2026, 3, 6)


@pytest.mark.parametrize("limit_days", [0, 1, 5, 9, 10, 15, 20, 30, 60])
def test_database_and_rule_agree_on_when_a_lamp_is_yellow(limit_days: int) -> None:
    calendar = calendars.calendar()
    last = lamps.last_yellow(FRIDAY, limit_days, calendar)
    for n in range(1, 40):
        day = FRIDAY + timedelta(days=n)
        is_yellow = clock.lamp(day, on=FRIDAY, limit_days=limit_days, calendar=calendar)[0] == Lamp.WARN
        assert is_yellow == (day <= last)


def test_filter_and_rows_show_the_same_lamps() -> None:
    by = head_of(LICENCE)
    for limit, due in ((5, 1), (20, 4), (20, 10), (5, -1), (10, 2)):
        case = case_of(open_hotel(as_person(citizen(n=limit * 100 + due + 50)), members={LICENCE: ()}), LICENCE)
        Case.objects.filter(pk=case.pk).update(limit_days=limit)
        Task.objects.filter(case=case).update(kind="step", code="x", due_on=time.today() + timedelta(days=due))
    shown = [(row.task_id, row.lamp) for row in desk.worklist(by=by).rows]
    for lamp in (Lamp.WARN, Lamp.BAD):
        found = {row.task_id for row in desk.worklist(by=by, lamp=lamp).rows}
        assert found == {task_id for task_id, row_lamp in shown if row_lamp == lamp}
    assert desk.counters(by=by).warn == sum(1 for _, lamp in shown if lamp == Lamp.WARN)


def test_running_and_ended_cases_come_page_by_page() -> None:
    by = head_of(LICENCE)
    cases = [case_of(open_hotel(as_person(citizen(n=n)), members={LICENCE: ()}), LICENCE) for n in range(1, 6)]
    for case in cases[:3]:
        acceptance.refuse_acceptance(case.pk, reason="不属于本机关职权", by=by)
    first = board.page(by=by, view="done", size=2)
    second = board.page(by=by, view="done", size=2, cursor=str(first.next_cursor))
    assert [row.case_id for row in first.rows + second.rows] == [case.pk for case in reversed(cases[:3])]
    assert second.next_cursor is None
    assert {row.case_id for row in board.page(by=by, view="running").rows} == {case.pk for case in cases[3:]}
    assert board.page(by=at_desk("health"), view="running").rows == []


def test_preview_says_what_the_paper_says_and_writes_nothing() -> None:
    by, case = head_of(LICENCE), case_of(open_hotel(as_person(citizen())), LICENCE)
    preview = papers.preview(case.pk, "accept", by=by)
    assert preview is not None and case_of(case.joint_case, LICENCE).due_on is None
    acceptance.accept(case.pk, by=by)
    issued = desk.case(case.pk, by=by).papers[0]
    assert (issued.title, issued.body["facts"]) == (preview.title, [list(row) for row in preview.body.facts])
    with pytest.raises(NotFound):
        papers.preview(case.pk, "accept", by=at_desk("health"))


def test_days_are_counted_from_the_day_after_acceptance() -> None:
    by, case = head_of(LICENCE), case_of(open_hotel(as_person(citizen()), members={LICENCE: ()}), LICENCE)
    with time.moved(datetime(2026, 3, 6, 4, tzinfo=time.CHINA)):
        acceptance.accept(case.pk, by=by)
    case.refresh_from_db()
    with time.moved(datetime(2026, 3, 10, 4, tzinfo=time.CHINA)):
        counted = timing.timing(case)
    assert (counted.used, counted.days[0].on, counted.days[1].state) == (2, date(2026, 3, 9), "today")


def test_several_claims_name_those_that_were_gone() -> None:
    one, other = at_desk("market"), at_desk("market")
    tasks = [case_of(open_hotel(as_person(citizen(n=n))), LICENCE).tasks.get() for n in (1, 2)]
    review.claim(tasks[0].pk, by=other)
    claims = review.claim_several([*(task.pk for task in tasks), uuid4()], by=one)
    assert (claims.taken, len(claims.refused)) == (1, 2)
    with pytest.raises(Invalid):
        review.claim_several([], by=one)


def test_what_another_has_claimed_is_not_decided_over_his_head() -> None:
    holder, other = at_desk("market"), at_desk("market")
    case = case_of(open_hotel(as_person(citizen())), LICENCE)
    review.claim(case.tasks.get().pk, by=holder)
    with pytest.raises(Conflict) as refusal:
        acceptance.accept(case.pk, by=other)
    acceptance.accept(case.pk, by=holder)
    for task in case.tasks.filter(kind="step"):
        review.pass_step(case.pk, task.code, by=holder)
    review.claim(case.tasks.get(kind="decide").pk, by=holder)
    with pytest.raises(Conflict):
        decision.grant(case.pk, by=other)
    assert refusal.value.code == "case.task_claimed"


def test_material_that_was_never_handed_in_can_be_asked_for_and_supplied() -> None:
    person = as_person(citizen())
    joint = open_hotel(person, members={LICENCE: ()})
    kind = joint.plan["materials"][0]["type"]
    joint.materials.filter(type_code=kind).delete()
    case = case_of(joint, LICENCE)
    acceptance.ask_for_more(
        case.pk, [{"kind": "material", "code": kind, "remark": "没有交，请补交"}], by=head_of(LICENCE)
    )
    handed = acceptance.HandedIn(kind, "counter")
    acceptance.resubmit(case.pk, values={}, materials=[handed], by=person)
    assert joint.materials.get(type_code=kind).version == 1
