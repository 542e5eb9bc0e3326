from __future__ import annotations

from uuid import UUID

import pytest

from tongban.core.actor import Actor
from tongban.identity.tests.factories import citizen
from tongban.orgs import queries, rules
from tongban.orgs.models import Organisation, Post, Seat
from tongban.orgs.rules import SUPERVISOR_POST, PlaceSpec
from tongban.orgs.services import staffing as services
from tongban.orgs.tests.factories import actor, at_desk, officer
from tongban.rules.errors import Conflict, Invalid, NotAllowed, NotFound


@pytest.fixture
def admin(honghu: str) -> Actor:
    return at_desk("market", "管理员")


def post(name: str, org: str = "market") -> Post:
    return Post.objects.get(organisation__pack="honghu", organisation__code=org, name=name)


def test_every_organisation_begins_with_four_posts(honghu: str) -> None:
    for organisation in Organisation.objects.filter(windows=None).exclude(code__in=["data", "business-environment"]):
        assert set(organisation.posts.values_list("name", flat=True)) == {"受理岗", "审查岗", "负责人", "管理员"}


def test_who_supervises_and_who_decides_appeals_have_a_post_for_it(honghu: str) -> None:
    assert (queries.overseer(honghu), queries.appeals_body(honghu)) == ("data", "business-environment")
    held = Organisation.objects.filter(posts__name=SUPERVISOR_POST).values_list("code", flat=True)
    assert set(held) == {"data", "business-environment"}
    assert queries.arbiter(honghu) == ""


@pytest.mark.parametrize(("unit", "bodies", "judge"), [
    ("police", ("data", "appeals", ""), "appeals"),
    ("data", ("data", "appeals", ""), "appeals"),
    ("appeals", ("data", "appeals", ""), ""),  # nobody decides about itself
    ("appeals", ("data", "appeals", "office"), "office"),
    ("office", ("data", "appeals", "office"), "appeals"),
    ("appeals", ("data", "appeals", "data"), ""),  # nor who issued the card
    ("appeals", ("data", "appeals", "appeals"), ""),
    ("police", ("data", "data", ""), ""),
    ("police", ("data", "", "office"), ""),
])  # fmt: skip
def test_an_appeal_is_decided_neither_by_the_unit_nor_by_the_overseer(
    unit: str, bodies: tuple[str, str, str], judge: str
) -> None:
    overseer, appeals, arbiter = bodies
    assert rules.judge_of(unit, overseer=overseer, appeals=appeals, arbiter=arbiter) == judge


def test_a_third_body_gets_its_post_when_the_place_names_it() -> None:
    spec = PlaceSpec(
        code="there", name="示例市", region="421083000000", host="示例局", overseer="data", arbiter="office",
        definer="11420000MADEMX900X",
    )  # fmt: skip
    assert rules.supervising(spec) == ("data", "office")


def test_roles_hang_on_the_posts_that_an_account_holds_now(honghu: str) -> None:
    account = officer("market", "受理岗")
    services.give_seat(post("审查岗"), account)
    services.give_seat(post("负责人", "police"), account)
    assert actor(account).seats == {
        "market": frozenset({"clerk", "reviewer"}), "police": frozenset({"clerk", "reviewer", "head"}),
    }  # fmt: skip


def test_closed_post_and_ended_seat_give_no_role(honghu: str) -> None:
    account = officer("market", "受理岗")
    Post.objects.filter(pk=post("受理岗").pk).update(is_closed=True)
    assert actor(account).seats == {}


def test_citizen_never_holds_a_role(honghu: str) -> None:
    account = citizen()
    services.give_seat(post("负责人"), account)
    assert actor(account).seats == {}


def test_administrator_seats_a_new_colleague_with_a_password_shown_once(admin: Actor) -> None:
    account, first = services.seat(
        "honghu", "market", post_id=post("受理岗").pk, username="Wang-Wu", name="王五", by=admin
    )
    assert (account.username, account.kind, len(first) >= 12) == ("wang-wu", "staff", True)
    assert actor(account).has_role("market", "clerk")


def test_known_colleague_is_seated_without_a_password_and_not_twice(admin: Actor) -> None:
    account = officer("police", "受理岗")
    seated = {"post_id": post("受理岗").pk, "username": account.username, "name": ""}
    assert services.seat("honghu", "market", **seated, by=admin)[1] == ""  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        services.seat("honghu", "market", **seated, by=admin)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"username": "ab"}, "username"),
        ({"username": "citizen-1"}, "username"),
        ({"name": "5"}, "name"),
        ({"post_id": UUID(int=1)}, "post"),
    ],
)
def test_wrong_seat_is_refused_field_by_field(admin: Actor, changed: dict[str, object], field: str) -> None:
    citizen()
    known: dict[str, object] = {"post_id": post("受理岗").pk, "username": "wangwu", "name": "王五"}
    with pytest.raises(Invalid) as refusal:
        services.seat("honghu", "market", **(known | changed), by=admin)  # type: ignore[arg-type]
    assert list(refusal.value.fields) == [field]


def test_post_of_another_organisation_cannot_be_filled(admin: Actor) -> None:
    with pytest.raises(Invalid):
        services.seat("honghu", "market", post_id=post("负责人", "police").pk, username="wangwu", name="王五", by=admin)


@pytest.mark.parametrize("who", [("market", "负责人"), ("police", "管理员")])
def test_only_the_own_administrator_keeps_the_staff(honghu: str, who: tuple[str, str]) -> None:
    by, seat = at_desk(*who), officer("market", "受理岗").seats.get()
    for refused in (
        lambda: services.seat("honghu", "market", post_id=post("受理岗").pk, username="wangwu", name="王五", by=by),
        lambda: services.add_post("honghu", "market", name="咨询岗", roles=["clerk"], by=by),
        lambda: services.unseat("honghu", "market", seat_id=seat.pk, by=by),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_administrator_adds_a_post_with_real_roles_and_a_new_name(admin: Actor) -> None:
    assert services.add_post("honghu", "market", name="咨询岗", roles=["clerk", "clerk"], by=admin).roles == ["clerk"]
    for name, roles in (("咨询岗", ["clerk"]), ("岗", ["clerk"]), ("新岗位", []), ("新岗位", ["king"])):
        with pytest.raises(Invalid):
            services.add_post("honghu", "market", name=name, roles=roles, by=admin)


def test_ended_seat_takes_the_role_away_at_once(admin: Actor) -> None:
    account = officer("market", "受理岗")
    services.unseat("honghu", "market", seat_id=account.seats.get().pk, by=admin)
    assert actor(account).seats == {}
    with pytest.raises(NotFound):
        services.unseat("honghu", "market", seat_id=account.seats.get().pk, by=admin)


def test_administrator_does_not_end_the_own_seat(admin: Actor) -> None:
    with pytest.raises(Conflict):
        services.unseat("honghu", "market", seat_id=Seat.objects.get(account_id=admin.account_id).pk, by=admin)


def test_place_and_organisations_are_those_of_the_pack(honghu: str) -> None:
    assert queries.place(honghu).name == "洪湖市"
    assert queries.organisations(honghu)["police"].name == "市公安局"
    with pytest.raises(NotFound):
        queries.place("nowhere")
