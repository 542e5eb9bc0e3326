from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction

from tongban.core import time
from tongban.jobs import services as jobs
from tongban.jobs.models import Serial
from tongban.outbox import queries, services
from tongban.outbox.models import Message

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Happened:
    """An event of the tests."""

    n: int


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """Listen to `Happened`; n < 0 makes the listener fail after it has written something."""
    told: list[int] = []

    def listen(event: Happened) -> None:
        jobs.next_serial(f"heard {event.n}")
        if event.n < 0:
            raise RuntimeError("the listener is sick")
        told.append(event.n)

    services.on(Happened)(listen)
    yield told
    services._handlers.pop("Happened")
    services._kinds.pop("Happened")


def test_event_is_told_to_its_listener_once_and_in_order(heard: list[int]) -> None:
    services.publish(Happened(1), Happened(2), Happened(3))
    assert services.deliver() == 3
    assert services.deliver() == 0
    assert heard == [1, 2, 3]
    assert queries.waiting() == 0


def test_event_of_a_transaction_that_goes_back_was_never_published(heard: list[int]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        services.publish(Happened(1))
        raise RuntimeError
    assert services.deliver() == 0
    assert heard == []


def test_sick_listener_is_put_off_its_writes_go_back_and_the_others_are_told(heard: list[int]) -> None:
    services.publish(Happened(-1), Happened(2))
    assert services.deliver() == 2
    assert heard == [2]
    assert list(Serial.objects.filter(scope__startswith="heard").values_list("scope", flat=True)) == ["heard 2"]
    message = queries_waiting()[0]
    assert (message.attempts, message.is_dead) == (1, False)
    assert "the listener is sick" in message.problem


def queries_waiting() -> list[Message]:
    return list(Message.objects.filter(done_at=None, is_dead=False))


def test_message_put_off_comes_again_only_after_its_time(heard: list[int]) -> None:
    services.publish(Happened(-1))
    services.deliver()
    assert services.deliver() == 0
    with time.moved(time.now() + timedelta(seconds=3)):
        assert services.deliver() == 1
    assert queries_waiting()[0].attempts == 2


def test_message_that_always_fails_ends_on_a_visible_list(heard: list[int]) -> None:
    services.publish(Happened(-1))
    at = time.now()
    for n in range(services.MOST_ATTEMPTS):
        with time.moved(at + timedelta(hours=n + 1)):
            assert services.deliver() == 1
    assert queries.waiting() == 0
    assert [row.attempts for row in queries.dead()] == [services.MOST_ATTEMPTS]


def test_event_that_nobody_listens_to_is_done() -> None:
    services.publish(Happened(1))
    assert services.deliver() == 1
    assert queries.waiting() == 0


def test_no_more_than_a_batch_is_taken(heard: list[int]) -> None:
    services.publish(*(Happened(n) for n in range(5)))
    assert services.deliver(limit=2) == 2
    assert queries.waiting() == 3


def test_hourly_task_that_fails_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def sick() -> int:
        raise RuntimeError

    def well() -> int:
        done.append("well")
        return 1

    monkeypatch.setattr(services, "_hourly", [sick, well])
    services.run_hourly()
    assert done == ["well"]
