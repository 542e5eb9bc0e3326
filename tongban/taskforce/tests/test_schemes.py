"""What a campaign goes by, changed while it runs: from which window a change counts, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from tongban.audit.models import Entry
from tongban.core import time
from tongban.core.actor import Actor
from tongban.jobs.models import Timer
from tongban.notices.models import DeskNotice
from tongban.rules.errors import Conflict, Invalid, NotAllowed
from tongban.taskforce.models import Bulletin, Campaign, Reminder, Report, SchemeVersion
from tongban.taskforce.queries import following, ledger
from tongban.taskforce.queries import schemes as queries
from tongban.taskforce.rules import periods
from tongban.taskforce.rules import schemes as rules
from tongban.taskforce.rules.bulletins import Kind
from tongban.taskforce.rules.periods import Calendar
from tongban.taskforce.rules.schemes import Scheme
from tongban.taskforce.services import bulletins, campaigns, schemes
from tongban.taskforce.tests import factories as make

OLD = Scheme()


@pytest.mark.parametrize(("wanted", "after", "since", "opens", "closes"), [
    (Scheme(20), date(2026, 6, 10), "2026-06", date(2026, 6, 15), date(2026, 6, 20)),
    (Scheme(20), date(2026, 6, 15), "2026-07", date(2026, 7, 15), date(2026, 7, 20)),  # by the change open today already
    (Scheme(20), date(2026, 6, 22), "2026-07", date(2026, 7, 15), date(2026, 7, 20)),  # June is open and stays
    (Scheme(31, 1, ()), date(2026, 6, 22), "2026-07", date(2026, 7, 30), date(2026, 7, 31)),
    (Scheme(5, 20), date(2026, 6, 22), "2026-07", date(2026, 6, 26), date(2026, 7, 5)),  # not before June has closed
    (Scheme(1, 20), date(2026, 12, 22), "2027-01", date(2026, 12, 26), date(2027, 1, 1)),
    (Scheme(5, 20), date(2026, 6, 17), "2026-07", date(2026, 6, 26), date(2026, 7, 5)),  # June keeps its own 25th
])  # fmt: skip
def test_a_change_counts_from_the_first_window_that_has_not_opened(
    wanted: Scheme, after: date, since: str, opens: date, closes: date
) -> None:
    cal = OLD.calendar
    found = rules.first_window(cal, wanted, after=after)
    assert (found.period, found.opens_on, found.closes_on) == (since, opens, closes)


def test_windows_that_opened_keep_what_they_opened_with() -> None:
    cal = rules.calendar(OLD, [("2026-08", Scheme(5, 20)), ("2026-10", Scheme(31))])
    found = periods.windows(cal, date(2026, 6, 1), date(2026, 11, 1))
    assert [(one.period, one.opens_on.isoformat()[5:], one.closes_on.isoformat()[5:]) for one in found] == [
        ("2026-06", "06-20", "06-25"),
        ("2026-07", "07-20", "07-25"),
        ("2026-08", "07-26", "08-05"),
        ("2026-09", "08-16", "09-05"),
        ("2026-10", "10-26", "10-31"),
    ]
    assert periods.current(cal, date(2026, 7, 25), since=date(2026, 6, 1)) == found[1]
    assert periods.current(cal, date(2026, 7, 26), since=date(2026, 6, 1)) == found[2]
    assert periods.next_opening(cal, date(2026, 8, 20)) == found[4]


def test_the_last_change_made_counts_even_where_an_earlier_one_began_later() -> None:
    later = [("2026-09", Scheme(20)), ("2026-08", Scheme(10))]
    assert [rules.of_month(OLD, later, f"2026-{month}").report_day for month in ("07", "08", "09")] == [25, 10, 10]
    assert rules.calendar(OLD, later).of("2026-09") == Calendar(10)


def test_reminders_follow_the_rule_of_their_month_and_stay_inside_a_shortened_window() -> None:
    cal = rules.calendar(OLD, [("2026-08", Scheme(5, 20, (15, 7)))])
    steps = {
        m: [step.step for step in periods.ladder(cal, periods.window_of(cal, m))]
        for m in ("2026-07", "2026-08", "2026-09")
    }
    assert steps["2026-07"] == ["open", "before-3", "before-1", "late"]
    assert steps["2026-08"] == ["open", "before-7", "late"]  # it opens on 26 July: 15 days before is before that
    assert steps["2026-09"] == ["open", "before-15", "before-7", "late"]


def test_a_change_is_told_in_words() -> None:
    assert rules.words(OLD, OLD) == ""
    assert rules.words(OLD, Scheme(20, 7, (), 5, 40, 20)) == (
        "每月截止日 25 日 改为 20 日，提前开窗 5 天 改为 7 天，截止前提醒 3、1 天 改为 不提醒，落后容差 0 个百分点 改为 5 个百分点，"
        "按时填报 50 分 改为 40 分，完成率 50 分 改为 40 分，指标达标率 0 分 改为 20 分"
    )


@pytest.fixture
def made(by: Actor, tmp_path: Path) -> Campaign:
    return make.campaign(tmp_path, by=by)


def changed(made: Campaign, wanted: Scheme, *, on: date, by: Actor, seen: int = 1) -> SchemeVersion:
    with time.moved(make.at(on)):
        return schemes.change(made.pk, wanted, reason="月底工作太集中", seen=seen, by=by)


def fresh(made: Campaign) -> Campaign:
    return Campaign.objects.get(pk=made.pk)


@pytest.mark.django_db
def test_an_open_window_closes_when_it_said_and_the_next_goes_by_the_change(made: Campaign, by: Actor) -> None:
    row, unit = make.running(made, "1", "police")

    version = changed(made, Scheme(20, 7), on=date(2026, 6, 22), by=by)

    assert (version.version, version.since, version.since_on) == (2, "2026-07", date(2026, 7, 13))
    assert make.reported(row, by=unit, on=date(2026, 6, 25)).is_late is False
    assert make.reported(row, by=unit, on=date(2026, 7, 20)).is_late is False
    assert (Report.objects.get(period="2026-07").is_late, Report.objects.get(period="2026-06").is_late) == (
        False,
        False,
    )
    other, head = make.running(made, "1", "human-resources")
    assert make.reported(other, by=head, on=date(2026, 7, 21)).is_late is True
    window = following.mine(by=make.head("police"), on=date(2026, 7, 14))[0].window
    assert window is not None and window.closes_on == date(2026, 7, 20)


@pytest.mark.django_db
def test_the_timers_of_months_to_come_move_and_those_of_the_open_one_stay(made: Campaign, by: Actor) -> None:
    changed(made, Scheme(20, 7), on=date(2026, 6, 22), by=by)
    due = {row.occurrence: time.day_of(row.due_at) for row in Timer.objects.filter(subject=made.pk, done_at=None)}
    assert (due["2026-06:late"], due["2026-06:before-1"]) == (date(2026, 6, 26), date(2026, 6, 24))
    assert (due["2026-07:open"], due["2026-07:late"]) == (date(2026, 7, 13), date(2026, 7, 21))


@pytest.mark.django_db
def test_units_with_open_tasks_are_told_and_the_change_is_audited(made: Campaign, by: Actor) -> None:
    head = make.head("police")
    version = changed(made, replace(OLD, tolerance=5), on=date(2026, 6, 22), by=by)

    told = DeskNotice.objects.get(account_id=head.account_id)
    assert "落后容差 0 个百分点 改为 5 个百分点。从 2026-07 期（2026-07-20 开窗）起算" in told.text
    assert told.link == f"/supervise/campaigns/{made.pk}/scheme"
    assert Reminder.objects.filter(organisation="human-resources", occurrence="scheme-2").exists()
    assert not Reminder.objects.filter(organisation="education").exists()
    assert Entry.objects.get(action="taskforce.scheme").reason == "第 2 版：月底工作太集中"
    assert (version.by_name, version.reason) == (by.name, "月底工作太集中")


@pytest.mark.django_db
def test_lamps_and_ranking_go_by_the_change_only_from_its_window(made: Campaign, by: Actor) -> None:
    row, unit = make.running(made, "1", "police")
    make.reported(row, by=unit, on=date(2026, 6, 21), progress=0)
    changed(made, Scheme(tolerance=50, weight_on_time=20), on=date(2026, 6, 22), by=by)
    drafts = {}
    with time.moved(make.at(date(2026, 7, 21))):
        for period in ("2026-06", "2026-07"):
            drafts[period] = bulletins.draft(made.pk, Kind.MONTH, period, by=by).method

    lamps = []
    for on in (date(2026, 7, 19), date(2026, 7, 20)):
        found = ledger.ledger(fresh(made), by=by, on=on)
        lamps.append(
            (found.tolerance, next(share.lamp.kind for share in found.tasks[0].shares if share.row.pk == row.pk))
        )
    assert lamps == [(0, "warn"), (50, "ok")]
    assert ("按时填报率 × 50" in drafts["2026-06"], "按时填报率 × 20" in drafts["2026-07"]) == (True, True)


@pytest.mark.django_db
def test_what_was_issued_stays_as_it_was(made: Campaign, by: Actor) -> None:
    with time.moved(make.at(date(2026, 6, 26))):
        draft = bulletins.draft(made.pk, Kind.MONTH, "2026-06", by=by)
        bulletins.issue(draft.pk, seen=draft.revision, by=by)
    before = Bulletin.objects.values().get()
    changed(made, Scheme(20, weight_on_time=10), on=date(2026, 6, 27), by=by)
    assert Bulletin.objects.values().get() == before


@pytest.mark.django_db
def test_versions_are_only_added(made: Campaign, by: Actor) -> None:
    changed(made, Scheme(20), on=date(2026, 6, 22), by=by)
    changed(made, Scheme(10, 4), on=date(2026, 6, 23), by=by, seen=2)

    assert [(row.version, row.since, row.report_day) for row in queries.versions(fresh(made))] == [
        (2, "2026-07", 20),
        (3, "2026-07", 10),
    ]
    assert ledger.calendar_of(fresh(made)).of("2026-07").day == 10
    assert (fresh(made).report_day, ledger.calendar_of(fresh(made)).of("2026-06").day) == (25, 25)
    for verb in (lambda rows: rows.update(reason="另一个理由"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            verb(SchemeVersion.objects.all())


@pytest.mark.django_db
def test_a_change_before_the_start_counts_from_the_first_window_of_the_campaign(by: Actor, tmp_path: Path) -> None:
    made = make.campaign(tmp_path, by=by, launched=False)
    version = changed(made, Scheme(10), on=date(2026, 4, 1), by=by)
    assert (version.since, version.since_on) == ("2026-06", date(2026, 6, 5))


@pytest.mark.django_db
def test_what_cannot_be_is_refused_in_words(made: Campaign, by: Actor) -> None:
    with pytest.raises(Invalid) as wrong:
        schemes.change(made.pk, Scheme(32, 0, (9,), 51, 101, -1), reason="改一下", seen=1, by=by)
    assert set(wrong.value.fields) == {
        "report_day",
        "opens_before_days",
        "ladder_days",
        "tolerance",
        "weight_on_time",
        "reason",
    }
    with pytest.raises(NotAllowed):
        changed(made, Scheme(20), on=date(2026, 6, 22), by=make.head("police"))
    with pytest.raises(Conflict, match="没有改动"):
        changed(made, Scheme(), on=date(2026, 6, 22), by=by)
    with pytest.raises(Conflict, match="之前没有还没开的填报窗口"):
        changed(made, Scheme(20), on=fresh(made).ends_on, by=by)
    changed(made, Scheme(20), on=date(2026, 6, 22), by=by)
    with pytest.raises(Conflict, match="已经改到第 2 版"):
        changed(made, Scheme(10), on=date(2026, 6, 22), by=by)
    campaigns.end(made.pk, reason="工作已经完成", by=by)
    with pytest.raises(Conflict, match="已经结束"):
        changed(made, Scheme(10), on=date(2026, 6, 22), by=by, seen=2)
