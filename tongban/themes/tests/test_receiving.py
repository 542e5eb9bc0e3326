"""The window receives for the person present: one sheet, submitted and accepted at once."""

from __future__ import annotations

import uuid

import pytest

from tongban.cases.models import JointCase
from tongban.cases.rules.life import State
from tongban.core.actor import Actor
from tongban.hall.models import Reception
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen, firm
from tongban.orgs.tests.factories import actor, at_desk, present_at, window_clerk
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound
from tongban.themes.models import Draft
from tongban.themes.queries import composing, drafts
from tongban.themes.services import drafting, receiving, submission
from tongban.themes.services.drafting import Sheet
from tongban.themes.tests.factories import HOTEL, HOTEL_ANSWERS, given, submit_hotel, submit_item, values

pytestmark = pytest.mark.usefixtures("honghu")
PACK = "honghu"


@pytest.fixture
def clerk() -> Account:
    return window_clerk()


def sheet(**changed: object) -> Sheet:
    plan = composing.compose_theme(PACK, HOTEL, HOTEL_ANSWERS)
    return Sheet(**{"answers": HOTEL_ANSWERS, "typed": values(plan), "delivery": "electronic", **changed})  # type: ignore[arg-type]


def begun(by: Actor, **changed: object) -> Draft:
    draft = drafting.start(PACK, by=by, theme=HOTEL, party_id=by.party_id)
    drafting.save_sheet(draft.pk, sheet(**changed), by=by)
    return draft


def test_window_receives_and_accepts_in_one_go_under_the_clerks_name(clerk: Account) -> None:
    by = present_at(clerk, citizen())
    received = receiving.receive(begun(by).pk, presence_id=by.presence_id, by=actor(clerk))
    joint = JointCase.objects.get(pk=received.joint_id)
    assert (joint.channel, joint.applicant_id, joint.agent_id) == ("window", by.person_id, None)
    assert len(received.outcome.accepted) == 2
    assert Reception.objects.get(joint_case=joint).presence_id == by.presence_id
    assert set(joint.events.values_list("account_id", "channel")) >= {(clerk.pk, "window")}


def test_agent_present_is_kept_as_agent_of_the_firm(clerk: Account) -> None:
    owner = citizen()
    company = firm(owner)
    by = present_at(clerk, owner, applicant_id=company.pk)
    received = receiving.receive(begun(by).pk, presence_id=by.presence_id, by=actor(clerk))
    joint = JointCase.objects.get(pk=received.joint_id)
    assert (joint.applicant_id, joint.agent_id) == (company.pk, owner.person_id)


def test_paper_on_the_desk_counts_as_brought_until_the_clerk_says_otherwise(clerk: Account) -> None:
    by = present_at(clerk, citizen())
    draft = begun(by)
    rows = drafts.standings(draft, drafts.plan_of(Draft.objects.get(pk=draft.pk)), at_window=True)
    assert {row.way for row in rows} == {"counter", "member", "check", "none"}
    assert all(row.is_ready for row in rows)


def test_what_was_not_brought_is_asked_for_once_and_the_rest_accepted(clerk: Account) -> None:
    by = present_at(clerk, citizen())
    draft = begun(by, ways={"articles-of-association": "missing"})
    outcome = receiving.receive(draft.pk, presence_id=by.presence_id, by=actor(clerk)).outcome
    assert [(row.case.item_code, row.lacks) for row in outcome.asked] == [("business-licence", ("公司章程",))]
    assert [case.item_code for case in outcome.accepted] == ["signboard-rules-query"]


def test_promise_at_the_window_is_signed_there(clerk: Account) -> None:
    by = present_at(clerk, citizen())
    draft = begun(by, ways={"hygiene-rules": "commit"})
    received = receiving.receive(draft.pk, presence_id=by.presence_id, by=actor(clerk))
    row = JointCase.objects.get(pk=received.joint_id).materials.get(type_code="hygiene-rules")
    assert (row.way, bool(row.text)) == ("commit", True)


def test_nobody_online_hands_in_nothing_as_missing() -> None:
    person = as_person(citizen())
    draft = drafting.start(PACK, by=person, theme=HOTEL, answers=HOTEL_ANSWERS)
    drafting.choose_way(draft.pk, {"articles-of-association": ("missing", "")}, by=person)
    draft.refresh_from_db()
    row = next(
        r for r in drafts.standings(draft, drafts.plan_of(draft)) if r.material.type == "articles-of-association"
    )
    assert "不能用" in (row.problem or "")


def test_sheet_that_is_not_complete_is_not_received_and_names_every_gap(clerk: Account) -> None:
    by = present_at(clerk, citizen())
    draft = drafting.start(PACK, by=by, theme=HOTEL, party_id=by.party_id)
    found = drafting.save_sheet(
        draft.pk, Sheet(answers=HOTEL_ANSWERS, typed={"premises-name": "", "room-count": "很多"}), by=by
    )
    assert set(found) == {"premises-name", "room-count"}
    draft.refresh_from_db()
    assert set(draft.faults) == {"room-count"}  # a blank is no fault yet
    with pytest.raises(Invalid) as refusal:
        receiving.receive(draft.pk, presence_id=by.presence_id, by=actor(clerk))
    assert {"premises-name", "room-count", "delivery"} <= set(refusal.value.fields)
    assert not JointCase.objects.exists()


def test_same_sheet_received_twice_is_one_case(clerk: Account) -> None:
    by = present_at(clerk, citizen())
    draft = begun(by)
    first = receiving.receive(draft.pk, presence_id=by.presence_id, by=actor(clerk))
    again = receiving.receive(draft.pk, presence_id=by.presence_id, by=actor(clerk))
    assert (first.joint_id, again.outcome.accepted) == (again.joint_id, ())


# Begun here, continued there


def test_draft_begun_online_is_received_at_the_window(clerk: Account) -> None:
    person = citizen()
    draft = drafting.start(PACK, by=as_person(person), theme=HOTEL, answers=HOTEL_ANSWERS)
    by = present_at(clerk, person)
    assert drafts.drafts(by=by) == [draft]
    drafting.save_sheet(draft.pk, sheet(), by=by)
    received = receiving.receive(draft.pk, presence_id=by.presence_id, by=actor(clerk))
    draft.refresh_from_db()
    assert draft.joint_case_id == received.joint_id


def test_draft_begun_at_the_window_is_finished_online(clerk: Account) -> None:
    person = citizen()
    draft = begun(present_at(clerk, person))
    assert drafts.drafts(by=as_person(person)) == [draft]
    assert drafts.draft(draft.pk, by=as_person(person)).values["premises-name"]


def test_window_sees_no_drafts_of_others_and_others_none_of_the_windows(clerk: Account) -> None:
    other = citizen("李示例", 2)
    foreign = drafting.start(PACK, by=as_person(other), theme=HOTEL)
    by = present_at(clerk, citizen())
    draft = begun(by)
    assert drafts.drafts(by=by) == [draft]
    for row, who in ((foreign, by), (draft, as_person(other))):
        with pytest.raises(NotFound):
            drafts.draft(row.pk, by=who)


def test_draft_submitted_online_meanwhile_is_not_changed_at_the_window(clerk: Account) -> None:
    person = citizen()
    by = present_at(clerk, person)
    draft = begun(by)
    submission.submit(draft.pk, consented=True, by=by)
    with pytest.raises(Conflict, match="已经提交"):
        drafting.save_sheet(draft.pk, sheet(), by=by)


# Ask once


def test_window_fills_in_what_the_party_wrote_last_time_and_says_when(clerk: Account) -> None:
    person = citizen()
    submit_hotel(as_person(person), changed={"premises-name": "湖岸酒店"})
    by = present_at(clerk, person)
    draft = drafting.start(PACK, by=by, theme=HOTEL, party_id=by.party_id, answers=HOTEL_ANSWERS)
    known = drafts.prefills(drafts.plan_of(draft), applicant_id=by.party_id or uuid.uuid4(), by=by)
    assert draft.values["premises-name"] == "湖岸酒店"
    assert known["premises-name"].source.startswith("上次办件，")
    assert known["applicant-name"].source == "来自登记信息（未核验）"


def test_value_of_last_time_that_no_longer_fits_is_left_out(clerk: Account) -> None:
    person = citizen()
    joint = submit_hotel(as_person(person))
    JointCase.objects.filter(pk=joint.pk).update(values={**joint.values, "room-count": "很多"})
    draft = drafting.start(
        PACK, by=present_at(clerk, person), theme=HOTEL, party_id=person.person_id, answers=HOTEL_ANSWERS
    )
    assert "room-count" not in draft.values


def test_online_nothing_of_last_time_is_filled_in_unasked() -> None:
    person = as_person(citizen())
    submit_hotel(person)
    assert "premises-name" not in drafting.start(PACK, by=person, theme=HOTEL, answers=HOTEL_ANSWERS).values


# Who may


def test_staff_without_a_window_start_and_submit_nothing_for_others(clerk: Account) -> None:
    person = citizen()
    for by in (at_desk("market"), actor(clerk)):
        forged = Actor(**{**vars(by), "person_id": person.person_id, "party_id": person.person_id, "channel": "window"})
        with pytest.raises(NotAllowed, match="不能替人申办"):
            drafting.start(PACK, by=forged, theme=HOTEL)
        with pytest.raises(NotAllowed, match="不能替人申办"):
            submit_hotel(forged)


def test_whole_application_at_the_window_records_the_reception(clerk: Account) -> None:
    by = present_at(clerk, citizen())
    plan = composing.compose_theme(PACK, HOTEL, HOTEL_ANSWERS)
    materials = {k: v for k, v in given(plan).items() if k != "articles-of-association"}
    joint_id = submission.submit_whole(
        PACK, theme=HOTEL, item="", answers=HOTEL_ANSWERS, values=values(plan), given=materials, key="w-1", party_id=None, by=by
    )  # fmt: skip
    assert Reception.objects.get(joint_case_id=joint_id).received_by == clerk
    # What the call does not mention lies on the desk.
    assert JointCase.objects.get(pk=joint_id).materials.get(type_code="articles-of-association").way == "counter"


def test_station_receives_its_own_items_and_nothing_else() -> None:
    station = window_clerk("station-wulin-village")
    by = present_at(station, citizen(), code="station-wulin-village")
    joint = submit_item("vaccination-query", by)
    assert joint.cases.get().state == State.PRE_REVIEW
    with pytest.raises(NotAllowed, match="不收"):
        submit_item("social-security-card", by)
    assert JointCase.objects.count() == 1


def test_presence_of_another_clerk_opens_nothing(clerk: Account) -> None:
    by = present_at(clerk, citizen())
    draft = begun(by)
    with pytest.raises(NotFound):
        receiving.receive(draft.pk, presence_id=by.presence_id, by=actor(window_clerk("hall-02")))
