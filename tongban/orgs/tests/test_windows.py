"""Windows of the pack, who sits there, and whom they serve."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from tongban.audit.models import Entry
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity.models import Account, Party
from tongban.identity.tests.factories import as_person, citizen, firm
from tongban.orgs import queries
from tongban.orgs.models import Post, Presence, Window, WindowSeat
from tongban.orgs.rules import WINDOW_POST, WindowSpec
from tongban.orgs.services import presence, staffing, windows
from tongban.orgs.tests.factories import actor, at_desk, officer, present_at, window_clerk, window_of
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound
from tongban.rules.numbers import demo_id, demo_uscc

pytestmark = pytest.mark.usefixtures("honghu")


@pytest.fixture
def clerk() -> Account:
    return window_clerk()


def test_pack_brings_windows_and_the_post_that_serves_them() -> None:
    assert set(Window.objects.values_list("level", flat=True)) == {"hall", "township", "village"}
    assert Post.objects.get(organisation__code="data", name=WINDOW_POST).roles == ["window"]


def test_window_that_leaves_the_pack_closes_and_its_clerks_sit_nowhere(clerk: Account) -> None:
    windows.apply("honghu", [])
    assert queries.windows(by=actor(clerk)) == []


def test_clerk_sits_where_the_seat_is_and_the_post_is_held(clerk: Account) -> None:
    assert [w.code for w in queries.windows(by=actor(clerk))] == ["hall-01"]


def test_window_seat_without_the_post_opens_no_window() -> None:
    account = officer("data", "受理岗")
    windows.give_seat(window_of(), account)
    assert queries.windows(by=actor(account)) == []


def test_post_without_a_window_seat_opens_no_window() -> None:
    assert queries.windows(by=at_desk("data", WINDOW_POST)) == []


def test_ended_seat_opens_no_window(clerk: Account) -> None:
    windows.unseat(WindowSeat.objects.get().pk, by=at_desk("data", "管理员"))
    with pytest.raises(NotAllowed, match="不在这个窗口"):
        queries.window(window_of().pk, by=actor(clerk))


def test_administrator_of_the_hall_seats_who_holds_the_post_once() -> None:
    admin, account = at_desk("data", "管理员"), officer("data", WINDOW_POST)
    windows.seat(window_of().pk, username=account.username, by=admin)
    assert queries.windows(by=actor(account))
    with pytest.raises(Conflict, match="已经在 01 号窗口"):
        windows.seat(window_of().pk, username=account.username, by=admin)


def test_who_lacks_the_post_is_not_seated() -> None:
    for username in ("nobody", officer("data", "受理岗").username):
        with pytest.raises(Invalid) as refusal:
            windows.seat(window_of().pk, username=username, by=at_desk("data", "管理员"))
        assert WINDOW_POST in refusal.value.fields["username"]


def test_administrator_of_another_body_keeps_no_windows(clerk: Account) -> None:
    other = at_desk("market", "管理员")
    with pytest.raises(NotFound):
        windows.seat(window_of().pk, username=clerk.username, by=other)
    with pytest.raises(NotFound):
        windows.unseat(WindowSeat.objects.get().pk, by=other)
    assert queries.all_windows(by=other) == []


# Who is at the window


def test_person_present_acts_with_own_rights_by_the_clerks_hand(clerk: Account) -> None:
    person = citizen()
    by = present_at(clerk, person)
    assert (by.person_id, by.party_id, by.account_id, by.channel) == (
        person.person_id,
        person.person_id,
        clerk.pk,
        "window",
    )
    assert by.name == "李某（01号窗口）"
    assert Entry.objects.filter(action="orgs.identity_checked", account_id=clerk.pk).exists()


def test_representative_present_acts_for_the_firm(clerk: Account) -> None:
    owner = citizen()
    company = firm(owner)
    assert present_at(clerk, owner, applicant_id=company.pk).party_id == company.pk


def test_stranger_present_cannot_act_for_a_firm(clerk: Account) -> None:
    company, stranger = firm(citizen()), citizen("李示例", 2)
    with pytest.raises(NotAllowed, match="不能替这个单位"):
        present_at(clerk, stranger, applicant_id=company.pk)
    assert not Presence.objects.exists()


def test_department_staff_and_citizens_cannot_check_anybody_in() -> None:
    person = citizen()
    for by in (at_desk("market"), at_desk("data"), as_person(person)):
        with pytest.raises(NotAllowed):
            presence.check_in(
                window_of().pk, person_id=person.person_id, applicant_id=person.person_id, document="id-card", way="card", by=by
            )  # fmt: skip


def test_clerk_cannot_use_anothers_check_or_one_of_yesterday(clerk: Account) -> None:
    other = window_clerk("hall-02")
    here = present_at(clerk, citizen())
    assert here.presence_id is not None
    with pytest.raises(NotFound):
        queries.at_window(here.presence_id, by=actor(other))
    with time.moved(time.now() + timedelta(days=1)), pytest.raises(NotFound):
        queries.at_window(here.presence_id, by=actor(clerk))


def test_next_person_ends_the_stay_of_the_one_before(clerk: Account) -> None:
    first = present_at(clerk, citizen())
    present_at(clerk, citizen("李示例", 2))
    with pytest.raises(NotFound, match="已经办完离开"):
        queries.presence(first.presence_id or uuid4(), by=actor(clerk))


def test_check_names_document_and_way(clerk: Account) -> None:
    person = citizen()
    with pytest.raises(Invalid) as refusal:
        presence.check_in(
            window_of().pk, person_id=person.person_id, applicant_id=person.person_id, document="face", way="", by=actor(clerk)
        )  # fmt: skip
    assert set(refusal.value.fields) == {"document", "way"}


def test_staff_who_act_for_somebody_without_a_check_are_refused(clerk: Account) -> None:
    person, by = citizen(), actor(clerk)
    forged = Actor(**{**vars(by), "person_id": person.person_id, "party_id": person.person_id, "channel": "window"})
    with pytest.raises(NotAllowed, match="不能替人申办"):
        queries.require_presence(forged)
    real = present_at(clerk, person)
    other = citizen("李示例", 2)
    with pytest.raises(NotAllowed, match="不是这个人"):
        queries.require_presence(Actor(**{**vars(real), "person_id": other.person_id, "party_id": other.person_id}))
    assert queries.require_presence(as_person(person)) is None


# New faces


def test_unknown_person_is_registered_from_the_document_and_can_sign_up_later(clerk: Account) -> None:
    party = presence.register_person(
        window_of().pk, name="赵示例", code=demo_id(55, date(1970, 1, 2)), phone="139 0000 0055", by=actor(clerk)
    )
    assert party.verified_at is not None
    assert citizen("赵示例", 55).person_id != party.pk  # another number: another person
    again = presence.register_person(
        window_of().pk, name="赵示例", code=party.code, phone="13900000055", by=actor(clerk)
    )
    assert again.pk == party.pk


@pytest.mark.parametrize(
    ("changed", "field"), [({"name": "1"}, "name"), ({"code": "123"}, "code"), ({"phone": "12"}, "phone")]
)
def test_wrong_facts_of_a_person_are_refused_by_field(clerk: Account, changed: dict[str, str], field: str) -> None:
    facts = {"name": "赵示例", "code": demo_id(55, date(1970, 1, 2)), "phone": "13900000055"} | changed
    with pytest.raises(Invalid) as refusal:
        presence.register_person(window_of().pk, **facts, by=actor(clerk))
    assert set(refusal.value.fields) == {field}


def test_name_that_does_not_fit_a_known_number_is_refused(clerk: Account) -> None:
    person = Party.objects.get(pk=citizen("张示例").person_id)
    with pytest.raises(Invalid, match="1 处"):
        presence.register_person(window_of().pk, name="张冒名", code=person.code, phone="13900000001", by=actor(clerk))


def test_unknown_firm_is_registered_with_its_representative(clerk: Account) -> None:
    owner = citizen()
    company = presence.register_firm(
        window_of().pk, name="洪湖示例酒店有限公司", code=demo_uscc("91", "421083", 61), representative_id=owner.person_id, by=actor(clerk)
    )  # fmt: skip
    assert (company.representative_id, company.phone) == (owner.person_id, "13900000001")


def test_known_firm_is_not_registered_again_nor_a_wrong_code(clerk: Account) -> None:
    owner = citizen()
    company = firm(owner)
    for name, code, field in (
        ("洪湖示例", company.code, "firm_code"),
        ("洪湖示例", "9142", "firm_code"),
        ("洪", demo_uscc("91", "421083", 61), "firm_name"),
    ):
        with pytest.raises(Invalid) as refusal:
            presence.register_firm(
                window_of().pk, name=name, code=code, representative_id=owner.person_id, by=actor(clerk)
            )
        assert set(refusal.value.fields) == {field}


def test_only_a_window_registers(clerk: Account) -> None:
    with pytest.raises(NotAllowed):
        presence.register_person(window_of().pk, name="赵示例", code="", phone="", by=at_desk("market"))
    with pytest.raises(NotAllowed):
        presence.register_person(window_of("hall-02").pk, name="赵示例", code="", phone="", by=actor(clerk))


def test_window_spec_wants_a_number() -> None:
    with pytest.raises(ValueError):
        WindowSpec.model_validate(
            {"code": "x", "number": "一", "name": "窗", "place": "厅", "region": "421083000000", "org": "data"}
        )


def test_post_ended_elsewhere_closes_the_window_too(clerk: Account) -> None:
    seat = clerk.seats.get()
    staffing.unseat("honghu", "data", seat_id=seat.pk, by=at_desk("data", "管理员"))
    assert queries.windows(by=actor(clerk)) == []
