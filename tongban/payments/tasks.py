"""What the worker does for payments every hour."""

from __future__ import annotations

from tongban.outbox.services import hourly
from tongban.payments.services import callbacks, reconciliation

hourly(callbacks.check_waiting)
hourly(reconciliation.reconcile_yesterday)
