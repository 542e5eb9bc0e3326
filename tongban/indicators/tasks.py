"""Keep the rollups up to date, and freeze a month when it is over."""

from __future__ import annotations

from tongban.indicators.services import freezing, rolling
from tongban.outbox.services import hourly, often

often(rolling.refresh)
hourly(freezing.freeze_due)
