"""Several processes pay, charge and send at once: one effect each. Source: assurance R01, R06."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.races.test_races import race, rows
from tests.warm import Copy

pytestmark = pytest.mark.race
Start = Callable[..., Copy]


def payer(run_python: Start, *words: str) -> Copy:
    return run_python("-m", "tests.races.payers", *words)


def ask(run_python: Start, *words: str) -> object:
    return race([payer(run_python, *words)])[0]["done"]


def count(url: str, table: str) -> int:
    return int(rows(url, f"SELECT COUNT(*) FROM {table}")[0][0])


def test_one_callback_taken_by_several_processes_at_once_counts_once(run_python: Start, fresh_database: str) -> None:
    (order,) = ask(run_python, "prepare", "1")
    told = race([payer(run_python, "take", order["body"]) for _ in range(5)])
    assert told == [{"done": "taken"}] * 5
    assert count(fresh_database, "payments_callback") == 1
    assert count(fresh_database, "payments_receipt") == 1
    assert rows(fresh_database, "SELECT COUNT(*) FROM outbox_message WHERE topic = 'Paid'") == [(1,)]


def test_receipts_of_orders_paid_at_once_follow_without_gap(run_python: Start, fresh_database: str) -> None:
    orders = ask(run_python, "prepare", "5")
    assert race([payer(run_python, "take", order["body"]) for order in orders]) == [{"done": "taken"}] * 5
    assert sorted(rows(fresh_database, "SELECT serial FROM payments_receipt")) == [(n,) for n in range(1, 6)]


def test_one_purpose_charged_by_several_processes_at_once_has_one_order(run_python: Start, fresh_database: str) -> None:
    subject, who = str(uuid.uuid4()), str(ask(run_python, "payer"))
    told = race([payer(run_python, "order", subject, who) for _ in range(5)])
    assert len({one["done"] for one in told}) == 1
    assert count(fresh_database, "payments_order") == 1


def test_one_waybill_entered_by_several_processes_at_once_is_used_once(run_python: Start, fresh_database: str) -> None:
    told = race([payer(run_python, "ship", "SF123456") for _ in range(5)])
    assert Counter(one.get("refused", "done") for one in told) == {"done": 1, "delivery.waybill_used": 4}
    assert count(fresh_database, "delivery_shipment") == 1


def test_one_result_sent_by_several_processes_at_once_is_one_shipment(run_python: Start, fresh_database: str) -> None:
    subject = str(uuid.uuid4())
    told = race([payer(run_python, "send", subject) for _ in range(4)])
    assert {one.get("refused", "done") for one in told} <= {"done", "delivery.ordered_before"}
    assert count(fresh_database, "delivery_shipment") == 1


def test_one_refund_asked_by_several_processes_at_once_is_one_refund(run_python: Start, fresh_database: str) -> None:
    (order,) = ask(run_python, "prepare", "1")
    ask(run_python, "take", order["body"])
    told = race([payer(run_python, "refund", order["order"]) for _ in range(4)])
    assert Counter(one.get("refused", "done") for one in told) == {"done": 1, "payments.refund_runs": 3}
    assert count(fresh_database, "payments_refund") == 1


# Site, worker and sandbox as they run for real


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Give free ports for site and sandbox, and tell the processes that are started afterwards of the sandbox."""
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        found = one.getsockname()[1], other.getsockname()[1]
    for name in ("TONGBAN_PAYMENTS_URL", "TONGBAN_DELIVERY_URL"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{found[1]}")
    return found


def until(found: Callable[[], object]) -> object:
    """Return what is found, within a minute."""
    wait, stop_at = threading.Event(), time.monotonic() + 60
    while time.monotonic() < stop_at:
        with contextlib.suppress(OSError):
            if told := found():
                return told
        wait.wait(0.1)
    raise AssertionError("it did not come")


def page(url: str, form: dict[str, str] | None = None) -> str:
    sent = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(url, sent, timeout=5) as answer:
        return str(answer.read().decode())


@pytest.fixture
def serve(ports: tuple[int, int], run_python: Start) -> Iterator[Start]:
    """Return a starter of commands that run on; they are told to stop, so that their own children stop too."""
    started: list[Copy] = []

    def start(*words: str) -> Copy:
        started.append(run_python("-m", "tongban.config.cli", *words))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.communicate(timeout=20)


def test_order_is_paid_at_the_sandbox_refunded_and_reconciled(
    ports: tuple[int, int], serve: Start, run_python: Start, fresh_database: str
) -> None:
    site, sandbox = (f"http://127.0.0.1:{port}" for port in ports)
    (order,) = ask(run_python, "prepare", "1")
    serve("serve", "--port", str(ports[0]))
    serve("sandbox", "serve", "--port", str(ports[1]), "--site", site, "--duplicate", "--fail-first")
    until(lambda: page(f"{site}/healthz") and page(f"{sandbox}/"))
    serve("worker")

    def state() -> object:
        return rows(fresh_database, "SELECT state, cashier FROM payments_order")[0]

    cashier = str(until(lambda: state()[1]))
    token = re.search(r'name="csrf_token" value="([^"]+)"', page(cashier))
    assert token
    with contextlib.suppress(urllib.error.URLError):  # It leads to the cashier's page again.
        page(cashier, {"csrf_token": token[1]})
    until(lambda: state()[0] == "paid")
    ask(run_python, "refund", order["order"])
    until(lambda: state()[0] == "refunded")
    assert count(fresh_database, "payments_receipt") == 1
    assert ask(run_python, "reconcile") == [2, 2, 0]
