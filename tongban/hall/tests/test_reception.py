"""Receiving at a window, and accepting there on the department's behalf."""

from __future__ import annotations

import pytest

from tongban.audit.models import Entry
from tongban.cases.models import Case, JointCase
from tongban.cases.queries import desk as cases_desk
from tongban.cases.rules.life import State
from tongban.cases.services import acceptance
from tongban.cases.tests.factories import FIRE, LICENCE, QUERY, case_of, open_hotel, plan
from tongban.hall.models import Reception
from tongban.hall.queries import desk as queries
from tongban.hall.services import reception as services
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.models import Window
from tongban.orgs.tests.factories import actor, at_desk, present_at, window_clerk
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.usefixtures("honghu")
STARTABLE = {LICENCE, QUERY}


@pytest.fixture
def clerk() -> Account:
    return window_clerk()


@pytest.fixture
def hotel() -> JointCase:
    """An application made online."""
    return open_hotel(as_person(citizen("张示例", 9)))


def seen(joint: JointCase) -> dict[object, int]:
    return dict(joint.cases.values_list("pk", "event_count"))


def without(joint: JointCase, material: str) -> None:
    joint.materials.filter(type_code=material).delete()


def test_reception_keeps_window_clerk_and_whose_identity_was_checked(clerk: Account) -> None:
    by = present_at(clerk, citizen())
    row = services.receive(open_hotel(by), by=by)
    assert (row.window.code, row.received_by, row.presence_id) == ("hall-01", clerk, by.presence_id)
    assert Entry.objects.filter(action="hall.received", account_id=clerk.pk, channel="window").exists()


def test_received_twice_is_written_down_once(clerk: Account) -> None:
    by = present_at(clerk, citizen())
    joint = open_hotel(by)
    assert services.receive(joint, by=by) == services.receive(joint, by=by)
    assert Reception.objects.count() == 1


def test_who_applies_for_himself_is_not_received(hotel: JointCase) -> None:
    with pytest.raises(NotAllowed, match="当面核验"):
        services.receive(hotel, by=as_person(citizen()))


def test_station_does_not_receive_what_belongs_to_the_hall() -> None:
    by = present_at(window_clerk("station-luoshan"), citizen(), code="station-luoshan")
    with pytest.raises(NotAllowed, match="不收") as refusal:
        services.receive(open_hotel(by), by=by)
    assert "办理营业执照" in refusal.value.message


def test_window_accepts_all_that_can_start_in_its_own_name_and_channel(clerk: Account, hotel: JointCase) -> None:
    outcome = services.accept_startable(hotel.pk, by=actor(clerk))
    assert {case.item_code for case in outcome.accepted} == STARTABLE
    case = case_of(hotel, LICENCE)
    event = case.events.get(verb="accept")
    assert (case.state, event.channel, event.by_name, event.account_id) == (
        State.ACCEPTED, "window", "李某（01号窗口）", clerk.pk,
    )  # fmt: skip
    assert case.tasks.get(kind="intake").done_by_name == "李某（01号窗口）"


def test_members_that_wait_are_left_with_the_reason(clerk: Account, hotel: JointCase) -> None:
    outcome = services.accept_startable(hotel.pk, by=actor(clerk))
    assert {case.item_code: why for case, why in outcome.left}[FIRE] == "等前一项办好"


def test_member_that_lacks_a_material_is_asked_for_it_once_and_the_rest_accepted(
    clerk: Account, hotel: JointCase
) -> None:
    lacked = next(m for m in plan().materials if LICENCE in m.items and not m.provided_by and not m.by_check)
    without(hotel, lacked.type)
    outcome = services.accept_startable(hotel.pk, by=actor(clerk))
    assert [case.item_code for case in outcome.accepted] == [QUERY]
    assert [(row.case.item_code, row.lacks) for row in outcome.asked] == [(LICENCE, (lacked.name,))]
    assert case_of(hotel, LICENCE).asked[0]["remark"] == services.LACKS


def test_member_asked_before_is_not_asked_again_by_the_window(clerk: Account, hotel: JointCase) -> None:
    case = case_of(hotel, LICENCE)
    acceptance.ask_for_more(
        case.pk, [{"kind": "field", "code": "premises-name", "remark": "请写全"}], by=at_desk("market")
    )
    acceptance.resubmit(
        case.pk,
        values={"premises-name": "湖岸酒店"},
        materials=[],
        by=as_person(Account.objects.get(username="citizen-9")),
    )
    lacked = next(m for m in plan().materials if LICENCE in m.items and not m.provided_by)
    without(hotel, lacked.type)
    outcome = services.accept_startable(hotel.pk, by=actor(clerk))
    assert any(row.item_code == LICENCE and "已经告知过一次" in why for row, why in outcome.left)


def test_second_window_is_told_who_was_faster_and_when(clerk: Account, hotel: JointCase) -> None:
    shown = seen(hotel)
    services.accept_startable(hotel.pk, by=actor(clerk))
    with pytest.raises(Conflict, match=r"李某（01号窗口）在 \d\d:\d\d 已经“受理”"):
        services.accept_startable(hotel.pk, by=actor(window_clerk("hall-02", name="王某")), seen=shown)
    assert case_of(hotel, LICENCE).events.filter(verb="accept").count() == 1


def test_department_and_window_do_not_both_accept(clerk: Account, hotel: JointCase) -> None:
    case = case_of(hotel, LICENCE)
    services.accept(case.pk, by=actor(clerk), seen=case.event_count)
    with pytest.raises(Conflict, match="李某"):
        acceptance.accept(case.pk, by=at_desk("market"), seen=case.event_count)


def test_window_asks_and_refuses_like_the_department(clerk: Account, hotel: JointCase) -> None:
    licence, query = case_of(hotel, LICENCE), case_of(hotel, QUERY)
    asked = [{"kind": "field", "code": "premises-name", "remark": "请写全"}]
    assert services.ask_for_more(licence.pk, asked, by=actor(clerk), seen=licence.event_count).state == State.RETURNED
    done = services.refuse(query.pk, reason="不属于本机关职权范围", by=actor(clerk), seen=query.event_count)
    assert done.state == State.NOT_ACCEPTED
    with pytest.raises(Invalid):
        services.refuse(licence.pk, reason="不", by=actor(clerk), seen=licence.event_count)


@pytest.mark.parametrize("act", ["accept", "ask", "refuse", "startable"])
def test_who_sits_at_no_window_accepts_nothing(hotel: JointCase, act: str) -> None:
    by = at_desk("data", "综合窗口收件岗")
    if act == "startable":
        assert services.accept_startable(hotel.pk, by=by).accepted == ()
        return
    with pytest.raises(NotAllowed, match="不归你的窗口受理"):
        match act:
            case "accept":
                services.accept(case_of(hotel, LICENCE).pk, by=by, seen=1)
            case "ask":
                services.ask_for_more(case_of(hotel, LICENCE).pk, [], by=by, seen=1)
            case _:
                services.refuse(case_of(hotel, LICENCE).pk, reason="不属于本机关职权范围", by=by, seen=1)


def test_station_accepts_only_its_own_items(hotel: JointCase) -> None:
    outcome = services.accept_startable(hotel.pk, by=actor(window_clerk("station-luoshan")))
    assert outcome.accepted == ()
    assert all("不归你的窗口受理" in why or "等前一项" in why for _, why in outcome.left)


def test_window_of_another_region_accepts_nothing(clerk: Account, hotel: JointCase) -> None:
    Window.objects.filter(code="hall-01").update(region="421088000000")
    with pytest.raises(NotAllowed, match="不归你的窗口受理"):
        services.accept(case_of(hotel, LICENCE).pk, by=actor(clerk), seen=1)


def test_work_of_an_outside_body_is_only_passed_on(clerk: Account, hotel: JointCase) -> None:
    Case.objects.filter(pk=case_of(hotel, LICENCE).pk).update(is_tracked_only=True)
    with pytest.raises(NotAllowed, match="自己受理"):
        services.accept(case_of(hotel, LICENCE).pk, by=actor(clerk), seen=1)


def test_window_clerk_holds_the_departments_post_for_that_case_alone(clerk: Account, hotel: JointCase) -> None:
    services.accept_startable(hotel.pk, by=actor(clerk))
    with pytest.raises(NotFound):
        acceptance.accept(case_of(hotel, FIRE).pk, by=actor(clerk))


# What a window sees


def test_window_finds_a_case_begun_online_by_number_and_by_identity(clerk: Account, hotel: JointCase) -> None:
    by = actor(clerk)
    for text in (hotel.number, case_of(hotel, LICENCE).number, hotel.applicant.code):
        assert queries.find(text, by=by) == [hotel]
    assert queries.find("421083", by=by) == []


def test_station_does_not_find_cases_of_the_hall(hotel: JointCase) -> None:
    by = actor(window_clerk("station-wulin-village"))
    assert queries.find(hotel.number, by=by) == []
    with pytest.raises(NotFound):
        queries.joint(hotel.pk, by=by)


def test_window_sees_what_it_may_do_with_each_member(clerk: Account, hotel: JointCase) -> None:
    found = queries.joint(hotel.pk, by=actor(clerk))
    assert {m.case.item_code for m in found.acceptable} == STARTABLE
    assert next(m for m in found.members if m.case.item_code == FIRE).why_not == "等前一项办好"
    assert found.hidden == 0


def test_window_lists_a_partys_open_matters_returned_first(clerk: Account, hotel: JointCase) -> None:
    query = case_of(hotel, QUERY)
    services.ask_for_more(
        query.pk,
        [{"kind": "field", "code": "premises-name", "remark": "请写全"}],
        by=actor(clerk),
        seen=query.event_count,
    )
    rows = queries.matters(hotel.applicant_id, by=actor(clerk))
    assert (rows[0].name, rows[0].words, len(rows)) == (query.name, "待补正", 5)


def test_post_at_a_window_alone_opens_no_department_desk(clerk: Account, hotel: JointCase) -> None:
    Case.objects.filter(joint_case=hotel).update(desk="data")
    assert list(cases_desk.visible_to(actor(clerk))) == []
    assert cases_desk.visible_to(at_desk("data")).count() == 5
