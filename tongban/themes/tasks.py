"""What the worker does for themes every hour."""

from __future__ import annotations

from tongban.identity import services as identity
from tongban.outbox.services import hourly
from tongban.themes.services import drafting

hourly(drafting.forget_old)
hourly(identity.forget_tries)
