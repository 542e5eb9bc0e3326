from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tongban.audit.models import Entry
from tongban.core import time
from tongban.core.actor import Actor
from tongban.indicators.queries import values
from tongban.jobs import services as jobs
from tongban.jobs.models import Timer
from tongban.rules.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from tongban.taskforce.models import Assignment, Order, Reminder, Report, Step, Task, UnitName
from tongban.taskforce.queries import charting, comparing, ledger, snapshots
from tongban.taskforce.queries import importing as grids
from tongban.taskforce.rules.bulletins import Kind
from tongban.taskforce.rules.lists import ALL, Match
from tongban.taskforce.rules.moves import MOVES, SIDES, Act, Side, State
from tongban.taskforce.services import acting, bulletins, campaigns, importing, reminding, reporting
from tongban.taskforce.services.acting import Given
from tongban.taskforce.services.campaigns import Part, Settings
from tongban.taskforce.tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(honghu: str) -> Actor:
    return make.overseer()


# Upload and check


def test_the_official_text_gives_58_tasks_and_keeps_its_printed_dates(by: Actor) -> None:
    row = importing.upload(make.OFFICIAL, "任务清单.txt", name="攻坚行动", year=2021, by=by)

    found = grids.grid(row)
    assert len(found.rows) == 58
    assert found.rows[0].row.due_on == date(2021, 8, 31)
    assert [each.number for each in found.rows if each.row.syncs] == ["26", "27", "29"]
    assert row.units["各县市人民政府"] == {"codes": [], "outside": False, "how": ""}
    assert row.units["州住建局"]["how"] == "like"  # a likeness is a proposal, not a match
    assert "州住建局" in found.check.unknown
    assert bytes(row.content) == make.OFFICIAL.read_bytes()


def test_a_list_with_unknown_units_cannot_be_taken_until_each_is_settled(by: Actor, tmp_path: Path) -> None:
    row = make.uploaded(tmp_path, make.HEAD + "1\t一\t做好服务\t2026年9月30日\t火星管理局\t市公安局\n", by=by)

    with pytest.raises(Invalid) as refused:
        importing.take(row.pk, Settings(make.FIRST_DAY), by=by)
    assert refused.value.facts["unknown"] == ["火星管理局"]

    importing.map_units(row.pk, {"火星管理局": Match(outside=True)}, by=by)
    made = importing.take(row.pk, Settings(make.FIRST_DAY), by=by)
    outside = Assignment.objects.get(task__campaign=made, organisation="")
    assert (outside.unit_name, outside.state, outside.leads) == ("火星管理局", "outside", True)


def test_a_name_settled_once_is_known_in_the_next_list(by: Actor, tmp_path: Path) -> None:
    text = make.HEAD + "1\t一\t做好服务\t2026年9月30日\t行政审批局\t市公安局\n"
    first = make.uploaded(tmp_path, text, by=by)
    importing.map_units(first.pk, {"行政审批局": Match(("data",))}, by=by)
    importing.take(first.pk, Settings(make.FIRST_DAY), by=by)

    second = make.uploaded(tmp_path, text, by=by)

    assert UnitName.objects.get().codes == ["data"]
    assert second.units["行政审批局"] == {"codes": ["data"], "outside": False, "how": "before"}


def test_a_double_number_is_flagged_and_keeps_the_list_from_being_taken(by: Actor, tmp_path: Path) -> None:
    text = make.SMALL + "2\t二、平台\t另一件事\t2026年9月30日\t市公安局\t\n"
    row = make.uploaded(tmp_path, text, by=by)

    found = grids.grid(row)
    assert [each.number for each in found.rows if each.cells["seq"].is_faulty] == ["2", "2"]
    with pytest.raises(Invalid, match="2 行有错"):
        importing.take(row.pk, Settings(make.FIRST_DAY), by=by)


def test_every_cell_can_be_corrected_and_what_was_read_stays(by: Actor, tmp_path: Path) -> None:
    row = make.uploaded(tmp_path, make.HEAD + "1\t一\t做好服务\t尽快\t市公安局\t\n", by=by)
    assert "认不出日期" in grids.grid(row).rows[0].cells["deadline"].doubts[0]

    given = importing.Edit("1", "", "一", "做好服务", "尽快", date(2026, 9, 30), False, ("市公安局",), ("市人社局",))
    importing.edit(row.pk, 1, given, by=by)

    shown = grids.grid(row).rows[0]
    assert (shown.due_on, shown.cells["deadline"].doubts, shown.row.printed["due_on"]) == (date(2026, 9, 30), (), None)
    row.refresh_from_db()
    assert row.units["市人社局"]["codes"] == ["human-resources"]


def test_a_day_and_in_step_with_the_province_exclude_each_other(by: Actor, tmp_path: Path) -> None:
    row = make.uploaded(tmp_path, by=by)
    given = importing.Edit("1", "", "", "做好服务", "", date(2026, 9, 30), True, ("市公安局",), ())

    with pytest.raises(Invalid) as refused:
        importing.edit(row.pk, 1, given, by=by)
    assert "只能选一样" in refused.value.fields["due_on"]


def test_a_row_is_left_out_only_with_a_reason_and_stays_in_the_grid(by: Actor, tmp_path: Path) -> None:
    row = make.uploaded(tmp_path, by=by)
    given = importing.Edit("2", "", "", "清理", "", None, False, (), (), left_out="市里已经办完")

    importing.edit(row.pk, 2, given, by=by)
    made = importing.take(row.pk, Settings(make.FIRST_DAY), by=by)

    assert list(made.tasks.order_by("position").values_list("number", flat=True)) == ["1", "3"]
    assert row.rows.get(position=2).left_out == "市里已经办完"


def test_rebase_moves_years_and_the_printed_date_stays_beside(by: Actor) -> None:
    row = importing.upload(make.OFFICIAL, "清单.txt", name="攻坚行动", year=2021, by=by)
    importing.map_units(row.pk, {name: Match(outside=True) for name in row.units}, by=by)

    importing.rebase(row.pk, 2027, by=by)
    made = importing.take(row.pk, Settings(date(2027, 5, 1)), by=by)

    first = made.tasks.get(number="1")
    assert (first.printed_on, first.due_on, first.deadline) == (date(2021, 8, 31), date(2027, 8, 31), "8月底前")


def test_a_collective_stands_for_every_department(by: Actor, tmp_path: Path) -> None:
    row = make.uploaded(tmp_path, make.HEAD + "1\t一\t做好服务\t2026年9月30日\t市公安局\t市直各单位\n", by=by)
    importing.map_units(row.pk, {"市直各单位": Match((ALL,))}, by=by)

    made = importing.take(row.pk, Settings(make.FIRST_DAY), by=by)

    rows = Assignment.objects.filter(task__campaign=made)
    assert rows.count() == len(grids.everybody("honghu"))
    assert rows.get(leads=True).organisation == "police"  # who leads is not named again


def test_a_list_of_themes_becomes_tasks(by: Actor, tmp_path: Path) -> None:
    text = "序号\t主题名称\t联办事项\t牵头单位\t责任单位\t办理时限\n1\t我要开餐馆\t食品经营许可；营业执照\t市市场监管局\t市公安局\t5个工作日\n"

    row = make.uploaded(tmp_path, text, by=by)

    assert "我要开餐馆" in row.rows.get().requirement
    assert "食品经营许可、营业执照" in row.rows.get().requirement


@pytest.mark.parametrize(("name", "content"), [("清单.txt", "没有表格的一段话"), ("清单.doc", "x"), ("空.txt", "")])
def test_a_file_that_holds_no_list_is_refused_with_words(by: Actor, tmp_path: Path, name: str, content: str) -> None:
    with pytest.raises(Invalid):
        make.uploaded(tmp_path, content, by=by, name=name)


def test_only_who_supervises_uploads_and_sees_uploads(by: Actor, tmp_path: Path) -> None:
    row = make.uploaded(tmp_path, by=by)
    other = make.head("police")

    with pytest.raises(NotAllowed):
        make.uploaded(tmp_path, by=other)
    with pytest.raises(NotFound):
        grids.one(row.pk, by=other)


def test_settings_that_make_no_sense_are_refused_by_field(by: Actor, tmp_path: Path) -> None:
    row = make.uploaded(tmp_path, by=by)
    wrong = Settings(
        make.FIRST_DAY, date(2020, 1, 1), report_day=40, opens_before_days=0, ladder_days=(9,), tolerance=99, weight_on_time=101,
        phases=(("", make.FIRST_DAY, make.FIRST_DAY),),
    )  # fmt: skip

    with pytest.raises(Invalid) as refused:
        importing.take(row.pk, wrong, by=by)
    assert set(refused.value.fields) == {
        "report_day",
        "opens_before_days",
        "ladder_days",
        "tolerance",
        "weight_on_time",
        "ends_on",
        "phases",
    }


# Handing out, parts


def test_handing_out_reaches_the_units_and_sets_the_calendar(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by, report_day=24)

    assert set(Assignment.objects.filter(task__campaign=made).values_list("state", flat=True)) == {"assigned"}
    assert "交办 3 项" not in Reminder.objects.get(organisation="police").words
    assert "交办 2 项" in Reminder.objects.get(organisation="police").words
    first = Timer.objects.filter(subject=made.pk).order_by("due_at").first()
    assert first is not None
    assert (first.occurrence, time.day_of(first.due_at)) == ("2026-06:open", date(2026, 6, 19))
    with pytest.raises(Conflict):
        campaigns.launch(made.pk, by=by)


def test_a_task_is_broken_into_parts_that_end_no_later(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    task = made.tasks.get(number="1")

    part = campaigns.decompose(task.pk, Part("整理清单底数", date(2026, 8, 1), "police"), by=by)

    assert (part.number, part.parent_id, part.assignments.get().state) == ("1.1", task.pk, "planned")
    with pytest.raises(Invalid) as refused:
        campaigns.decompose(task.pk, Part("短", date(2026, 12, 1), "nobody"), by=by)
    assert set(refused.value.fields) == {"requirement", "organisation", "due_on"}
    with pytest.raises(NotFound):
        campaigns.decompose(part.pk, Part("再分一次", None, "police"), by=by)


def test_long_names_and_long_words_fit_wherever_they_are_kept(by: Actor, tmp_path: Path) -> None:
    name, words = "市" + "长" * 140 + "局", "话" * 500
    text = make.HEAD + f"1\t{'类' * 220}\t{'做' * 900}\t2026年6月30日\t市公安局\t{name}\n"
    with time.moved(make.at(make.FIRST_DAY)):
        row = importing.upload(make_file(tmp_path, text), "长" * 130 + ".txt", name="专" * 100, by=by)
        unknown = {each: Match(outside=True) for each, kept in row.units.items() if not kept["codes"]}
        importing.map_units(row.pk, unknown, by=by)
        made = importing.take(row.pk, Settings(make.FIRST_DAY), by=by)
        campaigns.launch(made.pk, by=by)
    police, unit = make.running(made, "1", "police")
    with time.moved(make.at(date(2026, 7, 21))):
        acting.act(police.pk, Act.RED, Given(words, date(2026, 8, 1)), by=by)
        report = reporting.report(police.pk, reporting.Filled(9, "进" * 1000, blocker=words, highlight=words), by=unit)
        reporting.send_back(report.pk, remark=words, by=by)
        bulletins.draft(made.pk, Kind.MONTH, "2026-07", by=by)
        campaigns.bind(made.tasks.get().pk, ["x" * 60, "y" * 60], by=by)
        campaigns.end(made.pk, reason="完" * 200, by=by)


def make_file(folder: Path, text: str) -> Path:
    path = folder / "long.txt"
    path.write_text(text, "utf-8")
    return path


# Moves


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


# Reports


def test_a_report_in_the_window_is_in_time_and_lights_the_lamp(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")

    made_report = make.reported(row, by=unit, on=date(2026, 6, 25), progress=20)

    assert (made_report.period, made_report.is_late) == ("2026-06", False)
    assert make.share(made, "1", "police").progress == 20


def test_a_report_after_the_window_closed_is_taken_and_marked_late(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")

    made_report = make.reported(row, by=unit, on=date(2026, 6, 26))

    assert (made_report.period, made_report.is_late) == ("2026-06", True)
    assert "迟报" in Step.objects.get(act="report").words


def test_before_the_first_window_opens_nothing_can_be_reported(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")

    with pytest.raises(Conflict, match="2026-06-20 才开"):
        make.reported(row, by=unit, on=date(2026, 6, 19))


def test_one_must_sign_before_one_reports(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row = make.share(made, "1", "police")

    with pytest.raises(Conflict, match="待签收"):
        make.reported(row, by=make.head("police"), on=date(2026, 6, 22))


def test_what_was_sent_back_and_mended_stays_in_time(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")
    first = make.reported(row, by=unit, on=date(2026, 6, 25), progress=90)
    with time.moved(make.at(date(2026, 6, 27))):
        reporting.send_back(first.pk, remark="请附佐证材料", by=by)
        assert make.share(made, "1", "police").progress is None  # what was sent back does not count

    second = make.reported(row, by=unit, on=date(2026, 6, 28), progress=50)

    assert (second.revision, second.is_late) == (2, False)
    assert make.share(made, "1", "police").progress == 50
    with pytest.raises(Conflict):
        reporting.accept(first.pk, by=by)


def test_an_accepted_report_is_closed_for_its_month(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")
    first = make.reported(row, by=unit, on=date(2026, 6, 22))
    assert reporting.accept_all([first.pk, first.pk], by=by) == 1

    with pytest.raises(Conflict, match="已经审核通过"):
        make.reported(row, by=unit, on=date(2026, 6, 23))
    assert make.reported(row, by=unit, on=date(2026, 7, 21)).period == "2026-07"


def test_only_the_overseer_reviews_and_only_the_unit_reports(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")
    first = make.reported(row, by=unit, on=date(2026, 6, 22))

    with pytest.raises(NotAllowed):
        reporting.accept(first.pk, by=unit)
    with pytest.raises(NotAllowed):
        make.reported(row, by=by, on=date(2026, 6, 22))


def test_a_report_that_does_not_fit_is_refused_by_field(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    Task.objects.filter(campaign=made).update(indicators=["hh-instant-item-rate"])
    row, unit = make.running(made, "1", "police")

    with time.moved(make.at(date(2026, 6, 22))), pytest.raises(Invalid) as refused:
        reporting.report(
            row.pk, reporting.Filled(101, "", publicity=-1, blocker="长" * 501, files=("nicht",) * 11), by=unit
        )
    assert set(refused.value.fields) == {"progress", "text", "value", "blocker", "publicity", "files"}
    assert not Report.objects.exists()


# Reminders


def test_the_ladder_reminds_those_who_owe_and_leaves_the_others_in_peace(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "human-resources")
    make.reported(row, by=unit, on=date(2026, 6, 21))
    Reminder.objects.all().delete()

    for on in (date(2026, 6, 22), date(2026, 6, 24), date(2026, 6, 26)):
        with time.moved(make.at(on)):
            while jobs.fire_due():
                pass
            jobs.fire_due()

    said = list(Reminder.objects.filter(organisation="police").order_by("at").values_list("occurrence", flat=True))
    assert said == ["2026-06:open", "2026-06:before-3", "2026-06:before-1", "2026-06:late"]
    assert "还有 2 项没有填报" in Reminder.objects.get(organisation="police", occurrence="2026-06:late").words
    assert not Reminder.objects.filter(organisation="human-resources").exclude(occurrence="2026-06:open").exists()


def test_a_reminder_comes_once_and_none_after_the_end(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    Reminder.objects.all().delete()
    with time.moved(make.at(date(2026, 6, 20))):
        reminding.remind(made.pk, "2026-06:open", on=date(2026, 6, 20))
        reminding.remind(made.pk, "2026-06:open", on=date(2026, 6, 20))
    assert Reminder.objects.filter(organisation="police").count() == 1

    campaigns.end(made.pk, reason="工作已经完成", by=by)

    assert reminding.remind(made.pk, "2026-07:open", on=date(2026, 7, 20)) == 0
    assert not Timer.objects.filter(subject=made.pk, done_at=None).exists()
    with pytest.raises(Conflict):
        acting.sign_all(made.pk, "police", by=make.head("police"))


def test_a_worker_that_stood_still_for_a_month_does_not_remind_of_the_month_before(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    with time.moved(make.at(date(2026, 7, 20))):
        assert reminding.remind(made.pk, "2026-06:late", on=date(2026, 6, 26)) == 0
        assert reminding.remind(made.pk, "2026-07:open", on=date(2026, 7, 20)) == 5


def test_a_self_report_stands_beside_what_the_platform_computed(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    month = date(2026, 6, 1)
    code, own, whole = next(
        (code, own, whole)
        for code, name in comparing.choices()
        if (own := values.value("honghu", code, month=month, org="police")).number is not None
        and own.number != (whole := values.value("honghu", code, month=month)).number
        and own.target.comparator != "<="
    )
    task = made.tasks.get(number="1")
    campaigns.bind(task.pk, ["no-such-code", code], by=by)
    row, unit = make.running(made, "1", "police")
    make.reported(row, by=unit, on=date(2026, 6, 22), value=Decimal(int(own.number) + 7))

    view = ledger.task(task.pk, by=by, on=date(2026, 6, 22))
    both = comparing.compared(view.shares, month=month)
    held, lead = both[row.pk], both[make.share(made, "1", "data").pk]

    assert held.verdict.is_contradiction
    assert held.own.startswith(str(int(own.number) + 7))
    assert (held.computed, held.is_whole) == (own.words, False)
    assert (lead.computed, lead.is_whole) == (whole.words, True)  # who leads answers for the whole place
    frozen = snapshots.snapshot(made, Kind.MONTH, "2026-06", on=date(2026, 6, 22))
    assert frozen.figures["自报高于平台数"].shown == "1 项次"
    assert frozen.facts.contradictions == ["市公安局任务 1"]


def test_rows_without_a_deadline_are_given_one_and_the_others_left(by: Actor, tmp_path: Path) -> None:
    text = make.SMALL + "4\t二\t宣传\t尽快\t市公安局\t\n"
    row = make.uploaded(tmp_path, text, by=by)
    row.rows.filter(position=4).update(deadline="", due_on=None)

    assert importing.set_due(row.pk, date(2026, 12, 31), by=by) == 1
    days = list(row.rows.order_by("position").values_list("due_on", flat=True))
    assert days == [date(2026, 9, 30), date(2026, 6, 30), None, date(2026, 12, 31)]


def test_the_ledger_shows_lamps_and_each_unit_sees_its_own(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)
    row, unit = make.running(made, "1", "police")
    make.reported(row, by=unit, on=date(2026, 6, 25), progress=100)

    found = ledger.ledger(made, by=by, on=date(2026, 7, 10))
    assert {task.task.number: task.lamp.kind for task in found.tasks} == {"1": "warn", "2": "bad", "3": "off"}
    assert found.counts == {"ok": 1, "warn": 2, "bad": 2, "off": 2}

    own = ledger.ledger(made, by=unit, on=date(2026, 7, 10))
    assert [[share.row.organisation for share in task.shares] for task in own.tasks] == [["police"], ["police"]]
    late = ledger.ledger(made, by=by, on=date(2026, 7, 10), wanted=ledger.Filters(lamp="bad"))
    assert [task.task.number for task in late.tasks] == ["2"]


def test_the_matrix_has_a_cell_for_each_share(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by)

    found = charting.matrix(ledger.ledger(made, by=by, on=date(2026, 7, 10)))

    rows = {row.code: [cell.lamp.kind if cell else "" for cell in row.cells] for row in found.rows}
    assert rows["police"] == ["warn", "bad", ""]
    assert found.rows[0].code == "data"  # who leads most stands first
    assert "3 项任务中 1 项有单位超期，共 2 处" in found.finding


def test_the_timeline_groups_by_month_and_puts_the_undated_last(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by, phases=(("攻坚阶段", date(2026, 6, 1), date(2026, 7, 1)),))

    rows = charting.timeline(made, ledger.ledger(made, by=by, on=date(2026, 7, 10)), on=date(2026, 7, 10))

    assert [(row.month, row.phase, row.is_past) for row in rows] == [
        ("2026-06", "攻坚阶段", True), ("2026-09", "", False), ("", "", False),
    ]  # fmt: skip


def test_the_ledger_of_58_tasks_takes_few_queries(by: Actor, django_assert_max_num_queries: object) -> None:
    row = importing.upload(make.OFFICIAL, "清单.txt", name="攻坚行动", year=2021, by=by)
    importing.map_units(row.pk, {name: Match((ALL,)) for name in row.units}, by=by)
    made = importing.take(row.pk, Settings(date(2021, 6, 1)), by=by)

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        found = ledger.ledger(made, by=by, on=date(2021, 6, 1) + timedelta(days=30))
    assert len(found.tasks) == 58
