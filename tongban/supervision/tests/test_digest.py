from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from tongban.cases.models import Task
from tongban.cases.tests.factories import TRADE
from tongban.core import time
from tongban.evaluation.tests import factories as ratings
from tongban.notices import queries as notices
from tongban.notices.models import DeskNotice
from tongban.orgs.models import Post
from tongban.orgs.rules import SUPERVISOR_POST
from tongban.orgs.services import staffing
from tongban.orgs.tests.factories import actor, officer
from tongban.supervision.services import digest, issuing
from tongban.supervision.tests import factories as make

pytestmark = pytest.mark.usefixtures("honghu")


def texts_of(account_id: UUID, day: date, hour: int = 9) -> list[str]:
    """Let the hour come and return what an account was told by then."""
    with time.moved(time.at_china(day, hour)):
        digest.tell(make.PACK)
    rows = DeskNotice.objects.filter(account_id=account_id).order_by("created_at")
    return list(rows.values_list("text", flat=True))


def test_heads_and_who_took_the_case_are_reminded_once_from_nine_on_working_days() -> None:
    case = make.accepted(3, 6)
    head = officer(case.desk)
    taken = officer(case.desk, "审查岗")
    Task.objects.filter(case=case, done_at=None).update(claimed_by=taken)
    last = case.due_on
    assert last is not None
    assert texts_of(head.pk, last, hour=8) == []
    assert texts_of(head.pk, last) == ["市公安局：1 件今天或下一个工作日到期。"]
    assert texts_of(taken.pk, last) == ["你手上：1 件今天或下一个工作日到期。"]
    assert len(texts_of(head.pk, last, hour=15)) == 1
    saturday = date(2026, 3, 14)
    assert last < saturday and len(texts_of(head.pk, saturday)) == 1
    assert texts_of(head.pk, date(2026, 3, 16))[-1].startswith("市公安局：1 件超期")


def test_a_case_with_several_tasks_counts_once_and_each_unit_of_a_head_is_named() -> None:
    case = make.accepted(3, 6)
    (first, *_) = Task.objects.filter(case=case, done_at=None)
    head = officer(case.desk)
    staffing.give_seat(Post.objects.get(organisation__code="market", organisation__pack=make.PACK, name="负责人"), head)
    Task.objects.create(
        case=case, organisation=case.desk, role="reviewer", kind="consult", code="b", name="会签", due_on=first.due_on,
        opened_at=first.opened_at, claimed_by=head,
    )  # fmt: skip
    with make.at(3, 9):
        issuing.issue(make.PACK, [make.cause(1, organisation="market")])
    assert case.due_on is not None
    said = texts_of(head.pk, case.due_on)[-1]
    assert said == (
        "市市场监管局：1 张监察牌待签收。市公安局：1 件今天或下一个工作日到期。你手上：1 件今天或下一个工作日到期。"
    )


def test_nothing_comes_in_the_afternoon() -> None:
    case = make.accepted(3, 6)
    head = officer(case.desk)
    assert case.due_on is not None
    assert texts_of(head.pk, case.due_on, hour=14) == []


def test_a_paused_case_reminds_nobody() -> None:
    case = make.accepted(3, 6, item=TRADE)
    case.paused = "special"
    case.save(update_fields=["paused"])
    head = officer(case.desk)
    assert case.due_on is not None
    assert texts_of(head.pk, case.due_on) == []


def test_yellow_cards_are_told_at_once_and_warnings_in_the_morning() -> None:
    head = officer(make.UNIT)
    with make.at(3, 16, 0):
        (yellow,) = issuing.issue(make.PACK, [make.cause(1)])
        (blue,) = issuing.issue(make.PACK, [make.cause(2, "promise_near")])
    (told,) = notices.desk(by=actor(head))
    assert yellow.number in told.title
    assert told.link == f"/supervise/cards/{yellow.pk}"
    assert blue.acts.get().words == "已列入市公安局的监察牌清单和早间提醒"
    assert yellow.acts.get().facts["heads"] == [head.name] and blue.acts.get().facts["heads"] == []
    assert texts_of(head.pk, date(2026, 3, 16))[-1] == "市公安局：2 张监察牌待签收。"


def test_who_supervises_is_told_of_a_bad_rating_and_not_who_dealt_with_it() -> None:
    clerk, watcher = officer("market"), officer("data", SUPERVISOR_POST)
    ratings.rated(ratings.decided(clerk=actor(clerk)), 4)
    (told,) = notices.desk(by=actor(watcher))
    assert told.title.startswith("收到差评")
    assert notices.desk(by=actor(clerk)) == []
