"""帮代办: a helper applies for a person under a mandate; every event says so; the person scores him once."""

from __future__ import annotations

import pytest

from tongban.cases.models import Event
from tongban.cases.tests.factories import LICENCE, case_of, open_hotel
from tongban.core import time
from tongban.hall.models import HelperScore, Reception
from tongban.hall.queries import assisted, desk, tracking
from tongban.hall.services import reception, scoring
from tongban.hall.tests.factories import helper, helping
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen
from tongban.notices.models import Notice
from tongban.orgs.models import Assistance
from tongban.orgs.tests.factories import actor, at_desk, present_at, window_clerk, window_of
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.usefixtures("honghu")
HOTEL = {"theme:honghu-12": "我要开酒店"}


@pytest.fixture
def person() -> Account:
    return citizen()


def test_application_by_a_helper_carries_helper_and_person_in_every_event(person: Account) -> None:
    clerk, row = helper(person)
    by = helping(clerk, row)
    joint = open_hotel(by)
    reception.receive(joint, by=by)
    assert joint.applicant_id == person.person_id
    for event in Event.objects.filter(joint_case=joint):
        assert (event.account_id, event.channel) == (clerk.pk, "assist")
        assert event.by_name == "帮示例（01号窗口，代张*办）"
    note = case_of(joint, LICENCE).events.get(verb="assist")
    assert note.facts["mandate"] == str(row.pk)
    assert str(row.expires_on) in note.facts["reason"]
    assert Notice.objects.filter(party_id=person.person_id, title__startswith="已替你申办").count() == 1


@pytest.mark.parametrize("change", ["expired", "revoked", "not agreed"])
def test_mandate_that_cannot_be_used_is_refused_in_words(person: Account, change: str) -> None:
    clerk, row = helper(person)
    by = helping(clerk, row)
    joint = open_hotel(by)
    changes = {
        "expired": {"expires_on": time.today().replace(year=2020)}, "revoked": {"revoked_at": time.now()},
        "not agreed": {"consented_at": None},
    }  # fmt: skip
    Assistance.objects.filter(pk=row.pk).update(**changes[change])
    said = {"expired": "到期", "revoked": "撤销", "not agreed": "还没有同意"}[change]
    with pytest.raises(NotAllowed, match=said):
        reception.receive(joint, by=by)
    assert Reception.objects.count() == 0


def test_matter_outside_the_mandate_is_refused_by_name(person: Account) -> None:
    clerk, row = helper(person, covers={"item:social-security-card": "社保卡"})
    by = helping(clerk, row)
    joint = open_hotel(by)
    with pytest.raises(NotAllowed, match="只授权你代办“社保卡”"):
        reception.receive(joint, by=by)


def test_corrections_outside_the_mandate_are_refused(person: Account) -> None:
    clerk, row = helper(person, covers={"item:social-security-card": "社保卡"})
    joint = open_hotel(as_person(person))
    presence = helping(clerk, row).presence_id
    assert presence is not None
    with pytest.raises(NotAllowed, match="不在授权里"):
        reception.resubmit(
            case_of(joint, LICENCE).pk, values={}, materials=[], presence_id=presence, by=actor(clerk), seen=1
        )
    with pytest.raises(NotAllowed, match="不在授权里"):
        reception.supply(case_of(joint, LICENCE).pk, [], presence_id=presence, by=actor(clerk))


def test_helper_within_the_mandate_is_not_refused(person: Account) -> None:
    clerk, row = helper(person, covers=HOTEL)
    by = helping(clerk, row)
    joint = open_hotel(by)
    assert reception.receive(joint, by=by).presence.assistance_id == row.pk  # type: ignore[union-attr]


def test_who_helped_does_not_accept_a_colleague_does(person: Account) -> None:
    clerk, row = helper(person)
    by = helping(clerk, row)
    joint = open_hotel(by)
    reception.receive(joint, by=by)
    outcome = reception.accept_startable(joint.pk, by=actor(clerk))
    assert outcome.accepted == ()
    assert any("替申请人代办" in why for _, why in outcome.left)
    assert reception.accept_startable(joint.pk, by=actor(window_clerk("hall-02"))).accepted


def helped(person: Account) -> tuple[Account, object]:
    clerk, row = helper(person)
    by = helping(clerk, row)
    joint = open_hotel(by)
    reception.receive(joint, by=by)
    return clerk, joint.pk


def test_person_scores_once_for_each_application(person: Account) -> None:
    clerk, joint_id = helped(person)
    row = scoring.score(joint_id, score=4, text="很耐心", by=as_person(person))  # type: ignore[arg-type]
    assert (row.helper_id, row.score) == (clerk.pk, 4)
    with pytest.raises(Conflict, match="已经评过分"):
        scoring.score(joint_id, score=5, text="", by=as_person(person))  # type: ignore[arg-type]
    assert HelperScore.objects.count() == 1


@pytest.mark.parametrize("score", [0, 6, -1])
def test_score_out_of_range_is_refused(person: Account, score: int) -> None:
    _, joint_id = helped(person)
    with pytest.raises(Invalid):
        scoring.score(joint_id, score=score, text="", by=as_person(person))  # type: ignore[arg-type]


def test_neither_a_stranger_nor_the_helper_scores(person: Account) -> None:
    clerk, joint_id = helped(person)
    by = helping(clerk, Assistance.objects.get())
    for who in (as_person(citizen("王示例", 2)), by, actor(clerk)):
        with pytest.raises(NotFound):
            scoring.score(joint_id, score=5, text="", by=who)  # type: ignore[arg-type]


def test_service_bureau_sees_scores_by_helper_and_others_do_not(person: Account) -> None:
    _, joint_id = helped(person)
    scoring.score(joint_id, score=4, text="很耐心", by=as_person(person))  # type: ignore[arg-type]
    (row,) = assisted.helpers(by=at_desk("data", "管理员"))
    assert (row.name, row.applications, row.scored, row.average) == ("帮示例", 1, 1, 4)
    assert [remark.text for remark in row.remarks] == ["很耐心"]
    assert assisted.helpers(by=at_desk("market", "管理员")) == []
    with pytest.raises(NotAllowed):
        assisted.helpers(by=at_desk("data", "受理岗"))


def test_person_sees_who_helped(person: Account) -> None:
    helped(person)
    (row,) = assisted.helped(by=as_person(person))
    assert (row.helper, row.score) == ("帮示例", None)
    assert assisted.helped(by=as_person(citizen("王示例", 2))) == []


# Tracking and the day's figures


def test_open_applications_of_the_place_are_tracked_with_their_lamp(person: Account) -> None:
    clerk, joint_id = helped(person)
    (row,) = tracking.running(window_of())
    assert (row.joint.pk, row.received_by, row.words) == (joint_id, "帮示例", "5 项正在办理")
    assert [r.joint.pk for r in tracking.running(window_of(), helper=clerk.pk)] == [joint_id]
    assert tracking.running(window_of(), helper=person.pk) == []
    assert tracking.running(window_of("station-luoshan")) == []


def test_returned_cases_say_what_was_asked_for(person: Account) -> None:
    _, joint_id = helped(person)
    case = desk.joint(joint_id, by=actor(window_clerk("hall-02"))).members[0].case  # type: ignore[arg-type]
    asked = [{"kind": "field", "code": "premises-name", "remark": "请写全"}]
    reception.ask_for_more(case.pk, asked, by=actor(window_clerk("hall-03")), seen=case.event_count)
    (row,) = tracking.returned(window_of())
    assert row.case.pk == case.pk
    assert "请写全" in row.items[0]


def test_day_counts_by_clerk_and_sums_up(person: Account) -> None:
    helped(person)
    clerk = window_clerk("hall-02", name="甲某")
    by = present_at(clerk, person, code="hall-02")
    joint = open_hotel(by)
    reception.receive(joint, by=by)
    reception.accept_startable(joint.pk, by=actor(clerk))
    rows = {row.name: row for row in tracking.today(window_of())}
    assert (rows["帮示例"].received, rows["帮示例"].assisted, rows["帮示例"].checked) == (1, 1, 0)
    assert (rows["甲某"].received, rows["甲某"].assisted, rows["甲某"].checked, rows["甲某"].accepted) == (1, 0, 1, 2)
    assert (rows["合计"].received, rows["合计"].accepted) == (2, 2)
