"""跨域 receiving: a window of another region receives under a grant, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tongban.cases.models import JointCase
from tongban.cases.tests.factories import LICENCE, case_of, open_hotel
from tongban.core import time
from tongban.hall.models import Handover, ReceivingGrant
from tongban.hall.queries import desk, pickups, transfers
from tongban.hall.services import granting, reception, transferring
from tongban.hall.tests.factories import AWAY, granted, received
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen
from tongban.orgs.tests.factories import actor, at_desk, window_clerk, window_of
from tongban.rules.clock import Lamp
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.usefixtures("honghu")
ORGS = ("market", "fire", "police", "urban-management")


@pytest.fixture
def clerk() -> Account:
    return window_clerk(AWAY, name="邻示例")


@pytest.fixture
def person() -> Account:
    return citizen()


def receive(clerk: Account, person: Account, *, way: str = "mail") -> JointCase:
    return received(clerk, person, code=AWAY, way=way)


def all_granted() -> list[ReceivingGrant]:
    return [granted(code) for code in ORGS]


def test_without_a_grant_nothing_is_received(clerk: Account, person: Account) -> None:
    assert desk.allowed_items(window_of(AWAY)) == frozenset()
    with pytest.raises(NotAllowed, match="没有得到跨域收件授权") as refusal:
        receive(clerk, person)
    assert "办理营业执照" in refusal.value.message


def test_grant_opens_just_the_items_it_names(clerk: Account) -> None:
    granted("market", LICENCE)
    assert desk.allowed_items(window_of(AWAY)) == {LICENCE}


@pytest.mark.parametrize("change", ["revoked", "expired", "later"])
def test_grant_that_is_not_in_force_opens_nothing(clerk: Account, person: Account, change: str) -> None:
    day = time.today() + timedelta(days=5)
    rows = all_granted()
    for row in rows:
        if change == "revoked":
            granting.revoke(row.pk, by=at_desk(row.organisation))
    if change == "later":
        ReceivingGrant.objects.update(since=day)
    if change == "expired":
        ReceivingGrant.objects.update(since=day - timedelta(days=9), until=day - timedelta(days=6))
    with pytest.raises(NotAllowed, match="没有得到跨域收件授权"):
        receive(clerk, person)


def test_receiving_starts_a_hand_over_clock_for_each_department(clerk: Account, person: Account) -> None:
    all_granted()
    joint = receive(clerk, person)
    views = transfers.handovers([joint.pk])
    assert {view.row.organisation for view in views} == set(ORGS)
    assert all(view.row.due_on > time.today() and view.row.limit_days == 3 for view in views)
    open_views = [view for view in views if view.row.done_at is None]
    assert open_views and all(view.lamp in (Lamp.OK, Lamp.WARN) for view in open_views)
    assert case_of(joint, LICENCE).accept_by_on is not None  # The department's own clock runs beside it.


def test_window_of_another_region_receives_but_does_not_accept(clerk: Account, person: Account) -> None:
    all_granted()
    joint = receive(clerk, person)
    outcome = reception.accept_startable(joint.pk, by=actor(clerk))
    assert outcome.accepted == () and outcome.asked == ()
    assert all("只收件转交" in why or "等前一项" in why for _, why in outcome.left)
    with pytest.raises(NotAllowed, match="只收件转交"):
        reception.accept(case_of(joint, LICENCE).pk, by=actor(clerk), seen=1)


def test_result_is_not_fetched_at_a_hall_far_away(clerk: Account, person: Account) -> None:
    all_granted()
    with pytest.raises(Invalid) as refusal:
        receive(clerk, person, way="pickup")
    assert list(refusal.value.fields) == ["delivery"]
    assert not pickups.hands_out(window_of(AWAY))


def test_hand_over_sheet_stops_the_clock(clerk: Account, person: Account) -> None:
    all_granted()
    joint = receive(clerk, person)
    rows = [row for row in transfers.waiting(window_of(AWAY)) if row.organisation == "market"]
    assert all(row.due_on is not None for row in rows)
    first, rest = rows[0], rows[1:]
    for part in ([first], rest):
        if part:
            assert Handover.objects.get(joint_case=joint, organisation="market").done_at is None
            sheet = transferring.hand_over(
                window_of(AWAY).pk, organisation="market", copies={r.material.pk: r.copies for r in part},
                signature="邻示例", by=actor(clerk),
            )  # fmt: skip
    done = Handover.objects.get(joint_case=joint, organisation="market")
    assert (done.transfer_id, done.done_at) == (sheet.pk, sheet.handed_at)
    view = next(v for v in transfers.handovers([joint.pk], organisation="market"))
    assert (view.lamp, view.words) == (Lamp.DONE, "已移交")


def test_window_of_another_region_sees_only_what_it_received(clerk: Account, person: Account) -> None:
    all_granted()
    own, online = receive(clerk, person), open_hotel(as_person(citizen("王示例", 2)))
    by = actor(clerk)
    assert desk.find(own.number, by=by) == [own]
    assert desk.joint(own.pk, by=by).members
    assert desk.find(online.number, by=by) == []
    assert desk.matters(online.applicant_id, by=by) == []
    with pytest.raises(NotFound):
        desk.joint(online.pk, by=by)


def test_what_was_received_is_still_handed_over_after_the_grant_ended(clerk: Account, person: Account) -> None:
    rows = all_granted()
    joint = receive(clerk, person)
    for row in rows:
        granting.revoke(row.pk, by=at_desk(row.organisation))
    assert desk.joint(joint.pk, by=actor(clerk)).members
    assert transfers.waiting(window_of(AWAY))


def grant(**changed: object) -> ReceivingGrant:
    today = time.today()
    given: dict[str, object] = {"to": "neighbour-hall", "items": [], "since": today, "until": today, "hand_over_days": 3,
                                "by": at_desk("market")}  # fmt: skip
    return granting.grant("honghu", "market", **(given | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("to", "police"),
        ("items", ["police-item-of-another"]),
        ("since", time.today() - timedelta(days=1)),
        ("until", time.today() + timedelta(days=4 * 366)),
        ("hand_over_days", 0),
        ("hand_over_days", 21),
    ],
)
def test_grant_with_a_wrong_part_is_refused_and_named(field: str, value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        grant(**{field: value})
    assert field in refusal.value.fields


def test_same_items_are_not_granted_twice_at_a_time() -> None:
    grant()
    with pytest.raises(Conflict, match="重复"):
        grant(items=[LICENCE])
    tomorrow = time.today() + timedelta(days=1)
    assert grant(since=tomorrow, until=tomorrow).pk


@pytest.mark.parametrize("post", ["受理岗", "审查岗"])
def test_only_head_and_administrator_grant(post: str) -> None:
    with pytest.raises(NotAllowed):
        grant(by=at_desk("market", post))
    assert grant(by=at_desk("market", "管理员")).pk


def test_another_department_neither_grants_nor_revokes_for_it() -> None:
    row = grant()
    with pytest.raises(NotAllowed):
        grant(by=at_desk("police"))
    with pytest.raises(NotFound):
        granting.revoke(row.pk, by=at_desk("police"))
    granting.revoke(row.pk, by=at_desk("market"))
    with pytest.raises(NotFound):
        granting.revoke(row.pk, by=at_desk("market"))
