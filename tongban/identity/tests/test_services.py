from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tongban.audit.models import Entry
from tongban.core import time
from tongban.core.actor import Actor
from tongban.identity import queries, services
from tongban.identity.models import Account, Mandate, Party, Token, Try
from tongban.identity.tests.factories import PASSWORD, as_person, citizen, firm
from tongban.rules.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, NotSignedIn, TooMany
from tongban.rules.numbers import demo_id, demo_uscc

pytestmark = pytest.mark.django_db
GOOD = {"name": "李示例", "code": demo_id(2, date(1985, 3, 4)), "phone": "13900000002"}
NOBODY = Actor(address="10.0.0.1")


# Register


def test_person_registers_and_signs_in_with_what_was_typed() -> None:
    typed = {"name": " 李示例 ", "code": f" {GOOD['code'][:6]} {GOOD['code'][6:].lower()}", "phone": "139 0000-0002"}
    account = services.register(" LiSi2026 ", PASSWORD, **typed, by=NOBODY)
    assert (account.username, account.person.code, account.person.phone) == ("lisi2026", GOOD["code"], "13900000002")
    assert services.sign_in("lisi2026", PASSWORD, by=NOBODY) == account
    assert account.person.verified_at is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"username": "li"}, "username"), ({"name": "李"}, "name"), ({"code": GOOD["code"][:17]}, "code"),
        ({"phone": "1"}, "phone"), ({"password": "12345678"}, "password"),
    ],
)  # fmt: skip
def test_wrong_field_is_named_and_nobody_registered(changed: dict[str, str], field: str) -> None:
    given = {"username": "lisi2026", "password": PASSWORD, **GOOD, **changed}
    with pytest.raises(Invalid) as refusal:
        services.register(given.pop("username"), given.pop("password"), **given, by=NOBODY)
    assert list(refusal.value.fields) == [field]
    assert not Account.objects.exists()
    assert not Party.objects.exists()


@pytest.mark.parametrize(("username", "n", "field"), [("citizen-1", 9, "username"), ("another", 1, "code")])
def test_account_and_person_register_only_once(username: str, n: int, field: str) -> None:
    citizen(n=1)
    with pytest.raises(Invalid) as refusal:
        services.register(
            username, PASSWORD, name="张示例", code=demo_id(n, date(1990, 1, 2)), phone="13900000009", by=NOBODY
        )
    assert list(refusal.value.fields) == [field]


def test_person_known_as_a_party_keeps_the_party() -> None:
    party = services.ensure_party("person", name="李示例", code=GOOD["code"])
    assert services.register("lisi2026", PASSWORD, **GOOD, by=NOBODY).person == party


# Sign in


def fail(times: int) -> None:
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            services.sign_in("citizen-1", "wrong", by=NOBODY)


def test_unknown_name_and_wrong_password_answer_alike() -> None:
    citizen()
    answers = set()
    for username in ("citizen-1", "nobody"):
        with pytest.raises(NotSignedIn) as refusal:
            services.sign_in(username, "wrong", by=NOBODY)
        answers.add((refusal.value.code, refusal.value.message, refusal.value.remedy))
    assert len(answers) == 1


def test_five_failures_lock_the_account_for_twenty_minutes_even_for_the_right_password() -> None:
    citizen()
    fail(5)
    with pytest.raises(TooMany) as refusal:
        services.sign_in("citizen-1", PASSWORD, by=NOBODY)
    assert refusal.value.facts["wait_s"] in (1200, 1260)
    with time.moved(time.now() + timedelta(minutes=21)):
        assert services.sign_in("citizen-1", PASSWORD, by=NOBODY)


def test_name_that_does_not_exist_is_locked_as_one_that_does() -> None:
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            services.sign_in("nobody-here", "wrong", by=NOBODY)
    with pytest.raises(TooMany) as refusal:
        services.sign_in("nobody-here", "wrong", by=NOBODY)
    assert refusal.value.code == "identity.locked"
    with time.moved(time.now() + timedelta(minutes=21)), pytest.raises(NotSignedIn):
        services.sign_in("nobody-here", "wrong", by=NOBODY)


def test_four_failures_do_not_lock_and_success_forgets_them() -> None:
    citizen()
    for _ in range(2):
        fail(4)
        assert services.sign_in("citizen-1", PASSWORD, by=NOBODY)


def test_failure_is_counted_though_the_sign_in_is_refused() -> None:
    citizen()
    fail(1)
    assert Account.objects.get().failures == 1
    assert Entry.objects.filter(action="identity.sign_in_failed").count() == 1


def test_a_hall_of_forty_windows_signs_in_within_one_minute() -> None:
    citizen()
    for _ in range(40):
        assert services.sign_in("citizen-1", PASSWORD, by=Actor(address="10.0.0.3"))


def test_one_address_may_fail_twenty_times_a_minute() -> None:
    for n in range(20):
        with pytest.raises(NotSignedIn):
            services.sign_in(f"name-{n}", "wrong", by=NOBODY)
    with pytest.raises(TooMany):
        services.sign_in("name-20", "wrong", by=NOBODY)
    with pytest.raises(NotSignedIn):
        services.sign_in("name-20", "wrong", by=Actor(address="10.0.0.2"))


def test_closed_account_cannot_sign_in() -> None:
    account = citizen()
    services.deactivate(account.pk, by=Actor.system())
    fail(1)


def test_nobody_closes_the_own_account() -> None:
    account = citizen()
    with pytest.raises(NotAllowed):
        services.deactivate(account.pk, by=as_person(account))


def test_password_is_changed_only_with_the_old_one_and_to_a_good_one() -> None:
    by = as_person(citizen())
    for old, new, field in (
        ("wrong", "another horse 7", "old"),
        (PASSWORD, "12345678", "new"),
        (PASSWORD, "citizen-1 ok", "new"),
    ):
        with pytest.raises(Invalid) as refusal:
            services.change_password(old, new, by=by)
        assert list(refusal.value.fields) == [field]
    services.change_password(PASSWORD, "another horse 7", by=by)
    assert services.sign_in("citizen-1", "another horse 7", by=NOBODY)


def reset(**changed: str) -> None:
    known = {"name": "张示例", "code": demo_id(1, date(1990, 1, 2)), "phone": "13900000001", "new": "another horse 7"}
    services.reset_password("citizen-1", **(known | changed), by=NOBODY)


@pytest.mark.parametrize("changed", [{"name": "李示例"}, {"code": GOOD["code"]}, {"phone": "13900000009"}])
def test_password_is_reset_only_by_whoever_knows_all_three_facts(changed: dict[str, str]) -> None:
    citizen()
    with pytest.raises(Invalid):
        reset(**changed)
    reset()
    assert services.sign_in("citizen-1", "another horse 7", by=NOBODY)


def test_resets_from_one_address_are_limited_and_wrong_ones_count() -> None:
    citizen()
    for _ in range(10):
        with pytest.raises(Invalid):
            reset(phone="13900000009")
    with pytest.raises(TooMany):
        reset()


# Firms and mandates


@pytest.fixture
def owner() -> Account:
    return citizen("张示例", 1)


@pytest.fixture
def agent() -> Account:
    return citizen("李示例", 2)


@pytest.fixture
def company(owner: Account) -> Party:
    return firm(owner)


def granted(company: Party, owner: Account, agent: Account, *, days: int = 30) -> Mandate:
    return services.grant_mandate(
        company.pk, agent_name=agent.name, agent_code=agent.person.code, expires_on=time.today() + timedelta(days=days),
        by=as_person(owner),
    )  # fmt: skip


def test_agent_acts_for_the_firm_only_under_a_live_mandate(company: Party, owner: Account, agent: Account) -> None:
    by = as_person(agent)
    assert company.pk not in queries.parties(by=by)  # before
    mandate = granted(company, owner, agent)
    assert queries.acting_for(company.pk, by=by).mandate_id == mandate.pk  # while it lasts
    with time.moved(time.now() + timedelta(days=30)):
        assert company.pk in queries.parties(by=by)  # the last day counts
    with time.moved(time.now() + timedelta(days=31)), pytest.raises(NotFound):
        queries.acting_for(company.pk, by=by)  # expired
    services.revoke_mandate(mandate.pk, by=as_person(owner))
    with pytest.raises(NotFound):
        queries.acting_for(company.pk, by=by)  # revoked
    assert queries.parties(by=by) == {agent.person_id}


def test_owner_acts_for_the_firm_without_a_mandate(company: Party, owner: Account) -> None:
    acting = queries.acting_for(company.pk, by=as_person(owner))
    assert (acting.party_id, acting.mandate_id) == (company.pk, None)


def test_nobody_acts_for_another_person(owner: Account, agent: Account) -> None:
    with pytest.raises(NotFound):
        queries.acting_for(owner.person_id, by=as_person(agent))  # type: ignore[arg-type]


def test_only_the_representative_grants_and_revokes(company: Party, owner: Account, agent: Account) -> None:
    mandate = granted(company, owner, agent)
    for refused in (
        lambda: granted(company, agent, owner),
        lambda: services.revoke_mandate(mandate.pk, by=as_person(agent)),
        lambda: services.revoke_mandate(mandate.pk, by=Actor()),
        lambda: services.revoke_mandate(uuid4(), by=as_person(owner)),
    ):
        with pytest.raises(NotFound):
            refused()
    assert Mandate.objects.filter(revoked_at=None).count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"agent_name": "王示例"}, "agent_code"),
        ({"agent_code": demo_id(77, date(1990, 1, 2))}, "agent_code"),
        ({"expires_on": date(2020, 1, 1)}, "expires_on"),
        ({"expires_on": date(2090, 1, 1)}, "expires_on"),
    ],
)
def test_mandate_needs_a_known_agent_and_a_near_end(
    company: Party, owner: Account, agent: Account, changed: dict[str, object], field: str
) -> None:
    known: dict[str, object] = {"agent_name": agent.name, "agent_code": agent.person.code, "expires_on": time.today()}
    with pytest.raises(Invalid) as refusal:
        services.grant_mandate(company.pk, **(known | changed), by=as_person(owner))  # type: ignore[arg-type]
    assert list(refusal.value.fields) == [field]


def test_live_mandate_is_not_granted_twice_but_an_expired_one_is_renewed(
    company: Party, owner: Account, agent: Account
) -> None:
    granted(company, owner, agent, days=1)
    with pytest.raises(Conflict):
        granted(company, owner, agent)
    with time.moved(time.now() + timedelta(days=5)):
        granted(company, owner, agent)
    assert Mandate.objects.count() == 2


def test_representative_cannot_be_made_agent_of_the_own_self(company: Party) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.create(principal=company, agent=company, expires_on=time.today(), granted_by=Account.objects.get(),
                               granted_at=time.now())  # fmt: skip


def test_firm_is_registered_once(company: Party, agent: Account) -> None:
    with pytest.raises(Invalid) as refusal:
        firm(agent)
    assert list(refusal.value.fields) == ["code"]


def test_firm_with_a_wrong_code_or_name_is_refused(owner: Account) -> None:
    code = demo_uscc("91", "421083", 51)
    with pytest.raises(Invalid) as refusal:
        services.register_firm("湖", code=code[:17] + ("0" if code[17] != "0" else "1"), by=as_person(owner))
    assert set(refusal.value.fields) == {"name", "code"}


# Tokens and limits


def test_token_opens_its_account_until_it_expires_or_the_account_closes(owner: Account) -> None:
    token = services.create_token("citizen-1", by=Actor.system())
    assert services.account_of_token(token) == owner
    assert services.account_of_token(token + "x") is None
    with time.moved(time.now() + timedelta(days=91)):
        assert services.account_of_token(token) is None
    services.deactivate(owner.pk, by=Actor.system())
    assert services.account_of_token(token) is None


def test_token_itself_is_kept_nowhere(owner: Account) -> None:
    token = services.create_token("citizen-1", by=Actor.system())
    row = Token.objects.get()
    assert token not in (row.digest, str(row.pk))
    with pytest.raises(NotFound):
        services.create_token("nobody", by=Actor.system())


def test_tries_older_than_a_day_are_forgotten() -> None:
    services.count_try("x", most=5, within=timedelta(hours=1))
    with time.moved(time.now() + timedelta(hours=25)):
        services.count_try("x", most=1, within=timedelta(hours=1))
        assert services.forget_tries() == 1
    assert Try.objects.count() == 1


def test_signed_out_actor_is_nobody() -> None:
    assert queries.parties(by=Actor()) == set()
    assert queries.firms(by=Actor()) == queries.mandates_given(by=Actor()) == queries.mandates_held(by=Actor()) == []


def test_refusals_of_identity_never_say_the_password() -> None:
    with pytest.raises(DomainError) as refusal:
        services.register("lisi2026", "12345678", **GOOD, by=NOBODY)
    assert "12345678" not in str(refusal.value.as_json())
