"""Every test here has a gateway in memory, unless it brings its own."""

from __future__ import annotations

from typing import Any

import pytest

from tongban.payments.ports import MemoryGateway
from tongban.payments.tests import factories


@pytest.fixture
def gateway(db: None, settings: Any) -> MemoryGateway:
    settings.PAYMENT_GATEWAY = "tongban.payments.tests.factories.gateway"
    return factories.new_gateway()
