"""Subscribers are told of changes: signed, in order, again until they answer. The other side is a real server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tongban.audit.models import Entry
from tongban.catalogue import queries as catalogue
from tongban.catalogue.tests.factories import publish
from tongban.core import calls, time
from tongban.core.actor import Actor
from tongban.disclosure import services
from tongban.disclosure.adapters import http
from tongban.disclosure.models import Subscription
from tongban.disclosure.queries.subscribing import subscriptions
from tongban.outbox import services as outbox
from tongban.rules import signing
from tongban.rules.errors import Conflict, Invalid, NotFound
from tongban.rules.signing import Signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("honghu", "own_caches")]
SYSTEM = Actor.system()


class Listener:
    """What was heard, and what is answered next."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Signed, bytes]] = []
        self.status = 200
        self.url = ""

    @property
    def changes(self) -> list[tuple[str, str]]:
        return [(c["code"], c["kind"]) for _, _, body in self.heard for c in json.loads(body)["changes"]]


@pytest.fixture
def listener() -> Iterator[Listener]:
    told = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.heard.append((self.path, Signed(*(self.headers[name] for name in calls.HEADERS)), body))
            self.send_response(told.status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *words: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/hook?a=1"
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


def tell_later(minutes: int) -> int:
    with time.moved(time.now() + timedelta(minutes=minutes)):
        return services.tell_due()


def test_subscriber_is_told_once_of_what_changed_since_and_can_check_the_signature(listener: Listener) -> None:
    made = services.subscribe("honghu", listener.url, by=SYSTEM)
    assert services.tell_due() == 0
    publish("business-licence", name="二")
    publish("business-licence", is_retired=True)
    assert (services.tell_due(), services.tell_due()) == (1, 0)
    assert listener.changes == [("business-licence", "changed"), ("business-licence", "retired")]
    path, signed, body = listener.heard[0]
    assert path == "/hook?a=1"
    check = {"key": str(made.subscription.pk), "at_s": calls.seconds()}
    assert signing.problem(signed, "POST", path, body, secret=made.secret, **check) is None
    assert signing.problem(signed, "POST", path, body + b" ", secret=made.secret, **check) == "signature"


@pytest.mark.parametrize("status", [500, 404, 302])
def test_subscriber_that_does_not_take_it_is_told_again_later_and_misses_nothing(
    listener: Listener, status: int
) -> None:
    services.subscribe("honghu", listener.url, by=SYSTEM)
    publish("business-licence", name="二")
    listener.status = status
    assert (services.tell_due(), services.tell_due()) == (0, 0)
    (row,) = subscriptions("honghu")
    assert (len(listener.heard), row.attempts, row.problem) == (1, 1, f"回答 {status}")
    listener.status = 204
    publish("business-licence", name="三")
    assert tell_later(2) == 1
    assert listener.changes[1:] == [("business-licence", "changed")] * 2
    (row,) = subscriptions("honghu")
    assert (row.attempts, row.problem, row.cursor) == (0, "", catalogue.stamp("honghu"))


def test_subscriber_that_is_not_there_is_tried_again(listener: Listener) -> None:
    services.subscribe("honghu", "http://127.0.0.1:1/", by=SYSTEM)
    services.subscribe("honghu", listener.url, by=SYSTEM)
    publish("business-licence", name="二")
    assert services.tell_due() == 1
    assert [row.attempts for row in subscriptions("honghu")] == [1, 0]


def test_many_changes_come_in_several_messages_in_order(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    services.subscribe("honghu", listener.url, by=SYSTEM)
    monkeypatch.setattr(services, "MOST_CHANGES", 2)
    for n in range(5):
        publish("business-licence", name=f"第{n}")
    assert [services.tell_due() for _ in range(4)] == [1, 1, 1, 0]
    cursors = [int(c["cursor"]) for _, _, body in listener.heard for c in json.loads(body)["changes"]]
    assert len(cursors) == 5
    assert cursors == sorted(cursors)


def test_what_another_worker_is_telling_is_left_to_it(listener: Listener) -> None:
    services.subscribe("honghu", listener.url, by=SYSTEM)
    publish("business-licence", name="二")
    Subscription.objects.update(try_after=time.now() + services.LEASE)
    assert (services.tell_due(), tell_later(2)) == (0, 1)


def test_cancelled_subscriber_hears_nothing_and_may_come_back(listener: Listener) -> None:
    made = services.subscribe("honghu", listener.url, by=SYSTEM)
    services.unsubscribe(made.subscription.pk, by=SYSTEM)
    publish("business-licence", name="二")
    assert (services.tell_due(), listener.heard, subscriptions("honghu")) == (0, [], [])
    assert services.subscribe("honghu", listener.url, by=SYSTEM).secret != made.secret
    assert Entry.objects.filter(action__in=["subscribed", "unsubscribed"]).count() == 3


def test_what_cannot_be_subscribed_is_refused(listener: Listener, settings: Any) -> None:
    services.subscribe("honghu", listener.url, by=SYSTEM)
    with pytest.raises(Conflict):
        services.subscribe("honghu", listener.url, by=SYSTEM)
    with pytest.raises(Invalid):
        services.subscribe("honghu", "http://a.example/", by=SYSTEM)
    with pytest.raises(NotFound):
        services.subscribe("no-such", "https://a.example/", by=SYSTEM)
    with pytest.raises(NotFound):
        services.unsubscribe(uuid4(), by=SYSTEM)
    settings.DEMONSTRATION = False
    with pytest.raises(Invalid):
        services.subscribe("honghu", "http://127.0.0.1:9/", by=SYSTEM)


def test_database_keeps_one_live_subscription_of_an_address() -> None:
    at = time.now()
    make = {"pack": "honghu", "url": "https://a.example/", "cursor": 0, "created_at": at, "try_after": at}
    Subscription.objects.create(**make, ended_at=at)
    Subscription.objects.create(**make)
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.create(**make)


def test_worker_tells_every_few_seconds(listener: Listener) -> None:
    services.subscribe("honghu", listener.url, by=SYSTEM)
    publish("business-licence", name="二")
    outbox.run_often()
    assert len(listener.heard) == 1


def test_answer_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_S", 0.2)

    class Slow(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            held.wait(10)

        def log_message(self, *words: Any) -> None:
            pass

    held = threading.Event()
    server = HTTPServer(("127.0.0.1", 0), Slow)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with pytest.raises(http.NotTold, match="没有回应"):
        http.tell(f"http://127.0.0.1:{server.server_port}/", b"{}", {})
    held.set()
    server.shutdown()
    server.server_close()
    thread.join()
