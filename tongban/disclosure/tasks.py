"""What the worker does for disclosure, every few seconds."""

from __future__ import annotations

from tongban.disclosure import services
from tongban.outbox.services import often

often(services.tell_due)
