"""What the processes of the payment races do: `python -m tests.races.payers ACT WORDS…`, as `tests.races.players`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings.test")
    django.setup()

from tongban.core import time
from tongban.core.actor import Actor
from tongban.delivery.services import shipping
from tongban.delivery.tests import factories as delivery
from tongban.payments.models import Order
from tongban.payments.services import orders, reconciliation, refunds
from tongban.payments.tests import factories as payments
from tongban.rules.errors import DomainError


def prepare(number: str) -> list[dict[str, str]]:
    """Open some orders; return each with the body of a callback that pays it."""
    rows = [orders.order(payments.charge(), by=Actor.system()) for _ in range(int(number))]
    return [
        {"order": str(row.pk), "number": row.number, "body": payments.told(row, id=f"p{row.number}").decode()}
        for row in rows
    ]


def take(body: str) -> str:
    return payments.take(body.encode())


def order(subject: str, payer: str) -> str:
    wanted = payments.charge(subject=UUID(subject), payer_id=UUID(payer))
    return orders.order(wanted, by=Actor.system()).number


def payer() -> str:
    return str(payments.payer())


def ship(waybill: str) -> str:
    return shipping.ship(delivery.sending(number=f"C-{uuid4()}"), by=Actor.system(), waybill=waybill).number


def send(subject: str) -> str:
    return shipping.ship(delivery.sending(subject=UUID(subject)), by=Actor.system()).number


def refund(order_id: str) -> str:
    return refunds.give_back(UUID(order_id), reason="撤回", by=Actor.system()).number


def reconcile() -> list[int]:
    """Compare today as tomorrow would."""
    on = time.today()
    with time.moved(time.now() + timedelta(days=1)):
        run = reconciliation.reconcile(on, by=Actor.system())
    return [run.ours_lines, run.theirs_lines, run.differences.count()]


def cashier(order_id: str) -> str:
    return Order.objects.get(pk=order_id).cashier


ACTS: dict[str, Callable[..., object]] = {
    act.__name__: act for act in (prepare, take, order, payer, ship, send, refund, reconcile, cashier)
}


def main(name: str, *words: str) -> None:
    """Wait for the start, act, tell."""
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        told: dict[str, object] = {"done": ACTS[name](*words)}
    except DomainError as refusal:
        told = {"refused": refusal.code}
    print(json.dumps(told, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
