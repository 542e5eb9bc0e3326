"""The gateway in use, and when to try it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from tongban.core import time
from tongban.outbox import services as outbox
from tongban.payments.ports import PaymentGateway

MOST_TRIES = 30


def current() -> PaymentGateway:
    """Return the gateway that the settings name. Raises Conflict where none is in use."""
    made: PaymentGateway = import_string(settings.PAYMENT_GATEWAY)()
    return made


def again(event: Any, tries: int) -> None:
    """Let the worker see an event again: after 2, 4, 8 … seconds, an hour at most, and not for ever."""
    if tries < MOST_TRIES:
        row = outbox.message(event)
        row.available_at = time.now() + timedelta(seconds=min(2**tries, 3600))
        row.save()
