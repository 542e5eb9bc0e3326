"""Lists that are uploaded, checked, corrected and taken."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tongban.core.actor import Actor
from tongban.rules.errors import Invalid, NotAllowed, NotFound
from tongban.taskforce.models import Assignment, UnitName
from tongban.taskforce.queries import importing as grids
from tongban.taskforce.rules.lists import ALL, Match
from tongban.taskforce.services import importing
from tongban.taskforce.services.campaigns import Settings
from tongban.taskforce.tests import factories as make

pytestmark = pytest.mark.django_db


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


def test_a_doubt_of_one_of_two_rows_of_a_number_stands_at_that_row(by: Actor, tmp_path: Path) -> None:
    text = make.HEAD + "2\t一\t做一件事\t与省同步推进\t市公安局\t\n2\t一\t做另一件事\t年底前\t市公安局\t\n"
    first, second = grids.grid(make.uploaded(tmp_path, text, by=by)).rows

    assert first.cells["deadline"].doubts == ()
    assert "“年底前”没有年份" in second.cells["deadline"].doubts[0]


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


def test_rows_without_a_deadline_are_given_one_and_the_others_left(by: Actor, tmp_path: Path) -> None:
    text = make.SMALL + "4\t二\t宣传\t尽快\t市公安局\t\n"
    row = make.uploaded(tmp_path, text, by=by)
    row.rows.filter(position=4).update(deadline="", due_on=None)

    assert importing.set_due(row.pk, date(2026, 12, 31), by=by) == 1
    days = list(row.rows.order_by("position").values_list("due_on", flat=True))
    assert days == [date(2026, 9, 30), date(2026, 6, 30), None, date(2026, 12, 31)]
