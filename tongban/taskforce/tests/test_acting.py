"""What units and the overseer do with assignments."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tongban.audit.models import Entry
from tongban.core import time
from tongban.core.actor import Actor
from tongban.rules.errors import DomainError, Invalid, NotAllowed, NotFound
from tongban.taskforce.models import Assignment, Order, Reminder, Step
from tongban.taskforce.queries import ledger
from tongban.taskforce.rules.moves import MOVES, SIDES, Act, Side, State
from tongban.taskforce.services import acting
from tongban.taskforce.services.acting import Given
from tongban.taskforce.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", [s for s in State if s is not State.OUTSIDE])
@pytest.mark.parametrize("act", [a for a in Act if a not in acting.REPORTING])
def test_only_the_moves_of_the_table_happen(by: Actor, tmp_path: Path, state: State, act: Act) -> None:
    made = make.campaign(tmp_path, by=by)
    row = make.share(made, "1", "police")
    closed_on = make.FIRST_DAY if state is State.CLOSED else None
    Assignment.objects.filter(pk=row.pk).update(state=state.value, closed_on=closed_on, asked_due_on=date(2026, 12, 1))
    actor = make.head("police") if SIDES[act] is Side.UNIT else by
    before = Entry.objects.count()

    with time.moved(make.at(date(2026, 6, 10))):
        given = Given("情况说明写清楚", date(2026, 6, 10) if act in (Act.TALK, Act.BLAME) else date(2026, 12, 1))
        if (state, act) in MOVES:
            done = acting.act(row.pk, act, given, by=actor)
            assert done.state == MOVES[state, act].value
            assert Entry.objects.count() == before + 1
            assert Step.objects.filter(assignment=row, act=act.value).count() == 1
        else:
            with pytest.raises(DomainError) as refused:
                acting.act(row.pk, act, given, by=actor)
            assert refused.value.status in (404, 409)  # what is not handed out is not seen by the unit
            assert Assignment.objects.get(pk=row.pk).state == state.value


@pytest.mark.parametrize("act", [a for a in Act if a not in acting.REPORTING])
def test_an_act_of_the_other_side_is_refused(by: Actor, tmp_path: Path, act: Act) -> None:
    made = make.campaign(tmp_path, by=by)
    row = make.share(made, "1", "police")
    wrong = by if SIDES[act] is Side.UNIT else make.head("police")

    with pytest.raises(NotAllowed):
        acting.act(row.pk, act, Given("情况说明写清楚", date(2030, 1, 1)), by=wrong)


def test_another_unit_does_not_even_see_the_assignment(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row = make.share(made, "2", "police")

    with pytest.raises(NotFound):
        acting.act(row.pk, Act.SIGN, by=make.head("education"))
    assert ledger.visible_to(make.head("market")).filter(pk=row.pk).exists()  # who leads sees all of its task


def test_who_asked_does_not_decide(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "data")
    both = Actor(account_id=unit.account_id, name="一人两岗", seats={"data": frozenset({"head", "supervisor"})})
    with time.moved(make.at(date(2026, 6, 10))):
        acting.act(row.pk, Act.ASK_CLOSE, Given("全部完成，有佐证"), by=both)

        with pytest.raises(NotAllowed, match="另一个人"):
            acting.act(row.pk, Act.VERIFY_CLOSE, Given("核验通过，情况属实"), by=both)
        assert acting.act(row.pk, Act.VERIFY_CLOSE, Given("核验通过，情况属实"), by=by).closed_on == date(2026, 6, 10)


def test_a_granted_delay_moves_the_day_of_that_unit_alone(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "2", "police")
    with time.moved(make.at(date(2026, 6, 10))):
        with pytest.raises(Invalid) as refused:
            acting.act(row.pk, Act.ASK_DELAY, Given("系统还在改造", date(2026, 6, 20)), by=unit)
        assert "晚于 2026-06-30" in refused.value.fields["on"]
        acting.act(row.pk, Act.ASK_DELAY, Given("系统还在改造", date(2026, 8, 31)), by=unit)
        acting.act(row.pk, Act.GRANT_DELAY, Given("同意延期两个月"), by=by)

    assert make.share(made, "2", "police").due_on == date(2026, 8, 31)
    assert make.share(made, "2", "market").due_on == date(2026, 6, 30)


def test_a_task_in_step_with_the_province_needs_no_delay(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "3", "health-insurance")

    with pytest.raises(Invalid) as refused:
        acting.act(row.pk, Act.ASK_DELAY, Given("省里还没有对接", date(2030, 1, 1)), by=unit)
    assert "没有自己的时限" in refused.value.fields["on"]


def test_yellow_and_red_orders_are_numbered_and_told(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, _ = make.running(made, "2", "police")
    with time.moved(make.at(date(2026, 7, 10))):
        acting.act(row.pk, Act.YELLOW, Given("请说明原因", date(2026, 7, 15)), by=by)
        acting.act(row.pk, Act.RED, Given("再次催办无果", date(2026, 7, 16)), by=by)
        with pytest.raises(Invalid):
            acting.act(row.pk, Act.RED, Given("再次催办无果", date(2026, 7, 9)), by=by)

    numbers = list(Order.objects.order_by("serial").values_list("number", "colour"))
    assert numbers == [("洪湖市督办〔2026〕1 号", "yellow"), ("洪湖市督办〔2026〕2 号", "red")]
    assert "超过完成时限 10 天" in Order.objects.get(serial=1).standing
    assert make.share(made, "2", "police").orders == {"yellow": 1, "red": 1}
    assert Reminder.objects.filter(organisation="police", words__contains="发黄色督办单").exists()
