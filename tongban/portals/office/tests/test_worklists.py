"""Worklists that people can live in: many at once with a last look, named views, sharing out, standing in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tongban.cases.models import Case, Event, SavedView, Task
from tongban.cases.services import acceptance, review, special
from tongban.cases.tests.factories import LICENCE, TRADE, case_of, head_of, open_hotel
from tongban.core import time
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.models import Deputy
from tongban.orgs.tests.factories import actor, officer
from tongban.portals.office.tests.test_views import signed_in, text

pytestmark = pytest.mark.usefixtures("honghu")


@pytest.fixture
def cases() -> list[Case]:
    applicant = as_person(citizen())
    made = [case_of(open_hotel(applicant, members={LICENCE: ()}), LICENCE) for _ in range(4)]
    return [acceptance.accept(case.pk, by=head_of(LICENCE)) for case in made]


def tasks(cases: list[Case]) -> list[Task]:
    return list(Task.objects.filter(case__in=cases, done_at=None).order_by("pk"))


# Many at once


def test_many_are_passed_after_a_page_that_lists_each_and_says_why_some_are_left_out(cases: list[Case]) -> None:
    mine, colleague = officer("market"), officer("market", name="同事示例")
    rows = tasks(cases)
    review.claim(rows[0].pk, by=actor(colleague))
    client = signed_in(mine)
    shown = text(client.post("/work/tasks/bulk/pass", {"task": [str(row.pk) for row in rows]}))
    assert "选了 4 件，可以办 3 件" in shown and "已由同事示例认领" in shown
    assert Task.objects.filter(case__in=cases, kind="step", done_at=None).count() == 4
    sent = {"task": [str(row.pk) for row in rows], "confirmed": "1"}
    faulty = client.post("/work/tasks/bulk/pass", {**sent, "text": "好"})
    assert faulty.status_code == 422 and "请写明意见" in text(faulty)
    client.post("/work/tasks/bulk/pass", {**sent, "text": "材料齐全，符合法定形式"})
    assert Task.objects.filter(case__in=cases, kind="step", done_at=None).count() == 1
    assert Event.objects.filter(verb="pass_step", facts__opinion="材料齐全，符合法定形式").count() == 3


def test_what_stands_still_or_is_no_step_is_left_out(cases: list[Case]) -> None:
    applicant = as_person(citizen("李示例", n=2))
    paused = acceptance.accept(case_of(open_hotel(applicant, members={TRADE: ()}), TRADE).pk, by=head_of(TRADE))
    special.pause(paused.pk, "expert_review", days=3, reason="需要专家评审", by=head_of(TRADE))
    waiting = case_of(open_hotel(applicant, members={TRADE: ()}), TRADE)
    shown = text(
        signed_in(officer("police")).post(
            "/work/tasks/bulk/pass", {"task": [str(t.pk) for t in tasks([paused, waiting])]}
        )
    )
    assert "可以办 0 件" in shown and "计时停着" in shown and "要打开办件单独办" in shown


def test_many_are_handed_to_a_colleague(cases: list[Case]) -> None:
    mine, colleague = officer("market"), officer("market", name="同事示例")
    sent = {"task": [str(row.pk) for row in tasks(cases)], "confirmed": "1", "text": "我明天外出开会"}
    client = signed_in(mine)
    assert client.post("/work/tasks/bulk/reassign", sent).status_code == 422  # to whom?
    client.post("/work/tasks/bulk/reassign", {**sent, "to": str(colleague.pk)})
    assert {row.claimed_by_id for row in tasks(cases)} == {colleague.pk}


def test_choosing_nothing_or_an_unknown_act_says_so(cases: list[Case]) -> None:
    client = signed_in(officer("market"))
    assert "没有选办件" in text(client.post("/work/tasks/bulk/pass", {}, follow=True))
    assert client.post("/work/tasks/bulk/grant", {"task": [str(tasks(cases)[0].pk)]}).status_code == 404


def test_tasks_of_others_cannot_be_had_by_their_ids(cases: list[Case]) -> None:
    client = signed_in(officer("health"))
    sent = {"task": [str(row.pk) for row in tasks(cases)], "confirmed": "1", "text": "材料齐全，符合法定形式"}
    assert "没有选办件" in text(client.post("/work/tasks/bulk/pass", sent, follow=True))
    assert Task.objects.filter(case__in=cases, kind="step", done_at=None).count() == 4


# Named views


def test_filter_is_kept_under_a_name_and_deleted_by_its_owner_alone() -> None:
    mine, other = officer("market"), officer("market")
    client = signed_in(mine)
    client.post("/work/views", {"name": "快到期的", "query": "?lamp=warn&mine=1"})
    assert "快到期的" in text(client.get("/work/"))
    assert "快到期的" not in text(signed_in(other).get("/work/"))
    row = SavedView.objects.get()
    assert signed_in(other).post(f"/work/views/{row.pk}/delete").status_code == 404
    client.post(f"/work/views/{row.pk}/delete")
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [({"name": "", "query": "?mine=1"}, "请起个名字"), ({"name": "空", "query": "?"}, "先选好筛选条件")],
)
def test_view_without_name_or_filter_is_refused_in_words(sent: dict[str, str], said: str) -> None:
    assert said in text(signed_in(officer("market")).post("/work/views", sent, follow=True))


# Sharing out


def test_head_shares_the_work_of_a_post_out_evenly(cases: list[Case]) -> None:
    head = officer("market", "负责人", name="甲示例")
    officer("market", "审查岗", name="乙示例")
    officer("market", "审查岗", name="丙示例")
    review.claim(tasks(cases)[0].pk, by=actor(head))
    page = signed_in(head).get("/work/")
    assert "均衡分派：审查岗" in text(page)
    told = text(signed_in(head).post("/work/tasks/share/market/reviewer", follow=True))
    assert "已分派 3 件" in told
    held = sorted(
        Task.objects.filter(case__in=cases, claimed_by=account).count()
        for account in Account.objects.filter(kind="staff")
    )
    assert held[-4:] in ([0, 1, 1, 2], [1, 1, 1, 1])
    assert not Task.objects.filter(case__in=cases, claimed_by=None, done_at=None).exists()


def test_reviewer_does_not_share_out(cases: list[Case]) -> None:
    assert signed_in(officer("market", "审查岗")).post("/work/tasks/share/market/reviewer").status_code == 403


# Standing in (AB 岗、代理)


def appoint(who: Account, to: Account, **changes: str) -> object:
    day = time.today()
    sent = {
        "deputy": str(to.pk),
        "since": str(day),
        "until": str(day + timedelta(days=3)),
        "reason": "出差",
    } | changes
    return signed_in(who).post("/work/deputies/market", sent, follow=True)


def test_deputy_does_the_work_of_the_absent_and_it_is_written_down(cases: list[Case]) -> None:
    head, reviewer = officer("market", name="王负责"), officer("market", "审查岗", name="李审查")
    case = cases[0]
    review.pass_step(case.pk, "review", by=actor(reviewer))
    assert not actor(reviewer).has_role("market", "head")
    assert "代理已设好" in text(appoint(head, reviewer))
    by = actor(reviewer)
    assert by.has_role("market", "head") and by.name == "李审查（代王负责）"
    assert not by.has_role("market", "admin")
    with time.moved(time.now() + timedelta(days=4)):
        assert not actor(reviewer).has_role("market", "head")
    row = Deputy.objects.get()
    signed_in(head).post(f"/work/deputies/market/{row.pk}/end")
    assert not actor(reviewer).has_role("market", "head")


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"until": "2020-01-01"}, "结束日期不能早于"), ({"reason": ""}, "请写原因"), ({"since": "明天"}, "日期写成"), ({"deputy": ""}, "请选一个")],
)  # fmt: skip
def test_wrong_stand_in_is_refused_in_words(changes: dict[str, str], said: str) -> None:
    head, reviewer = officer("market"), officer("market", "审查岗")
    assert said in text(appoint(head, reviewer, **changes))
    assert not Deputy.objects.exists()


def test_nobody_names_a_deputy_for_another_nor_twice_nor_a_stranger() -> None:
    head, reviewer, stranger = officer("market"), officer("market", "审查岗"), officer("health")
    assert appoint(reviewer, reviewer, absent=str(head.pk)).status_code == 404
    assert "本单位的另一位同事" in text(appoint(head, stranger))
    appoint(head, reviewer)
    assert "已经有一条" in text(appoint(head, reviewer))


def test_deputy_passes_on_only_what_is_his() -> None:
    head, reviewer, clerk = officer("market"), officer("market", "审查岗"), officer("market", "受理岗")
    appoint(head, reviewer)
    appoint(reviewer, clerk)
    assert not actor(clerk).has_role("market", "head") and actor(clerk).has_role("market", "reviewer")
