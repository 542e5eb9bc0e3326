from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from tongban.core import time
from tongban.jobs import services as jobs
from tongban.jobs.models import IdempotencyKey, Serial
from tongban.rules.errors import Conflict, Invalid

pytestmark = pytest.mark.django_db


def remember(key: str = "k", *, owner: str = "a", route: str = "r", body: object = "b", result: str = "1") -> None:
    jobs.remember(key, owner=owner, route=route, body=body, result_id=result, at=time.now())


def test_serials_of_a_scope_follow_one_another() -> None:
    assert [jobs.next_serial("x"), jobs.next_serial("x"), jobs.next_serial("y"), jobs.next_serial("x")] == [1, 2, 1, 3]


def test_block_of_serials_is_taken_at_once() -> None:
    assert [jobs.next_serial("x", count=5), jobs.next_serial("x")] == [1, 6]


def test_serial_of_a_transaction_that_goes_back_is_given_back() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.next_serial("x")
        raise RuntimeError
    assert jobs.next_serial("x") == 1


def test_unknown_key_was_not_answered() -> None:
    assert jobs.answered("k", owner="a", route="r", body="b") is None


def test_known_key_with_the_same_body_gives_its_answer() -> None:
    remember(body={"a": 1, "b": [2, 3]})
    assert jobs.answered("k", owner="a", route="r", body={"b": [2, 3], "a": 1}) == "1"


def test_known_key_with_another_body_is_refused() -> None:
    remember(body={"a": 1})
    with pytest.raises(Invalid):
        jobs.answered("k", owner="a", route="r", body={"a": 2})


@pytest.mark.parametrize("other", [{"owner": "z"}, {"route": "z"}])
def test_key_belongs_to_its_owner_and_route(other: dict[str, str]) -> None:
    remember()
    assert jobs.answered("k", body="b", **({"owner": "a", "route": "r"} | other)) is None


def test_key_answered_at_the_same_moment_is_a_conflict_not_a_fault() -> None:
    remember(result="1")
    with pytest.raises(Conflict):
        remember(result="2")
    assert IdempotencyKey.objects.get().result_id == "1"


def test_one_scope_has_one_counter() -> None:
    jobs.next_serial("x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Serial.objects.bulk_create([Serial(scope="x", value=9)])


def test_next_numbers_of_several_scopes_are_taken_at_once() -> None:
    jobs.next_serial("b")
    assert jobs.next_serials(["b", "a", "b"]) == {"a": 1, "b": 2}
    assert jobs.next_serial("a") == 2
