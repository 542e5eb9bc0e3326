"""出件: results wait, are announced, recalled once, and handed out against identity and signature."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tongban.attachments import services as files
from tongban.attachments.tests.factories import image, upload
from tongban.cases.events import CaseMoved
from tongban.cases.models import Case, Event, JointCase
from tongban.cases.queries import serving
from tongban.cases.tests.factories import LICENCE, QUERY, case_of, grant, open_hotel, vary
from tongban.core import time
from tongban.hall import handlers
from tongban.hall.models import Collection, Pickup
from tongban.hall.queries import pickups
from tongban.hall.services import collecting
from tongban.hall.tests.factories import decided, helper, helping
from tongban.identity.models import Account
from tongban.identity.tests.factories import as_person, citizen, firm
from tongban.jobs import services as jobs
from tongban.jobs.models import Timer
from tongban.notices.models import Notice
from tongban.orgs.models import Presence
from tongban.orgs.tests.factories import actor, present_at, window_clerk, window_of
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.usefixtures("honghu")


@pytest.fixture
def clerk() -> Account:
    return window_clerk()


@pytest.fixture
def person() -> Account:
    return citizen()


@pytest.fixture
def joint(clerk: Account, person: Account) -> JointCase:
    return decided(clerk, person)


def moved(joint: JointCase, code: str = LICENCE) -> None:
    case = case_of(joint, code)
    handlers.announce(CaseMoved(str(case.pk), str(joint.pk), "grant", case.state, "x"))


def collect(
    joint: JointCase, clerk: Account, by: UUID | None, *, codes: tuple[str, ...] = (LICENCE,), signature: str = "张示例",
    letter: UUID | None = None,
) -> Collection:  # fmt: skip
    ids = [case_of(joint, code).pk for code in codes]
    presence = by or uuid4()
    return collecting.collect(
        joint.pk, case_ids=ids, signature=signature, letter_id=letter, presence_id=presence, by=actor(clerk)
    )


def here(clerk: Account, person: Account, **more: UUID) -> UUID | None:
    return present_at(clerk, person, **more).presence_id  # type: ignore[arg-type]


def told(person: Account, begins: str) -> int:
    return Notice.objects.filter(party_id=person.person_id, title__startswith=begins).count()


def test_decision_is_announced_once_however_often_the_event_comes(joint: JointCase, person: Account) -> None:
    moved(joint)
    moved(joint)
    assert (Pickup.objects.count(), told(person, "可以领取了")) == (1, 1)
    assert [row.names for row in pickups.waiting([window_of()])] == [("办理营业执照",)]


@pytest.mark.parametrize("way", ["electronic", "mail"])
def test_who_wants_no_paper_at_the_hall_is_not_called_there(joint: JointCase, person: Account, way: str) -> None:
    JointCase.objects.filter(pk=joint.pk).update(delivery={"way": way})
    moved(joint)
    assert Pickup.objects.count() == told(person, "可以领取了") == 0


def test_reminder_comes_once_after_some_working_days(joint: JointCase, person: Account) -> None:
    moved(joint)
    timer = Timer.objects.get(topic=collecting.REMINDER)
    assert timer.due_at > time.now() + timedelta(days=4)
    collecting.remind(timer.subject)
    collecting.remind(timer.subject)
    assert told(person, "还没有领取") == 1


def test_what_was_collected_or_reopened_is_not_recalled(joint: JointCase, clerk: Account, person: Account) -> None:
    moved(joint)
    row = Pickup.objects.get()
    Case.objects.filter(pk=row.case_id).update(closed_at=row.decided_at + timedelta(days=1))
    collecting.remind(row.pk)
    assert pickups.waiting([window_of()]) == []
    Case.objects.filter(pk=row.case_id).update(closed_at=row.decided_at)
    collect(joint, clerk, here(clerk, person))
    collecting.remind(row.pk)
    assert told(person, "还没有领取") == 0


@pytest.mark.django_db(transaction=False)
def test_reminder_is_a_timer_that_the_worker_knows() -> None:
    assert collecting.REMINDER in jobs._timers


def test_applicant_collects_and_it_is_written_down(joint: JointCase, clerk: Account, person: Account) -> None:
    row = collect(joint, clerk, here(clerk, person))
    event = Event.objects.get(joint_case=joint, case=None, verb="collect")
    assert (row.authority, row.signature, row.collector_id) == ("self", "张示例", person.person_id)
    assert event.facts["document"] == "居民身份证"
    assert event.facts["cases"] == [case_of(joint, LICENCE).number]
    assert (event.account_id, event.by_name, event.channel) == (clerk.pk, "李某（01号窗口）", "window")
    joint.refresh_from_db()
    assert event.seq == joint.event_count
    assert pickups.waiting([window_of()]) == []
    assert told(person, "已领取") == 1


def test_result_is_handed_out_once_and_says_to_whom(joint: JointCase, clerk: Account, person: Account) -> None:
    collect(joint, clerk, here(clerk, person))
    with pytest.raises(Conflict, match=r"已由李某发给张示例"):
        collect(joint, clerk, here(clerk, person))
    assert Collection.objects.count() == 1


@pytest.mark.parametrize(
    ("codes", "signature", "field"),
    [((), "张示例", "cases"), ((LICENCE,), "李某", "signature"), ((QUERY,), "张示例", "cases")],
)
def test_nothing_chosen_undecided_or_a_wrong_signature_is_refused(
    joint: JointCase, clerk: Account, person: Account, codes: tuple[str, ...], signature: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        collect(joint, clerk, here(clerk, person), codes=codes, signature=signature)
    assert list(refusal.value.fields) == [field]
    assert not Event.objects.filter(verb="collect").exists()


def letter(by: Account) -> UUID:
    return files.store(upload("letter.png", image()), by=actor(by)).pk


def test_stranger_collects_only_with_a_letter_that_is_kept(joint: JointCase, clerk: Account) -> None:
    stranger = citizen("王生人", 2)
    presence = here(clerk, stranger)
    with pytest.raises(NotAllowed, match="没有委托"):
        collect(joint, clerk, presence, signature="王生人")
    row = collect(joint, clerk, presence, signature="王生人", letter=letter(clerk))
    assert (row.authority, row.letter_id is None) == ("letter", False)


def test_letter_that_another_uploaded_does_not_count(joint: JointCase, clerk: Account) -> None:
    stranger, other = citizen("王生人", 2), window_clerk("hall-02", name="王某")
    with pytest.raises(Invalid) as refusal:
        collect(joint, clerk, here(clerk, stranger), signature="王生人", letter=letter(other))
    assert list(refusal.value.fields) == ["letter"]


def firm_case(owner: Account) -> JointCase:
    company = firm(owner)
    joint = open_hotel(as_person(owner).acting_for(company.pk, None))
    JointCase.objects.filter(pk=joint.pk).update(delivery={"way": "pickup"})
    joint.refresh_from_db()
    grant(joint, LICENCE)
    return joint


def test_legal_representative_collects_for_the_firm(clerk: Account, person: Account) -> None:
    joint = firm_case(person)
    row = collect(joint, clerk, here(clerk, person, applicant_id=joint.applicant_id))
    assert row.authority == "representative"


def ended(presence: UUID) -> None:
    Presence.objects.filter(pk=presence).update(ended_at=time.now())


def foreign(presence: UUID) -> None:
    other = window_clerk("hall-02", name="王某")
    Presence.objects.filter(pk=presence).update(checked_by_id=other.pk)


@pytest.mark.parametrize("change", [ended, foreign])
def test_without_a_live_check_of_identity_nothing_is_handed_out(
    joint: JointCase, clerk: Account, person: Account, change: Callable[[UUID], None]
) -> None:
    presence = here(clerk, person)
    assert presence is not None
    change(presence)
    with pytest.raises(NotFound):
        collect(joint, clerk, presence)


def test_station_and_helper_hand_nothing_out(joint: JointCase, person: Account) -> None:
    station = window_clerk("station-luoshan")
    presence = present_at(station, person, code="station-luoshan").presence_id
    with pytest.raises(NotAllowed, match="不发结果"):
        collect(joint, station, presence)
    who, row = helper(person)
    with pytest.raises(NotAllowed, match="不能代领"):
        collect(joint, who, helping(who, row).presence_id)


def test_decision_that_is_handed_out_is_served_by_that(joint: JointCase, clerk: Account, person: Account) -> None:
    collect(joint, clerk, here(clerk, person))
    (view,) = [view for view in serving.of_case(case_of(joint, LICENCE)) if view.paper.kind == "grant"]
    assert view.service is not None
    assert (view.way, view.service.recipient) == ("直接送达", "张示例")


def test_result_whose_fee_is_not_paid_is_not_handed_out(
    joint: JointCase, clerk: Account, person: Account, own_caches: None
) -> None:
    vary(LICENCE, fee={"standard": "每件 80 元（示例）", "basis": "示例〔2026〕1 号", "amount_fen": 8000})
    case = case_of(joint, LICENCE)
    joint.plan["items"][case.position]["fee"] = "每件 80 元（示例）"
    JointCase.objects.filter(pk=joint.pk).update(plan=joint.plan)
    Case.objects.filter(pk=case.pk).update(item_version=case.item_version + 1)
    with pytest.raises(Conflict, match=r"还没有缴费（80\.00 元）"):
        collect(joint, clerk, here(clerk, person))
    assert not Collection.objects.exists()
